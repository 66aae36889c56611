import path from 'node:path';
import { placesOf } from '../ledger/check.ts';
import { timestamp } from '../platform/clock.ts';
import { appendLine, readTextIfExists } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import { type BudgetWorld, verdictsOf } from './budget-block.ts';
import { type EventPlace, sendEvent } from './events.ts';

/**
 * Tells `events.command` of the day's, the month's and the session's budget when it is spent, each limit once: a raised one is a new
 * one. Budgets of tickets and gates are told of by the status of their ticket.
 * @throws BacklogError `ledger-read-failed` (exit 3)
 */
export async function tellSpentBudgets(
  world: BudgetWorld & EventPlace,
  sessionId: string | null,
): Promise<void> {
  const { paths, config, clock } = world;
  if (config.events.command === undefined) return;
  const places = placesOf({ sessionId, ticketId: null, gate: null }, clock());
  const spent = verdictsOf(world, places).filter(({ state }) => state === 'hard-stop');
  if (spent.length === 0) return;
  const file = path.join(paths.opsDir, 'budget-events.jsonl');
  await withLock(`${file}.lock`, () => {
    const told = new Set((readTextIfExists(file) ?? '').split('\n'));
    for (const { budget, id, unit, limit, spent: used } of spent) {
      const key = JSON.stringify([budget, id, unit, limit]);
      if (told.has(key)) continue;
      appendLine(file, key);
      sendEvent(world, { event: 'budget', at: timestamp(clock), budget, id, unit, limit, spent: used });
    }
  });
}
