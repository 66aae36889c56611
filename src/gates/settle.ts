import path from 'node:path';
import { type Clock, timestamp } from '../platform/clock.ts';
import { readTextIfExists } from '../platform/files.ts';
import { withLibrary } from '../tickets/library.ts';
import { lazyTickets } from '../tickets/write.ts';
import type { GateCall } from './call.ts';
import { type EventPlace, sendEvent } from './events.ts';
import { queueOf, withQueues } from './queues.ts';
import { parseState, STATE_FILE } from './state.ts';
import { changeState, count, statePlace } from './state-change.ts';
import { isFields, type StateFields } from './state-schema.ts';

export interface SettleWorld extends EventPlace {
  readonly config: GateCall['config'];
  readonly clock: Clock;
  readonly note?: ((text: string) => void) | undefined;
}

/**
 * Takes note of a ticket's status after something that may have changed it: a ticket that is stopped, or has to be looked into,
 * goes into the state's queues and is told of, once; one that goes on leaves them. Where nothing has changed nothing is
 * written.
 * @param written the status that the caller has just written, which need not be read again
 */
export async function settleStatus(world: SettleWorld, ticketId: string, written?: string): Promise<void> {
  const { paths, config, clock } = world;
  const status =
    written ?? (await withLibrary(() => lazyTickets(paths, config).byId(ticketId)?.status ?? ''));
  if (stoppedAs(stateNow(paths.mainRoot), ticketId) === waiting(status)) return;
  const { listTickets } = await import('../tickets/listing.ts');
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

/**
 * As {@link settleStatus}, for a change of many tickets: what is on record is read once.
 * @param statuses by id, as they have just been written; empty for a ticket that has gone
 */
export async function settleStatuses(
  world: SettleWorld,
  statuses: ReadonlyMap<string, string>,
): Promise<void> {
  const state = stateNow(world.paths.mainRoot);
  for (const [id, status] of statuses)
    if (stoppedAs(state, id) !== waiting(status)) await settleStatus(world, id, status);
}

/** Runs `work`, and takes note of the ticket's status also when it throws. */
export async function settling<T>(world: SettleWorld, ticketId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await settleStatus(world, ticketId);
  }
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

/** The status, where it puts a ticket into a queue. */
function waiting(status: string): string | undefined {
  return queueOf(status) === undefined ? undefined : status;
}

function stoppedAs(state: StateFields, ticketId: string): string | undefined {
  const { stopped } = state;
  const status = isFields(stopped) && Object.hasOwn(stopped, ticketId) ? stopped[ticketId] : undefined;
  return typeof status === 'string' ? status : undefined;
}

function withStopped(state: StateFields, ticketId: string, status: string): StateFields {
  const { [ticketId]: _, ...others } = isFields(state.stopped) ? state.stopped : {};
  return { ...state, stopped: waiting(status) === undefined ? others : { ...others, [ticketId]: status } };
}

/** Looked at without the lock, to spare it where nothing has changed; the change looks again. */
function stateNow(mainRoot: string): StateFields {
  const text = readTextIfExists(path.join(mainRoot, STATE_FILE));
  return (text === undefined ? undefined : parseState(text)) ?? {};
}
