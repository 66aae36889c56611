import { averagesOf, type Confidence, classifierAccuracy, estimateCost } from '../../ledger/cost-averages.ts';
import { COST_HISTORY_FILE, readCostHistory } from '../../ledger/cost-history.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { requireProject } from '../../project/paths.ts';
import { complexities } from '../../tickets/classify.ts';
import { noSuchWord } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog cost history [stats]` and `backlog cost history estimate <type> <complexity> <files>`. */
export const history: CommandFunction = async (call, io) => {
  const what = call.arg(0) ?? 'stats';
  const further = call.args(1);
  if (what === 'estimate') return estimate(further, io);
  if (what !== 'stats') throw noSuchWord('the first argument', what, ['stats', 'estimate']);
  if (further.length > 0)
    throw usageError('`cost history stats` takes no further argument', 'backlog cost history');
  return stats(io);
};

/** What completed tickets have cost, on average. */
function stats(io: Io): ExitCode {
  const { entries, unreadable, further_averages } = readCostHistory(requireProject(io.cwd).mainRoot);
  const averages = averagesOf(entries);
  const accuracy = classifierAccuracy(entries);
  if (unreadable > 0) io.note(`warning: ${unreadable} entries of ${COST_HISTORY_FILE} name no ticket`);
  printResult(io, {
    json: {
      file: COST_HISTORY_FILE,
      total_entries: entries.length,
      unreadable,
      averages,
      further_averages,
      classifier_accuracy: accuracy,
    },
    text:
      entries.length === 0
        ? 'no ticket was completed yet'
        : [
            `${entries.length} completed ${entries.length === 1 ? 'ticket' : 'tickets'}; the last 20 of each kind on average:`,
            ...Object.entries(averages.by_type).map(
              ([type, one]) =>
                `  ${type}: ${usd(one.avg_cost)}, ${one.avg_tokens.toLocaleString('en-US')} tokens, ${one.avg_files} files (${one.sample_size})`,
            ),
            ...Object.entries(averages.by_complexity).map(
              ([complexity, one]) => `  ${complexity}: ${usd(one.avg_cost)} (${one.sample_size})`,
            ),
            ...Object.entries(averages.by_pipeline).map(
              ([pipeline, one]) =>
                `  ${pipeline} pipeline: ${usd(one.avg_cost)}, all gates at the first try: ${percent(one.success_rate)}`,
            ),
            `classified right: ${percent(accuracy)}`,
          ].join('\n'),
  });
  return ExitCode.Ok;
}

/** What a ticket of this kind will cost. */
function estimate(words: readonly string[], io: Io): ExitCode {
  const [type, word, typed] = words;
  if (type === undefined || word === undefined || typed === undefined || words.length > 3)
    throw usageError(
      'an estimate needs type, complexity and number of files',
      'backlog cost history estimate FEAT simple 3',
    );
  const complexity = complexities.find((one) => one === word);
  if (complexity === undefined) throw noSuchWord('the complexity', word, complexities);
  if (!/^\d{1,6}$/.test(typed))
    throw usageError(`the number of files is "${typed}"`, 'pass a whole number, such as 3');
  const files = Number(typed);
  const { entries } = readCostHistory(requireProject(io.cwd).mainRoot);
  const found = estimateCost(entries, { type, complexity, files });
  printResult(io, {
    json: { type, complexity, files, ...found },
    text:
      found.estimated_cost_usd === null
        ? `no ${complexity} ${type} with a known cost was completed yet`
        : `${usd(found.estimated_cost_usd)} (confidence ${found.confidence}: ${basis[found.confidence]}, ${found.sample_size} seen)`,
  });
  return ExitCode.Ok;
}

const basis: Readonly<Record<Confidence, string>> = {
  none: 'nothing to go by',
  low: 'fewer than 5 tickets',
  medium: 'fewer than 20 tickets',
  high: '20 tickets',
};

function usd(amount: number | null): string {
  return amount === null ? 'cost unknown' : `$${amount.toFixed(4)}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
