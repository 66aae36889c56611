import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type Clock, timestamp } from '../platform/clock.ts';
import { errnoOf } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';
import { isSafeId, jsonObject, places, text, writeOwn } from './places.ts';

/** What SessionStart leaves behind: the sign that hooks are at work in this session. */
export interface SessionRecord {
  readonly session_id: string;
  readonly transcript_path: string;
  readonly cwd: string;
  /** The project's name, for readers that cannot see its folder, such as LiteLLM's callback; empty in older records. */
  readonly project: string;
  readonly started_at: string;
}

export function registerSession(
  home: string,
  session: {
    readonly sessionId: string;
    readonly transcript: string;
    readonly cwd: string;
    readonly project: string;
    readonly clock: Clock;
  },
): void {
  writeOwn(places.sessionFile(home, session.sessionId), {
    session_id: session.sessionId,
    transcript_path: session.transcript,
    cwd: session.cwd,
    project: session.project,
    started_at: timestamp(session.clock),
  } satisfies SessionRecord);
}

/** Whether SessionStart left its stamp. */
export function sessionRegistered(home: string, session: string): boolean {
  return sessionRecord(home, session) !== undefined;
}

export function sessionRecord(home: string, session: string): SessionRecord | undefined {
  if (!isSafeId(session)) return undefined;
  const fields = jsonObject(readTextIfExists(places.sessionFile(home, session)));
  if (fields === undefined) return undefined;
  return {
    session_id: session,
    transcript_path: text(fields.transcript_path),
    cwd: text(fields.cwd),
    project: text(fields.project),
    started_at: text(fields.started_at),
  };
}

/** Most sessions that are looked at again. */
const RECENT = 50;

/** The sessions that began or went on last, newest first. */
export function recentSessions(home: string): SessionRecord[] {
  let names: string[] = [];
  try {
    names = readdirSync(path.join(home, 'contexts'));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  return names
    .flatMap((name) => readable(home, name) ?? [])
    .toSorted((a, b) => b.started_at.localeCompare(a.started_at))
    .slice(0, RECENT);
}

/** A session whose folder somebody has spoilt keeps no other from being read. */
function readable(home: string, session: string): SessionRecord | undefined {
  try {
    return sessionRecord(home, session);
  } catch {
    return undefined;
  }
}
