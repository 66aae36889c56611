import { createHash } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { removeLeftovers, temporaryBeside, textUpTo } from '../platform/files.ts';
import type { TicketFolder } from './backlog.ts';

// What was read of ticket files, so that a list need not read them again. It is a cache: whatever is odd about it means that
// the files are read, and no failure to keep it is one of the command. Two lines of JSON: what it is true of, and the rows.

/** What tells that a file is still the one that was read. */
export type FileState = readonly [size: number, mtimeMs: number, ctimeMs: number, inode: number];

/** What a list says of a ticket, as far as it is not in the name of its file. */
export type TicketRow = readonly [
  id: string,
  title: string,
  status: string,
  priority: string,
  tags: readonly string[],
  dependsOn: readonly string[],
  otherBlockers: readonly string[],
  splitInto: readonly string[],
];

/** What is wrong with a file that is no ticket: line, code, message, fix. */
export type BrokenRow = readonly [line: number, code: string, message: string, fix: string];

export type IndexRow = readonly [name: string, ...FileState, content: TicketRow | BrokenRow];

export type IndexRows = Readonly<Record<TicketFolder, ReadonlyMap<string, IndexRow>>>;

/** A change within this time of the reading may leave the file's times as they were (FAT counts in steps of 2 s), in ms. */
const GRAIN = 2000;
/** Nobody has so many tickets, in bytes. */
const MOST = 256 * 1024 * 1024;

export function indexFile(opsDir: string): string {
  return path.join(opsDir, 'cache', 'tickets.json');
}

export function stateOf(stats: Stats): FileState {
  return [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino];
}

/** Whether the file is the one that the row was made from. The times of a change are the system's own: nobody can set them back. */
export function isSame(row: IndexRow, stats: Stats): boolean {
  return (
    row[3] === stats.ctimeMs && row[2] === stats.mtimeMs && row[1] === stats.size && row[4] === stats.ino
  );
}

export function isBroken(content: TicketRow | BrokenRow): content is BrokenRow {
  return typeof content[0] === 'number';
}

/**
 * The rows of an index that this very program has written for these folders.
 * @param key whatever the rows depend on beside the files
 * @returns `undefined` when there is none that can be used
 */
export function readIndex(file: string, key: string): IndexRows | undefined {
  const text = textUpTo(file, MOST);
  const end = text?.indexOf('\n') ?? -1;
  if (text === undefined || end < 0) return undefined;
  try {
    const rows = text.slice(end + 1);
    if (text.slice(0, end) !== headOf(key, rows)) return undefined;
    const value: unknown = JSON.parse(rows);
    return isRows(value) ? { pending: byName(value[0]), completed: byName(value[1]) } : undefined;
  } catch {
    // Half of an index, or none of ours: the files are read instead.
    return undefined;
  }
}

/** The first line: a digest over all that the rows follow from. A row is then as good as the file that it was made from. */
function headOf(key: string, rows: string): string {
  return JSON.stringify({ sha256: createHash('sha256').update(key).update('\n').update(rows).digest('hex') });
}

/** The digest has told whose work it is; this tells the compiler. */
function isRows(value: unknown): value is readonly [IndexRow[], IndexRow[]] {
  return Array.isArray(value) && value.length === 2 && value.every(Array.isArray);
}

function byName(rows: readonly IndexRow[]): Map<string, IndexRow> {
  return new Map(rows.map((row) => [row[0], row]));
}

/** An index that is being written. Nothing of it throws: a list works without. */
export class IndexWriter {
  readonly #file: string;
  readonly #temporary: string;
  /** The file system's own time before the first file was read, which the clock of this machine need not agree with. */
  readonly #begun: number;

  private constructor(file: string, temporary: string, begun: number) {
    this.#file = file;
    this.#temporary = temporary;
    this.#begun = begun;
  }

  /** To be called before the files are read. @returns `undefined` where no index can be kept (read-only, full) */
  static begin(file: string): IndexWriter | undefined {
    const folder = path.dirname(file);
    try {
      mkdirSync(folder, { recursive: true });
      removeLeftovers(folder);
      const temporary = temporaryBeside(file);
      const handle = openSync(temporary, 'wx', 0o600);
      const { mtimeMs } = fstatSync(handle);
      closeSync(handle);
      return new IndexWriter(file, temporary, mtimeMs);
    } catch {
      // Whoever may not write here reads the files each time.
      return undefined;
    }
  }

  /**
   * Whether a row that is made from this state can be believed later. A file that was changed as late as it was read could be
   * changed once more without its times or its size telling (git calls such a file racy).
   */
  isSettled([, mtimeMs, ctimeMs]: FileState, grain: number = GRAIN): boolean {
    return Math.max(mtimeMs, ctimeMs) + grain < this.#begun;
  }

  /** Puts the index in place as one step. Of two writers at once the last wins; what the other knew is read again. */
  finish(key: string, rows: Readonly<Record<TicketFolder, readonly IndexRow[]>>): void {
    try {
      const text = JSON.stringify([rows.pending, rows.completed]);
      // Not waited for: an index that a power cut has torn fails its digest.
      writeFileSync(this.#temporary, `${headOf(key, text)}\n${text}`);
      renameSync(this.#temporary, this.#file);
    } catch {
      this.abandon();
    }
  }

  /** Takes away what was begun. */
  abandon(): void {
    try {
      rmSync(this.#temporary, { force: true });
    } catch {
      // The next writer takes it away.
    }
  }
}
