import { isAscii } from 'node:buffer';
import { readSync } from 'node:fs';
import { canonicalEnd, canonicalRecord } from './canonical.ts';
import { parseLedgerLine } from './line-shapes.ts';
import type { LedgerRecord, ParsedLine } from './record.ts';

/** What is told of the lines of a file. */
export interface LineSink {
  /**
   * @param offset byte offset at which the line begins
   * @param named `false` for a line without ids of its own, which is never of the same request as another
   */
  record(record: LedgerRecord, offset: number, named: boolean): void;
  /** @param number 1-based, counted from where the scan began */
  bad(reason: string, number: number): void;
  /** A line of an earlier tool that is about something else than a request. */
  other(reason: string, number: number): void;
}

/** A record has about a kB; what is longer is no record, and is not kept in memory. */
const MAX_LINE_BYTES = 1024 * 1024;
const CHUNK_BYTES = 128 * 1024;
const LOOKUP_BYTES = 16 * 1024;
const LF = 0x0a;

/** Reads the whole lines of a part of a file, with one chunk in memory. */
export class LineScan {
  readonly #handle: number;
  readonly #sink: LineSink;
  readonly #to: number;
  #buffer: Buffer;
  /** Offset of the buffer's first byte, and how many bytes it holds: the beginning of a line. */
  #start: number;
  #held = 0;
  #number = 0;
  #tooLong = false;

  constructor(handle: number, from: number, to: number, sink: LineSink) {
    this.#handle = handle;
    this.#start = from;
    this.#to = to;
    this.#sink = sink;
    // A running gateway reads a few lines at a time.
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(1, Math.min(CHUNK_BYTES, to - from)));
  }

  /** Byte offset behind the last whole line. */
  get offset(): number {
    return this.#start;
  }

  /** Reads the next chunk. @returns `false` at the end */
  step(): boolean {
    const room = Math.min(this.#buffer.length - this.#held, this.#to - this.#start - this.#held);
    const got =
      room > 0 ? readSync(this.#handle, this.#buffer, this.#held, room, this.#start + this.#held) : 0;
    if (got === 0) return false;
    this.#held += got;
    const end = this.#buffer.subarray(0, this.#held).lastIndexOf(LF) + 1;
    if (end > 0) this.#lines(end);
    else if (this.#held === this.#buffer.length) this.#makeRoom();
    return true;
  }

  /** A last line without its end, as a line. */
  rest(): void {
    if (this.#held === 0 && !this.#tooLong) return;
    this.#line(this.#buffer.subarray(0, this.#held), this.#start);
    this.#start += this.#held;
    this.#held = 0;
  }

  #makeRoom(): void {
    if (this.#buffer.length < MAX_LINE_BYTES) {
      const larger = Buffer.allocUnsafeSlow(2 * this.#buffer.length);
      this.#buffer.copy(larger, 0, 0, this.#held);
      this.#buffer = larger;
      return;
    }
    this.#tooLong = true;
    this.#start += this.#held;
    this.#held = 0;
  }

  /** The lines in the first `end` bytes; what follows is moved to the front. */
  #lines(end: number): void {
    const bytes = this.#buffer.subarray(0, end);
    if (this.#tooLong || !isAscii(bytes)) this.#oneByOne(bytes);
    else this.#ascii(bytes.toString('latin1'));
    this.#buffer.copy(this.#buffer, 0, end, this.#held);
    this.#start += end;
    this.#held -= end;
  }

  /** The usual case: an offset in the text is one in the bytes, and most lines are in the form that we write. */
  #ascii(text: string): void {
    for (let at = 0; at < text.length; ) {
      const record = canonicalRecord(text, at);
      if (record === undefined) {
        const end = text.indexOf('\n', at);
        this.#tell(text.slice(at, end), this.#start + at);
        at = end + 1;
      } else {
        this.#number += 1;
        const offset = this.#start + at;
        // Before the record is told: who takes it may read other lines.
        at = canonicalEnd() + 1;
        this.#sink.record(record, offset, true);
      }
    }
  }

  #oneByOne(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(LF, at);
      this.#line(bytes.subarray(at, end), this.#start + at);
      at = end + 1;
    }
  }

  #line(bytes: Buffer, offset: number): void {
    if (!this.#tooLong && bytes.length <= MAX_LINE_BYTES) {
      this.#tell(bytes.toString('utf8'), offset);
      return;
    }
    this.#tooLong = false;
    this.#number += 1;
    this.#sink.bad(`is longer than ${MAX_LINE_BYTES} bytes`, this.#number);
  }

  #tell(text: string, offset: number): void {
    this.#number += 1;
    const parsed = readLine(text, this.#number);
    // A blank line, which two writers that healed the same torn line may leave.
    if (parsed === undefined) return;
    if ('bad' in parsed) this.#sink.bad(parsed.bad, this.#number);
    else if ('other' in parsed) this.#sink.other(parsed.other, this.#number);
    else this.#sink.record(parsed.record, offset, parsed.named);
  }
}

/** One line by itself; `undefined` when it is blank. */
function readLine(text: string, number: number): ParsedLine | undefined {
  const record = canonicalRecord(text, 0);
  if (record !== undefined) return { record, named: true };
  return text.trim() === '' ? undefined : parseLedgerLine(text, number);
}

/**
 * Reads lines again that were scanned before. What is looked up one after the other often lies close together, as a
 * transcript's rows do in the gateway's order, so a little more is read than the line. For files that stay open meanwhile.
 */
export class LineLookup {
  /** Made when the first line is looked up: most readers look up none. */
  #bytes = Buffer.alloc(0);
  #handle = -1;
  #start = 0;
  #held = 0;

  /** The record of the line at `offset`, which was one when it was scanned. */
  recordAt(handle: number, offset: number): LedgerRecord | undefined {
    const parsed = readLine(this.#line(handle, offset), 0);
    return parsed !== undefined && 'record' in parsed ? parsed.record : undefined;
  }

  #line(handle: number, offset: number): string {
    for (;;) {
      const inside = handle === this.#handle && offset >= this.#start && offset < this.#start + this.#held;
      const from = inside ? offset - this.#start : 0;
      const end = inside ? this.#bytes.subarray(0, this.#held).indexOf(LF, from) : -1;
      if (end !== -1) return this.#bytes.toString('utf8', from, end);
      if (inside && from === 0) {
        // The file's last line, or one that is longer than what is held.
        if (this.#held < this.#bytes.length || this.#held > MAX_LINE_BYTES)
          return this.#bytes.toString('utf8', 0, this.#held);
        this.#bytes = Buffer.alloc(4 * this.#bytes.length);
      }
      if (this.#bytes.length === 0) this.#bytes = Buffer.alloc(LOOKUP_BYTES);
      this.#held = readSync(handle, this.#bytes, 0, this.#bytes.length, offset);
      [this.#handle, this.#start] = [handle, offset];
      if (this.#held === 0) return '';
    }
  }
}
