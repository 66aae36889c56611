import type { GateCall } from '../gates/call.ts';
import { readClaim } from '../gates/claims.ts';
import { type Completion, completeTicket } from '../gates/complete.ts';
import type { TicketSpending } from '../gates/record-completion.ts';
import { placeAround } from '../gates/repository.ts';
import { startWork } from '../gates/start.ts';
import { BacklogError } from '../platform/errors.ts';
import { listTickets } from '../tickets/listing.ts';
import { alreadyMerged } from './integrate.ts';
import { openShips } from './ship-record.ts';
import { adoptSquash } from './squashed.ts';
import { tidy } from './tidy.ts';

/**
 * Completes the tickets whose pull request was merged and pulled: their code is in the history of the main worktree. The others
 * wait on.
 */
export async function completeShipped(
  call: GateCall,
  spending: (ticketId: string) => Promise<TicketSpending>,
): Promise<Completion[]> {
  const done: Completion[] = [];
  const main = await placeAround(call.paths.mainRoot, call);
  for (const { ticket_id: ticketId } of openShips(call.paths, await listTickets(call.paths, call.config))) {
    try {
      const claim = readClaim(call.paths.opsDir, ticketId);
      if (claim === undefined) continue;
      const merged =
        (await alreadyMerged(call, claim, main, 'HEAD')) !== undefined ||
        (await adoptSquash(call, claim, main));
      if (merged === false) continue;
      if (typeof merged === 'string') {
        call.note(`${ticketId} is merged, and not completed: ${merged}`);
        continue;
      }
      await startWork(call, { ticketId, worktree: true, rebase: false });
      done.push(await completeTicket(call, { ticketId, spending: () => spending(ticketId) }));
      for (const why of await tidy(call, ticketId)) call.note(`kept ${why}`);
    } catch (error) {
      if (!(error instanceof BacklogError)) throw error;
      call.note(`${ticketId} is not completed: ${error.message}`);
    }
  }
  return done;
}
