import path from 'node:path';
import { type Clock, utcDay } from '../platform/clock.ts';
import { BacklogError, usageError } from '../platform/errors.ts';
import { ownText } from '../platform/own-text.ts';
import type { Onlookers } from '../platform/watch.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import type { FileChange } from '../tickets/apply.ts';
import { dataFolder } from '../tickets/backlog.ts';
import { eachTicket } from '../tickets/open.ts';
import { withIds } from '../tickets/rewrite-ids.ts';
import { type ChangePlan, changeTickets, slug } from '../tickets/store.ts';
import { closedStatuses } from '../tickets/ticket.ts';
import { type Allocated, allocate } from './allocate.ts';
import { type Composed, type ComposeFacts, compose, titleOf } from './compose.ts';
import type { ForeignFacts, ForeignTicket, ImportForm, Refused, Source } from './foreign.ts';
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
  const done = await changeTickets(paths, config, { what, clock, watch, signal }, async (_backlog, taken) => {
    const known = await knownTickets(paths, config, watch);
    const names = await taken();
    return planOf({ paths, config, source, options, known, names });
  });
  return reportOf(source, done, prefixes);
}

/** What the backlog holds already. */
interface Known {
  /** Ids by `imported_from`. */
  readonly imported: ReadonlyMap<string, string>;
  /** Titles by id; of several tickets with one id that of the first. */
  readonly titles: ReadonlyMap<string, string>;
}

async function knownTickets(
  paths: ProjectPaths,
  config: BacklogConfig,
  watch: Onlookers['watch'],
): Promise<Known> {
  const imported = new Map<string, string>();
  const titles = new Map<string, string>();
  for await (const ticket of eachTicket(paths, config, [], watch)) {
    const from = ticket.fields.imported_from;
    const { id, title, key } = ownText({ id: ticket.id, title: ticket.title, key: from });
    if (!titles.has(id)) titles.set(id, title);
    if (typeof key === 'string') imported.set(key, id);
  }
  return { imported, titles };
}

interface PlanInput {
  readonly paths: ProjectPaths;
  readonly config: BacklogConfig;
  readonly source: Source;
  readonly options: ImportOptions;
  readonly known: Known;
  readonly names: readonly string[];
}

/** What an import has done, but for what the source says itself. */
interface Imported {
  readonly already: ImportReport['already'];
  readonly imported: ImportReport['imported'][number][];
  readonly refused: Refused[];
  readonly unmapped: ImportReport['unmapped'][number][];
}

function planOf({ paths, config, source, options, known, names }: PlanInput): ChangePlan<Imported> {
  const { form, sourceName } = options;
  const keyed = keysOf(source.tickets, sourceName === undefined ? form : `${form}/${sourceName}`).map(
    (one) => ({ ...one, there: known.imported.get(one.key) ?? itself(one.ticket, known) }),
  );
  const already = keyed.flatMap(({ there, ticket }) => (there === undefined ? [] : [{ ticket, id: there }]));
  const fresh = keyed.filter((one) => one.there === undefined);
  const prefixes = config.backlog.ticketPrefixes;
  const allocated = allocate(
    fresh.map(({ ticket }) => ticket),
    { taken: names, prefixes, prefix: options.prefix },
  );
  const all: Allocated[] = [...already, ...allocated];
  const { idFor, rewrite } = referenceRewriter(all, form);
  const renumbered = new Map(
    all.flatMap(({ ticket: { isOwn, id: from }, id }) => (isOwn ? [[from, id]] : [])),
  );
  const data = dataFolder(paths, config);
  const result: Imported = {
    already: already.map(({ ticket, id }) => {
      const title = titleOf(ticket, id).text;
      const other = known.titles.get(id) === title ? {} : { otherTitle: title };
      return { from: ticket.id, place: ticket.place, id, ...other };
    }),
    imported: [],
    refused: [],
    unmapped: [],
  };
  const made = function* (
    ticket: ForeignTicket,
    id: string,
    { key, ticket: facts }: Keyed,
  ): Generator<FileChange> {
    const found = ticket.dependsOn.map((one) => ({
      one,
      id: idFor(one) ?? (known.titles.has(one) ? one : undefined),
    }));
    let isRefused = false;
    const refuse = (error: BacklogError): void => {
      isRefused = true;
      result.refused.push(refusedBy(error, facts.place));
    };
    const composed = composedOr(refuse, ticket, {
      id,
      from: key,
      dependsOn: [...new Set(found.flatMap((one) => one.id ?? []))].filter((one) => one !== id),
      lost: found.filter((one) => one.id === undefined).map(({ one }) => one),
      parent: ticket.parent === '' ? undefined : (idFor(ticket.parent) ?? ticket.parent),
      today: utcDay(options.clock),
      rewrite: ticket.own === undefined ? rewrite : (text: string) => withIds(text, renumbered),
    });
    if (composed === undefined) return;
    const { text, status, unmapped } = composed;
    const folder = path.join(data, closedStatuses.has(status) ? 'completed' : 'pending');
    const file = path.join(folder, `${id}-${slug(ticket.title)}.md`);
    yield { file, before: null, after: text, refuse };
    if (isRefused) return;
    result.imported.push({ from: facts.id, place: facts.place, id, file, status });
    result.unmapped.push(...ownText(unmapped).map((what) => ({ id, place: facts.place, what })));
  };
  const changes = function* (): Generator<FileChange> {
    let [index, next] = [0, 0];
    for (const ticket of source.whole()) {
      const one = keyed[index++];
      if (one !== undefined && one.there === undefined) yield* made(ticket, allocated[next++]?.id ?? '', one);
    }
  };
  return { changes: changes(), total: allocated.length, result, isTrial: options.dryRun };
}

/** The file that the error names was never written: what can be mended is in the source. */
function refusedBy(error: BacklogError, at: string): Refused {
  const [, place = at, line = '1'] = /^(.*):(\d+)$/.exec(at) ?? [];
  const reason = error.message.replace(`${error.file}:${error.line}: `, '').slice(0, 300);
  return { place, line: Number(line), reason, fix: `mend ${at} and import again` };
}

/** @returns `undefined` when there can be no such ticket, which `refuse` is told of */
function composedOr(
  refuse: (error: BacklogError) => void,
  ticket: ForeignTicket,
  facts: ComposeFacts,
): Composed | undefined {
  try {
    return compose(ticket, facts);
  } catch (error) {
    if (!(error instanceof BacklogError)) throw error;
    refuse(error);
    return undefined;
  }
}

function reportOf(source: Source, done: Imported, prefixes: readonly string[]): ImportReport {
  const { imported, already, unmapped } = done;
  const refused = [...source.refused, ...done.refused];
  const used = new Set(imported.map(({ id }) => id.slice(0, id.lastIndexOf('-'))));
  return {
    found: imported.length + already.length + refused.length + source.ignored.length,
    imported,
    already,
    refused,
    ignored: source.ignored,
    unmapped,
    missingPrefixes: [...used].filter((prefix) => !prefixes.includes(prefix)),
  };
}

/** The id of a ticket that was exported from this very backlog: what it was is here. */
function itself({ isOwn, id, title }: ForeignFacts, { titles }: Known): string | undefined {
  return isOwn && titles.get(id) === title ? id : undefined;
}

interface Keyed {
  readonly key: string;
  readonly ticket: ForeignFacts;
}

/** What `imported_from` says: form, name of the source and id; a second ticket with the same id is known by its place, one without an id by its title. */
function keysOf(tickets: readonly ForeignFacts[], form: string): Keyed[] {
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
