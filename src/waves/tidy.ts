import type { GateCall } from '../gates/call.ts';
import { changeClaim, readClaim } from '../gates/claims.ts';
import { placeAround, tryPlumb } from '../gates/repository.ts';
import { removeWorktree } from '../gates/worktree.ts';
import { putBackRef } from './rebase-ticket.ts';

/** Worktree and branch of a completed ticket. @returns what was kept */
export async function tidy(call: GateCall, ticketId: string): Promise<string[]> {
  const claim = readClaim(call.paths.opsDir, ticketId);
  const main = await placeAround(call.paths.mainRoot, call);
  if (claim === undefined || claim.worktree === main.worktree) return [];
  await tryPlumb(main, ['update-ref', '-d', putBackRef(ticketId)]);
  const why = await removeWorktree(main, claim.worktree, claim.branch);
  if (why !== undefined) return [`${ticketId}: ${why}`];
  // What asks for this ticket's gates later finds its commit in the main worktree.
  await changeClaim(call.paths.opsDir, ticketId, (found) =>
    found === undefined ? undefined : { ...found, worktree: main.worktree, branch: null },
  );
  return [];
}
