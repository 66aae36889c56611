import type { Ticket } from '../../tickets/ticket.ts';
import { ticketParts } from './parts.ts';
import { ideasOf, WORDS_OF_IDEAS } from './related.ts';
import { type Term, termsOf, termsOfWord, wordsOf } from './terms.ts';
import { commonTerms } from './words.ts';

/**
 * What of a ticket the search compares, as numbers of the {@link Vocabulary}. Nothing here holds on to the ticket's text: a part
 * of a text keeps the whole of it in memory, and ten thousand of them are 100 MiB.
 */
export interface Features {
  /** The id, as a term of its own. */
  readonly id: number;
  /** The title's terms in order, without function words. */
  readonly title: Int32Array;
  /** The title with its function words, for what stands where. */
  readonly phrase: Int32Array;
  /** All terms of title, description and criteria, sorted, each once. */
  readonly all: Int32Array;
  /** Terms of the title that description and criteria have, too, in its order. */
  readonly topics: Int32Array;
  /** The lines of related words that its terms stand in, as a set of bits. */
  readonly ideas: Int32Array;
  /** Affected files, as terms of their own, sorted. */
  readonly files: Int32Array;
  /** Ids that the front matter names as dependency, parent or part, and those that the text speaks of. */
  readonly links: Int32Array;
  /** Of these the ones that it is a part of. */
  readonly parents: Int32Array;
}

const none = new Int32Array(0);

/** Distinct words that are told apart; a backlog of data instead of words must not fill the memory. */
const MOST_TERMS = 400_000;
/** Numbers that one block of memory holds. */
const BLOCK = 1 << 15;
/** Words of one ticket that are read. */
const MOST_WORDS = 1_200;
const MOST_FILES = 100;

/** The terms of a backlog, by number, with how many tickets have each. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();
  readonly #words = new Map<string, readonly number[]>();
  readonly #names: string[] = [];
  readonly #tickets: number[] = [];
  readonly #kinds: Term['kind'][] = [];
  /** Term → the lines of related words that it stands in, of those that stand in any. */
  readonly #ideas = new Map<number, readonly number[]>();
  #count = 0;
  #block = new Int32Array(BLOCK);
  #used = 0;

  /** The numbers in a block of memory that many tickets share: a buffer for each list takes more than the list. */
  listOf(numbers: ArrayLike<number>): Int32Array {
    if (numbers.length === 0) return none;
    if (numbers.length > BLOCK / 4) return Int32Array.from(numbers);
    if (this.#used + numbers.length > BLOCK) {
      this.#block = new Int32Array(BLOCK);
      this.#used = 0;
    }
    const list = this.#block.subarray(this.#used, this.#used + numbers.length);
    list.set(numbers);
    this.#used += numbers.length;
    return list;
  }

  /** The number of a term; `undefined` for a new one when there are too many. */
  numberOf(name: string, kind: Term['kind'] = 'word'): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#names.length >= MOST_TERMS) return undefined;
    const number = this.#names.length;
    const own = ownCopy(name);
    this.#numbers.set(own, number);
    this.#names.push(own);
    this.#tickets.push(0);
    this.#kinds.push(kind);
    const ideas = ideasOf(own);
    if (ideas !== undefined) this.#ideas.set(number, ideas);
    return number;
  }

  /** The numbers of the terms that a word counts as, without function words. */
  numbersOf(word: string): readonly number[] {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const numbers = termsOfWord(word)
      .filter(({ kind }) => kind !== 'function')
      .flatMap(({ term, kind }) => this.numberOf(term, kind) ?? []);
    if (this.#words.size < MOST_TERMS) this.#words.set(ownCopy(word), numbers);
    return numbers;
  }

  nameOf(number: number): string {
    return this.#names[number] ?? '';
  }

  isNumber(number: number): boolean {
    return this.#kinds[number] === 'number';
  }

  /** The lines of related words that the terms stand in, as a set of bits. */
  ideasIn(terms: Int32Array): Int32Array {
    const bits = new Int32Array(WORDS_OF_IDEAS);
    for (const term of terms)
      for (const line of this.#ideas.get(term) ?? [])
        bits[line >> 5] = (bits[line >> 5] ?? 0) | (1 << (line & 31));
    return this.listOf(bits);
  }

  /** Whether a term stands in one of the lines of a set of {@link ideasIn}. */
  meets(term: number, bits: Int32Array): boolean {
    for (const line of this.#ideas.get(term) ?? [])
      if (((bits[line >> 5] ?? 0) & (1 << (line & 31))) !== 0) return true;
    return false;
  }

  get size(): number {
    return this.#names.length;
  }

  /** Counts one ticket with these terms. */
  count(...lists: readonly Int32Array[]): void {
    this.#count += 1;
    for (const list of lists) for (const term of list) this.#tickets[term] = (this.#tickets[term] ?? 0) + 1;
  }

  /** In how many tickets a term is. */
  ticketsWith(term: number): number {
    return this.#tickets[term] ?? 0;
  }

  /**
   * What each term says: its inverse document frequency, ln(1 + (N + 50) / (n + 1)), a quarter of it for words that every
   * backlog is full of. The 50 keep a backlog of three tickets from judging by three tickets.
   */
  weights(): Float32Array {
    return Float32Array.from(this.#names, (name, term) => {
      const rarity = Math.log(1 + (this.#count + 50) / (this.ticketsWith(term) + 1));
      return commonTerms.has(name) ? rarity / 4 : rarity;
    });
  }
}

/** Reads what is compared of a ticket, and counts it in the vocabulary. */
export function featuresOf(
  ticket: Pick<Ticket, 'id' | 'title' | 'text' | 'fields'>,
  vocabulary: Vocabulary,
): Features {
  const { prose, criteria, files, mentions } = ticketParts(ticket);
  const numbered = (ids: readonly string[]): Int32Array =>
    vocabulary.listOf([...new Set(ids.flatMap((id) => vocabulary.numberOf(`#${id}`) ?? []))]);
  const own = ticket.id.toUpperCase();
  const parents = [...idsIn(ticket.fields, parentKeys), ...parentsOf(own)];
  return {
    ...features(ticket.id, ticket.title, [prose, ...criteria].join('\n'), files, vocabulary),
    links: numbered([...idsIn(ticket.fields, linkKeys), ...parents, ...mentions.filter((id) => id !== own)]),
    parents: numbered(parents),
  };
}

/** As `featuresOf`, for a request that is no ticket yet. */
export function features(
  id: string,
  title: string,
  text: string,
  files: readonly string[],
  vocabulary: Vocabulary,
): Features {
  const phrase: number[] = [];
  const said: number[] = [];
  for (const { term, kind } of termsOf(title)) {
    const number = vocabulary.numberOf(term, kind);
    if (number === undefined) continue;
    phrase.push(number);
    if (kind !== 'function') said.push(number);
  }
  const bodyTerms: number[] = [];
  for (const word of wordsOf(text)) {
    if (bodyTerms.length >= MOST_WORDS) break;
    for (const number of vocabulary.numbersOf(word)) bodyTerms.push(number);
  }
  const body = sortedOnce(bodyTerms);
  const all = sortedOnce([...said, ...body]);
  const paths = sortedOnce(
    files.slice(0, MOST_FILES).flatMap((file) => vocabulary.numberOf(`/${file}`) ?? []),
  );
  vocabulary.count(all, paths);
  return {
    id: vocabulary.numberOf(`#${id.toUpperCase()}`) ?? -1,
    title: vocabulary.listOf(said),
    phrase: vocabulary.listOf(phrase),
    all: vocabulary.listOf(all),
    topics: vocabulary.listOf(said.filter((term) => has(body, term))),
    ideas: vocabulary.ideasIn(all),
    files: vocabulary.listOf(paths),
    links: none,
    parents: none,
  };
}

/** The text in memory of its own: a part that V8 cuts out of a longer text keeps that in memory. */
function ownCopy(text: string): string {
  return text.length < LEAST_PART ? text : Buffer.from(text, 'utf8').toString('utf8');
}

/** V8 copies shorter parts. */
const LEAST_PART = 13;

const linkKeys = ['depends_on', 'dependencies', 'blockers', 'split_into', 'related_to'];
const parentKeys = ['parent', 'parent_id', 'parent_task_id', 'split_from'];

/** `BACK-41.2.1` is a part of `BACK-41.2` and `BACK-41`. */
function parentsOf(id: string): string[] {
  const parts = id.split('.', MOST_LEVELS);
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('.'));
}

const MOST_LEVELS = 8;

function idsIn(fields: Ticket['fields'], keys: readonly string[]): string[] {
  const values = keys.flatMap((key) => fields[key] ?? []);
  return values.filter((one) => typeof one === 'string').map((id) => id.toUpperCase());
}

/** Whether a sorted list has a term. */
export function has(sorted: Int32Array, term: number): boolean {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle] ?? 0;
    if (at === term) return true;
    if (at < term) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/** The numbers in ascending order, each once. */
function sortedOnce(numbers: readonly number[]): Int32Array {
  const sorted = new Int32Array(numbers).sort();
  let kept = 0;
  for (const number of sorted)
    if (kept === 0 || number !== sorted[kept - 1]) {
      sorted[kept] = number;
      kept += 1;
    }
  return sorted.slice(0, kept);
}
