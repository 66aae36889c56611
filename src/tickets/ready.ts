import type { Backlog } from './store.ts';
import { closedStatuses, type Ticket } from './ticket.ts';

/** Minimal readiness until the room of tickets lands. */
export function blockedTickets(backlog: Backlog): { readonly ticket: Ticket; readonly reasons: string[] }[] {
  return backlog.tickets
    .filter((ticket) => !closedStatuses.has(ticket.status))
    .map((ticket) => ({
      ticket,
      reasons: [
        ...ticket.dependsOn
          .filter((id) => backlog.byId(id)?.status !== 'completed')
          .map((id) => `${id} is not completed`),
        ...ticket.otherBlockers,
      ],
    }))
    .filter(({ reasons }) => reasons.length > 0);
}
