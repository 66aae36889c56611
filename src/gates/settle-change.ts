import { type Clock, timestamp } from '../platform/clock.ts';
import { listTickets } from '../tickets/listing.ts';
import type { GateCall } from './call.ts';
import { type EventPlace, sendEvent } from './events.ts';
import { withQueues } from './queues.ts';
import { changeState, count, statePlace } from './state-change.ts';
import { isFields, type StateFields } from './state-schema.ts';
import { stoppedAs, waiting } from './stopped.ts';

export interface SettleWorld extends EventPlace {
  readonly config: GateCall['config'];
  readonly clock: Clock;
  readonly note?: ((text: string) => void) | undefined;
}

/** Writes down that a ticket has been stopped as `status`, or goes on, and tells of it, once. Of two at once the second finds it done. */
export async function recordStatus(world: SettleWorld, ticketId: string, status: string): Promise<void> {
  const { paths, config, clock } = world;
  const { tickets } = await listTickets(paths, config);
  let news = false;
  const { warning } = await changeState(statePlace(paths), clock, (state) => {
    const before = stoppedAs(state, ticketId);
    news = before !== waiting(status) && waiting(status) !== undefined;
    return counted(withQueues(withStopped(state, ticketId, status), tickets), ticketId, {
      before,
      status,
    });
  });
  if (warning !== undefined) world.note?.(`warning: ${warning}`);
  if (!news || !status.endsWith('-blocked')) return;
  const event = status === 'budget-blocked' ? 'budget' : 'blocked';
  sendEvent(world, { event, at: timestamp(clock), ticket_id: ticketId, status });
}

/** A ticket counts as failed, and as investigated, once. */
function counted(
  state: StateFields,
  ticketId: string,
  { before, status }: { readonly before: string | undefined; readonly status: string },
): StateFields {
  const failed = status.endsWith('-blocked')
    ? count(state, `failed:${ticketId}`, { totalTicketsFailed: 1 })
    : state;
  return before === 'needs-investigation' && status !== before
    ? count(failed, `investigated:${ticketId}`, { totalTicketsInvestigated: 1 })
    : failed;
}

function withStopped(state: StateFields, ticketId: string, status: string): StateFields {
  const { [ticketId]: _, ...others } = isFields(state.stopped) ? state.stopped : {};
  return { ...state, stopped: waiting(status) === undefined ? others : { ...others, [ticketId]: status } };
}
