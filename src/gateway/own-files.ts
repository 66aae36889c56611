import { rmSync } from 'node:fs';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';

/** A JSON file of our own in the home folder; `undefined` when it is missing or broken. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readTextIfExists(file) ?? 'null');
  } catch {
    return undefined;
  }
}

export function writeJson(file: string, value: object): void {
  writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, dirMode: 0o700 });
}

export function removeFile(file: string): void {
  rmSync(file, { force: true });
}
