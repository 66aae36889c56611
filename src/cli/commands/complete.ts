import path from 'node:path';
import { completeTicket } from '../../gates/complete.ts';
import { ledgerFile } from '../../ledger/append.ts';
import { ExitCode } from '../../platform/errors.ts';
import { routedAs, takerOf } from '../../waves/routed.ts';
import { gateCallOf } from '../gate-call.ts';
import { printResult } from '../output.ts';
import { readSessionUsage } from '../session-usage.ts';
import { settleAfterwards } from '../settle.ts';
import type { CommandFunction } from '../table.ts';
import { ticketSpending } from '../wave-spending.ts';

/** `backlog ticket complete`: evidence of every gate, then the ticket moves. */
export const complete: CommandFunction = async (call, io) => {
  const gateCall = gateCallOf(io);
  const ticketId = call.requiredArg(0, 'id');
  const done = await completeTicket(gateCall, {
    ticketId,
    spending: async () => {
      await readSessionUsage(io, gateCall);
      return ticketSpending(ledgerFile(gateCall.paths.opsDir, gateCall.home), ticketId);
    },
    routed: routedAs(gateCall, ticketId),
    takenBy: takerOf(gateCall, ticketId),
  });
  await settleAfterwards(io, gateCall);
  const file = path.relative(io.cwd, done.file);
  const { spending } = done;
  printResult(io, {
    json: {
      ticket_id: ticketId,
      commit: done.commit,
      file,
      evidence_file: path.relative(io.cwd, done.evidenceFile),
      bookkeeping_commit: done.booksCommit,
      spending,
    },
    text: `${ticketId} is completed: commit ${done.commit.slice(0, 12)}, ${file}\n${spending.requests} requests, $${spending.cost_usd.toFixed(4)}${spending.unpriced > 0 ? ` (${spending.unpriced} without a known price)` : ''}`,
  });
  return ExitCode.Ok;
};
