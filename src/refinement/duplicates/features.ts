import type { Ticket } from '../../tickets/ticket.ts';
import { ticketParts } from './parts.ts';
import { type Roles, rolesOf } from './roles.ts';
import { termsOf, termsOfWord, wordsOf } from './terms.ts';
import { commonTerms, opposites } from './words.ts';

/** What of a ticket the search compares. Terms are numbers of the {@link Vocabulary}. */
export interface Features {
  readonly id: string;
  /** The title's terms in order, without function words. */
  readonly title: Uint32Array;
  /** The title with its function words, for what stands where. */
  readonly phrase: readonly string[];
  /** All terms of title, description and criteria, sorted, each once. */
  readonly all: Uint32Array;
  /** Those of all that have an opposite. */
  readonly stance: Uint32Array;
  /** Those of description and criteria. */
  readonly body: Uint32Array;
  /** Affected files, as terms of their own, sorted. */
  readonly files: Uint32Array;
  /** What the title says of direction and order. */
  readonly roles: Roles;
  /** Ids that the front matter names as dependency, parent or part. */
  readonly links: ReadonlySet<string>;
  /** Of these the ones that it is a part of. */
  readonly parents: ReadonlySet<string>;
  /** Terms of the title that have numbers in them. */
  readonly numbers: Uint32Array;
}

/** Distinct words that are told apart; a backlog of data instead of words must not fill the memory. */
const MOST_TERMS = 400_000;
/** Words of one ticket that are read. */
const MOST_WORDS = 1_200;
const MOST_FILES = 100;

/** The terms of a backlog, by number, with how many tickets have each. */
export class Vocabulary {
  readonly #numbers = new Map<string, number>();
  readonly #words = new Map<string, readonly number[]>();
  readonly #names: string[] = [];
  readonly #tickets: number[] = [];
  readonly #opposed: boolean[] = [];
  #count = 0;

  /** The number of a term; `undefined` for a new one when there are too many. */
  numberOf(name: string): number | undefined {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#names.length >= MOST_TERMS) return undefined;
    const number = this.#names.length;
    this.#numbers.set(name, number);
    this.#names.push(name);
    this.#tickets.push(0);
    this.#opposed.push(opposites.has(name));
    return number;
  }

  /** The numbers of the terms that a word counts as, without function words. */
  numbersOf(word: string): readonly number[] {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const numbers = termsOfWord(word)
      .filter(({ kind }) => kind !== 'function')
      .flatMap(({ term }) => this.numberOf(term) ?? []);
    if (this.#words.size < MOST_TERMS) this.#words.set(word, numbers);
    return numbers;
  }

  nameOf(number: number): string {
    return this.#names[number] ?? '';
  }

  hasOpposite(number: number): boolean {
    return this.#opposed[number] === true;
  }

  /** Counts one ticket with these terms. */
  count(...lists: readonly Uint32Array[]): void {
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
  weights(): Float64Array {
    return Float64Array.from(this.#names, (name, term) => {
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
  const { prose, criteria, files } = ticketParts(ticket);
  return {
    ...features(ticket.id, ticket.title, [prose, ...criteria].join('\n'), files, vocabulary),
    links: idsIn(ticket.fields, [...linkKeys, ...parentKeys]),
    parents: idsIn(ticket.fields, parentKeys),
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
  const words = termsOf(title);
  const phrase = words.map(({ term }) => term);
  const said = words.filter(({ kind }) => kind !== 'function');
  const numbers = said.filter(({ kind }) => kind === 'number');
  const titleTerms = said.flatMap(({ term }) => vocabulary.numberOf(term) ?? []);
  const bodyTerms: number[] = [];
  for (const word of wordsOf(text)) {
    if (bodyTerms.length >= MOST_WORDS) break;
    bodyTerms.push(...vocabulary.numbersOf(word));
  }
  const body = sortedOnce(bodyTerms);
  const all = sortedOnce([...titleTerms, ...body]);
  const paths = sortedOnce(
    files.slice(0, MOST_FILES).flatMap((file) => vocabulary.numberOf(`/${file}`) ?? []),
  );
  vocabulary.count(all, paths);
  return {
    id,
    title: Uint32Array.from(titleTerms),
    phrase,
    roles: rolesOf(phrase, new Set(said.map(({ term }) => term))),
    links: new Set(),
    parents: new Set(),
    all,
    stance: all.filter((term) => vocabulary.hasOpposite(term)),
    body,
    files: paths,
    numbers: sortedOnce(numbers.flatMap(({ term }) => vocabulary.numberOf(term) ?? [])),
  };
}

const linkKeys = ['depends_on', 'dependencies', 'blockers', 'split_into', 'related_to'];
const parentKeys = ['parent', 'parent_id', 'parent_task_id', 'split_from'];

function idsIn(fields: Ticket['fields'], keys: readonly string[]): ReadonlySet<string> {
  const values = keys.flatMap((key) => fields[key] ?? []);
  return new Set(values.filter((one) => typeof one === 'string').map((id) => id.toUpperCase()));
}

/** The numbers in ascending order, each once. */
function sortedOnce(numbers: readonly number[]): Uint32Array {
  const sorted = new Uint32Array(numbers).sort();
  let kept = 0;
  for (const number of sorted)
    if (kept === 0 || number !== sorted[kept - 1]) {
      sorted[kept] = number;
      kept += 1;
    }
  return sorted.slice(0, kept);
}
