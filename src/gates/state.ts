import path from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import { setAside as keepAside } from '../platform/set-aside.ts';
import { isFields, STATE_VERSION, type StateFields, upgradeState } from './state-schema.ts';

/** Relative to the project's main folder, or to any other folder. */
export const STATE_FILE = '.claude/implementer-state.json';

export interface StateMigration {
  /** Absolute. */
  readonly file: string;
  readonly version: string;
  readonly what: 'created' | 'upgraded' | 'unchanged';
  readonly added: readonly string[];
  readonly replaced: readonly string[];
  /** Where a file that could not be read, or lost a value of the wrong kind, is kept; absolute. */
  readonly setAside: string | undefined;
}

/**
 * Creates `.claude/implementer-state.json` in a folder, or brings it to version 6.1. Unknown keys stay; a higher version stays
 * what it is; a file that is no JSON object is set aside under a name of its own, never overwritten.
 * @param lockFile where two calls at once wait for each other; outside the code tree where there is one
 */
export async function migrateState(folder: string, lockFile: string, clock: Clock): Promise<StateMigration> {
  const file = path.join(folder, STATE_FILE);
  return withLock(lockFile, () => {
    const text = readTextIfExists(file);
    const state = text === undefined ? {} : parseState(text);
    const { fields, added, replaced } = upgradeState(state ?? {});
    const spoilt = text !== undefined && (state === undefined || replaced.length > 0);
    const setAside = spoilt ? keepAside(file, clock) : undefined;
    const content = `${JSON.stringify(fields, null, 2)}\n`;
    const same =
      state !== undefined && text !== undefined && JSON.stringify(state) === JSON.stringify(fields);
    if (!same) writeFileAtomic(file, content);
    return {
      file,
      version: String(fields.version ?? STATE_VERSION),
      what: same ? 'unchanged' : text === undefined || state === undefined ? 'created' : 'upgraded',
      added,
      replaced,
      setAside,
    };
  });
}

/**
 * The state as it is on disk.
 * @throws BacklogError `state-not-found`, `state-corrupt` (exit 3)
 */
export function readState(folder: string): StateFields {
  const file = path.join(folder, STATE_FILE);
  const text = readTextIfExists(file);
  const state = text === undefined ? undefined : parseState(text);
  if (state !== undefined) return state;
  const missing = text === undefined;
  throw new BacklogError({
    code: missing ? 'state-not-found' : 'state-corrupt',
    message: missing ? `there is no ${STATE_FILE} in ${folder}` : `${file} is no JSON object`,
    fix: missing
      ? '`backlog state migrate` creates it'
      : '`backlog state migrate` sets it aside and begins a new one',
    exitCode: ExitCode.ProjectUnusable,
    file,
  });
}

/** The object in the text; `undefined` when there is none. */
export function parseState(text: string): StateFields | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
