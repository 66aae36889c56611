import { ownText } from '../../platform/own-text.ts';
import type { Watch } from '../../platform/watch.ts';
import type { Finding } from '../../tickets/finding.ts';
import type { OnLost } from '../../tickets/listing.ts';
import type { BrokenTicket, ListedTicket, Ticket } from '../../tickets/ticket.ts';
import { validateTicket } from '../../tickets/validate.ts';
import { deepCheck } from '../checks/index.ts';
import { studyOf } from '../checks/study.ts';
import { type DuplicatePair, DuplicateSearch, explained, type Source } from '../duplicates.ts';
import { type ReferenceFinding, referenceChecker } from '../references/index.ts';
import { obsoleteProposals, type RunVerification } from '../references/obsolete.ts';
import type { World } from '../world.ts';
import { refinable } from './outline.ts';
import type { RefinableTicket, RefinementFacts } from './types.ts';

/** What is asked about. */
export interface Asked {
  readonly tickets: readonly ListedTicket[];
  /** Those that may be doubles of them: what lies in `pending/`. */
  readonly pending: readonly ListedTicket[];
  /** The ones asked for by id; all pending ones without it. */
  readonly ids?: ReadonlySet<string>;
  /** How verification commands are run; without it none is. */
  readonly run?: RunVerification | undefined;
  /** Called {@link PASSES} times for each ticket. */
  readonly onTicket?: () => void;
  /** Told of tickets that were listed and cannot be read any more: nothing else speaks of them. */
  readonly onLost?: OnLost;
  /** Is told of what comes after: the search for finished work, and for duplicates. */
  readonly watch?: Watch | undefined;
}

/** How often {@link gatherFacts} goes over the tickets. */
export const PASSES = 2;

/**
 * Everything that the checks find, each over the same world. Twice every ticket is read, looked at by all of them, and let go: what
 * is kept of it are numbers, and texts of its own.
 */
export async function gatherFacts(world: World, asked: Asked): Promise<RefinementFacts> {
  const { backlog } = world;
  const { ids, run, watch } = asked;
  const lost = new Map<string, BrokenTicket | undefined>();
  const onLost: OnLost = (file, why) => void lost.set(file, why);
  const { tickets, pending, search } = await firstPass(world, asked, onLost);
  const { findings, moved } = await secondPass(world, asked, new Set(tickets.keys()), onLost);
  const { proposals, doubtful, notRun } = await obsoleteProposals(world, asked.tickets, run, watch);
  const broken = [...backlog.broken];
  for (const { file } of asked.tickets) {
    if (!lost.has(file)) continue;
    const why = lost.get(file);
    tickets.delete(file);
    if (why !== undefined) broken.push(why);
    asked.onLost?.(file, why);
  }
  return {
    tickets: [...tickets.values()],
    findings,
    moved,
    obsolete: proposals.map(({ id, why }) => ({ id, reason: why })),
    doubtful,
    notRun,
    broken: ids === undefined ? broken.map(({ file, message }) => ({ file, message })) : [],
    duplicates: await pairsOf(world, pending, search, asked),
  };
}

interface First {
  /** Those that are asked about, by file. */
  readonly tickets: Map<string, RefinableTicket>;
  /** In the order of `search`. */
  readonly pending: readonly ListedTicket[];
  readonly search: DuplicateSearch;
}

/** What has to be known of all tickets before one of them can be checked, and whatever needs one ticket alone. */
async function firstPass(
  world: World,
  { tickets, pending, onTicket }: Asked,
  onLost: OnLost,
): Promise<First> {
  const asked = new Set(tickets.map(({ file }) => file));
  const listed = world.backlog.tickets.filter(({ folder, file }) => folder === 'pending' || asked.has(file));
  const candidates = new Map(pending.map((ticket) => [ticket.file, ticket]));
  const found = new Map<string, RefinableTicket>();
  const compared: ListedTicket[] = [];
  const search = new DuplicateSearch();
  const look = (ticket: Ticket): void => {
    const candidate = candidates.get(ticket.file);
    if (candidate !== undefined) {
      search.add(ticket);
      compared.push(candidate);
    }
    if (!asked.has(ticket.file)) return;
    found.set(ticket.file, refinable(ticket, world.config));
    onTicket?.();
  };
  await studyOf(world, undefined, { listed, onTicket: look, onLost });
  // In the order in which they were asked for.
  const ordered = tickets.flatMap(({ file }): [string, RefinableTicket][] => {
    const one = found.get(file);
    return one === undefined ? [] : [[file, one]];
  });
  return { tickets: new Map(ordered), pending: compared, search };
}

/** What is found of one ticket, before it is put together. */
interface Own {
  readonly plain: readonly Finding[];
  readonly references: readonly ReferenceFinding[];
}

async function secondPass(
  world: World,
  { tickets, onTicket }: Asked,
  read: ReadonlySet<string>,
  onLost: OnLost,
): Promise<Pick<RefinementFacts, 'findings' | 'moved'>> {
  const { backlog, config } = world;
  const wanted = tickets.filter(({ file }) => read.has(file));
  const check = await referenceChecker(world);
  const { open } = await studyOf(world);
  const isOpen = new Set(open.map(({ file }) => file));
  const own = new Map<string, Own>();
  const look = (ticket: Ticket): void => {
    const plain = ownText(validateTicket(ticket, backlog, config));
    const references = isOpen.has(ticket.file) ? check(ticket) : [];
    own.set(ticket.file, { plain, references });
    onTicket?.();
  };
  const deep = byFile((await deepCheck(world, wanted, look)).findings);
  // Those that are closed are no business of the deep checks.
  const left = wanted.filter(({ file }) => !own.has(file));
  for await (const ticket of world.whole(left, onLost)) look(ticket);
  const moved = open.flatMap(
    ({ file }) => own.get(file)?.references.filter(({ kind }) => kind === 'moved') ?? [],
  );
  const findings: Finding[] = [];
  for (const { file } of wanted) {
    const { plain, references } = own.get(file) ?? { plain: [], references: [] };
    for (const one of together([...plain, ...(deep.get(file) ?? [])], references)) findings.push(one);
    own.delete(file);
    deep.delete(file);
  }
  return { findings, moved };
}

function byFile(findings: readonly Finding[]): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const one of findings) {
    const list = found.get(one.file);
    if (list === undefined) found.set(one.file, [one]);
    else list.push(one);
  }
  return found;
}

/** Of one ticket. The checks and the references see some faults both: each is told once, by the one that knows more. */
function together(checks: readonly Finding[], references: readonly ReferenceFinding[]): Finding[] {
  const moved = new Set(references.filter(({ kind }) => kind === 'moved').map(({ line }) => line));
  return [
    ...checks.filter((one) => one.code !== 'completeness-file-missing' || !moved.has(one.line)),
    ...references.filter(
      ({ kind, line, from }) =>
        kind !== 'missing' || !checks.some((one) => one.line === line && one.message.includes(from)),
    ),
  ];
}

/** @param pending in the order of `search` */
async function pairsOf(
  world: World,
  pending: readonly ListedTicket[],
  search: DuplicateSearch,
  { ids, watch }: Asked,
): Promise<DuplicatePair[]> {
  watch?.begin('looking for duplicates', 2 * pending.length);
  // They were taken note of when they were read.
  watch?.advance(pending.length);
  const found = search.pairs(ids === undefined ? {} : { ids }, watch);
  watch?.begin('reading pairs', found.length);
  const pairs: DuplicatePair[] = [];
  for await (const pair of explained(found, (numbers) => numbered(world, pending, numbers))) {
    watch?.advance();
    if (pair !== undefined) pairs.push(ownText(pair));
  }
  return pairs;
}

async function* numbered(
  world: World,
  pending: readonly ListedTicket[],
  numbers: readonly number[],
): AsyncGenerator<readonly [number, Source]> {
  const numberOf = new Map<string, number>();
  const wanted = numbers.flatMap((number): ListedTicket[] => {
    const ticket = pending[number];
    if (ticket !== undefined) numberOf.set(ticket.file, number);
    return ticket === undefined ? [] : [ticket];
  });
  for await (const ticket of world.whole(wanted)) {
    const number = numberOf.get(ticket.file);
    if (number !== undefined) yield [number, ticket];
  }
}
