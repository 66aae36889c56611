import { withLock } from '../platform/lock.ts';
import type { Watch } from '../platform/watch.ts';
import { chunkReader, type Reorder } from './answer.ts';
import { type CodeIndex, digestOf } from './code-index.ts';
import { fuse } from './fuse.ts';
import type { SourceWorld } from './sources.ts';
import { Vectors, vectorsFile } from './vectors.ts';

/** Asks a model for the vectors of texts, in their order. */
export interface Embedder {
  /** `provider/model`: vectors of two models have nothing in common. */
  readonly model: string;
  readonly embed: (texts: readonly string[]) => Promise<readonly (readonly number[])[]>;
}

/** Texts of one request; servers on one's own machine take this many at a time. */
const BATCH = 32;
/** Characters of a text that are sent: most embedding models see no more than 2,048 tokens. */
const MOST_CHARACTERS = 6_000;
/** What is paid for is kept after so many requests, also when a later one fails. */
const KEPT_EVERY = 16;

export interface Embedded {
  readonly model: string;
  /** Chunks that were given a vector by this call. */
  readonly added: number;
  readonly vectors: number;
}

/**
 * Gives each chunk of the index a vector that has none. What was made before a failure stays.
 * @throws what the embedder throws
 */
export async function embedIndex(
  world: SourceWorld,
  index: CodeIndex,
  { model, embed }: Embedder,
  watch?: Watch,
): Promise<Embedded> {
  const file = vectorsFile(world, model);
  return withLock(`${file}.lock`, async () => {
    const vectors = Vectors.read(file, model);
    const textOf = chunkReader(index, world.paths);
    const missing = vectors.missing(index);
    let added = 0;
    let unkept = 0;
    watch?.begin('embedding pieces', missing.length);
    try {
      for (let at = 0; at < missing.length; at += BATCH) {
        const chunks = missing.slice(at, at + BATCH);
        const answers = await embed(chunks.map((chunk) => textToEmbed(index, chunk, textOf(chunk) ?? '')));
        chunks.forEach((chunk, place) => {
          const numbers = answers[place];
          if (numbers === undefined) return;
          vectors.set(digestOf(index, chunk), numbers);
          added += 1;
          unkept += 1;
        });
        watch?.advance(chunks.length);
        if (unkept >= KEPT_EVERY * BATCH) {
          vectors.write(file, index);
          unkept = 0;
        }
      }
    } finally {
      if (unkept > 0) vectors.write(file, index);
    }
    return { model, added, vectors: vectors.size };
  });
}

/**
 * Our order and that of the vectors as one. Chunks without a vector keep the place that their words give them.
 * @returns `undefined` where there are no vectors yet; then nothing is asked
 * @throws what the embedder throws
 */
export async function withVectors(
  world: SourceWorld,
  index: CodeIndex,
  question: string,
  { model, embed }: Embedder,
): Promise<Reorder | undefined> {
  const vectors = Vectors.read(vectorsFile(world, model), model);
  if (vectors.size === 0) return undefined;
  const [numbers] = await embed([question.slice(0, MOST_CHARACTERS)]);
  if (numbers === undefined) return undefined;
  const nearest = vectors.nearest(index, numbers);
  return (ranked) => fuse(ranked, nearest);
}

function textToEmbed(index: CodeIndex, chunk: number, text: string): string {
  const path = index.files[index.chunkFile[chunk] ?? 0]?.path ?? '';
  return `${path}\n${index.symbols[chunk] ?? ''}\n${text}`.slice(0, MOST_CHARACTERS);
}
