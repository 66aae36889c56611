import type { GateCall } from '../gates/call.ts';
import { type Claim, holderOf, type Lease, leaseState, readClaims } from '../gates/claims.ts';
import { ownText } from '../platform/own-text.ts';
import type { Backlog, Listing } from '../tickets/backlog.ts';
import { waitReason } from '../tickets/ready.ts';
import type { ListedTicket, Ticket } from '../tickets/ticket.ts';
import { touchedFiles } from '../tickets/touched-files.ts';
import { type Candidate, candidateOf } from './candidate.ts';
import type { Skipped } from './layers.ts';
import { overrides } from './override.ts';
import type { Occupied, WavePlan } from './plan.ts';
import { planWaves } from './plan.ts';
import { openShips, type ShipRecord } from './ship-record.ts';

/** Statuses of tickets that a wave may take. `in_progress` counts when nobody holds it any more. */
const plannable: ReadonlySet<string> = new Set(['pending', 'ready-to-implement', 'in_progress']);

type Call = Pick<GateCall, 'paths' | 'config' | 'clock'>;

interface Wanted {
  readonly maxSlots: number;
  readonly ids?: readonly string[] | undefined;
  /** Tickets that others have claimed before their work begins. */
  readonly reserved?: ReadonlyMap<string, Lease> | undefined;
}

/**
 * The plan for all pending tickets of a backlog. A ticket that somebody holds is left to them, and its files are taken; one whose
 * holder is gone is planned again, so that a new session goes on where the last one stopped.
 */
export function planBacklog(call: Call, backlog: Backlog, wanted: Wanted): WavePlan {
  const chosen = choose(call, backlog, wanted);
  const candidates = chosen.tickets.map((ticket) => candidateOf(ticket, backlog));
  return planOf(call, backlog, wanted, { ...chosen, candidates, occupied: chosen.busy.map(occupiedBy) });
}

/**
 * As `planBacklog`, from a listing: the tickets that it is about are read one after the other.
 * @param whole reads tickets of the listing, in order; those that have gone meanwhile are left out
 */
export async function planListing(
  call: Call,
  backlog: Listing,
  wanted: Wanted,
  whole: (tickets: readonly ListedTicket[]) => AsyncIterable<Ticket>,
): Promise<WavePlan> {
  const chosen = choose(call, backlog, wanted);
  const candidates: Candidate[] = [];
  for await (const ticket of whole(chosen.tickets)) candidates.push(detached(candidateOf(ticket, backlog)));
  const occupied: Occupied[] = [];
  for await (const ticket of whole(chosen.busy)) occupied.push(occupiedBy(ticket));
  return planOf(call, backlog, wanted, { ...chosen, candidates, occupied });
}

/** JSON, by whose way texts are copied, has no infinity. */
function detached(candidate: Candidate): Candidate {
  return { ...ownText(candidate), priority: candidate.priority };
}

interface Chosen<T> {
  /** To be planned. */
  readonly tickets: readonly T[];
  /** Held or offered: nothing that touches their files is planned beside them. */
  readonly busy: readonly T[];
  readonly skipped: readonly Skipped[];
}

function choose<T extends ListedTicket>(call: Call, backlog: Listing<T>, wanted: Wanted): Chosen<T> {
  const open = backlog.tickets.filter(({ folder }) => folder === 'pending');
  const ids = wanted.ids && new Set(wanted.ids);
  const held = new Map<string, Lease>([...(wanted.reserved ?? []), ...heldClaims(call)]);
  const offered = new Map(openShips(call.paths, backlog).map((ship) => [ship.ticket_id, ship]));
  const skipped: Skipped[] = [];
  const tickets: T[] = [];
  const seen = new Set<string>();
  for (const ticket of ids === undefined ? open : open.filter(({ id }) => ids.has(id))) {
    const reason = seen.has(ticket.id)
      ? `a second file has this id: ${ticket.file}`
      : reasonAgainst(ticket, held, offered.get(ticket.id));
    seen.add(ticket.id);
    if (reason === undefined) tickets.push(ticket);
    else skipped.push({ id: ticket.id, reason });
  }
  const busy = [...new Set([...held.keys(), ...offered.keys()])].flatMap((id) => backlog.byId(id) ?? []);
  return { tickets, busy, skipped };
}

function planOf(
  { paths, config }: Call,
  backlog: Listing,
  { maxSlots }: Wanted,
  chosen: Pick<Chosen<ListedTicket>, 'skipped'> & {
    readonly candidates: readonly Candidate[];
    readonly occupied: readonly Occupied[];
  },
): WavePlan {
  const plan = planWaves(chosen.candidates, {
    config,
    maxSlots,
    occupied: chosen.occupied,
    missing: (id) => waitReason(id, backlog),
    overrides: overrides(paths.opsDir, config),
  });
  return { waves: plan.waves, skipped: [...chosen.skipped, ...plan.skipped] };
}

function heldClaims({ paths, clock }: Call): Map<string, Claim> {
  const { claims } = readClaims(paths.opsDir);
  const held = claims.filter((claim) => leaseState(claim, clock()) === 'held');
  return new Map(held.map((claim) => [claim.ticket_id, claim]));
}

function occupiedBy(ticket: Ticket): Occupied {
  return { id: ticket.id, files: touchedFiles(ticket) };
}

function reasonAgainst(
  ticket: ListedTicket,
  held: ReadonlyMap<string, Lease>,
  offered: ShipRecord | undefined,
): string | undefined {
  const claim = held.get(ticket.id);
  if (claim !== undefined) return `is being worked on by ${holderOf(claim)}`;
  if (offered !== undefined) return `waits for its pull request ${offered.url}`;
  if (!plannable.has(ticket.status)) return `its status is ${ticket.status}`;
  return ticket.otherBlockers.length > 0 ? `is blocked: ${ticket.otherBlockers.join('; ')}` : undefined;
}
