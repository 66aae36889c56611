import { queueOf } from './queues.ts';
import { isFields, type StateFields } from './state-schema.ts';

/** The status, where it puts a ticket into a queue. */
export function waiting(status: string): string | undefined {
  return queueOf(status) === undefined ? undefined : status;
}

/** As what the state has a ticket stopped; `undefined` when it goes on. */
export function stoppedAs(state: StateFields, ticketId: string): string | undefined {
  const { stopped } = state;
  const status = isFields(stopped) && Object.hasOwn(stopped, ticketId) ? stopped[ticketId] : undefined;
  return typeof status === 'string' ? status : undefined;
}
