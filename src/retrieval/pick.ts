import type { CodeIndex } from './code-index.ts';
import type { Ranked } from './rank.ts';

/** One chunk of a file for each of so many lines: a second one of a short file says less than the first of another. */
const LINES_A_CHUNK = 500;

/** The best chunks, with room for more than one file. */
export function bestOf(index: CodeIndex, ranked: readonly Ranked[], top: number): Ranked[] {
  const ofFile = new Map<number, number>();
  const best: Ranked[] = [];
  for (const one of ranked) {
    if (best.length >= top) break;
    const file = index.chunkFile[one.chunk] ?? 0;
    const had = ofFile.get(file) ?? 0;
    if (had >= Math.ceil((index.files[file]?.lines ?? 1) / LINES_A_CHUNK)) continue;
    ofFile.set(file, had + 1);
    best.push(one);
  }
  return best;
}
