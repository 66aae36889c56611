import { ideasOf } from './related.ts';
import { type Term, termsOfWord } from './terms.ts';
import { commonTerms } from './words.ts';

/** Distinct words that are told apart; a backlog of data instead of words must not fill the memory. */
const MOST_TERMS = 400_000;

/** The numbers of the terms of a word. */
interface WordNumbers {
  readonly all: readonly number[];
  /** Without function words. */
  readonly said: readonly number[];
}

/** The terms of a backlog, by number, with how many tickets have each. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();
  readonly #words = new Map<string, WordNumbers>();
  readonly #names: string[] = [];
  readonly #tickets: number[] = [];
  readonly #kinds: Term['kind'][] = [];
  /** Term → the lines of related words that it stands in, of those that stand in any. */
  readonly #ideas = new Map<number, readonly number[]>();
  #count = 0;

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
    return this.#read(word).said;
  }

  /** As {@link numbersOf}, with function words. */
  allNumbersOf(word: string): readonly number[] {
    return this.#read(word).all;
  }

  #read(word: string): WordNumbers {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const terms = termsOfWord(word);
    const numbers = (some: readonly Term[]): number[] =>
      some.flatMap(({ term, kind }) => this.numberOf(term, kind) ?? []);
    const all = numbers(terms);
    const plain = terms.every(({ kind }) => kind !== 'function');
    const read = { all, said: plain ? all : numbers(terms.filter(({ kind }) => kind !== 'function')) };
    if (this.#words.size < MOST_TERMS) this.#words.set(ownCopy(word), read);
    return read;
  }

  nameOf(number: number): string {
    return this.#names[number] ?? '';
  }

  isNumber(number: number): boolean {
    return this.#kinds[number] === 'number';
  }

  /** The lines of related words that a term stands in, if any. */
  ideasOf(term: number): readonly number[] | undefined {
    return this.#ideas.get(term);
  }

  get size(): number {
    return this.#names.length;
  }

  /** Counts one more ticket. */
  countTicket(): void {
    this.#count += 1;
  }

  /** Counts one more ticket that has a term. */
  count(term: number): void {
    this.#tickets[term] = (this.#tickets[term] ?? 0) + 1;
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

  /**
   * How much each term tells of one matter: 4 / n² for one of n tickets, so that a word which hardly any other ticket has says much
   * more than the rest; nothing for words that every backlog is full of. In a large backlog n grows with the root of its size. A
   * small one is thought larger, since each of its words is in few tickets: of the tickets that it lacks, {@link KNOWN} would have
   * a word of the lists of related words, and {@link OTHER} another one.
   */
  rarities(): Float32Array {
    const scale = Math.min(1, Math.sqrt(PLAIN_SIZE / this.#count));
    const lacking = Math.max(0, PLAIN_SIZE - this.#count);
    return Float32Array.from(this.#names, (name, term) => {
      if (commonTerms.has(name)) return 0;
      const tickets = this.ticketsWith(term) + lacking * (this.#ideas.has(term) ? KNOWN : OTHER);
      return 4 / Math.max(2, tickets * scale) ** 2;
    });
  }
}

/** So many tickets show which words are rare. */
const PLAIN_SIZE = 130;
const KNOWN = 0.02;
const OTHER = 0.003;

/** The text in memory of its own: a part that V8 cuts out of a longer text keeps that in memory. */
function ownCopy(text: string): string {
  return text.length < LEAST_PART ? text : Buffer.from(text, 'utf8').toString('utf8');
}

/** V8 copies shorter parts. */
const LEAST_PART = 13;
