import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errnoOf, messageOf } from '../platform/errors.ts';
import { sha256 } from '../platform/ids.ts';

/** How far a transcript was read. */
export interface Position {
  /** Byte offset behind the last whole line that was read. */
  readonly offset: number;
  /** Byte offset up to which the line that begins at `offset` was searched for its end. */
  readonly scanned: number;
  /** Digest of the bytes before `offset`, which tells that the file is still the same one. */
  readonly before: string;
}

export const START: Position = { offset: 0, scanned: 0, before: sha256('') };

export interface Portion {
  readonly position: Position;
  /** Bytes that were looked at. */
  readonly bytes: number;
  readonly moreToRead: boolean;
  /** The file was replaced or cut since the last time, and was read from its start again. */
  readonly restarted: boolean;
}

/** A transcript that cannot be read, and why. */
export interface UnreadFile {
  readonly file: string;
  readonly message: string;
}

/** Reads one file of several: one that the system does not let us read is put on the list, and keeps no other from being read. */
export function reading<T>(file: string, unread: UnreadFile[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    unread.push({ file, message: messageOf(error) });
    return undefined;
  }
}

const CHUNK_BYTES = 256 * 1024;
const DIGEST_BYTES = 256;
/** An answer has at most some MB; a longer line is another kind of row and is passed over. */
const MAX_LINE_BYTES = 32 * 1024 * 1024;

/**
 * Hands the whole lines behind `from` to `line`, looking at no more than `maxBytes` bytes; a line that goes on beyond them is
 * found over several calls. A last line without an end is still being written and stays for the next call.
 * @returns `undefined` when there is no such file
 */
export function readPortion(
  file: string,
  from: Position,
  maxBytes: number,
  line: (bytes: Buffer) => void,
): Portion | undefined {
  const handle = openIfThere(file);
  if (handle === undefined) return undefined;
  try {
    const { size } = fstatSync(handle);
    const restarted = size < from.scanned || digestBefore(handle, from.offset) !== from.before;
    const start = restarted ? START : from;
    const end = Math.min(size, start.scanned + maxBytes);
    const offset = takeLines(handle, start, end, line);
    const before = offset === start.offset ? start.before : digestBefore(handle, offset);
    const bytes = Math.max(0, end - start.scanned);
    return { position: { offset, scanned: end, before }, bytes, moreToRead: end < size, restarted };
  } finally {
    closeSync(handle);
  }
}

/** @returns the offset behind the last whole line */
function takeLines(handle: number, from: Position, end: number, line: (bytes: Buffer) => void): number {
  let { offset } = from;
  for (let position = from.scanned; position < end; ) {
    const chunk = bytesAt(handle, position, Math.min(CHUNK_BYTES, end - position));
    if (chunk.length === 0) break;
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) {
      const lineEnd = position + at;
      if (offset >= position) line(chunk.subarray(offset - position, at));
      else if (lineEnd - offset <= MAX_LINE_BYTES) line(bytesAt(handle, offset, lineEnd - offset));
      offset = lineEnd + 1;
    }
    position += chunk.length;
  }
  return offset;
}

function bytesAt(handle: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const got = readSync(handle, bytes, read, length - read, position + read);
    if (got === 0) break;
    read += got;
  }
  return bytes.subarray(0, read);
}

function digestBefore(handle: number, offset: number): string {
  const length = Math.min(offset, DIGEST_BYTES);
  return sha256(bytesAt(handle, offset - length, length));
}

function openIfThere(file: string): number | undefined {
  try {
    const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (fstatSync(handle).isFile()) return handle;
    closeSync(handle);
    return undefined;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
