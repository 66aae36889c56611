import type { Finding } from '../../tickets/finding.ts';
import { fieldLine } from '../../tickets/parse.ts';
import type { ListedTicket, Ticket } from '../../tickets/ticket.ts';
import { found } from '../open-tickets.ts';
import type { Study } from './study.ts';

/** Dependencies that can never be met, or that mean others now. Unknown ids and cycles are `validate`'s own. */
export function coherence(ticket: Ticket, { world }: Study): Finding[] {
  const line = fieldLine(ticket, 'depends_on');
  return ticket.dependsOn.flatMap((id): Finding[] => {
    const on = world.backlog.byId(id);
    if (on === undefined) return [];
    if (on.status === 'obsolete')
      return [
        found(ticket, { code: 'coherence-dependency-obsolete', severity: 'error' }, line, {
          message: `it depends on ${id}, which is obsolete and will never be completed`,
          fix: `take ${id} out of \`depends_on\` and of the table Dependencies, or name the ticket that does its work now`,
        }),
      ];
    if (on.status === 'completed' && on.folder === 'pending')
      return [
        found(ticket, { code: 'coherence-dependency-unproved', severity: 'warning' }, line, {
          message: `it depends on ${id}, which says completed and lies in pending/: nothing has shown that it is`,
          fix: `\`backlog ticket validate ${id}\` says how to mend it`,
        }),
      ];
    return on.status === 'split' ? splitOne(ticket, on, line, world.backlog.byId) : [];
  });
}

function splitOne(
  ticket: Ticket,
  on: ListedTicket,
  line: number,
  byId: (id: string) => ListedTicket | undefined,
): Finding[] {
  const parts = on.splitInto;
  const lost = parts.filter((id) => byId(id) === undefined);
  if (parts.length === 0 || lost.length > 0)
    return [
      found(ticket, { code: 'coherence-dependency-split', severity: 'error' }, line, {
        message:
          parts.length === 0
            ? `it depends on ${on.id}, which was split and does not say into what`
            : `it depends on ${on.id}, whose part ${lost[0]} is not in the backlog`,
        fix: `name the parts in \`split_into\` of ${on.file.slice(on.file.lastIndexOf('/') + 1)}, or depend on other tickets`,
      }),
    ];
  return [
    found(ticket, { code: 'coherence-dependency-split', severity: 'warning' }, line, {
      message: `it depends on ${on.id}, which was split into ${parts.join(', ')}: it waits for all of them`,
      fix: `name those of ${parts.join(', ')} that it needs in the place of ${on.id}`,
    }),
  ];
}
