import type { Finding } from '../../tickets/finding.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { found, isUntouched, sectionOf } from '../open-tickets.ts';
import { normal } from '../world.ts';
import type { Study } from './study.ts';

/** What `validate` cannot see without the project: that files are there, or not yet, and that both kinds of tests are meant. */
export function completeness(ticket: Ticket, study: Study): Finding[] {
  return [...files(ticket, study), ...kindsOfTests(ticket)];
}

function files(ticket: Ticket, { world, creators }: Study): Finding[] {
  if (!isUntouched(ticket)) return [];
  return ticket.affectedFiles.flatMap(({ path: file, action, line }) => {
    const plain = normal(file);
    if (plain === undefined || /[*?[\]{}<>]/.test(file)) return [];
    const there = world.has(plain);
    if (action === 'create' && there)
      return [
        found(ticket, { code: 'completeness-file-exists', severity: 'error' }, line, {
          message: `${file} is to be created, and it exists already`,
          fix: `write \`modify\` in its row, or name another file`,
        }),
      ];
    if (action === 'create' || action === undefined || there) return [];
    // That another ticket makes it is a matter of order, which the gaps speak of.
    if (creators(plain).some((other) => other.id !== ticket.id)) return [];
    return [
      found(ticket, { code: 'completeness-file-missing', severity: 'error' }, line, {
        message: `${file} is to be ${action === 'delete' ? 'deleted' : 'modified'}, and it does not exist`,
        fix: `correct the path (\`backlog ticket references ${ticket.id}\` says where it moved to), or write \`create\``,
      }),
    ];
  });
}

function kindsOfTests(ticket: Ticket): Finding[] {
  const strategy = sectionOf(ticket, 'test strategy');
  if (strategy === undefined || ticket.tests !== 'new' || ['BUG', 'IDEA'].includes(ticket.prefix)) return [];
  const missing = ['unit', 'integration'].filter(
    (kind) => !new RegExp(`\\b${kind}\\b`, 'i').test(strategy.text),
  );
  if (missing.length === 0) return [];
  return [
    found(ticket, { code: 'completeness-test-kinds', severity: 'warning' }, strategy.line, {
      message: `the test strategy names no ${missing.join(' and no ')} test`,
      fix: `add a heading \`### ${missing[0] === 'unit' ? 'Unit' : 'Integration'} Tests\` with a line \`- test: "should X when Y" → verifies AC-1\`, or say there why none is needed`,
    }),
  ];
}
