import { rmSync } from 'node:fs';
import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { listTickets } from '../tickets/listing.ts';
import { requireTicket } from '../tickets/store.ts';
import { closedStatuses } from '../tickets/ticket.ts';
import type { GateCall } from './call.ts';
import { changeClaim, type Lease, leaseState } from './claims.ts';
import { held, isHolder, leasedTo, ownerOfCall } from './lease.ts';
import { type Reservation, reservation, reservationFile, reservations } from './reservations.ts';

/** Those of other people and sessions. */
export async function reservedByOthers(call: GateCall): Promise<Map<string, Reservation>> {
  const all = reservations(call.paths.opsDir, call.clock());
  if (all.size === 0) return all;
  const owner = await ownerOfCall(call);
  return new Map([...all].filter(([, one]) => !isHolder(one, call, owner)));
}

/**
 * Takes or renews the lease on a ticket: of its open work when there is any, else as a reservation.
 * @param lease how long it lasts, in ms
 * @param renew only what the caller holds already
 * @throws BacklogError `ticket-held`, `ticket-closed`, `ticket-not-claimed` (exit 1), `ticket-not-found` (exit 3)
 */
export async function claimTicket(
  call: GateCall,
  ticketId: string,
  { lease, renew }: { readonly lease: number; readonly renew: boolean },
): Promise<Lease> {
  const { paths, config } = call;
  const ticket = requireTicket(await listTickets(paths, config), ticketId);
  if (closedStatuses.has(ticket.status)) throw closed(ticketId, ticket.status);
  const owner = await ownerOfCall(call);
  const expires_at = new Date(call.clock().getTime() + lease).toISOString();
  let taken: Lease | undefined;
  await changeClaim(paths.opsDir, ticketId, (found) => {
    if (found !== undefined && leaseState(found, call.clock()) === 'held') {
      if (!isHolder(found, call, owner)) throw held(found);
      const next = { ...leasedTo(found, call, owner), expires_at };
      taken = next;
      return next;
    }
    const before = reservation(paths.opsDir, ticketId);
    const current = before !== undefined && leaseState(before, call.clock()) === 'held' ? before : undefined;
    if (current !== undefined && !isHolder(current, call, owner)) throw held(current);
    if (renew && current === undefined) throw notClaimed(ticketId);
    const next: Reservation = {
      v: 1,
      ticket_id: ticketId,
      session_id: call.caller.sessionId ?? null,
      agent_id: call.caller.agentId ?? null,
      owner,
      claimed_at: current?.claimed_at ?? timestamp(call.clock),
      expires_at,
    };
    writeFileAtomic(reservationFile(paths.opsDir, ticketId), `${JSON.stringify(next, null, 2)}\n`);
    taken = next;
    return found;
  });
  if (taken === undefined) throw new Error('a claimed ticket has a lease');
  return taken;
}

/**
 * Holds others from starting a reserved ticket, and gives the reservation up when its owner starts it. Call it under the lock
 * of the ticket's claim.
 * @throws BacklogError `ticket-held` (exit 1)
 */
export async function useReservation(call: GateCall, ticketId: string): Promise<void> {
  const found = reservation(call.paths.opsDir, ticketId);
  if (found === undefined) return;
  const owner = await ownerOfCall(call);
  if (leaseState(found, call.clock()) === 'held' && !isHolder(found, call, owner)) throw held(found);
  rmSync(reservationFile(call.paths.opsDir, ticketId), { force: true });
}

/**
 * Gives a reservation back: its holder may, a person in a terminal of their own, and anyone when it has ended.
 * @returns whether there was one
 * @throws BacklogError `ticket-held` (exit 1)
 */
export async function dropReservation(call: GateCall, ticketId: string): Promise<boolean> {
  const found = reservation(call.paths.opsDir, ticketId);
  if (found === undefined) return false;
  const { insideClaudeCode, sessionId } = call.caller;
  const person = !insideClaudeCode && sessionId === undefined;
  const owner = await ownerOfCall(call);
  if (!person && leaseState(found, call.clock()) === 'held' && !isHolder(found, call, owner))
    throw held(found);
  rmSync(reservationFile(call.paths.opsDir, ticketId), { force: true });
  return true;
}

function closed(id: string, status: string): BacklogError {
  return new BacklogError({
    code: 'ticket-closed',
    message: `${id} is ${status}; its work is over`,
    fix: 'take another one: backlog ticket list --ready',
    exitCode: ExitCode.CheckFailed,
  });
}

function notClaimed(id: string): BacklogError {
  return new BacklogError({
    code: 'ticket-not-claimed',
    message: `there is no lease of yours on ${id} that could be renewed`,
    fix: `backlog ticket claim ${id}`,
    exitCode: ExitCode.CheckFailed,
  });
}
