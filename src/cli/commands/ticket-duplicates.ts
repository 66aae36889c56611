import { breathing } from '../../platform/breathe.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import type { BacklogConfig } from '../../project/config.ts';
import type { ProjectPaths } from '../../project/paths.ts';
import {
  DEFAULT_THRESHOLD,
  type DuplicateOptions,
  type DuplicatePair,
  DuplicateSearch,
  duplicateGroups,
  explainer,
  type Found,
  requested,
  type Source,
} from '../../refinement/duplicates.ts';
import { requireTicket } from '../../tickets/backlog.ts';
import { wholeTickets } from '../../tickets/listing.ts';
import type { ListedTicket } from '../../tickets/ticket.ts';
import type { Io } from '../io.ts';
import { Lost } from '../lost.ts';
import { listing, tickets } from '../open-tickets.ts';
import { printResult } from '../output.ts';
import { type Progress, progress } from '../progress.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenText } from '../ticket-output.ts';

/** Groups larger than this are told by their first tickets. */
const MOST_SHOWN = 6;

/** `backlog ticket duplicates`: pairs that probably ask for the same, with what they share; exit 1 when there are any. */
export const duplicates: CommandFunction = async (call, io) => {
  const threshold = thresholdFrom(call.text('threshold'));
  const id = call.arg(0);
  const text = call.text('text');
  if (id !== undefined && text !== undefined)
    throw usageError('an id and --text are two questions', 'leave one of them out');
  if (text !== undefined && text.trim() === '')
    throw usageError('--text says nothing', 'add --text "<what is to be done>"');
  const { paths, config } = openProject(io);
  const asked = id === undefined ? undefined : requireTicket(await tickets(paths, config), id);
  const backlog = await listing(paths, config, io);
  const pool = backlog.tickets.filter(
    ({ folder, file }) => call.flag('all') || folder === 'pending' || file === asked?.file,
  );
  const only = text === undefined ? asked && [asked.id] : [''];
  const lost = new Lost(io, 'compared');
  const { compared, pairs } = await searched(
    pool,
    { threshold, ...(only && { ids: new Set(only) }) },
    text,
    paths,
    config,
    io,
    lost,
  );
  const broken = brokenFrom([...backlog.broken, ...lost.told()], paths.mainRoot, io.cwd);
  const groups = duplicateGroups(pairs).filter(({ length }) => length > 2);
  const title = new Map(pool.map((ticket) => [ticket.id, ticket.title]));
  printResult(io, {
    json: { pairs, groups, compared, threshold, broken },
    text: [
      ...pairsText(pairs, groups, (one) => title.get(one) ?? text ?? ''),
      `${compared} tickets compared, ${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'} that may be duplicates`,
      ...brokenText(broken),
    ].join('\n'),
  });
  if (broken.length > 0) return ExitCode.ProjectUnusable;
  return pairs.length > 0 ? ExitCode.CheckFailed : ExitCode.Ok;
};

/** So many tickets that pairs are made of are kept for the next pair. */
const MOST_KEPT = 200;

/**
 * Reads the tickets one by one, and those of the pairs that are found once more for what they share: the texts of a large backlog
 * would be its memory many times over.
 */
async function searched(
  pool: readonly ListedTicket[],
  options: DuplicateOptions,
  request: string | undefined,
  paths: ProjectPaths,
  config: BacklogConfig,
  io: Io,
  lost: Lost,
): Promise<{ readonly compared: number; readonly pairs: readonly DuplicatePair[] }> {
  const search = new DuplicateSearch();
  const read: ListedTicket[] = [];
  const placeOf = new Map(pool.map((ticket) => [ticket.file, ticket]));
  const breathe = breathing(io.signal);
  await withBar(io, 'reading tickets', pool.length, async (bar) => {
    for await (const ticket of wholeTickets(pool, paths, config, lost.add)) {
      const place = placeOf.get(ticket.file);
      if (place === undefined) continue;
      search.add(ticket);
      read.push(place);
      bar.advance();
      await breathe();
    }
  });
  if (request !== undefined) search.addRequest(request);
  const found = await withBar(io, 'comparing tickets', read.length, async (bar) => {
    const steps = search.pairsInSteps(options);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      bar.advance(value);
      await breathe();
    }
  });
  const kept = new Map<number, Source>();
  const ticketAt = async (index: number): Promise<Source | undefined> => {
    const place = read[index];
    if (place === undefined) return requested(request ?? '');
    const known = kept.get(index);
    if (known !== undefined) return known;
    for await (const ticket of wholeTickets([place], paths, config, lost.add)) {
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(index, ticket);
      return ticket;
    }
    return undefined;
  };
  const explain = explainer();
  const pairs: DuplicatePair[] = [];
  await withBar(io, 'reading pairs', found.length, async (bar) => {
    for (const one of found) {
      const pair = request === undefined ? one : requestFirst(one);
      const [a, b] = [await ticketAt(pair.x), await ticketAt(pair.y)];
      // One of them has gone since it was compared, which is told in the end.
      if (a !== undefined && b !== undefined) pairs.push(explain(pair, a, b));
      bar.advance();
      await breathe();
    }
  });
  return { compared: read.length, pairs };
}

async function withBar<T>(
  io: Io,
  label: string,
  total: number,
  work: (bar: Progress) => Promise<T>,
): Promise<T> {
  const bar = progress(io, label, total);
  try {
    return await work(bar);
  } finally {
    bar.end();
  }
}

/** The request was added last, and is what the pair is told from. */
function requestFirst({ x, y, ...rest }: Found): Found {
  return { x: y, y: x, ...rest };
}

function thresholdFrom(text: string | undefined): number {
  if (text === undefined) return DEFAULT_THRESHOLD;
  const threshold = Number(text);
  if (text.trim() !== '' && threshold > 0 && threshold <= 1) return threshold;
  throw usageError(
    `--threshold ${text} is no number above 0 and up to 1`,
    `pass --threshold ${DEFAULT_THRESHOLD}`,
  );
}

/** A group of more than two is told once, not by each of its pairs. */
function pairsText(
  pairs: readonly DuplicatePair[],
  groups: readonly (readonly string[])[],
  titleOf: (id: string) => string,
): string[] {
  const grouped = new Set(groups.flat());
  const line = (id: string): string =>
    id === '' ? `  (the request)  ${titleOf(id)}` : `  ${id}  ${titleOf(id)}`;
  return [
    ...groups.flatMap((ids) => [
      `${ids.length} tickets that ask for the same:`,
      ...ids.slice(0, MOST_SHOWN).map(line),
      ...(ids.length > MOST_SHOWN ? [`  and ${ids.length - MOST_SHOWN} more`] : []),
      '',
    ]),
    ...pairs
      .filter(({ a }) => !grouped.has(a))
      .flatMap(({ a, b, score, why }) => [
        `${score.toFixed(2)}`,
        line(a),
        line(b),
        ...(why.terms.length > 0 ? [`  words: ${why.terms.join(', ')}`] : []),
        ...(why.files.length > 0 ? [`  files: ${why.files.join(', ')}`] : []),
        ...(why.criteria.length > 0 ? [`  criteria: ${why.criteria.join(', ')}`] : []),
        '',
      ]),
  ];
}
