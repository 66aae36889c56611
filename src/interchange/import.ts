import path from 'node:path';
import { type Clock, utcDay } from '../platform/clock.ts';
import { BacklogError, usageError } from '../platform/errors.ts';
import type { Onlookers } from '../platform/watch.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import type { FileChange } from '../tickets/apply.ts';
import { type Backlog, dataFolder } from '../tickets/backlog.ts';
import { readTicketFile } from '../tickets/file.ts';
import { withIds } from '../tickets/rewrite-ids.ts';
import { changeTickets, slug } from '../tickets/store.ts';
import { closedStatuses } from '../tickets/ticket.ts';
import { type Allocated, allocate } from './allocate.ts';
import { compose, titleOf } from './compose.ts';
import type { ForeignTicket, ImportForm, Refused, Source } from './foreign.ts';
import { referenceRewriter } from './references.ts';

export interface ImportOptions extends Onlookers {
  readonly form: ImportForm;
  /** Prefix of the ids that have another form; without it, by the kind of ticket. */
  readonly prefix: string | undefined;
  /** Tells sources of one form apart whose ids are the same; part of what `imported_from` says. */
  readonly sourceName?: string | undefined;
  readonly dryRun: boolean;
  readonly clock: Clock;
}

export interface ImportReport {
  /** Things in the source: imported, already there, refused and ignored together. */
  readonly found: number;
  readonly imported: readonly {
    /** As the source names it. */
    readonly from: string;
    readonly place: string;
    readonly id: string;
    /** Absolute. */
    readonly file: string;
    readonly status: string;
  }[];
  /** Imported by an earlier run. */
  readonly already: readonly {
    readonly from: string;
    readonly place: string;
    readonly id: string;
    /** In the source, where it is not the one that the ticket has now: somebody changed it, or it is another ticket. */
    readonly otherTitle?: string;
  }[];
  readonly refused: readonly Refused[];
  readonly ignored: Source['ignored'];
  /** What has no place in a ticket of ours, by ticket. */
  readonly unmapped: readonly { readonly id: string; readonly place: string; readonly what: string }[];
  /** Prefixes of imported ids that the configuration does not have. */
  readonly missingPrefixes: readonly string[];
}

/**
 * Puts the tickets of another program into the backlog, all of them or none. What is there already, by `imported_from`, stays as
 * it is, so that a second run imports what is new.
 * @throws BacklogError `usage` (exit 2), what reading and writing throw
 */
export async function importTickets(
  paths: ProjectPaths,
  config: BacklogConfig,
  source: Source,
  options: ImportOptions,
): Promise<ImportReport> {
  const prefixes = config.backlog.ticketPrefixes;
  if (options.prefix !== undefined && !prefixes.includes(options.prefix))
    throw usageError(
      `${options.prefix} is no ticket prefix of this project`,
      `use one of ${prefixes.join(', ')}`,
    );
  const { form, sourceName, clock, watch, signal } = options;
  if (sourceName !== undefined && !/^[\w.-]{1,60}$/.test(sourceName))
    throw usageError(
      `"${sourceName}" is no name of a source`,
      'pass letters, digits, dots and dashes: --source old-api',
    );
  const what = `import from ${form}`;
  return changeTickets(paths, config, { what, clock, watch, signal }, async (backlog, taken) => {
    const names = await taken();
    const { changes, report } = planOf({ paths, config, source, options, backlog, names });
    return { changes: options.dryRun ? [] : changes, result: report };
  });
}

interface PlanInput {
  readonly paths: ProjectPaths;
  readonly config: BacklogConfig;
  readonly source: Source;
  readonly options: ImportOptions;
  readonly backlog: Backlog;
  readonly names: readonly string[];
}

function planOf({ paths, config, source, options, backlog, names }: PlanInput) {
  const { form, sourceName, watch } = options;
  const there = new Map(
    backlog.tickets.flatMap(({ id, fields }) =>
      typeof fields.imported_from === 'string' ? [[fields.imported_from, id] as const] : [],
    ),
  );
  const keyed = keysOf(source.tickets, sourceName === undefined ? form : `${form}/${sourceName}`).map(
    (one) => ({
      ...one,
      there: there.get(one.key) ?? itself(one.ticket, backlog),
    }),
  );
  const already = keyed.flatMap(({ there: id, ticket }) =>
    id === undefined ? [] : [{ from: ticket.id, place: ticket.place, id, ticket }],
  );
  const fresh = keyed.filter((one) => one.there === undefined);
  const prefixes = config.backlog.ticketPrefixes;
  const allocated = allocate(
    fresh.map(({ ticket }) => ticket),
    { taken: names, prefixes, prefix: options.prefix },
  );
  const known: Allocated[] = [...already.map(({ ticket, id }) => ({ ticket, id })), ...allocated];
  const { idFor, rewrite } = referenceRewriter(known, form);
  const renumbered = new Map(
    known.flatMap(({ ticket: { own, id: from }, id }) => (own === undefined ? [] : [[from, id]])),
  );
  const data = dataFolder(paths, config);
  const changes: FileChange[] = [];
  const imported: ImportReport['imported'][number][] = [];
  const refused: Refused[] = [...source.refused];
  const unmapped: ImportReport['unmapped'][number][] = [];
  watch?.begin('making tickets', allocated.length);
  for (const [index, { ticket, id }] of allocated.entries()) {
    watch?.advance();
    const found = ticket.dependsOn.map((one) => ({ one, id: idFor(one, ticket) ?? backlog.byId(one)?.id }));
    const facts = {
      id,
      from: fresh[index]?.key ?? '',
      dependsOn: [...new Set(found.flatMap((one) => one.id ?? []))].filter((one) => one !== id),
      lost: found.filter((one) => one.id === undefined).map(({ one }) => one),
      parent: ticket.parent === '' ? undefined : (idFor(ticket.parent, ticket) ?? ticket.parent),
      today: utcDay(options.clock),
      rewrite: ticket.own === undefined ? rewrite : (text: string) => withIds(text, renumbered),
    };
    try {
      const composed = compose(ticket, facts);
      const folder = path.join(data, closedStatuses.has(composed.status) ? 'completed' : 'pending');
      const file = path.join(folder, `${id}-${slug(ticket.title)}.md`);
      readTicketFile(composed.text, file);
      changes.push({ file, before: null, after: composed.text });
      imported.push({ from: ticket.id, place: ticket.place, id, file, status: composed.status });
      unmapped.push(...composed.unmapped.map((what) => ({ id, place: ticket.place, what })));
    } catch (error) {
      if (!(error instanceof BacklogError)) throw error;
      // The file that the error names was never written: what can be mended is in the source.
      const [, place = ticket.place, line = '1'] = /^(.*):(\d+)$/.exec(ticket.place) ?? [];
      const reason = error.message.replace(`${error.file}:${error.line}: `, '').slice(0, 300);
      refused.push({ place, line: Number(line), reason, fix: `mend ${ticket.place} and import again` });
    }
  }
  const used = new Set(imported.map(({ id }) => id.slice(0, id.lastIndexOf('-'))));
  const report: ImportReport = {
    found: imported.length + already.length + refused.length + source.ignored.length,
    imported,
    already: already.map(({ from, place, id, ticket }) => {
      const title = titleOf(ticket, id).text;
      return { from, place, id, ...(backlog.byId(id)?.title === title ? {} : { otherTitle: title }) };
    }),
    refused,
    ignored: source.ignored,
    unmapped,
    missingPrefixes: [...used].filter((prefix) => !prefixes.includes(prefix)),
  };
  return { changes, report };
}

/** The id of a ticket that was exported from this very backlog: what it was is here. */
function itself({ own, id, title }: ForeignTicket, backlog: Backlog): string | undefined {
  if (own === undefined) return undefined;
  return backlog.byId(id)?.title === title ? id : undefined;
}

/** What `imported_from` says: form, name of the source and id; a second ticket with the same id is known by its place, one without an id by its title. */
function keysOf(
  tickets: readonly ForeignTicket[],
  form: string,
): { readonly key: string; readonly ticket: ForeignTicket }[] {
  const seen = new Set<string>();
  return tickets.map((ticket) => {
    const named = ticket.id === '' ? `"${ticket.title.slice(0, 200)}"` : ticket.id.slice(0, 200);
    const first = `${form}:${named}`.replaceAll(/\p{Cc}/gu, ' ');
    const place = ticket.id === '' ? ticket.place.replace(/:\d+$/, '') : ticket.place;
    let key = seen.has(first) ? `${first} (${place.slice(0, 300)})` : first;
    for (let number = 2; seen.has(key); number += 1) key = `${first} (${place.slice(0, 300)}, ${number})`;
    seen.add(key);
    return { key, ticket };
  });
}
