import type { GateCall } from '../../gates/call.ts';
import { ledgerFile } from '../../ledger/append.ts';
import { ExitCode } from '../../platform/errors.ts';
import { endWave } from '../../waves/end.ts';
import { mergeWave } from '../../waves/merge.ts';
import { startWave } from '../../waves/start.ts';
import { gateCallOf } from '../gate-call.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { readSessionUsage } from '../session-usage.ts';
import type { CommandFunction } from '../table.ts';
import { isEscalated, sessionSpending, ticketSpending } from '../wave-spending.ts';
import { DEFAULT_SLOTS, MOST_SLOTS } from './wave-plan.ts';

/** `backlog wave start`: claims the tickets of the next wave and gives each a worktree; goes on with an open one. */
export const start: CommandFunction = async (call, io) => {
  const maxSlots = call.number('maxSlots', { min: 1, max: MOST_SLOTS, integer: true }) ?? DEFAULT_SLOTS;
  const gateCall = gateCallOf(io);
  const { record, resumed, tickets, skipped } = await startWave(gateCall, {
    maxSlots,
    ids: call.args(0),
    spending: spendingOf(io, gateCall).spending,
  });
  printResult(io, {
    json: { wave: record?.wave ?? null, resumed, branch: record?.branch ?? null, tickets, skipped },
    text: [
      record === undefined
        ? 'nothing can be started'
        : `wave ${record.wave} ${resumed ? 'goes on' : 'started'}, for ${record.branch}`,
      ...tickets.map(
        ({ id, agent_type, pipeline, tier, project_root }) =>
          `  ${id}  ${agent_type}, ${tier}, ${pipeline}, in ${project_root}`,
      ),
      ...skipped.map(({ id, reason }) => `skipped ${id}: ${reason}`),
    ].join('\n'),
  });
  return ExitCode.Ok;
};

/** `backlog wave merge`: finished tickets into the user's branch, each judged on the combined code. */
export const merge: CommandFunction = async (_call, io) => {
  const { record, merged, putBack } = await mergeWave(gateCallOf(io));
  const back = putBack.map(({ ticketId, reason, applies }) => ({ id: ticketId, reason, applies }));
  printResult(io, {
    json: {
      wave: record.wave,
      branch: record.branch,
      merged: merged.map(({ ticketId, commit }) => ({ id: ticketId, commit })),
      put_back: back,
    },
    text: [
      merged.length === 0
        ? `nothing of wave ${record.wave} is merged`
        : `merged into ${record.branch}: ${merged.map(({ ticketId }) => ticketId).join(', ')}`,
      ...back.map(({ id, reason }) => `put back ${id}: ${reason}`),
    ].join('\n'),
  });
  return ExitCode.Ok;
};

/** `backlog wave end`: merge, complete, write down. */
export const end: CommandFunction = async (_call, io) => {
  const gateCall = gateCallOf(io);
  const ended = await endWave(gateCall, spendingOf(io, gateCall));
  const { completed, shipped, unfinished, kept } = ended;
  printResult(io, {
    json: ended,
    text: [
      `wave ${ended.wave} has ended: ${completed.length === 0 ? 'nothing completed' : `completed ${completed.join(', ')}`}, $${ended.cost_usd.toFixed(4)}`,
      ...shipped.map(({ id, url }) => `offered ${id}: ${url}`),
      ...unfinished.map(({ id, status, reason }) => `goes on: ${id} (${status}): ${reason}`),
      ...kept.map((why) => `kept ${why}`),
      `${ended.pending_remaining} pending${ended.session_limit_reached ? '; this session has had its waves, start a new one' : ''}`,
    ].join('\n'),
  });
  return ExitCode.Ok;
};

function spendingOf(io: Io, gateCall: GateCall): Parameters<typeof endWave>[1] {
  const file = ledgerFile(gateCall.paths.opsDir, gateCall.home);
  return {
    spending: async (ticketId) => {
      await readSessionUsage(io, gateCall);
      return ticketSpending(file, ticketId);
    },
    escalated: (ticketId) => isEscalated(file, ticketId),
    session: () => sessionSpending(file, gateCall.caller.sessionId),
  };
}
