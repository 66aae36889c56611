import { type Attempts, attemptsAt } from './attempts.ts';
import type { GateCall } from './call.ts';
import { readClaim } from './claims.ts';
import { notStarted } from './lease.ts';
import { firstUnmet, type GateState } from './status.ts';
import { currentStatus, openWork, type Work } from './work.ts';

export interface TicketGates {
  readonly ticketId: string;
  readonly states: readonly GateState[];
  /** Gates that failed since they last held, and how often. */
  readonly attempts: readonly Attempts[];
  /** The next command to type; `undefined` when nothing is left to do. */
  readonly next: string | undefined;
}

/**
 * The gates of a ticket: of its open work as the code is now, of a completed one as it was committed.
 * @throws BacklogError `ticket-not-started` (exit 1)
 */
export async function ticketStatus(call: GateCall, ticketId: string): Promise<TicketGates> {
  const claim = readClaim(call.paths.opsDir, ticketId);
  if (claim === undefined) throw notStarted(ticketId, 'its work was never started');
  const work = await openWork(call, claim);
  const completed = work.ticket.status === 'completed';
  const states = await currentStatus(work, completed ? committedTree(work) : undefined);
  const next = completed ? undefined : (firstUnmet(states)?.next ?? `backlog ticket complete ${ticketId}`);
  const attempts = (['lint', 'commit'] as const)
    .map((gate) => attemptsAt(gate, work))
    .filter(({ failed, blocked }) => failed > 0 || blocked);
  return { ticketId, states, attempts, next };
}

function committedTree({ lines }: Work): string | undefined {
  const held = lines.findLast(({ record }) => record.holds_for.kind === 'commit')?.record.holds_for;
  return held?.kind === 'commit' ? held.tree : undefined;
}
