import type { Ticket } from '../../tickets/ticket.ts';
import { NumberLists } from './number-lists.ts';
import { ticketParts } from './parts.ts';
import { WORDS_OF_IDEAS } from './related.ts';
import { wordsOf } from './terms.ts';
import { Vocabulary } from './vocabulary.ts';

/** What of a ticket the search compares, as numbers of the {@link Vocabulary}. */
export interface Features {
  /** The id, as a term of its own. */
  readonly id: number;
  /** The title's terms in order, without function words. */
  readonly title: Int32Array;
  /** The title with its function words, for what stands where. */
  readonly phrase: Int32Array;
  /** Terms of the title that description and criteria have, too, in its order. */
  readonly topics: Int32Array;
  /** All terms of title, description and criteria, sorted, each once. */
  readonly all: Int32Array;
  /** The lines of related words that its terms stand in, as a set of bits. */
  readonly ideas: Int32Array;
  /** Affected files, as terms of their own, sorted. */
  readonly files: Int32Array;
  /** Ids that the front matter names as dependency, parent or part, and those that the text speaks of. */
  readonly links: Int32Array;
  /** Of these the ones that it is a part of. */
  readonly parents: Int32Array;
}

/** Where the lists of a ticket stand among those of {@link FeatureStore.lists}: ticket × {@link LISTS} + one of these. */
export const List = {
  title: 0,
  phrase: 1,
  topics: 2,
  all: 3,
  ideas: 4,
  files: 5,
  links: 6,
  parents: 7,
  id: 8,
} as const;
export const LISTS = 9;

/** Words of one ticket that are read. */
const MOST_WORDS = 1_200;
const MOST_FILES = 100;

/**
 * What is compared of each ticket, in a few blocks of numbers. Nothing here holds on to a ticket's text, of which a part keeps the
 * whole in memory, nor has an object for each ticket: ten thousand of either are 100 MiB.
 */
export class FeatureStore {
  readonly vocabulary = new Vocabulary();
  readonly lists = new NumberLists();
  /** Term → the ticket whose text has it, of the one that is being read. */
  #seenIn = new Int32Array(1 << 12);
  #reading = 0;

  get size(): number {
    return this.lists.length / LISTS;
  }

  add(ticket: Pick<Ticket, 'id' | 'title' | 'text' | 'fields'>): void {
    const { prose, criteria, files, mentions } = ticketParts(ticket);
    const own = ticket.id.toUpperCase();
    const parents = [...idsIn(ticket.fields, parentKeys), ...parentsOf(own)];
    const links = [...idsIn(ticket.fields, linkKeys), ...parents, ...mentions.filter((id) => id !== own)];
    this.#add(own, ticket.title, [prose, ...criteria].join('\n'), files, links, parents);
  }

  /** Adds a request that is no ticket yet. Its id is empty. */
  addRequest(title: string, text: string): void {
    this.#add('', title, text, [], [], []);
  }

  /** The features of a ticket; good until the next one is added. */
  at(ticket: number): Features {
    const list = (which: number): Int32Array => this.lists.at(ticket * LISTS + which);
    return {
      id: list(List.id)[0] ?? -1,
      title: list(List.title),
      phrase: list(List.phrase),
      topics: list(List.topics),
      all: list(List.all),
      ideas: list(List.ideas),
      files: list(List.files),
      links: list(List.links),
      parents: list(List.parents),
    };
  }

  #add(
    id: string,
    title: string,
    text: string,
    files: readonly string[],
    links: readonly string[],
    parents: readonly string[],
  ): void {
    const { vocabulary, lists } = this;
    this.#reading += 1;
    vocabulary.countTicket();
    const all = this.#termsIn(text);
    const phrase: number[] = [];
    const said: number[] = [];
    for (const word of wordsOf(title)) {
      phrase.push(...vocabulary.allNumbersOf(word));
      said.push(...vocabulary.numbersOf(word));
    }
    lists.add(said);
    lists.add(phrase);
    lists.add(said.filter((term) => this.#seenIn[term] === this.#reading));
    for (const term of said) if (this.#isNew(term)) all.push(term);
    lists.addSorted(all);
    const ideas = new Array<number>(WORDS_OF_IDEAS).fill(0);
    for (const term of all) {
      vocabulary.count(term);
      for (const line of vocabulary.ideasOf(term) ?? [])
        ideas[line >> 5] = (ideas[line >> 5] ?? 0) | (1 << (line & 31));
    }
    lists.add(ideas);
    const paths = this.#numbered('/', files.slice(0, MOST_FILES));
    for (const file of paths) vocabulary.count(file);
    lists.addSorted(paths);
    lists.add(this.#numbered('#', links));
    lists.add(this.#numbered('#', parents));
    lists.add(this.#numbered('#', [id]));
  }

  /** The terms of a text, each once. */
  #termsIn(text: string): number[] {
    const found: number[] = [];
    let read = 0;
    for (const word of wordsOf(text)) {
      if (read >= MOST_WORDS) break;
      for (const term of this.vocabulary.numbersOf(word)) {
        read += 1;
        if (this.#isNew(term)) found.push(term);
      }
    }
    return found;
  }

  /** Whether a term is met for the first time in this ticket. */
  #isNew(term: number): boolean {
    if (term >= this.#seenIn.length) {
      const longer = new Int32Array(Math.max(term + 1, this.#seenIn.length * 2));
      longer.set(this.#seenIn);
      this.#seenIn = longer;
    }
    if (this.#seenIn[term] === this.#reading) return false;
    this.#seenIn[term] = this.#reading;
    return true;
  }

  #numbered(mark: string, names: readonly string[]): number[] {
    const numbers = names.flatMap((name) => this.vocabulary.numberOf(`${mark}${name}`) ?? []);
    return numbers.length < 2 ? numbers : [...new Set(numbers)];
  }
}

const linkKeys = ['depends_on', 'dependencies', 'blockers', 'split_into', 'related_to'];
const parentKeys = ['parent', 'parent_id', 'parent_task_id', 'split_from'];

/** `BACK-41.2.1` is a part of `BACK-41.2` and `BACK-41`. */
function parentsOf(id: string): string[] {
  const parts = id.split('.', MOST_LEVELS);
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('.'));
}

const MOST_LEVELS = 8;

function idsIn(fields: Ticket['fields'], keys: readonly string[]): string[] {
  const ids: string[] = [];
  for (const key of keys) {
    const value = fields[key];
    for (const one of Array.isArray(value) ? value : [value])
      if (typeof one === 'string') ids.push(one.toUpperCase());
  }
  return ids;
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
