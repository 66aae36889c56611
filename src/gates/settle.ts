import path from 'node:path';
import { readTextIfExists } from '../platform/files.ts';
import { withLibrary } from '../tickets/library.ts';
import { lazyTickets } from '../tickets/write.ts';
import type { SettleWorld } from './settle-change.ts';
import { parseState, STATE_FILE } from './state.ts';
import type { StateFields } from './state-schema.ts';
import { stoppedAs, waiting } from './stopped.ts';

/**
 * Takes note of a ticket's status after something that may have changed it: a ticket that is stopped, or has to be looked into,
 * goes into the state's queues and is told of, once; one that goes on leaves them. Where nothing has changed nothing is
 * written.
 * @param written the status that the caller has just written, which need not be read again
 */
export async function settleStatus(world: SettleWorld, ticketId: string, written?: string): Promise<void> {
  const { paths, config } = world;
  const status =
    written ?? (await withLibrary(() => lazyTickets(paths, config).byId(ticketId)?.status ?? ''));
  if (stoppedAs(stateNow(paths.mainRoot), ticketId) === waiting(status)) return;
  const { recordStatus } = await import('./settle-change.ts');
  await recordStatus(world, ticketId, status);
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

/** Looked at without the lock, to spare it where nothing has changed; the change looks again. */
function stateNow(mainRoot: string): StateFields {
  const text = readTextIfExists(path.join(mainRoot, STATE_FILE));
  return (text === undefined ? undefined : parseState(text)) ?? {};
}
