import { contradict, opposed, otherWork } from './conflicts.ts';
import { type FeatureStore, LISTS, List } from './features.ts';
import type { Comparison, Likeness } from './score.ts';
import { sibling, templated } from './sibling.ts';

/** What a word counts where the other ticket has a related one only. */
const RELATED = 0.5;
/** So many words a ticket may have before the words that it shares count less. */
const PLAIN_LENGTH = 45;
/** What a word of two tickets weighs in a backlog of about 130, by which all others are measured. */
const RAREST = 4.5;
/** What an unknown topic counts where the other ticket has a related word. */
const HALF_KNOWN = 0.3;

/** Compares the tickets of a store with one another, once all are in it. */
export class Comparer {
  /** What each term says. */
  readonly weights: Float32Array;
  readonly #store: FeatureStore;
  /** What a word weighs that two tickets have, about. */
  readonly #rarest: number;
  readonly #numbers: Int32Array;
  readonly #from: Int32Array;
  /** The lines of related words that term t stands in: `#lines` from `#linesFrom[t]` to `#linesFrom[t + 1]`. */
  readonly #linesFrom: Int32Array;
  readonly #lines: Int32Array;
  /** How much each term tells of one matter: 1 for a word that only two tickets have, a quarter for one of four. */
  readonly #rarity: Float32Array;

  constructor(store: FeatureStore) {
    const { vocabulary, lists } = store;
    this.#store = store;
    this.#numbers = lists.numbers();
    this.#from = Int32Array.from({ length: lists.length + 1 }, (_, list) => lists.begin(list));
    this.weights = vocabulary.weights();
    this.#rarity = vocabulary.rarities();
    this.#rarest = Math.log(1 + (store.size + 50) / 2);
    this.#linesFrom = new Int32Array(vocabulary.size + 1);
    const lines: number[] = [];
    for (let term = 0; term < vocabulary.size; term += 1) {
      for (const line of vocabulary.ideasOf(term) ?? []) lines.push(line);
      this.#linesFrom[term + 1] = lines.length;
    }
    this.#lines = Int32Array.from(lines);
  }

  /** What two tickets have in common: cheap, since most pairs have too little. */
  likeness(x: number, y: number): Likeness {
    const [ofX, ofY, sum, rare] = this.#together(x, y);
    const [titleOfX, titleOfY] = [this.#known(x, y), this.#known(y, x)];
    const [filesOfX, filesOfY] = [this.#count(x, List.files), this.#count(y, List.files)];
    const worth = this.#worth(x, y);
    const noFiles = filesOfX === 0 || filesOfY === 0;
    return {
      title: Math.max(titleOfX, titleOfY),
      // A ticket that is a title and nothing else is compared with the other one's title.
      text: ((this.#isBare(y) ? titleOfX : ofX) + (this.#isBare(x) ? titleOfY : ofY)) / 2,
      shared: Math.log1p(sum * worth) / 4,
      rare: noFiles ? Math.log1p(rare * worth) / 2 : 0,
      files: noFiles ? 0 : this.#sharedFiles(x, y) / Math.min(filesOfX, filesOfY),
      noFiles: Number(noFiles),
    };
  }

  /** Whether each title has a number that the other ticket does not know: `PR 524`, `PR 527`. */
  otherNumbers(x: number, y: number): boolean {
    return this.#lonelyNumber(x, y) && this.#lonelyNumber(y, x);
  }

  compare(x: number, y: number, likeness: Likeness = this.likeness(x, y)): Comparison {
    const { vocabulary } = this.#store;
    const [a, b] = [this.#store.at(x), this.#store.at(y)];
    const nameOf = (term: number): string => vocabulary.nameOf(term);
    return {
      ...likeness,
      sibling: sibling(a, b, this.weights),
      lonely: (this.#lonely(x, y) + this.#lonely(y, x)) / 2,
      work: otherWork(a, b, vocabulary, (term, other) => this.#meets(term, other === a ? x : y)),
      opposed: Number(opposed(a, b, nameOf) || opposed(b, a, nameOf)),
      conflict: Number(this.contradict(x, y)),
    };
  }

  contradict(x: number, y: number): boolean {
    const [a, b] = [this.#store.at(x), this.#store.at(y)];
    return (
      this.otherNumbers(x, y) ||
      contradict(a, b, this.#store.vocabulary) ||
      templated(a, b, this.weights, (one, other) => this.#alike(one, other))
    );
  }

  /**
   * What shared words are worth: two long texts of one project share many by chance, by the product of their lengths, and in a large
   * backlog each word weighs more.
   */
  #worth(x: number, y: number): number {
    const lengths = this.#count(x, List.all) * this.#count(y, List.all);
    return (Math.min(1, PLAIN_LENGTH ** 2 / lengths) * RAREST) / this.#rarest;
  }

  #isBare(ticket: number): boolean {
    return this.#count(ticket, List.all) <= this.#count(ticket, List.title);
  }

  /** Share of each ticket that the other one says, and the weight and rarity of the words that both have. */
  #together(
    one: number,
    other: number,
  ): readonly [ofOne: number, ofOther: number, shared: number, rare: number] {
    let [shared, rare, mine, theirs, ofMine, ofTheirs] = [0, 0, 0, 0, 0, 0];
    let [x, endOfX] = [this.#begin(one, List.all), this.#end(one, List.all)];
    let [y, endOfY] = [this.#begin(other, List.all), this.#end(other, List.all)];
    while (x < endOfX || y < endOfY) {
      const s = x < endOfX ? (this.#numbers[x] ?? 0) : Number.MAX_SAFE_INTEGER;
      const t = y < endOfY ? (this.#numbers[y] ?? 0) : Number.MAX_SAFE_INTEGER;
      const weight = this.weights[Math.min(s, t)] ?? 0;
      if (s === t) {
        shared += weight;
        rare += this.#rarity[s] ?? 0;
        x += 1;
        y += 1;
      } else if (s < t) {
        mine += weight;
        if (this.#meets(s, other)) ofMine += weight;
        x += 1;
      } else {
        theirs += weight;
        if (this.#meets(t, one)) ofTheirs += weight;
        y += 1;
      }
    }
    const ofOne = (shared + RELATED * ofMine) / Math.max(shared + mine, 1);
    const ofOther = (shared + RELATED * ofTheirs) / Math.max(shared + theirs, 1);
    return [ofOne, ofOther, shared, rare];
  }

  /** Share of the title of one ticket that the other one knows, related words included. */
  #known(one: number, other: number): number {
    let [found, sum] = [0, 0];
    for (let at = this.#begin(one, List.title); at < this.#end(one, List.title); at += 1) {
      const term = this.#numbers[at] ?? 0;
      const weight = this.weights[term] ?? 0;
      sum += weight;
      if (this.#has(other, term)) found += weight;
      else if (this.#meets(term, other)) found += RELATED * weight;
    }
    return sum === 0 ? 0 : found / sum;
  }

  /** Share of the title of one ticket that is a topic, which title and description both speak of, and that the other does not know. */
  #lonely(one: number, other: number): number {
    let [found, sum] = [0, 0];
    const { title, topics } = this.#store.at(one);
    for (const term of title) {
      const weight = this.weights[term] ?? 0;
      sum += weight;
      if (!topics.includes(term) || this.#has(other, term)) continue;
      found += this.#meets(term, other) ? HALF_KNOWN * weight : weight;
    }
    return found / Math.max(sum, 1);
  }

  #lonelyNumber(one: number, other: number): boolean {
    for (let at = this.#begin(one, List.title); at < this.#end(one, List.title); at += 1) {
      const term = this.#numbers[at] ?? 0;
      if (this.#store.vocabulary.isNumber(term) && !this.#has(other, term)) return true;
    }
    return false;
  }

  #sharedFiles(one: number, other: number): number {
    let shared = 0;
    for (let at = this.#begin(one, List.files); at < this.#end(one, List.files); at += 1)
      if (this.#has(other, this.#numbers[at] ?? 0, List.files)) shared += 1;
    return shared;
  }

  #has(ticket: number, term: number, list: number = List.all): boolean {
    let [low, high] = [this.#begin(ticket, list), this.#end(ticket, list) - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const at = this.#numbers[middle] ?? 0;
      if (at === term) return true;
      if (at < term) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  /** Whether a ticket has a word that is related to the term. */
  #meets(term: number, ticket: number): boolean {
    const end = this.#linesFrom[term + 1] ?? 0;
    let at = this.#linesFrom[term] ?? 0;
    if (at === end) return false;
    const bits = this.#begin(ticket, List.ideas);
    for (; at < end; at += 1) {
      const line = this.#lines[at] ?? 0;
      if (((this.#numbers[bits + (line >> 5)] ?? 0) & (1 << (line & 31))) !== 0) return true;
    }
    return false;
  }

  /** Whether two terms are related. */
  #alike(one: number, other: number): boolean {
    const { vocabulary } = this.#store;
    const lines = vocabulary.ideasOf(other);
    return lines !== undefined && (vocabulary.ideasOf(one) ?? []).some((line) => lines.includes(line));
  }

  #begin(ticket: number, list: number): number {
    return this.#from[ticket * LISTS + list] ?? 0;
  }

  #end(ticket: number, list: number): number {
    return this.#from[ticket * LISTS + list + 1] ?? 0;
  }

  #count(ticket: number, list: number): number {
    return this.#end(ticket, list) - this.#begin(ticket, list);
  }
}
