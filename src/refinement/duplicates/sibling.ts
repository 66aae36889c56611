import { type Features, has } from './features.ts';

type Weights = Float32Array;

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

/** Weight below which a word is too common to tell two titles apart. */
const LEAST_TELLING = 1.2;

/** Titles that begin and end alike with something else between: `Document the v1 API`, `Document the v2 API`. */
export function sibling(a: Features, b: Features, weights: Weights): number {
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
