import { renameSync, statSync } from 'node:fs';
import { tryWithLock } from '../platform/lock.ts';
import { rotatedFile } from './segments.ts';

/** A ledger of more bytes goes aside: some 75,000 requests. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Moves a ledger aside that was last written to in an earlier month (UTC), or that has grown too large, as
 * `usage-ledger-2026-10.jsonl`, `usage-ledger-2026-10-2.jsonl`, …; the next append begins a new one. One process does it, the
 * others go on: a line that is written at the same moment is in the old file or in the new one, and both are read.
 * @returns whether it was moved
 * @throws the system's error when it cannot be moved; it is then as it was
 */
export function rotateIfDue(ledger: string, now: Date = new Date(), mostBytes = MOST_BYTES): boolean {
  if (monthToClose(ledger, now, mostBytes) === undefined) return false;
  const moved = tryWithLock(`${ledger}.lock`, () => {
    const month = monthToClose(ledger, now, mostBytes);
    if (month === undefined) return false;
    renameSync(ledger, rotatedFile(ledger, month));
    return true;
  });
  return moved ?? false;
}

/** The month of the last append, when the ledger is due. */
function monthToClose(ledger: string, now: Date, mostBytes: number): string | undefined {
  const stat = statSync(ledger, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size === 0) return undefined;
  const month = stat.mtime.toISOString().slice(0, 7);
  return stat.size >= mostBytes || month < now.toISOString().slice(0, 7) ? month : undefined;
}
