import { readdirSync } from 'node:fs';
import path from 'node:path';
import { readTextIfExists } from '../platform/files.ts';

// Hooks ask this before each tool call: no schema library here, and nothing is thrown at them.

/**
 * Whether the wave that was started last is a session's and has not ended. A record that cannot be read is none here:
 * `backlog wave status` says what is wrong with it.
 */
export function hasOpenWave(opsDir: string, sessionId: string): boolean {
  const folder = path.join(opsDir, 'waves');
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return false;
  }
  const numbers = names.flatMap((name) => /^wave-(\d{4,9})\.json$/.exec(name)?.[1] ?? []);
  const last = numbers.toSorted((a, b) => Number(a) - Number(b)).at(-1);
  if (last === undefined) return false;
  try {
    const record: unknown = JSON.parse(readTextIfExists(path.join(folder, `wave-${last}.json`)) ?? '');
    if (typeof record !== 'object' || record === null) return false;
    const fields: Readonly<Record<string, unknown>> = { ...record };
    return fields.session_id === sessionId && fields.ended_at === null;
  } catch {
    return false;
  }
}
