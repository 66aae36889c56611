import { createHash } from 'node:crypto';
import type { Chunk } from './chunks.ts';
import type { CodeIndex, IndexedFile } from './code-index.ts';
import { languageOf } from './languages.ts';
import { Numbers } from './numbers.ts';
import { Postings } from './postings.ts';
import { eachTerm } from './terms.ts';

/** What a name that a chunk declares counts more than a word in its text; found on the tuned half of the questions. */
const SYMBOL_WEIGHT = 4;

/** A chunk of an older index that is in the new one no more. */
const GONE = 0xffffffff;

/** What is taken over from an older index. */
interface Carried {
  readonly old: CodeIndex;
  /** Its chunks by their numbers in the new one. */
  readonly moved: Uint32Array;
  /** Its terms by theirs. */
  readonly terms: Uint32Array;
}

export type NewFile = Omit<IndexedFile, 'firstChunk' | 'chunkCount'>;

/** Puts an index together out of new files, each let go of when it is divided, and what is kept of an older index. */
export class IndexBuilder {
  readonly #files: IndexedFile[] = [];
  readonly #symbols: string[] = [];
  readonly #chunkFile = new Numbers();
  readonly #chunkStart = new Numbers();
  readonly #chunkEnd = new Numbers();
  readonly #chunkLength = new Numbers();
  readonly #chunkDigest = new Numbers();
  readonly #terms = new Map<string, number>();
  /** Names of chunks, each once: those of tickets are headings that all of them have. */
  readonly #names = new Map<string, string>();
  /** Those of the new chunks, and how many terms each of these has. */
  readonly #postings = new Postings();
  readonly #chunkTerms = new Numbers();
  #carried: Carried | undefined;

  /**
   * Takes files over from an older index. Called once, after the last {@link add}.
   * @param kept the file as it is to stand in the new index, by its number in the old one; `undefined` drops it
   */
  carry(old: CodeIndex, kept: readonly (NewFile | undefined)[]): void {
    const moved = new Uint32Array(old.symbols.length).fill(GONE);
    old.files.forEach(({ firstChunk, chunkCount }, number) => {
      const file = kept[number];
      if (file === undefined) return;
      const first = this.#symbols.length;
      for (let chunk = firstChunk; chunk < firstChunk + chunkCount; chunk += 1) {
        moved[chunk] = this.#symbols.length;
        this.#symbols.push(old.symbols[chunk] ?? '');
        this.#chunkFile.push(this.#files.length);
        this.#chunkStart.push(old.chunkStart[chunk] ?? 0);
        this.#chunkEnd.push(old.chunkEnd[chunk] ?? 0);
        this.#chunkLength.push(old.chunkLength[chunk] ?? 0);
        this.#chunkDigest.push(old.chunkDigest[2 * chunk] ?? 0);
        this.#chunkDigest.push(old.chunkDigest[2 * chunk + 1] ?? 0);
      }
      this.#files.push({ ...file, firstChunk: first, chunkCount });
    });
    const terms = new Uint32Array(old.termCount);
    for (let id = 0; id < old.termCount; id += 1) {
      const end = old.postingStart[id + 1] ?? 0;
      for (let at = old.postingStart[id] ?? 0; at < end; at += 1) {
        if ((moved[old.postingChunk[at] ?? 0] ?? GONE) === GONE) continue;
        terms[id] = this.#termNumber(old.term(id));
        break;
      }
    }
    this.#carried = { old, moved, terms };
  }

  add(file: NewFile, lines: readonly string[], chunks: readonly Chunk[]): void {
    const number = this.#files.length;
    this.#files.push({ ...file, firstChunk: this.#symbols.length, chunkCount: chunks.length });
    const comment = languageOf(file.path)?.comment;
    for (const { start, end, symbols } of chunks) {
      const text = lines.slice(start - 1, end).join('\n');
      const names = this.#own(symbols.join(' '));
      const weights = new Map<number, number>();
      let length = 0;
      const count = (term: string, weight: number) => {
        const id = this.#termNumber(term);
        weights.set(id, (weights.get(id) ?? 0) + weight);
      };
      eachTerm(text, (term) => {
        length += 1;
        count(term, 1);
      });
      eachTerm(names, (term) => count(term, SYMBOL_WEIGHT));
      // Comments are read twice: they say in a person's words what the code does, and so does a question.
      eachTerm(commentsOf(text, comment), (term) => {
        length += 1;
        count(term, 1);
      });
      for (const [term, weight] of weights) this.#postings.add(term, Math.min(255, weight));
      this.#chunkTerms.push(weights.size);
      const digest = createHash('sha256').update(`${file.path}\n${text}`).digest();
      this.#symbols.push(names);
      this.#chunkFile.push(number);
      this.#chunkStart.push(start);
      this.#chunkEnd.push(end);
      this.#chunkLength.push(length);
      this.#chunkDigest.push(digest.readUInt32BE(0));
      this.#chunkDigest.push(digest.readUInt32BE(4));
    }
  }

  finish(settings: string, root: string): CodeIndex {
    const terms = [...this.#terms.keys()].sort();
    const places = new Uint32Array(terms.length);
    terms.forEach((term, place) => {
      places[this.#terms.get(term) ?? 0] = place;
    });
    return {
      settings,
      root,
      files: this.#files,
      symbols: this.#symbols,
      chunkFile: this.#chunkFile.all(),
      chunkStart: this.#chunkStart.all(),
      chunkEnd: this.#chunkEnd.all(),
      chunkLength: this.#chunkLength.all(),
      chunkDigest: this.#chunkDigest.all(),
      termCount: terms.length,
      term: (id) => terms[id] ?? '',
      ...this.#byTerm(places),
    };
  }

  /**
   * Sorts the postings by their term, by counting: those of one term keep their order, which is that of the chunks. They are gone
   * over twice where they are, so that they are in memory twice and not three times.
   */
  #byTerm(places: Uint32Array): Pick<CodeIndex, 'postingStart' | 'postingChunk' | 'postingWeight'> {
    const postingStart = new Uint32Array(places.length + 1);
    this.#eachPosting((term) => {
      const next = (places[term] ?? 0) + 1;
      postingStart[next] = (postingStart[next] ?? 0) + 1;
    });
    for (let place = 0; place < places.length; place += 1)
      postingStart[place + 1] = (postingStart[place + 1] ?? 0) + (postingStart[place] ?? 0);
    const free = postingStart.slice();
    const count = postingStart.at(-1) ?? 0;
    const postingChunk = new Uint32Array(count);
    const postingWeight = new Uint8Array(count);
    this.#eachPosting((term, weight, chunk) => {
      const place = places[term] ?? 0;
      const to = free[place] ?? 0;
      free[place] = to + 1;
      postingChunk[to] = chunk;
      postingWeight[to] = weight;
    });
    return { postingStart, postingChunk, postingWeight };
  }

  /** Those of the new chunks first, then those that were carried. */
  #eachPosting(found: (term: number, weight: number, chunk: number) => void): void {
    const counts = this.#chunkTerms.all();
    let chunk = -1;
    let left = 0;
    this.#postings.each((term, weight) => {
      while (left === 0) {
        chunk += 1;
        left = counts[chunk] ?? 0;
      }
      left -= 1;
      found(term, weight, chunk);
    });
    if (this.#carried === undefined) return;
    const { old, moved, terms } = this.#carried;
    for (let id = 0; id < old.termCount; id += 1) {
      const end = old.postingStart[id + 1] ?? 0;
      for (let at = old.postingStart[id] ?? 0; at < end; at += 1) {
        const to = moved[old.postingChunk[at] ?? 0] ?? GONE;
        if (to !== GONE) found(terms[id] ?? 0, old.postingWeight[at] ?? 0, to);
      }
    }
  }

  /** A part of a file's text would keep the whole of it in memory. */
  #own(names: string): string {
    const known = this.#names.get(names);
    if (known !== undefined) return known;
    const own = Buffer.from(names, 'utf8').toString('utf8');
    this.#names.set(own, own);
    return own;
  }

  #termNumber(term: string): number {
    const known = this.#terms.get(term);
    if (known !== undefined) return known;
    const number = this.#terms.size;
    this.#terms.set(term, number);
    return number;
  }
}

/** The lines of a text that are comments, by their beginnings. */
function commentsOf(text: string, comment: RegExp | undefined): string {
  if (comment === undefined) return '';
  return text
    .split('\n')
    .filter((line) => comment.test(line.trimStart()))
    .join('\n');
}
