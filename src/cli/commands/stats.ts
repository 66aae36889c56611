import { groupings, statsScopes, usageStats } from '../../ledger/usage-stats.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { withBars } from '../progress.ts';
import { faultNotes } from './cost-text.ts';
import { knownLedgers, ledgerOf } from './ledgers.ts';
import { statsText } from './stats-text.ts';

/** `stats`: counts, tokens, cost and latency of whatever was asked for. */
export async function stats(call: Invocation, io: Io): Promise<ExitCode> {
  const scope = call.choice('scope', statsScopes) ?? 'project';
  const own = scope === 'session' || scope === 'chat' ? io.caller.sessionId : undefined;
  const id = call.text('id') ?? own;
  if (id === undefined && scope !== 'global' && scope !== 'project')
    throw usageError(
      `--scope ${scope} says not which ${scope}`,
      `add --id <${scope}>, or pass --scope project --group-by ${scope === 'chat' || scope === 'session' ? 'day' : scope}`,
    );
  const ledgers =
    call.text('ledger') === undefined && scope === 'global' ? knownLedgers(io) : [ledgerOf(call, io)];
  const query = {
    ledgers,
    scope,
    id,
    from: call.text('from'),
    to: call.text('to'),
    groupBy: call.choice('groupBy', groupings),
  };
  const answer = await withBars(io, async ({ watch }) => usageStats({ ...query, watch }));
  for (const note of faultNotes(answer)) io.note(note);
  printResult(io, { json: { ...answer, ledgers }, text: statsText(answer, io.columns) });
  return ExitCode.Ok;
}
