import { appendLine, readTextIfExists } from '../platform/files.ts';
import type { Context } from './attribution.ts';
import { contextFrom } from './context-file.ts';
import { jsonObject, ownerOnly, places, text } from './places.ts';

/** One change of a session's or an agent's context. */
export interface HistoryEvent {
  /** RFC 3339, UTC. */
  readonly at: string;
  /** `null` for the main thread. */
  readonly agent_id: string | null;
  /** `null` when it was cleared. */
  readonly context: Context | null;
}

/** Appends a change; rows that are read later join by their own time. */
export function appendHistoryEvent(home: string, session: string, event: HistoryEvent): void {
  appendLine(places.history(home, session), JSON.stringify(event), ownerOnly);
}

/** All changes of a session, oldest first; a line that cannot be read is left out. */
export function readHistory(home: string, session: string): HistoryEvent[] {
  const lines = (readTextIfExists(places.history(home, session)) ?? '').split('\n');
  return lines.flatMap((line) => {
    const fields = line === '' ? undefined : jsonObject(line);
    if (fields === undefined || text(fields.at) === '') return [];
    const context = fields.context === null ? null : contextFrom(fields.context);
    if (context === undefined) return [];
    return [{ at: text(fields.at), agent_id: text(fields.agent_id) || null, context }];
  });
}

/**
 * The context of a thread at a time: the newest change at or before it.
 * @returns `undefined` when the thread had none yet, `null` when it had been cleared
 */
export function contextAt(
  history: readonly HistoryEvent[],
  agent: string | null,
  at: string,
): Context | null | undefined {
  const time = Date.parse(at);
  return history.findLast((event) => event.agent_id === agent && Date.parse(event.at) <= time)?.context;
}
