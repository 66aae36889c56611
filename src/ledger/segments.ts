import { closeSync, fstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, errnoOf, messageOf } from '../platform/errors.ts';
import { openToRead } from '../platform/files.ts';

/** One file of a ledger, held open: reading is not disturbed when it is moved away meanwhile. */
export interface Segment {
  readonly file: string;
  readonly handle: number;
  /** Bytes that it had when it was opened. */
  readonly size: number;
  readonly inode: number;
}

/**
 * All files of a ledger, oldest first: `usage-ledger-2026-10.jsonl`, `usage-ledger-2026-10-2.jsonl`, …, and last the one that
 * is written to, `usage-ledger.jsonl`. Names only; none may be there.
 */
export function segmentFiles(ledger: string): string[] {
  const folder = path.dirname(ledger);
  const stem = path.basename(ledger, '.jsonl');
  const rotated = namesIn(folder)
    .map((name) => ({ name, ...rotation(stem, name) }))
    .filter(({ month }) => month !== undefined)
    .sort((a, b) => ((a.month ?? '') < (b.month ?? '') ? -1 : a.month === b.month ? a.number - b.number : 1))
    .map(({ name }) => path.join(folder, name));
  return [...rotated, ledger];
}

/** Where the ledger goes that was last written to in `month` (`2026-10`). */
export function rotatedFile(ledger: string, month: string): string {
  const stem = path.basename(ledger, '.jsonl');
  const taken = namesIn(path.dirname(ledger))
    .map((name) => rotation(stem, name))
    .filter((other) => other.month === month)
    .map(({ number }) => number);
  const number = Math.max(0, ...taken) + 1;
  return path.join(path.dirname(ledger), `${stem}-${month}${number === 1 ? '' : `-${number}`}.jsonl`);
}

/**
 * Opens the files of a ledger as they are at one moment; one that is rotated meanwhile is neither missed nor seen twice.
 * @throws BacklogError `ledger-read-failed` (exit 3)
 */
export function openSegments(ledger: string): Segment[] {
  for (;;) {
    const segments = segmentFiles(ledger).flatMap((file) => openSegment(ledger, file) ?? []);
    const now = segmentFiles(ledger).flatMap((file) => openSegment(ledger, file) ?? []);
    const same =
      now.length === segments.length && now.every(({ inode }, index) => inode === segments[index]?.inode);
    closeSegments(now);
    if (same) return segments;
    closeSegments(segments);
  }
}

export function closeSegments(segments: readonly Segment[]): void {
  for (const { handle } of segments) closeSync(handle);
}

function openSegment(ledger: string, file: string): Segment | undefined {
  let handle: number | undefined;
  try {
    handle = openToRead(file);
    const stat = fstatSync(handle);
    return { file, handle, size: stat.size, inode: stat.ino };
  } catch (error) {
    if (handle !== undefined) closeSync(handle);
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw readFailure(ledger, file, error);
  }
}

/** The month and number in a rotated file's name. */
function rotation(stem: string, name: string): { readonly month?: string; readonly number: number } {
  if (!name.startsWith(`${stem}-`)) return { number: 0 };
  const match = /^-(\d{4}-\d\d)(?:-(\d{1,6}))?\.jsonl$/.exec(name.slice(stem.length));
  return match?.[1] ? { month: match[1], number: Number(match[2] ?? 1) } : { number: 0 };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw readFailure(folder, folder, error);
  }
}

export function readFailure(ledger: string, file: string, error: unknown): BacklogError {
  return new BacklogError({
    code: 'ledger-read-failed',
    message: `cannot read the usage ledger ${file}: ${messageOf(error)}`,
    fix:
      file === ledger
        ? 'pass the ledger with --ledger <file>, and check that you may read it'
        : `check that you may read ${file}`,
    exitCode: ExitCode.ProjectUnusable,
    file,
    cause: error,
  });
}
