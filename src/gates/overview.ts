import type { BacklogConfig } from '../project/config.ts';
import type { Listing } from '../tickets/backlog.ts';
import { blockedTickets, readyTickets } from '../tickets/ready.ts';
import type { BrokenTicket, ListedTicket, Ticket } from '../tickets/ticket.ts';
import { validateTicket } from '../tickets/validate.ts';
import { holderOf, type LeaseState, leaseState, readClaims } from './claims.ts';
import { readEvidence } from './evidence.ts';
import { questionOf } from './investigate.ts';

export interface HeldTicket {
  readonly ticketId: string;
  readonly title: string;
  readonly holder: string;
  readonly lease: LeaseState;
  /** The gate of the newest evidence; `null` before the first. */
  readonly gate: string | null;
  readonly sessionId: string | null;
}

export interface Overview {
  readonly held: readonly HeldTicket[];
  readonly ready: readonly ListedTicket[];
  readonly blocked: readonly { readonly ticket: ListedTicket; readonly reasons: readonly string[] }[];
  /** Tickets that are not clear enough, each with what is to be found out. */
  readonly unclear: readonly { readonly ticket: ListedTicket; readonly question: string }[];
  /** Ticket files, claims and evidence that cannot be read. */
  readonly broken: readonly Pick<BrokenTicket, 'file' | 'line' | 'message'>[];
  /** The command to type next. */
  readonly next: string;
}

/** Reads a ticket of the listing; `undefined` when it has gone meanwhile. */
type Whole = (listed: ListedTicket) => Promise<Ticket | undefined>;

/** What there is to do, from the tickets and the claims on them. One unreadable claim does not hide the rest. */
export async function overviewOf(
  opsDir: string,
  backlog: Listing,
  { config, now, whole }: { readonly config: BacklogConfig; readonly now: Date; readonly whole: Whole },
): Promise<Overview> {
  const { claims, broken } = readClaims(opsDir);
  const unreadable: Overview['broken'][number][] = broken.map((one) => ({ ...one, line: 1 }));
  const held = claims
    .filter(({ owner }) => owner !== null)
    .map(
      (claim): HeldTicket => ({
        ticketId: claim.ticket_id,
        title: backlog.byId(claim.ticket_id)?.title ?? '(not in the backlog)',
        holder: holderOf(claim),
        lease: leaseState(claim, now),
        gate: gateReached(opsDir, claim.ticket_id, unreadable),
        sessionId: claim.session_id,
      }),
    );
  const taken = new Set(held.filter(({ lease }) => lease === 'held').map(({ ticketId }) => ticketId));
  const ready = readyTickets(backlog).filter(({ id }) => !taken.has(id));
  const unclear: Overview['unclear'][number][] = [];
  for (const ticket of backlog.tickets) {
    if (ticket.status !== 'needs-investigation') continue;
    const read = await whole(ticket);
    unclear.push({ ticket, question: read === undefined ? '' : questionOf(read) });
  }
  const [first] = ready;
  // A draft would be refused: what is missing in it comes first.
  const draft = first === undefined || held.length > 0 ? undefined : await whole(first);
  const findings = draft === undefined ? [] : validateTicket(draft, backlog, config);
  return {
    held,
    ready,
    blocked: [...blockedTickets(backlog), ...stoppedTickets(backlog)].filter(
      ({ ticket }) => !taken.has(ticket.id),
    ),
    unclear,
    broken: [...backlog.broken, ...unreadable],
    next: nextOf(held, backlog, config, {
      first,
      isDraft: findings.some(({ severity }) => severity === 'error'),
    }),
  };
}

/** Why a ticket with such a status does not go on, and what takes it up again. */
const stops: Readonly<Record<string, (id: string) => string>> = {
  'budget-blocked': (id) => `its budget was spent; backlog ticket start ${id} says how it stands`,
  'lint-blocked': (id) =>
    `lint failed three times; plan it anew, or a person: backlog ticket move ${id} in_progress`,
  'commit-blocked': (id) =>
    `its commit failed five times; plan it anew, or a person: backlog ticket move ${id} in_progress`,
  'review-blocked': (id) => `sent back too often; a person: backlog ticket move ${id} in_progress`,
};

/** Its status says it; nothing else may keep it from being started. */
function stoppedTickets(backlog: Listing): Overview['blocked'] {
  const waiting = new Set(blockedTickets(backlog).map(({ ticket }) => ticket.id));
  return backlog.tickets.flatMap((ticket) => {
    const why = waiting.has(ticket.id) ? undefined : stops[ticket.status];
    return why === undefined ? [] : [{ ticket, reasons: [why(ticket.id)] }];
  });
}

function gateReached(
  opsDir: string,
  ticketId: string,
  unreadable: Overview['broken'][number][],
): string | null {
  try {
    return readEvidence(opsDir, ticketId).at(-1)?.record.gate ?? null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    unreadable.push({ file: `evidence of ${ticketId}`, line: 1, message });
    return null;
  }
}

function nextOf(
  held: readonly HeldTicket[],
  backlog: Listing,
  config: BacklogConfig,
  { first, isDraft }: { readonly first: ListedTicket | undefined; readonly isDraft: boolean },
): string {
  const [working] = held.filter(({ lease }) => lease === 'held');
  if (working !== undefined) return `backlog gate status ${working.ticketId}`;
  const [lost] = held;
  if (lost !== undefined) return `backlog ticket start ${lost.ticketId}`;
  if (first !== undefined) return `backlog ticket ${isDraft ? 'validate' : 'start'} ${first.id}`;
  const unclear = backlog.tickets.find(({ status }) => status === 'needs-investigation');
  if (unclear !== undefined) return `backlog ticket show ${unclear.id}`;
  if (backlog.broken.length > 0) return 'backlog ticket validate';
  const { ticketPrefixes } = config.backlog;
  const type = ticketPrefixes.includes('FEAT') ? 'FEAT' : (ticketPrefixes[0] ?? 'TASK');
  return `backlog ticket new --type ${type} --title "<what is to be done>"`;
}
