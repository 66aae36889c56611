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

/** Where two titles differ that begin and end alike. */
interface Frame {
  readonly mine: Int32Array;
  readonly theirs: Int32Array;
  /** Share of the longer title that both have around it. */
  readonly share: number;
}

/** The one place in which two titles differ, where each says something; none for titles that differ in what only one of them says. */
function frameOf(a: Features, b: Features): Frame | undefined {
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
  if (frame === 0 || frame === p.length || frame === q.length) return undefined;
  const [mine, theirs] = [p.subarray(head, p.length - tail), q.subarray(head, q.length - tail)];
  // `Guests may comment` and `Guests may write comments` differ in what only one of them says.
  if (!mine.some((term) => a.title.includes(term))) return undefined;
  if (!theirs.some((term) => b.title.includes(term))) return undefined;
  return { mine, theirs, share: frame / Math.max(p.length, q.length) };
}

/** Titles that begin and end alike with something else between: `Document the v1 API`, `Document the v2 API`. */
export function sibling(a: Features, b: Features, weights: Weights): number {
  const frame = frameOf(a, b);
  if (frame === undefined) return 0;
  const known = coverage(a.title, b.all, weights) === 1 && coverage(b.title, a.all, weights) === 1;
  return known && !exchanged(frame, weights) ? 0 : frame.share;
}

/** Share of a title above which other words in it are no rewording. */
const TEMPLATE = 0.6;
/** So many words of each title may differ. */
const LONGEST_SLOT = 3;

function exchanged({ mine, theirs, share }: Frame, weights: Weights): boolean {
  if (share < TEMPLATE || mine.length > LONGEST_SLOT || theirs.length > LONGEST_SLOT) return false;
  return [...mine, ...theirs].some((term) => (weights[term] ?? 0) > LEAST_TELLING);
}

/**
 * Long titles that differ in one place only: `Add a documentation field to the task`, `Add a references field to the task`, `Index
 * orders.customer_id`, `Index orders.created_at`. They were written after one template for different things, even where the
 * descriptions speak of both; unless the words are related (`Fix dead links in the guide`, `Fix broken links in the guide`).
 */
export function templated(
  a: Features,
  b: Features,
  weights: Weights,
  alike: (one: number, other: number) => boolean,
): boolean {
  const frame = frameOf(a, b);
  if (frame === undefined || !exchanged(frame, weights)) return false;
  const { mine, theirs } = frame;
  return !mine.some((one) => theirs.some((other) => alike(one, other)));
}
