import type { SkipReason } from './skipped.ts';
import type { SourceKind } from './sources.ts';

/** A file of the index. Its chunks stand together. */
export interface IndexedFile {
  readonly path: string;
  readonly kind: SourceKind;
  /** Bytes. */
  readonly size: number;
  /** ms; -1 when the file was too fresh to trust its time, so that it is read again. */
  readonly mtime: number;
  readonly ctime: number;
  /** SHA-256 of its bytes, the first 16 hex digits. */
  readonly hash: string;
  /** Why it has no chunks, found by reading it. */
  readonly skip: SkipReason | null;
  readonly lines: number;
  readonly firstChunk: number;
  readonly chunkCount: number;
}

/**
 * Files, chunks, and for each term the chunks that have it (an inverted index). All lists of chunks are by number; a term's
 * postings stand in the order of the chunks.
 */
export interface CodeIndex {
  /** What it was made with; another value asks for a new index. */
  readonly settings: string;
  /** The project folder whose files it has. */
  readonly root: string;
  readonly files: readonly IndexedFile[];
  /** Names of what each chunk declares, in one string. */
  readonly symbols: readonly string[];
  readonly chunkFile: Uint32Array;
  /** 1-based lines, both included. */
  readonly chunkStart: Uint32Array;
  readonly chunkEnd: Uint32Array;
  /** Terms in the chunk's text. */
  readonly chunkLength: Uint32Array;
  /** Two halves of a digest of each chunk's text. */
  readonly chunkDigest: Uint32Array;
  readonly termCount: number;
  /** The term with this number; they stand in JavaScript's order of strings. */
  readonly term: (id: number) => string;
  /** Where each term's postings begin, and behind the last one their end. */
  readonly postingStart: Uint32Array;
  readonly postingChunk: Uint32Array;
  /** How often the chunk has the term, names and path counted more; at most 255. */
  readonly postingWeight: Uint8Array;
}

/** The number of a term, or -1. */
export function termId(index: CodeIndex, wanted: string): number {
  let [low, high] = [0, index.termCount - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const term = index.term(middle);
    if (term === wanted) return middle;
    if (term < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** 16 hex digits of a chunk's text, by which its vector is kept. */
export function digestOf({ chunkDigest }: Pick<CodeIndex, 'chunkDigest'>, chunk: number): string {
  const hex = (at: number) => (chunkDigest[at] ?? 0).toString(16).padStart(8, '0');
  return `${hex(2 * chunk)}${hex(2 * chunk + 1)}`;
}
