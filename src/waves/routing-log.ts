import path from 'node:path';
import * as z from 'zod';
import type { GateCall } from '../gates/call.ts';
import { changeState, statePlace } from '../gates/state-change.ts';
import { isFields, type StateFields } from '../gates/state-schema.ts';
import { timestamp } from '../platform/clock.ts';
import { appendLine, readTextIfExists } from '../platform/files.ts';
import { newId } from '../platform/ids.ts';
import { withLock } from '../platform/lock.ts';

const routingEvent = z.object({
  v: z.literal(1),
  id: z.string(),
  /** RFC 3339, UTC. */
  at: z.string(),
  ticket_id: z.string(),
  /**
   * `override`: somebody chose another agent type. `local-attempt`: the local model was asked for this ticket; it ends with
   * `local-success` (the ticket was completed) or `local-failed` (a model that costs money took over).
   */
  event: z.enum(['override', 'local-attempt', 'local-success', 'local-failed']),
  gate: z.string().nullable(),
  agent_type: z.string().nullable(),
  reason: z.string(),
  session_id: z.string().nullable(),
  agent_id: z.string().nullable(),
});

/** A line of `.backlog-ops/routing.jsonl`, append-only. */
export type RoutingEvent = z.infer<typeof routingEvent>;

type Said = Pick<RoutingEvent, 'ticket_id' | 'event' | 'gate' | 'agent_type' | 'reason'>;

export interface RoutingLog {
  /** Oldest first. */
  readonly events: readonly RoutingEvent[];
  /** Lines that could not be read. */
  readonly broken: number;
}

/** What the log stands on; every gate call has it. */
export type LogPlace = Pick<GateCall, 'paths' | 'clock' | 'caller'>;

function logFile(opsDir: string): string {
  return path.join(opsDir, 'routing.jsonl');
}

export function readRouting(opsDir: string): RoutingLog {
  const rows = (readTextIfExists(logFile(opsDir)) ?? '').split('\n').filter((row) => row !== '');
  const events = rows.flatMap((row) => parsed(row) ?? []);
  return { events, broken: rows.length - events.length };
}

/**
 * The one door of the log: asks `decide` under the lock what follows the events so far, appends it, and brings the counters of
 * the implementer's state up to it.
 * @param decide returns `undefined` when there is nothing to add
 */
export async function addRouting(
  place: LogPlace,
  decide: (events: readonly RoutingEvent[]) => Said | undefined,
): Promise<RoutingEvent | undefined> {
  const { paths, caller, clock } = place;
  const file = logFile(paths.opsDir);
  return withLock(`${file}.lock`, async () => {
    const { events } = readRouting(paths.opsDir);
    const said = decide(events);
    if (said === undefined) return undefined;
    const event: RoutingEvent = {
      v: 1,
      id: newId(),
      at: timestamp(clock),
      ...said,
      session_id: caller.sessionId ?? null,
      agent_id: caller.agentId ?? null,
    };
    appendLine(file, JSON.stringify(event), { sync: true });
    await changeState(statePlace(paths), clock, (state) => counted(state, [...events, event]));
    return event;
  });
}

function parsed(row: string): RoutingEvent | undefined {
  try {
    return routingEvent.parse(JSON.parse(row));
  } catch {
    return undefined;
  }
}

/** Key of `stats` that names the last event that is counted, so that a crash between log and state counts nothing twice. */
const COUNTED = 'lastRoutingEvent';

/** The state with every event counted that comes after the last counted one. */
function counted(state: StateFields, events: readonly RoutingEvent[]): StateFields {
  const stats = fieldsOf(state.stats);
  const done = events.findIndex(({ id }) => id === stats[COUNTED]);
  const fresh = events.slice(done + 1);
  const local = { ...fieldsOf(stats.localModelStats) };
  const routing = { ...fieldsOf(stats.agentRoutingStats) };
  const failures = { ...fieldsOf(local.failuresByType) };
  for (const { event, gate } of fresh) {
    if (event === 'override') plusOne(routing, 'llmOverrides');
    if (event === 'local-attempt') plusOne(local, 'totalAttempts');
    if (event === 'local-success') plusOne(local, 'successCount');
    if (event === 'local-failed') {
      plusOne(local, 'escalatedToCloud');
      plusOne(failures, gate ?? 'unknown');
    }
  }
  return {
    ...state,
    stats: {
      ...stats,
      agentRoutingStats: routing,
      localModelStats: { ...local, failuresByType: failures },
      [COUNTED]: fresh.at(-1)?.id ?? stats[COUNTED],
    },
  };
}

function plusOne(counts: Record<string, unknown>, name: string): void {
  const before = Object.hasOwn(counts, name) ? counts[name] : 0;
  counts[name] = (typeof before === 'number' ? before : 0) + 1;
}

function fieldsOf(value: unknown): StateFields {
  return isFields(value) ? value : {};
}
