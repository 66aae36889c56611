import type { Ticket } from '../tickets/ticket.ts';
import type { StateFields } from './state-schema.ts';

/** Tickets that wait for somebody, as the tickets themselves say. */
export interface Queues {
  readonly investigationQueue: readonly string[];
  readonly lintBlockedTickets: readonly string[];
  /** Stopped at review, commit or by a budget. */
  readonly failedTickets: readonly string[];
}

/** The queue of a ticket with this status; `undefined` when it waits for nobody. */
export function queueOf(status: string): keyof Queues | undefined {
  if (status === 'needs-investigation') return 'investigationQueue';
  if (status === 'lint-blocked') return 'lintBlockedTickets';
  return status.endsWith('-blocked') ? 'failedTickets' : undefined;
}

type Known = readonly Pick<Ticket, 'id' | 'status'>[];

export function queuesOf(tickets: Known): Queues {
  const inQueue = (queue: keyof Queues): string[] =>
    tickets.filter(({ status }) => queueOf(status) === queue).map(({ id }) => id);
  return {
    investigationQueue: inQueue('investigationQueue'),
    lintBlockedTickets: inQueue('lintBlockedTickets'),
    failedTickets: inQueue('failedTickets'),
  };
}

/** The state with these queues; what an older program put there and the backlog does not know stays. */
export function withQueues(state: StateFields, tickets: Known): StateFields {
  const known = new Set(tickets.map(({ id }) => id));
  const queues = Object.entries(queuesOf(tickets)).map(([name, ids]: [string, readonly string[]]) => {
    const before: readonly unknown[] = Array.isArray(state[name]) ? state[name] : [];
    return [name, [...before.filter((one) => typeof one !== 'string' || !known.has(one)), ...ids]];
  });
  return { ...state, ...Object.fromEntries(queues) };
}
