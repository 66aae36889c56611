import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { endianness } from 'node:os';
import path from 'node:path';
import { errnoOf } from '../platform/errors.ts';
import { readBytesIfExists, removeLeftovers, writeFileAtomic } from '../platform/files.ts';
import type { CodeIndex, IndexedFile } from './code-index.ts';

/** Another form of the file, or another way to divide or weigh: an index of another number is made anew. */
const VERSION = 2;

/**
 * One line of JSON (version, settings, root, digest and the length of each section), then the sections, each at a multiple of
 * eight bytes. A question reads it as it lies: typed arrays over the bytes and a binary search in the sorted terms, where a
 * parser would have to make millions of objects first.
 */
interface Header {
  readonly v: number;
  readonly endianness: string;
  readonly settings: string;
  readonly root: string;
  /** SHA-256 of everything behind the header. */
  readonly digest: string;
  readonly sections: readonly number[];
}

const ALIGNMENT = 8;

/** @returns the file in pieces: together they would take its size once more */
function encodeIndex(index: CodeIndex): Uint8Array[] {
  const terms: string[] = [];
  for (let id = 0; id < index.termCount; id += 1) terms.push(index.term(id));
  const vocabulary = Buffer.from(terms.join(''), 'utf8');
  const termStart = new Uint32Array(terms.length + 1);
  terms.forEach((term, id) => {
    termStart[id + 1] = (termStart[id] ?? 0) + Buffer.byteLength(term);
  });
  const sections = [
    Buffer.from(JSON.stringify({ files: index.files, symbols: index.symbols }), 'utf8'),
    index.chunkFile,
    index.chunkStart,
    index.chunkEnd,
    index.chunkLength,
    index.chunkDigest,
    vocabulary,
    termStart,
    index.postingStart,
    index.postingChunk,
    index.postingWeight,
  ].map((section) => Buffer.from(section.buffer, section.byteOffset, section.byteLength));
  const body = sections.flatMap((section) => [section, padding(section.length)]);
  const digest = createHash('sha256');
  for (const piece of body) digest.update(piece);
  const header: Header = {
    v: VERSION,
    endianness: endianness(),
    settings: index.settings,
    root: index.root,
    digest: digest.digest('hex'),
    sections: sections.map(({ length }) => length),
  };
  const line = Buffer.from(JSON.stringify(header), 'utf8');
  return [line, Buffer.alloc(padding(line.length + 1).length, ' '), Buffer.from('\n'), ...body];
}

/** @returns `undefined` for what is no whole index of this version */
export function decodeIndex(bytes: Buffer): CodeIndex | undefined {
  const header = headerOf(bytes);
  if (header === undefined || header.v !== VERSION || header.endianness !== endianness()) return undefined;
  const start = bytes.indexOf(10) + 1;
  const body = aligned(bytes.subarray(start));
  if (createHash('sha256').update(body).digest('hex') !== header.digest) return undefined;
  const [tables, chunkFile, chunkStart, chunkEnd, chunkLength, chunkDigest, vocabulary, ...rest] = split(
    body,
    header.sections,
  );
  const [termStart, postingStart, postingChunk, postingWeight] = rest;
  if (tables === undefined || vocabulary === undefined || postingWeight === undefined) return undefined;
  const { files, symbols } = JSON.parse(tables.toString('utf8')) as {
    files: IndexedFile[];
    symbols: string[];
  };
  const starts = numbers(termStart);
  return {
    settings: header.settings,
    root: header.root,
    files,
    symbols,
    chunkFile: numbers(chunkFile),
    chunkStart: numbers(chunkStart),
    chunkEnd: numbers(chunkEnd),
    chunkLength: numbers(chunkLength),
    chunkDigest: numbers(chunkDigest),
    termCount: Math.max(0, starts.length - 1),
    term: (id) => vocabulary.toString('utf8', starts[id] ?? 0, starts[id + 1] ?? 0),
    postingStart: numbers(postingStart),
    postingChunk: numbers(postingChunk),
    postingWeight: new Uint8Array(postingWeight.buffer, postingWeight.byteOffset, postingWeight.length),
  };
}

/** @returns `undefined` where there is none, or none that can be used */
export function readIndex(file: string): { readonly index: CodeIndex; readonly bytes: number } | undefined {
  const bytes = readBytesIfExists(file);
  const index = bytes && decodeIndex(bytes);
  return index === undefined || bytes === undefined ? undefined : { index, bytes: bytes.length };
}

/** @throws BacklogError `file-write-failed` (exit 4) */
export function writeIndex(file: string, index: CodeIndex): void {
  removeLeftovers(path.dirname(file));
  // After a power cut the index before this one is as good: it is brought up to date when it is asked.
  writeFileAtomic(file, encodeIndex(index), { mode: 0o600, dirMode: 0o700, fleeting: true });
}

/** Takes away the indexes of worktrees that are gone. */
export function removeOrphans(folder: string, ending: string): void {
  for (const name of readdirSync(folder).filter((one) => one.endsWith(ending))) {
    const file = path.join(folder, name);
    const root = headerOf(firstBytes(file))?.root;
    if (root === undefined || statSync(root, { throwIfNoEntry: false })?.isDirectory()) continue;
    rmSync(file, { force: true });
  }
}

function firstBytes(file: string): Buffer {
  const bytes = Buffer.alloc(16 * 1024);
  try {
    const handle = openSync(file, 'r');
    try {
      return bytes.subarray(0, readSync(handle, bytes));
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    // Another process may have taken it away meanwhile.
    if (errnoOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function headerOf(bytes: Buffer): Header | undefined {
  const end = bytes.indexOf(10);
  if (end < 0) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', 0, end));
    return isHeader(value) ? value : undefined;
  } catch {
    // Not ours, or torn: the answer says so.
    return undefined;
  }
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const {
    v,
    endianness: order,
    settings,
    root,
    digest,
    sections,
  } = Object.fromEntries(Object.entries(value));
  return (
    typeof v === 'number' &&
    [order, settings, root, digest].every((one) => typeof one === 'string') &&
    Array.isArray(sections) &&
    sections.every((one) => Number.isInteger(one) && one >= 0)
  );
}

function split(body: Buffer, lengths: readonly number[]): Buffer[] {
  let at = 0;
  return lengths.map((length) => {
    const section = body.subarray(at, at + length);
    at += length + padding(length).length;
    return section;
  });
}

function numbers(section: Buffer | undefined): Uint32Array {
  return section === undefined
    ? new Uint32Array()
    : new Uint32Array(section.buffer, section.byteOffset, section.length >> 2);
}

function padding(length: number): Buffer {
  return Buffer.alloc((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT);
}

/** Typed arrays need their bytes at an address that their size divides. */
function aligned(bytes: Buffer): Buffer {
  if (bytes.byteOffset % ALIGNMENT === 0) return bytes;
  const copy = Buffer.from(new ArrayBuffer(bytes.length));
  bytes.copy(copy);
  return copy;
}
