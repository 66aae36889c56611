import type { Backlog } from './backlog.ts';
import { closedStatuses, type Ticket, ticketPriorities } from './ticket.ts';

export interface BlockedTicket {
  readonly ticket: Ticket;
  /** One sentence each, such as `FEAT-001 is not completed`. */
  readonly reasons: string[];
}

/** Statuses of tickets that wait for nothing but somebody to start them. */
const startable: ReadonlySet<string> = new Set(['pending', 'ready-to-implement']);

const ranks = new Map<string, number>(ticketPriorities.map((priority, index) => [priority, index]));

/** Tickets that can be started: open, every dependency completed, no other blocker. The most urgent first. */
export function readyTickets(backlog: Backlog): Ticket[] {
  return backlog.tickets
    .filter((ticket) => startable.has(ticket.status) && reasonsOf(ticket, backlog).length === 0)
    .sort((a, b) => rank(a) - rank(b) || compare(a.id, b.id));
}

/** Open tickets that wait for something, and for what. */
export function blockedTickets(backlog: Backlog): BlockedTicket[] {
  return backlog.tickets
    .filter((ticket) => !closedStatuses.has(ticket.status))
    .map((ticket) => ({ ticket, reasons: reasonsOf(ticket, backlog) }))
    .filter(({ reasons }) => reasons.length > 0);
}

/** Ids of the tickets that have to be completed first: a split one stands for its parts, completed ones are left out. */
export function openDependencies(ticket: Ticket, backlog: Backlog): string[] {
  return [...new Set(ticket.dependsOn.flatMap((id) => openParts(id, backlog)))];
}

/** Why a dependency that is not completed keeps a ticket from being started. */
export function waitReason(id: string, backlog: Backlog): string {
  const on = backlog.byId(id);
  if (on === undefined) return `${id} is not in the backlog`;
  return closedStatuses.has(on.status)
    ? `${id} is ${on.status}, so it will never be completed`
    : `${id} is not completed`;
}

function reasonsOf(ticket: Ticket, backlog: Backlog): string[] {
  const waiting = openDependencies(ticket, backlog).map((id) => waitReason(id, backlog));
  return [...waiting, ...ticket.otherBlockers];
}

/** `id`, or the parts that it was split into (one level), without those that are completed. */
function openParts(id: string, backlog: Backlog): string[] {
  const on = backlog.byId(id);
  const parts = on?.status === 'split' ? partsOf(on) : [];
  return (parts.length > 0 ? parts : [id]).filter((part) => backlog.byId(part)?.status !== 'completed');
}

/** A ticket that was split is done when its parts are. */
function partsOf(ticket: Ticket): string[] {
  const parts = ticket.fields.split_into;
  return Array.isArray(parts) ? parts.filter((one): one is string => typeof one === 'string') : [];
}

function rank(ticket: Ticket): number {
  return ranks.get(ticket.priority) ?? ranks.size;
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
