import { readdirSync } from 'node:fs';
import path from 'node:path';
import { errnoOf } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';
import { isTicketId, type Lease, leaseState, parseOwner } from './claims.ts';

// Lists of tickets read these: this module loads nothing but the platform.

/**
 * A lease on a ticket whose work was not started: nobody else may start it until it ends. It has no base commit, which `ticket
 * start` notes; `.backlog-ops/reservations/<ticket>.json`.
 */
export interface Reservation extends Lease {
  readonly v: 1;
  /** RFC 3339, UTC. */
  readonly claimed_at: string;
}

/** Every reservation that still keeps others away, by ticket. One that cannot be read keeps nobody away. */
export function reservations(opsDir: string, now: Date): Map<string, Reservation> {
  const found = names(opsDir).flatMap((name) => {
    const one = reservation(opsDir, name.slice(0, -'.json'.length));
    return one !== undefined && leaseState(one, now) === 'held' ? [[one.ticket_id, one] as const] : [];
  });
  return new Map(found);
}

export function reservationFile(opsDir: string, ticketId: string): string {
  return path.join(opsDir, 'reservations', `${ticketId}.json`);
}

/** The reservation of one ticket, held or not. */
export function reservation(opsDir: string, ticketId: string): Reservation | undefined {
  if (!isTicketId(ticketId)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readTextIfExists(reservationFile(opsDir, ticketId)) ?? 'null');
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const text = (key: string): string | null => (typeof fields[key] === 'string' ? fields[key] : null);
  const expires = text('expires_at');
  if (fields.v !== 1 || fields.ticket_id !== ticketId || expires === null) return undefined;
  return {
    v: 1,
    ticket_id: ticketId,
    session_id: text('session_id'),
    agent_id: text('agent_id'),
    owner: parseOwner(fields.owner),
    claimed_at: text('claimed_at') ?? '',
    expires_at: expires,
  };
}

function names(opsDir: string): string[] {
  try {
    return readdirSync(path.join(opsDir, 'reservations')).filter((name) => /^[^.].*\.json$/.test(name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
