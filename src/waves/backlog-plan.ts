import type { GateCall } from '../gates/call.ts';
import { type Claim, holderOf, type Lease, leaseState, readClaims } from '../gates/claims.ts';
import type { Backlog } from '../tickets/backlog.ts';
import { waitReason } from '../tickets/ready.ts';
import type { Ticket } from '../tickets/ticket.ts';
import { touchedFiles } from '../tickets/touched-files.ts';
import { type Candidate, candidateOf } from './candidate.ts';
import type { Skipped } from './layers.ts';
import { overrides } from './override.ts';
import type { Occupied, WavePlan } from './plan.ts';
import { planWaves } from './plan.ts';
import { openShips, type ShipRecord } from './ship-record.ts';

/** Statuses of tickets that a wave may take. `in_progress` counts when nobody holds it any more. */
const plannable: ReadonlySet<string> = new Set(['pending', 'ready-to-implement', 'in_progress']);

/**
 * The plan for all pending tickets of a backlog. A ticket that somebody holds is left to them, and its files are taken; one whose
 * holder is gone is planned again, so that a new session goes on where the last one stopped.
 */
export function planBacklog(
  call: Pick<GateCall, 'paths' | 'config' | 'clock'>,
  backlog: Backlog,
  options: {
    readonly maxSlots: number;
    readonly ids?: readonly string[] | undefined;
    /** Tickets that others have claimed before their work begins. */
    readonly reserved?: ReadonlyMap<string, Lease> | undefined;
  },
): WavePlan {
  const open = backlog.tickets.filter(({ folder }) => folder === 'pending');
  const wanted = options.ids === undefined ? open : open.filter(({ id }) => options.ids?.includes(id));
  const held = new Map<string, Lease>([...(options.reserved ?? []), ...heldClaims(call)]);
  const offered = new Map(openShips(call.paths, backlog).map((ship) => [ship.ticket_id, ship]));
  const skipped: Skipped[] = [];
  const candidates: Candidate[] = [];
  const seen = new Set<string>();
  for (const ticket of wanted) {
    const reason = seen.has(ticket.id)
      ? `a second file has this id: ${ticket.file}`
      : reasonAgainst(ticket, held, offered.get(ticket.id));
    seen.add(ticket.id);
    if (reason === undefined) candidates.push(candidateOf(ticket, backlog));
    else skipped.push({ id: ticket.id, reason });
  }
  const plan = planWaves(candidates, {
    config: call.config,
    maxSlots: options.maxSlots,
    occupied: occupiedBy([...held.keys(), ...offered.keys()], backlog),
    missing: (id) => waitReason(id, backlog),
    overrides: overrides(call.paths.opsDir, call.config),
  });
  return { waves: plan.waves, skipped: [...skipped, ...plan.skipped] };
}

function heldClaims({ paths, clock }: Pick<GateCall, 'paths' | 'clock'>): Map<string, Claim> {
  const { claims } = readClaims(paths.opsDir);
  const held = claims.filter((claim) => leaseState(claim, clock()) === 'held');
  return new Map(held.map((claim) => [claim.ticket_id, claim]));
}

function occupiedBy(held: readonly string[], backlog: Backlog): Occupied[] {
  return [...new Set(held)].flatMap((id) => {
    const ticket = backlog.byId(id);
    return ticket === undefined ? [] : [{ id, files: touchedFiles(ticket) }];
  });
}

function reasonAgainst(
  ticket: Ticket,
  held: ReadonlyMap<string, Lease>,
  offered: ShipRecord | undefined,
): string | undefined {
  const claim = held.get(ticket.id);
  if (claim !== undefined) return `is being worked on by ${holderOf(claim)}`;
  if (offered !== undefined) return `waits for its pull request ${offered.url}`;
  if (!plannable.has(ticket.status)) return `its status is ${ticket.status}`;
  return ticket.otherBlockers.length > 0 ? `is blocked: ${ticket.otherBlockers.join('; ')}` : undefined;
}
