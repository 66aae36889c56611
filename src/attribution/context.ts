import { rmSync } from 'node:fs';
import { type Clock, timestamp } from '../platform/clock.ts';
import { usageError } from '../platform/errors.ts';
import { writeFileAtomic } from '../platform/files.ts';
import type { Context } from './attribution.ts';
import { appendHistoryEvent } from './history.ts';
import { places, writeOwn } from './places.ts';
import { bindAgent } from './registry.ts';
import { assertTagValue } from './tags.ts';

export interface ContextPlace {
  /** The user's own folder. */
  readonly home: string;
  /** The project's `.backlog-ops`; `undefined` outside a project. */
  readonly opsDir: string | undefined;
  readonly sessionId: string | undefined;
  /** With it only the agent's own entry is written: two agents never overwrite each other. */
  readonly agentId: string | undefined;
  readonly clock: Clock;
}

/**
 * Says which ticket, gate and agent the next requests are for. Without an agent id it is written for the home, the project and
 * the session; with one for that agent alone.
 * @throws BacklogError `tag-value-invalid`, `gate-name-invalid` (exit 2); then nothing is written
 */
export function setContext(place: ContextPlace, fields: Omit<Context, 'updated_at'>): Context {
  for (const [what, value] of [
    ['ticket id', fields.ticket_id],
    ['gate', fields.gate],
    ['project', fields.project],
    ['agent', fields.agent_type],
    ['skill', fields.skill],
  ] as const)
    assertTagValue(value, what);
  if (fields.gate !== '' && !/^[a-z][a-z0-9-]*$/.test(fields.gate))
    throw usageError(
      `"${fields.gate}" is no gate name`,
      'use small letters, digits and "-", such as plan, implement, lint, review or commit',
      'gate-name-invalid',
    );
  if (/\s/.test(fields.ticket_id))
    throw usageError(
      `"${fields.ticket_id}" is no ticket id`,
      'pass an id such as FEAT-001',
      'tag-value-invalid',
    );
  const context: Context = { ...fields, updated_at: timestamp(place.clock) };
  write(place, context);
  return context;
}

/** The next requests are for no ticket. */
export function clearContext(place: ContextPlace): void {
  write(place, undefined);
}

function write(
  { home, opsDir, sessionId, agentId, clock }: ContextPlace,
  context: Context | undefined,
): void {
  if (sessionId !== undefined) {
    // Checked before anything is written.
    places.session(home, sessionId);
    const at = context?.updated_at ?? timestamp(clock);
    appendHistoryEvent(home, sessionId, { at, agent_id: agentId ?? null, context: context ?? null });
    if (agentId !== undefined) {
      bindAgent(home, sessionId, agentId, { context, by: 'context-set', at });
      return;
    }
  }
  for (const file of [
    places.homeContext(home),
    ...(opsDir === undefined ? [] : [places.projectContext(opsDir)]),
  ]) {
    if (context === undefined) rmSync(file, { force: true });
    else if (file === places.homeContext(home)) writeOwn(file, context);
    else writeFileAtomic(file, `${JSON.stringify(context, null, 2)}\n`, { fleeting: true });
  }
}
