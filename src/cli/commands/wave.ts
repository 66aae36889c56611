import { existsSync } from 'node:fs';
import type { GateCall } from '../../gates/call.ts';
import { ledgerFile } from '../../ledger/append.ts';
import { ExitCode } from '../../platform/errors.ts';
import { shellQuoted } from '../../platform/shell.ts';
import { dispatchOf, type TicketDispatch } from '../../waves/dispatch.ts';
import { endWave } from '../../waves/end.ts';
import { mergeWave } from '../../waves/merge.ts';
import { openDesk } from '../../waves/route.ts';
import { type StartedTicket, startWave } from '../../waves/start.ts';
import { mainCallOf } from '../gate-call.ts';
import { implementerContext } from '../implementer-context.ts';
import type { Io } from '../io.ts';
import { askLocalModel } from '../local-model.ts';
import { printResult } from '../output.ts';
import { readSessionUsage } from '../session-usage.ts';
import { settleAfterwards } from '../settle.ts';
import type { CommandFunction } from '../table.ts';
import { isEscalated, sessionSpending, ticketSpending } from '../wave-spending.ts';
import { DEFAULT_SLOTS, MOST_SLOTS } from './wave-plan.ts';

/** `backlog wave start`: claims the tickets of the next wave and gives each a worktree; goes on with an open one. */
export const start: CommandFunction = async (call, io) => {
  const maxSlots = call.number('maxSlots', { min: 1, max: MOST_SLOTS, integer: true }) ?? DEFAULT_SLOTS;
  const gateCall = mainCallOf(io);
  const started = await startWave(gateCall, {
    maxSlots,
    ids: call.args(0),
    spending: spendingOf(io, gateCall).spending,
  });
  const { record, resumed, skipped } = started;
  const tickets = await withDispatch(io, gateCall, started.tickets);
  printResult(io, {
    json: { wave: record?.wave ?? null, resumed, branch: record?.branch ?? null, tickets, skipped },
    text: [
      record === undefined
        ? 'nothing can be started'
        : `wave ${record.wave} ${resumed ? 'goes on' : 'started'}, for ${record.branch}`,
      ...tickets.map(
        ({ id, agent, agent_type, model, pipeline, project_root }) =>
          `  ${id}  ${agent ?? 'llm-call'} (${agent_type}), ${model}, ${pipeline}, in ${project_root}`,
      ),
      ...skipped.map(({ id, reason }) => `skipped ${id}: ${reason}`),
    ].join('\n'),
  });
  return ExitCode.Ok;
};

/** Each ticket with whom to start for it, so that the leader has nothing more to ask. */
async function withDispatch(
  io: Io,
  gateCall: GateCall,
  tickets: readonly StartedTicket[],
): Promise<readonly (StartedTicket & TicketDispatch)[]> {
  const desk = await openDesk(gateCall, () => askLocalModel(io, gateCall));
  const notes = new Set<string>();
  const routed: (StartedTicket & TicketDispatch)[] = [];
  for (const ticket of tickets) {
    const found = await dispatchOf(desk, ticket.id);
    for (const note of found.notes) notes.add(note);
    routed.push({
      ...ticket,
      ...found.ticket,
      ...(await implementerContext(gateCall, ticket.id, ticket.project_root)),
    });
  }
  for (const note of notes) io.note(note);
  return routed;
}

/** `backlog wave merge`: finished tickets into the user's branch, each judged on the combined code. */
export const merge: CommandFunction = async (_call, io) => {
  const { record, merged, putBack } = await mergeWave(mainCallOf(io));
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
  const gateCall = mainCallOf(io);
  const ended = await endWave(gateCall, spendingOf(io, gateCall));
  if (!existsSync(io.cwd))
    io.note(`${io.cwd} was taken away with its worktree; cd ${shellQuoted(gateCall.paths.mainRoot)}`);
  await settleAfterwards(io, gateCall);
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
