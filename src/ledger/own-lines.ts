import type { LedgerRecord } from './record.ts';

/** A line that this process has appended to a ledger. */
export interface OwnLine {
  readonly record: LedgerRecord;
  /** With its line end. */
  readonly bytes: number;
}

/** Lines that this process has appended in one write. */
export interface OwnAppend {
  readonly inode: number;
  /** Size of the file before the write: its lines are there, or behind it where another process was quicker. */
  readonly offset: number;
  readonly lines: readonly OwnLine[];
}

/** Beyond it the file is read: nothing asks for the sums. */
const MOST_LINES = 4096;
/** Readers take no longer line for a record. */
const MAX_LINE_BYTES = 1024 * 1024;

/**
 * What this process has appended since a ledger was folded last, so that it need not read its own lines. A file that is only
 * appended to, and has grown by exactly their length, has nothing else behind the place where it was folded to.
 */
export class OwnLines {
  #appends: OwnAppend[] = [];
  #count = 0;
  #usable = true;

  add(append: OwnAppend): void {
    this.#count += append.lines.length;
    this.#usable &&= this.#count <= MOST_LINES && append.lines.every(({ bytes }) => bytes <= MAX_LINE_BYTES);
    if (this.#usable) this.#appends.push(append);
    else this.#appends = [];
  }

  /** The lines between two offsets of a file, oldest first; `undefined` when somebody else's may be among them. */
  between(inode: number, from: number, to: number): readonly OwnLine[] | undefined {
    if (!this.#usable) return undefined;
    let at = from;
    for (const append of this.#appends) {
      if (append.inode !== inode || append.offset !== at) return undefined;
      for (const { bytes } of append.lines) at += bytes;
    }
    return at === to ? this.#appends.flatMap(({ lines }) => lines) : undefined;
  }

  /** The file was folded to its end. */
  clear(): void {
    this.#appends = [];
    this.#count = 0;
    this.#usable = true;
  }
}
