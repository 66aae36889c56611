import { ExitCode, usageError } from '../../platform/errors.ts';
import {
  DEFAULT_THRESHOLD,
  type DuplicatePair,
  duplicateGroups,
  duplicatePairs,
  duplicatesOfText,
} from '../../refinement/duplicates.ts';
import { loadBacklog } from '../../tickets/open.ts';
import { requireTicket } from '../../tickets/store.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { printResult } from '../output.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenText } from '../ticket-output.ts';

/** Groups larger than this are told by their first tickets. */
const MOST_SHOWN = 6;

/** `backlog ticket duplicates`: pairs that probably ask for the same, with what they share; exit 1 when there are any. */
export const duplicates: CommandFunction = async (call, io) => {
  const threshold = thresholdFrom(call.text('threshold'));
  const id = call.args(0)[0];
  const text = call.text('text');
  if (id !== undefined && text !== undefined)
    throw usageError('an id and --text are two questions', 'leave one of them out');
  if (text !== undefined && text.trim() === '')
    throw usageError('--text says nothing', 'add --text "<what is to be done>"');
  const { paths, config } = openProject(io);
  const backlog = await loadBacklog(paths, config);
  const asked = id === undefined ? undefined : requireTicket(backlog, id);
  const pool = backlog.tickets.filter(
    ({ folder, file }) => call.flag('all') || folder === 'pending' || file === asked?.file,
  );
  const pairs =
    text === undefined
      ? duplicatePairs(pool, { threshold, ...(id === undefined ? {} : { ids: new Set([id]) }) })
      : duplicatesOfText(text, pool, { threshold });
  const broken = brokenFrom(backlog.broken, paths.mainRoot, io.cwd);
  const groups = duplicateGroups(pairs).filter(({ length }) => length > 2);
  const title = new Map(pool.map((ticket: Ticket) => [ticket.id, ticket.title]));
  printResult(io, {
    json: { pairs, groups, compared: pool.length, threshold, broken },
    text: [
      ...pairsText(pairs, groups, (one) => title.get(one) ?? text ?? ''),
      `${pool.length} tickets compared, ${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'} that may be duplicates`,
      ...brokenText(broken),
    ].join('\n'),
  });
  if (broken.length > 0) return ExitCode.ProjectUnusable;
  return pairs.length > 0 ? ExitCode.CheckFailed : ExitCode.Ok;
};

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
