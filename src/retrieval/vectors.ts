import { createHash } from 'node:crypto';
import path from 'node:path';
import { readBytesIfExists, writeFileAtomic } from '../platform/files.ts';
import { type CodeIndex, digestOf } from './code-index.ts';
import type { Ranked } from './rank.ts';
import { indexFolder, type SourceWorld } from './sources.ts';

const VERSION = 1;
/** Vectors of chunks that are gone are kept while they are at most this many times those that are there: worktrees share them. */
const KEPT_TIMES = 3;

/** A vector of length 1, each number in a byte: a quarter of the memory, and the order of the nearest stays. */
interface Vector {
  /** What the bytes are multiplied with. */
  readonly scale: number;
  readonly bytes: Int8Array;
}

/** The vectors of one embedding model, by the digest of the text that they were made from. */
export class Vectors {
  readonly #model: string;
  readonly #byDigest: Map<string, Vector>;

  private constructor(model: string, byDigest: Map<string, Vector>) {
    this.#model = model;
    this.#byDigest = byDigest;
  }

  /** Those of a file; none where there is no whole file of this version and model. */
  static read(file: string, model: string): Vectors {
    return new Vectors(model, decode(readBytesIfExists(file), model) ?? new Map());
  }

  get size(): number {
    return this.#byDigest.size;
  }

  /** Chunks of the index that have no vector yet. */
  missing(index: CodeIndex): number[] {
    return Array.from(index.symbols.keys()).filter((chunk) => !this.#byDigest.has(digestOf(index, chunk)));
  }

  set(digest: string, numbers: readonly number[]): void {
    this.#byDigest.set(digest, quantised(numbers));
  }

  /** Chunks by the cosine of their vectors and the question's, nearest first; those of another dimension are left out. */
  nearest(index: CodeIndex, question: readonly number[]): Ranked[] {
    const wanted = quantised(question);
    const ranked: Ranked[] = [];
    for (const chunk of index.symbols.keys()) {
      const vector = this.#byDigest.get(digestOf(index, chunk));
      if (vector?.bytes.length === wanted.bytes.length) ranked.push({ chunk, score: dot(vector, wanted) });
    }
    return ranked.sort((left, right) => right.score - left.score || left.chunk - right.chunk);
  }

  /** Writes all, without most of those whose text is gone. */
  write(file: string, index: CodeIndex): void {
    const wanted = new Set(Array.from(index.symbols.keys(), (chunk) => digestOf(index, chunk)));
    if (this.#byDigest.size > wanted.size * KEPT_TIMES)
      for (const digest of this.#byDigest.keys()) if (!wanted.has(digest)) this.#byDigest.delete(digest);
    writeFileAtomic(file, encode(this.#model, this.#byDigest), { mode: 0o600, dirMode: 0o700 });
  }
}

/** One file for each model, for all worktrees. */
export function vectorsFile(world: Pick<SourceWorld, 'paths' | 'config'>, model: string): string {
  const name = createHash('sha256').update(model).digest('hex').slice(0, 12);
  return path.join(indexFolder(world), `vectors-${name}.bin`);
}

function quantised(numbers: readonly number[]): Vector {
  const length = Math.hypot(...numbers) || 1;
  const most = numbers.reduce((top, number) => Math.max(top, Math.abs(number)), 0) || 1;
  return {
    scale: most / length / 127,
    bytes: Int8Array.from(numbers, (number) => Math.round((number / most) * 127)),
  };
}

function dot(left: Vector, right: Vector): number {
  let sum = 0;
  for (let at = 0; at < left.bytes.length; at += 1) sum += (left.bytes[at] ?? 0) * (right.bytes[at] ?? 0);
  return sum * left.scale * right.scale;
}

/** A line of JSON, then for each vector 8 bytes of digest, 4 of scale and its bytes. */
function encode(model: string, byDigest: ReadonlyMap<string, Vector>): Buffer {
  const [first] = byDigest.values();
  const dimensions = first?.bytes.length ?? 0;
  const rows = [...byDigest]
    .filter(([, { bytes }]) => bytes.length === dimensions)
    .map(([digest, { scale, bytes }]) => {
      const row = Buffer.alloc(12 + dimensions);
      row.write(digest, 'hex');
      row.writeFloatLE(scale, 8);
      row.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), 12);
      return row;
    });
  const body = Buffer.concat(rows);
  const digest = createHash('sha256').update(body).digest('hex');
  return Buffer.concat([Buffer.from(`${JSON.stringify({ v: VERSION, model, dimensions, digest })}\n`), body]);
}

function decode(bytes: Buffer | undefined, model: string): Map<string, Vector> | undefined {
  const end = bytes?.indexOf(10) ?? -1;
  if (bytes === undefined || end < 0) return undefined;
  try {
    const header: unknown = JSON.parse(bytes.toString('utf8', 0, end));
    const fields = Object.fromEntries(Object.entries(header ?? {}));
    const body = bytes.subarray(end + 1);
    const { dimensions } = fields;
    if (fields.v !== VERSION || fields.model !== model || typeof dimensions !== 'number') return undefined;
    if (createHash('sha256').update(body).digest('hex') !== fields.digest) return undefined;
    const found = new Map<string, Vector>();
    for (let at = 0; at + 12 + dimensions <= body.length; at += 12 + dimensions)
      found.set(body.toString('hex', at, at + 8), {
        scale: body.readFloatLE(at + 8),
        bytes: new Int8Array(body.buffer, body.byteOffset + at + 12, dimensions),
      });
    return found;
  } catch {
    // Torn or not ours: the vectors are made anew.
    return undefined;
  }
}
