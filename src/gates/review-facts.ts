import type { GateCall } from './call.ts';
import { readClaim } from './claims.ts';
import { notStarted } from './lease.ts';
import { currentDiff, openWork, type Work } from './work.ts';

/** A ticket's open work, only to look at: it needs no lease. @throws BacklogError `ticket-not-started` (exit 1) */
export async function lookAt(call: GateCall, ticketId: string): Promise<Work> {
  const claim = readClaim(call.paths.opsDir, ticketId);
  if (claim === undefined) throw notStarted(ticketId, 'its work was never started');
  return openWork(call, claim);
}

/** A ticket's own change as a unified difference, from its base to the code as it is now. */
export async function ticketDifference(call: GateCall, ticketId: string): Promise<string> {
  return (await currentDiff(await lookAt(call, ticketId))).text;
}
