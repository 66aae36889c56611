import { type Features, has, type Vocabulary } from './features.ts';
import { type Roles, rolesExchanged, rolesOf } from './roles.ts';
import { kinds, opposites, termOf, workTerms } from './words.ts';

/** What two tickets have in common and what stands against it, each 0 to 1. */
export interface Comparison {
  /** Share of a title that the other ticket says somewhere; the better and the worse of the two directions. */
  readonly covered: number;
  readonly coveredLess: number;
  /** Cosine of the weighted terms of the whole tickets. */
  readonly text: number;
  /** Share of the smaller list of affected files; `undefined` when one of them names none. */
  readonly files: number | undefined;
  /** Titles alike but for one place, where each says what the other ticket does not know. */
  readonly sibling: number;
  /** How many of the titles ask for a kind of work that the other ticket does not know, 0 to 2. */
  readonly work: number;
  /** How many of the tickets have a topic that the other one does not know, 0 to 2. */
  readonly topics: number;
  /** One title asks for the opposite of what the other ticket speaks of. */
  readonly opposed: boolean;
  /** Opposites, other numbers, other kinds of one thing, exchanged roles, a prohibition on one side. */
  readonly conflict: boolean;
}

type Weights = Float32Array;

/**
 * How likely two tickets ask for the same, 0 to 1: a logistic regression over the comparison, fitted once on the tuning half
 * of the labelled tickets in `tests/refinement/duplicates` and rounded.
 */
export function scoreOf(one: Comparison): number {
  return logistic(
    likeness(one) -
      5.2 * one.sibling -
      2.4 * one.work -
      3 * Number(one.topics === 2) -
      0.7 * Number(one.topics > 0) -
      2.7 * Number(one.opposed) -
      6.9 * Number(one.conflict),
  );
}

/** Weight below which a word is too common to be a topic. */
const LEAST_TOPIC = 1.2;

type Likeness = Pick<Comparison, 'covered' | 'coveredLess' | 'text' | 'files'>;

function likeness({ covered, coveredLess, text, files }: Likeness): number {
  return (
    -7.5 + 6.6 * covered - 0.9 * coveredLess + 5.4 * text + 5.5 * (files === undefined ? 0 : files - 0.5)
  );
}

function logistic(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** The score that two tickets would have if nothing stood against it: most candidates need no closer look. */
export function highestScore(a: Features, b: Features, weights: Weights): number {
  return logistic(likeness(likenessOf(a, b, weights)));
}

function likenessOf(a: Features, b: Features, weights: Weights): Likeness {
  const ab = coverage(a.title, b.all, weights);
  const ba = coverage(b.title, a.all, weights);
  return {
    covered: Math.max(ab, ba),
    coveredLess: Math.min(ab, ba),
    text: cosine(a.all, b.all, weights),
    files: a.files.length === 0 || b.files.length === 0 ? undefined : overlap(a.files, b.files),
  };
}

/** Weighs one ticket against another. */
export function compare(a: Features, b: Features, weights: Weights, vocabulary: Vocabulary): Comparison {
  const nameOf = (term: number): string => vocabulary.nameOf(term);
  const [p, q] = [a, b].map(({ phrase }) => Array.from(phrase, nameOf)) as [string[], string[]];
  return {
    ...likenessOf(a, b, weights),
    sibling: sibling(a, b, weights),
    work: otherWork(a, b, nameOf),
    topics: otherTopics(a, b, weights),
    opposed: opposed(a, b, nameOf) || opposed(b, a, nameOf),
    conflict:
      related(a, b) ||
      otherNumbers(a, b, vocabulary) ||
      contrasting(a, b, opposites, nameOf) ||
      contrasting(a, b, kinds, nameOf) ||
      swapped(p, q) ||
      rolesExchanged(rolesIn(a, p, nameOf), rolesIn(b, q, nameOf)) ||
      forbids(p, q) ||
      forbids(q, p),
  };
}

function rolesIn({ title }: Features, phrase: readonly string[], nameOf: (term: number) => string): Roles {
  return rolesOf(phrase, new Set(Array.from(title, nameOf)));
}

function coverage(title: Int32Array, all: Int32Array, weights: Weights): number {
  let found = 0;
  let sum = 0;
  for (const term of title) {
    const weight = weights[term] ?? 0;
    sum += weight;
    if (has(all, term)) found += weight;
  }
  return sum === 0 ? 0 : found / sum;
}

function cosine(a: Int32Array, b: Int32Array, weights: Weights): number {
  let dot = 0;
  let x = 0;
  let y = 0;
  while (x < a.length && y < b.length) {
    const p = a[x] ?? 0;
    const q = b[y] ?? 0;
    if (p === q) {
      dot += (weights[p] ?? 0) ** 2;
      x += 1;
      y += 1;
    } else if (p < q) x += 1;
    else y += 1;
  }
  return dot === 0 ? 0 : dot / Math.sqrt(square(a, weights) * square(b, weights));
}

function square(terms: Int32Array, weights: Weights): number {
  let sum = 0;
  for (const term of terms) sum += (weights[term] ?? 0) ** 2;
  return sum;
}

function overlap(a: Int32Array, b: Int32Array): number {
  let shared = 0;
  for (const one of a) if (has(b, one)) shared += 1;
  return shared / Math.min(a.length, b.length);
}

/** Titles that begin and end alike with something else between: `Document the v1 API`, `Document the v2 API`. */
function sibling(a: Features, b: Features, weights: Weights): number {
  const [p, q] = [a.phrase, b.phrase];
  let head = 0;
  while (head < p.length && head < q.length && p[head] === q[head]) head += 1;
  let tail = 0;
  while (
    tail < p.length - head &&
    tail < q.length - head &&
    p[p.length - 1 - tail] === q[q.length - 1 - tail]
  )
    tail += 1;
  const frame = head + tail;
  if (frame === 0 || frame === p.length || frame === q.length) return 0;
  const [mine, theirs] = [p.subarray(head, p.length - tail), q.subarray(head, q.length - tail)];
  // `Guests may comment` and `Guests may write comments` differ in what only one of them says.
  if (![...mine].some((term) => a.title.includes(term))) return 0;
  if (![...theirs].some((term) => b.title.includes(term))) return 0;
  const share = frame / Math.max(p.length, q.length);
  const known = coverage(a.title, b.all, weights) === 1 && coverage(b.title, a.all, weights) === 1;
  return known && !exchanged(mine, theirs, share, weights) ? 0 : share;
}

/** Share of a title above which another word in it is no rewording. */
const TEMPLATE = 0.65;

/**
 * Long titles that differ in one telling word: `Add a documentation field to the task`, `Add a references field to the task`. They
 * were written after one template for different things, even where the descriptions speak of both words.
 */
function exchanged(mine: Int32Array, theirs: Int32Array, share: number, weights: Weights): boolean {
  if (share < TEMPLATE || mine.length !== 1 || theirs.length !== 1) return false;
  return [...mine, ...theirs].some((term) => (weights[term] ?? 0) > LEAST_TOPIC);
}

/**
 * Somebody has put the two in a relation, and so has seen both: one names the other, or they are parts of one thing.
 */
export function related(a: Features, b: Features): boolean {
  if (a.links.includes(b.id) || b.links.includes(a.id)) return true;
  return a.parents.some((id) => b.parents.includes(id));
}

/** Each title has a number that the other ticket does not know. */
function otherNumbers(a: Features, b: Features, vocabulary: Vocabulary): boolean {
  const lonely = (one: Features, other: Features): boolean =>
    one.title.some((term) => vocabulary.isNumber(term) && !has(other.all, term));
  return lonely(a, b) && lonely(b, a);
}

/** Titles with different words of one line of `table`. */
function contrasting(a: Features, b: Features, table: Table, nameOf: (term: number) => string): boolean {
  const mine = linesOf(a.title, table, nameOf);
  if (mine.size === 0) return false;
  for (const [line, terms] of linesOf(b.title, table, nameOf)) {
    const others = mine.get(line);
    if (others !== undefined && !terms.some((term) => others.includes(term))) return true;
  }
  return false;
}

/** What nearly every ticket does; that it does so opposes nothing. */
const addTerm = termOf('add');

/** A title asks for one of two opposites, and the other ticket speaks of the other one only. */
function opposed(a: Features, b: Features, nameOf: (term: number) => string): boolean {
  const mine = linesOf(a.title, opposites, nameOf);
  if (mine.size === 0) return false;
  for (const [line, terms] of linesOf(b.all, opposites, nameOf)) {
    const others = mine.get(line);
    if (others === undefined || terms.every((term) => nameOf(term) === addTerm)) continue;
    if (!others.some((term) => has(b.all, term))) return true;
  }
  return false;
}

type Table = ReadonlyMap<string, readonly number[]>;

function linesOf(
  terms: Int32Array,
  table: Table,
  nameOf: (term: number) => string,
): Map<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const term of terms)
    for (const line of table.get(nameOf(term)) ?? []) found.set(line, [...(found.get(line) ?? []), term]);
  return found;
}

const [removeTerm, replaceTerm] = [termOf('remove'), termOf('replace')];

/** How many of the two titles begin with a certain kind of work that the other ticket does not speak of. */
function otherWork(a: Features, b: Features, nameOf: (term: number) => string): number {
  const lonely = (one: Features, other: Features): boolean =>
    one.title.subarray(0, 2).some((term) => {
      const name = nameOf(term);
      if (!workTerms.has(name) || has(other.all, term)) return false;
      // What is replaced is removed.
      return name !== removeTerm || !other.title.some((theirs) => nameOf(theirs) === replaceTerm);
    });
  return Number(lonely(a, b)) + Number(lonely(b, a));
}

/** A topic is what both title and description of a ticket speak of. */
function otherTopics(a: Features, b: Features, weights: Weights): number {
  const lonely = (one: Features, other: Features): boolean =>
    one.title.some(
      (term) => (weights[term] ?? 0) > LEAST_TOPIC && one.topics.includes(term) && !has(other.all, term),
    );
  return Number(lonely(a, b)) + Number(lonely(b, a));
}

/** Two words of the title changed places and nothing else did: `client calls server`, `server calls client`. */
function swapped(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const differing: number[] = [];
  for (let at = 0; at < a.length && differing.length < 3; at += 1) if (a[at] !== b[at]) differing.push(at);
  const [x = 0, y = 0] = differing;
  return (
    differing.length === 2 &&
    a[x] === b[y] &&
    a[y] === b[x] &&
    !a.slice(x, y).some((word) => word === 'and' || word === 'or')
  );
}

/** `Do not …`, `Never …`, `Stop …ing` of what the other title asks for. A fault that it tells of (`does not`) is none. */
function forbids(phrase: readonly string[], other: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = phrase;
  const verb = prohibitions.has(first) ? second : first === 'do' && second === 'not' ? third : '';
  if (verb === '' || prohibitions.has(other[0] ?? '')) return false;
  return other.some((word, at) => word === verb && (at < 2 || asksFor.has(other[at - 1] ?? '')));
}

/** Words that a verb follows. */
const asksFor: ReadonlySet<string> = new Set(
  ['that', 'to', 'should', 'must', 'will', 'can', 'which'].map(termOf),
);
const prohibitions: ReadonlySet<string> = new Set(['dont', 'never', 'avoid', 'prevent', 'stop'].map(termOf));
