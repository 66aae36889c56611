import { type CodeIndex, termId } from './code-index.ts';
import { matchPaths, worthOf } from './path-match.ts';
import { relatedTerms } from './related-words.ts';
import { eachTerm, queryTerms } from './terms.ts';

/*
 * The figures below were found on tests/retrieval/questions.json. Those of blind-questions.json, by somebody who did not know
 * how this ranks, were asked afterwards.
 */

/** BM25's own two numbers: how soon a repeated term stops to count, and how much a long text is held against it. */
const K1 = 1.2;
const B = 0.75;
/** How often a word of a file's path counts as said in it. */
const PATH_WEIGHT = 3;
/** What the file as a whole counts beside the chunk. */
const FILE_SHARE = 1.5;
/** What a word that stands for one of the question counts, beside 1. */
const RELATED = 0.25;
/** The same for a word that the best chunks of a first look have in common with nothing else. */
const FEEDBACK = 0.15;
const FEEDBACK_CHUNKS = 5;
const FEEDBACK_TERMS = 20;
/** Terms in more than this share of all chunks tell chunks from one another no more. */
const FEEDBACK_SHARE = 0.1;

export interface Ranked {
  readonly chunk: number;
  readonly score: number;
}

/**
 * Chunks that have a term of the question, best first. Chunk and file are scored each by BM25 (Robertson and Zaragoza, 2009),
 * the file's path beside; words that people use for one another count a little, and so do the words of the best chunks of a
 * first look (pseudo-relevance feedback). Same scores stand in the order of the index.
 * @param textOf the text of a chunk, for the feedback; `undefined` where it cannot be read
 */
export function rankChunks(
  index: CodeIndex,
  question: string,
  textOf: (chunk: number) => string | undefined,
): Ranked[] {
  const terms = withRelated(queryTerms(question));
  const first = rank(index, terms);
  const more = feedback(index, terms, first.slice(0, FEEDBACK_CHUNKS), textOf);
  return more.size === 0 ? first : rank(index, new Map([...terms, ...more]));
}

/** The question's own terms with weight 1, and those that may stand for them with less. */
function withRelated(own: readonly string[]): Map<string, number> {
  const terms = new Map(own.map((term) => [term, 1]));
  for (const term of own)
    for (const other of relatedTerms(term)) {
      const had = terms.get(other);
      if (had === undefined) terms.set(other, RELATED);
      else if (had < 1) terms.set(other, Math.min(0.9, had + RELATED / 2));
    }
  return terms;
}

function rank(index: CodeIndex, terms: ReadonlyMap<string, number>): Ranked[] {
  const chunks = index.symbols.length;
  const files = index.files.length;
  const fileLength = new Float64Array(files);
  let all = 0;
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const length = index.chunkLength[chunk] ?? 0;
    const file = index.chunkFile[chunk] ?? 0;
    fileLength[file] = (fileLength[file] ?? 0) + length;
    all += length;
  }
  const [chunkMean, fileMean] = [all / Math.max(1, chunks), all / Math.max(1, files)];
  const scores = new Float64Array(chunks);
  const paths = matchPaths(index, terms);
  const fileScores = paths.names;
  const inChunk = new Float64Array(chunks);
  const inFile = new Float64Array(files);
  for (const [term, share] of terms) {
    const touched: number[] = [];
    const touchedFiles: number[] = [];
    const count = (chunk: number, weight: number): void => {
      if (inChunk[chunk] === 0) touched.push(chunk);
      inChunk[chunk] = (inChunk[chunk] ?? 0) + weight;
    };
    const countFile = (file: number, weight: number): void => {
      if (inFile[file] === 0) touchedFiles.push(file);
      inFile[file] = (inFile[file] ?? 0) + weight;
    };
    const id = termId(index, term);
    const end = id < 0 ? 0 : (index.postingStart[id + 1] ?? 0);
    for (let at = id < 0 ? 0 : (index.postingStart[id] ?? 0); at < end; at += 1) {
      const [chunk, weight] = [index.postingChunk[at] ?? 0, index.postingWeight[at] ?? 0];
      count(chunk, weight);
      countFile(index.chunkFile[chunk] ?? 0, weight);
    }
    for (const file of paths.having.get(term) ?? []) {
      const { firstChunk = 0, chunkCount = 0 } = index.files[file] ?? {};
      for (let chunk = firstChunk; chunk < firstChunk + chunkCount; chunk += 1) count(chunk, PATH_WEIGHT);
      countFile(file, PATH_WEIGHT);
    }
    const rarity = share * rarityOf(chunks, touched.length);
    for (const chunk of touched) {
      const length = (index.chunkLength[chunk] ?? 0) / chunkMean;
      scores[chunk] = (scores[chunk] ?? 0) + rarity * saturated(inChunk[chunk] ?? 0, length);
      inChunk[chunk] = 0;
    }
    const fileRarity = share * rarityOf(files, touchedFiles.length);
    for (const file of touchedFiles) {
      const length = (fileLength[file] ?? 0) / fileMean;
      fileScores[file] = (fileScores[file] ?? 0) + fileRarity * saturated(inFile[file] ?? 0, length);
      inFile[file] = 0;
    }
  }
  const worth = index.files.map(({ path }) => worthOf(path));
  const ranked: Ranked[] = [];
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const own = scores[chunk] ?? 0;
    const file = index.chunkFile[chunk] ?? 0;
    if (own > 0)
      ranked.push({ chunk, score: (own + FILE_SHARE * (fileScores[file] ?? 0)) * (worth[file] ?? 1) });
  }
  return ranked.sort((left, right) => right.score - left.score || left.chunk - right.chunk);
}

/** Inverse document frequency, never negative. */
function rarityOf(all: number, having: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5));
}

/** BM25's term frequency. @param length of the text, as a share of the mean */
function saturated(weight: number, length: number): number {
  return (weight * (K1 + 1)) / (weight + K1 * (1 - B + B * length));
}

/** Terms that mark the best chunks out, with their weights: the most telling one has {@link FEEDBACK}. */
function feedback(
  index: CodeIndex,
  asked: ReadonlyMap<string, number>,
  best: readonly Ranked[],
  textOf: (chunk: number) => string | undefined,
): Map<string, number> {
  const chunks = index.symbols.length;
  const telling = new Map<string, number>();
  for (const { chunk, score } of best) {
    const counts = new Map<string, number>();
    eachTerm(textOf(chunk) ?? '', (term) => counts.set(term, (counts.get(term) ?? 0) + 1));
    for (const [term, count] of counts) {
      if (asked.has(term)) continue;
      const id = termId(index, term);
      const having = id < 0 ? 0 : (index.postingStart[id + 1] ?? 0) - (index.postingStart[id] ?? 0);
      if (having < 2 || having > chunks * FEEDBACK_SHARE) continue;
      const gain =
        (Math.min(count, 5) / ((index.chunkLength[chunk] ?? 0) + 50)) * Math.log(chunks / having) * score;
      telling.set(term, (telling.get(term) ?? 0) + gain);
    }
  }
  const top = [...telling].sort((left, right) => right[1] - left[1]).slice(0, FEEDBACK_TERMS);
  const most = top[0]?.[1] ?? 1;
  return new Map(top.map(([term, gain]) => [term, (FEEDBACK * gain) / most]));
}
