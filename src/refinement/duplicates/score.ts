import { contradict, opposed, otherWork } from './conflicts.ts';
import { type Features, has, type Vocabulary } from './features.ts';

/** What two tickets have in common and what stands against it, each 0 to 1 where nothing else is said. */
export interface Comparison {
  /** Share of a title that the other ticket says somewhere, the better of the two directions. */
  readonly title: number;
  /** Share of a ticket that the other one says, the mean of the two directions. */
  readonly text: number;
  /** How much the shared words weigh: ln(1 + their sum) / 4. */
  readonly shared: number;
  /** Share of the smaller list of affected files that is in the other one; 0 when one of them names none. */
  readonly files: number;
  /** 1 when one of them names no files. */
  readonly noFiles: number;
  /** Titles alike but for one place, where each says what the other ticket does not know. */
  readonly sibling: number;
  /** Share of a title that is a topic which the other ticket does not know, the mean of the two directions. */
  readonly lonely: number;
  /** How many of the titles ask for a kind of work that the other ticket does not know, 0 to 2. */
  readonly work: number;
  /** 1 when one title asks for the opposite of what the other ticket speaks of. */
  readonly opposed: number;
  /** 1 when the titles contradict each other, or somebody has put the two in a relation. */
  readonly conflict: number;
}

type Weights = Float32Array;
type Likeness = Pick<Comparison, 'title' | 'text' | 'shared' | 'files' | 'noFiles'>;

/** The constant of the logistic regression: what two tickets have that share nothing. */
const INTERCEPT = -9.3;

/**
 * What each part of a comparison counts: a logistic regression with fixed signs over the tuning halves of the labelled tickets in
 * `tests/refinement/duplicates`. `node scripts/fit-duplicates.mjs` computes them.
 */
const coefficients: Readonly<Record<keyof Comparison, number>> = {
  title: 3.7,
  text: 2.7,
  shared: 3.8,
  files: 3.4,
  noFiles: 1.7,
  sibling: -3.4,
  lonely: -1.8,
  work: -1,
  opposed: -1.7,
  conflict: -3.8,
};

/** How likely two tickets ask for the same, 0 to 1. */
export function scoreOf(one: Comparison): number {
  const { sibling, lonely, work, opposed: against, conflict } = coefficients;
  return logistic(
    likeness(one) +
      sibling * one.sibling +
      lonely * one.lonely +
      work * one.work +
      against * one.opposed +
      conflict * one.conflict,
  );
}

function likeness(one: Likeness): number {
  const { title, text, shared, files, noFiles } = coefficients;
  return (
    INTERCEPT +
    title * one.title +
    text * one.text +
    shared * one.shared +
    files * one.files +
    noFiles * one.noFiles
  );
}

function logistic(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** The score that two tickets would have if nothing stood against it: most candidates need no closer look. */
export function highestScore(a: Features, b: Features, weights: Weights, vocabulary: Vocabulary): number {
  return logistic(likeness(likenessOf(a, b, weights, vocabulary)));
}

/** Weighs one ticket against another. */
export function compare(a: Features, b: Features, weights: Weights, vocabulary: Vocabulary): Comparison {
  const nameOf = (term: number): string => vocabulary.nameOf(term);
  return {
    ...likenessOf(a, b, weights, vocabulary),
    sibling: sibling(a, b, weights),
    lonely: (lonely(a, b, weights, vocabulary) + lonely(b, a, weights, vocabulary)) / 2,
    work: otherWork(a, b, vocabulary),
    opposed: Number(opposed(a, b, nameOf) || opposed(b, a, nameOf)),
    conflict: Number(contradict(a, b, vocabulary)),
  };
}

/** What a word counts where the other ticket has a related one only. */
const RELATED = 0.5;

function likenessOf(a: Features, b: Features, weights: Weights, vocabulary: Vocabulary): Likeness {
  let [shared, mine, theirs, ofMine, ofTheirs] = [0, 0, 0, 0, 0];
  const [p, q] = [a.all, b.all];
  let [x, y] = [0, 0];
  while (x < p.length || y < q.length) {
    const s = p[x] ?? Number.POSITIVE_INFINITY;
    const t = q[y] ?? Number.POSITIVE_INFINITY;
    if (s === t) {
      const weight = weights[s] ?? 0;
      shared += weight;
      mine += weight;
      theirs += weight;
      x += 1;
      y += 1;
    } else if (s < t) {
      const weight = weights[s] ?? 0;
      mine += weight;
      if (vocabulary.meets(s, b.ideas)) ofMine += weight;
      x += 1;
    } else {
      const weight = weights[t] ?? 0;
      theirs += weight;
      if (vocabulary.meets(t, a.ideas)) ofTheirs += weight;
      y += 1;
    }
  }
  const noFiles = a.files.length === 0 || b.files.length === 0;
  return {
    title: Math.max(known(a.title, b, weights, vocabulary), known(b.title, a, weights, vocabulary)),
    text:
      ((shared + RELATED * ofMine) / Math.max(mine, 1) +
        (shared + RELATED * ofTheirs) / Math.max(theirs, 1)) /
      2,
    shared: Math.log1p(shared) / 4,
    files: noFiles ? 0 : overlap(a.files, b.files),
    noFiles: Number(noFiles),
  };
}

/** Share of a title that the other ticket knows, related words included. */
function known(title: Int32Array, other: Features, weights: Weights, vocabulary: Vocabulary): number {
  let [found, sum] = [0, 0];
  for (const term of title) {
    const weight = weights[term] ?? 0;
    sum += weight;
    if (has(other.all, term)) found += weight;
    else if (vocabulary.meets(term, other.ideas)) found += RELATED * weight;
  }
  return sum === 0 ? 0 : found / sum;
}

/** What an unknown topic counts where the other ticket has a related word. */
const HALF_KNOWN = 0.3;

/** A topic is what both title and description of a ticket speak of. */
function lonely(one: Features, other: Features, weights: Weights, vocabulary: Vocabulary): number {
  let [found, sum] = [0, 0];
  for (const term of one.title) {
    const weight = weights[term] ?? 0;
    sum += weight;
    if (!one.topics.includes(term) || has(other.all, term)) continue;
    found += vocabulary.meets(term, other.ideas) ? HALF_KNOWN * weight : weight;
  }
  return found / Math.max(sum, 1);
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

function overlap(a: Int32Array, b: Int32Array): number {
  let shared = 0;
  for (const one of a) if (has(b, one)) shared += 1;
  return shared / Math.min(a.length, b.length);
}

/** Weight below which a word is too common to tell two titles apart. */
const LEAST_TELLING = 1.2;

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
  return [...mine, ...theirs].some((term) => (weights[term] ?? 0) > LEAST_TELLING);
}
