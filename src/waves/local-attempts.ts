import { readEvidence } from '../gates/evidence.ts';
import { readState, STATE_FILE } from '../gates/state.ts';
import { isFields } from '../gates/state-schema.ts';
import { BacklogError } from '../platform/errors.ts';
import { addRouting, type LogPlace, type RoutingEvent, readRouting } from './routing-log.ts';

/** Gates whose work is text alone, so that a model without tools can do it. */
const textGates: ReadonlySet<string> = new Set(['draft', 'classify', 'plan', 'commit']);

export function isTextGate(gate: string): boolean {
  return textGates.has(gate);
}

/** How many times a gate has to fail before a dearer model takes over. */
export const MOST_FAILURES = 2;

/** Gates that tell whether what the local model wrote was good enough. */
const judges = ['lint', 'review'] as const;

/** The attempt of the local model that is still open for a ticket. */
function openAttempt(events: readonly RoutingEvent[], ticketId: string): RoutingEvent | undefined {
  const last = events.findLast((one) => one.ticket_id === ticketId && one.event.startsWith('local-'));
  return last?.event === 'local-attempt' ? last : undefined;
}

/** Why the local model does not get this ticket again; `undefined` when it has not failed at it. */
export function localFailure(opsDir: string, ticketId: string): RoutingEvent | undefined {
  return readRouting(opsDir).events.findLast(
    (one) => one.ticket_id === ticketId && one.event === 'local-failed',
  );
}

/**
 * Counts an attempt of the local model as it begins, so that one that never ends counts too. One attempt a ticket: whatever is
 * asked until it ends belongs to it.
 */
export async function beginLocal(place: LogPlace, ticketId: string, gate: string): Promise<void> {
  await addRouting(place, (events) =>
    openAttempt(events, ticketId) === undefined
      ? { ticket_id: ticketId, event: 'local-attempt', gate, agent_type: null, reason: '' }
      : undefined,
  );
}

/** Ends the open attempt of a ticket: a model that costs money takes over. */
export async function failLocal(
  place: LogPlace,
  ticketId: string,
  gate: string,
  reason: string,
): Promise<RoutingEvent | undefined> {
  return addRouting(place, (events) =>
    openAttempt(events, ticketId) === undefined
      ? undefined
      : { ticket_id: ticketId, event: 'local-failed', gate, agent_type: null, reason },
  );
}

/**
 * Ends the open attempts whose outcome the evidence tells: two failures at lint or review since the attempt began, or the
 * ticket is completed. Calling it again changes nothing.
 * @param statusOf the ticket's status; `undefined` for one that is gone
 * @param onFailure done before the attempt ends, so that a crash between leaves it open and it is done again
 * @returns a line for each attempt that failed, and for each whose evidence cannot be read
 */
export async function settleLocal(
  call: LogPlace,
  statusOf: (ticketId: string) => string | undefined,
  onFailure: (ticketId: string, reason: string) => Promise<void>,
): Promise<readonly string[]> {
  const { events, broken } = readRouting(call.paths.opsDir);
  const lines =
    broken === 0 ? [] : [`${broken} lines of the routing log cannot be read; they count for nothing`];
  for (const ticketId of new Set(events.map(({ ticket_id }) => ticket_id))) {
    const attempt = openAttempt(events, ticketId);
    if (attempt === undefined) continue;
    try {
      const failed = await settleOne(call, attempt, statusOf(ticketId), onFailure);
      if (failed !== undefined) lines.push(failureText(failed));
    } catch (error) {
      // One ticket's broken evidence is that ticket's trouble; its own gates refuse, and others go on.
      if (!(error instanceof BacklogError)) throw error;
      lines.push(`the local attempt at ${ticketId} stays open: ${error.message}`);
    }
  }
  return lines;
}

/** Ends one attempt. @returns the failure, when it was one and nobody else has just written it down */
async function settleOne(
  call: LogPlace,
  { ticket_id, at }: RoutingEvent,
  status: string | undefined,
  onFailure: (ticketId: string, reason: string) => Promise<void>,
): Promise<RoutingEvent | undefined> {
  const failed = judges
    .map((gate) => ({ gate, count: failuresAt(call.paths.opsDir, ticket_id, gate, at) }))
    .find(({ count }) => count >= MOST_FAILURES);
  if (failed !== undefined) {
    const reason = `${failed.gate} failed ${failed.count} times`;
    await onFailure(ticket_id, reason);
    return failLocal(call, ticket_id, failed.gate, reason);
  }
  if (status === 'completed')
    await addRouting(call, (now) =>
      openAttempt(now, ticket_id) === undefined
        ? undefined
        : { ticket_id, event: 'local-success', gate: null, agent_type: null, reason: '' },
    );
  return undefined;
}

export function failureText({ ticket_id, gate }: Pick<RoutingEvent, 'ticket_id' | 'gate'>): string {
  return `Local failed on ${ticket_id} at ${gate}. Escalated.`;
}

/** How often a gate of a ticket has failed after `since` (RFC 3339, UTC). */
export function failuresAt(opsDir: string, ticketId: string, gate: string, since: string): number {
  return readEvidence(opsDir, ticketId).filter(
    ({ record }) => record.gate === gate && record.result === 'fail' && record.started_at > since,
  ).length;
}

export interface LocalRecord {
  readonly attempts: number;
  readonly escalated: number;
}

/** What the implementer's state says of the local model; nothing where there is no state yet. */
export function localRecord(mainRoot: string): LocalRecord {
  let stats: unknown;
  try {
    stats = readState(mainRoot).stats;
  } catch (error) {
    // Statistics that cannot be read are no reason to stop; `state migrate` says what is wrong with the file.
    if (!(error instanceof BacklogError && /^state-/.test(error.code))) throw error;
  }
  const local = isFields(stats) && isFields(stats.localModelStats) ? stats.localModelStats : {};
  return { attempts: count(local.totalAttempts), escalated: count(local.escalatedToCloud) };
}

/** Where the figures stand, for reasons in words. */
export const localRecordPlace = `${STATE_FILE}, stats.localModelStats`;

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
