import type { Listing } from './backlog.ts';
import { compareIds } from './order.ts';
import { closedStatuses, type ListedTicket, ticketPriorities } from './ticket.ts';

export interface BlockedTicket<T extends ListedTicket = ListedTicket> {
  readonly ticket: T;
  /** One sentence each, such as `FEAT-001 is not completed`. */
  readonly reasons: string[];
}

/** Statuses of tickets that wait for nothing but somebody to start them. */
const startable: ReadonlySet<string> = new Set(['pending', 'ready-to-implement']);

const ranks = new Map<string, number>(ticketPriorities.map((priority, index) => [priority, index]));

/** Tickets that can be started: open, every dependency completed, no other blocker. The most urgent first. */
export function readyTickets<T extends ListedTicket>(backlog: Listing<T>): T[] {
  return backlog.tickets
    .filter((ticket) => isReady(ticket, backlog))
    .sort((a, b) => rank(a) - rank(b) || compareIds(a.id, b.id));
}

/** Whether this one can be started. */
export function isReady(ticket: ListedTicket, backlog: Pick<Listing, 'byId'>): boolean {
  return (
    startable.has(ticket.status) &&
    ticket.otherBlockers.length === 0 &&
    ticket.dependsOn.every((id) => openParts(id, backlog).length === 0)
  );
}

/** Open tickets that wait for something, and for what. */
export function blockedTickets<T extends ListedTicket>(backlog: Listing<T>): BlockedTicket<T>[] {
  return backlog.tickets
    .filter((ticket) => !closedStatuses.has(ticket.status))
    .map((ticket) => ({ ticket, reasons: waitReasons(ticket, backlog) }))
    .filter(({ reasons }) => reasons.length > 0);
}

/** Ids of the tickets that have to be completed first: a split one stands for its parts, completed ones are left out. */
export function openDependencies(ticket: ListedTicket, backlog: Pick<Listing, 'byId'>): string[] {
  return [...new Set(ticket.dependsOn.flatMap((id) => openParts(id, backlog)))];
}

/** Why a dependency that is not completed keeps a ticket from being started. */
export function waitReason(id: string, backlog: Pick<Listing, 'byId'>): string {
  const on = backlog.byId(id);
  if (on === undefined) return `${id} is not in the backlog`;
  return closedStatuses.has(on.status)
    ? `${id} is ${on.status}, so it will never be completed`
    : `${id} is not completed`;
}

/** What keeps a ticket from being started; nothing for one that is ready. */
export function waitReasons(ticket: ListedTicket, backlog: Pick<Listing, 'byId'>): string[] {
  const waiting = openDependencies(ticket, backlog).map((id) => waitReason(id, backlog));
  return [...waiting, ...ticket.otherBlockers];
}

/** `id`, or the parts that it was split into (one level), without those that are completed. */
function openParts(id: string, backlog: Pick<Listing, 'byId'>): string[] {
  const on = backlog.byId(id);
  // A ticket that was split is done when its parts are.
  const parts = on?.status === 'split' ? on.splitInto : [];
  return (parts.length > 0 ? parts : [id]).filter((part) => backlog.byId(part)?.status !== 'completed');
}

function rank(ticket: ListedTicket): number {
  return ranks.get(ticket.priority) ?? ranks.size;
}
