import path from 'node:path';
import { usageError } from '../platform/errors.ts';
import { inFolder, type WriteOptions, writeFileAtomic } from '../platform/files.ts';

// Hooks load this room before each tool call: nothing here loads more than the platform.

/** Files of the user's own folder are for their owner only. */
export const ownerOnly = { mode: 0o600, dirMode: 0o700 } as const satisfies WriteOptions;

/** Whether an id of the client's may be part of a file name: it names no other folder. */
export function isSafeId(id: string): boolean {
  return /^[A-Za-z0-9@._-]{1,128}$/.test(id) && !/^\.+$/.test(id);
}

/** @throws BacklogError `usage` (exit 2) */
export function checkedId(id: string, what: 'session' | 'agent'): string {
  if (isSafeId(id)) return id;
  throw usageError(
    `the ${what} id has other signs than letters, digits and @._-, or more than 128 of them`,
    `pass the id as Claude Code gives it`,
  );
}

export const places = {
  homeContext: (home: string): string => inFolder(home, 'current-context.json'),
  projectContext: (opsDir: string): string => inFolder(opsDir, 'current-context.json'),
  session: (home: string, session: string): string =>
    inFolder(inFolder(home, 'contexts'), checkedId(session, 'session')),
  sessionFile: (home: string, session: string): string =>
    path.join(places.session(home, session), 'session.json'),
  history: (home: string, session: string): string =>
    inFolder(places.session(home, session), 'history.jsonl'),
  agent: (home: string, session: string, agent: string): string =>
    path.join(places.session(home, session), 'agents', `${checkedId(agent, 'agent')}.json`),
  wire: (home: string, session: string, wireId: string): string =>
    path.join(places.session(home, session), 'wire', `${checkedId(wireId, 'agent')}.json`),
  call: (home: string, session: string, toolUseId: string): string =>
    path.join(places.session(home, session), 'calls', `${checkedId(toolUseId, 'agent')}.json`),
  stamps: (home: string, session: string): string => path.join(places.session(home, session), 'stamps'),
};

/** Writes a JSON document of the user's own folder. */
export function writeOwn(file: string, value: object): void {
  writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`, { ...ownerOnly, fleeting: true });
}

/** The object that a JSON text holds; `undefined` for anything else. */
export function jsonObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
