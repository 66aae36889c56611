import { ledgerFile } from '../../ledger/append.ts';
import { ExitCode } from '../../platform/errors.ts';
import { shipTicket } from '../../waves/ship.ts';
import { mainCallOf } from '../gate-call.ts';
import { printResult } from '../output.ts';
import { readSessionUsage } from '../session-usage.ts';
import type { CommandFunction } from '../table.ts';
import { ticketSpending } from '../wave-spending.ts';

/** `backlog ship`: a finished ticket as a pull request. */
export const ship: CommandFunction = async (call, io) => {
  const gateCall = mainCallOf(io);
  const ticketId = call.requiredArg(0, 'id');
  const { record, what } = await shipTicket(gateCall, {
    ticketId,
    base: call.text('base'),
    spending: async () => {
      await readSessionUsage(io, gateCall);
      return ticketSpending(ledgerFile(gateCall.paths.opsDir, gateCall.home), ticketId);
    },
  });
  const { branch, base, remote, commit, url } = record;
  printResult(io, {
    json: { ticket_id: ticketId, what, url, branch, base, remote, commit },
    text: `${ticketId} ${what === 'opened' ? 'is offered' : 'is brought up to date'}: ${url}`,
  });
  return ExitCode.Ok;
};
