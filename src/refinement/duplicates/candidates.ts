import type { Features, Vocabulary } from './features.ts';

/** A word of more tickets than this pairs nobody: it would make pairs of a tenth of the backlog. */
const LONGEST_POSTING = 48;
/** Rare words of a ticket by which it is looked for. */
const KEYS = 16;
/** Partners of one ticket that are compared in full. */
const MOST_PARTNERS = 12;
/** Neighbours that are compared in a bucket that is too long for all pairs. */
const WINDOW = 8;

/**
 * Pairs that are worth a comparison, as indices, the smaller one first: tickets that share rare words, neighbouring words of
 * their titles (shingles), or an affected file. The number of pairs grows with the number of tickets, not with its square:
 * long lists are cut, and each ticket has at most {@link MOST_PARTNERS}.
 */
export function candidatePairs(
  tickets: readonly Features[],
  vocabulary: Vocabulary,
  weights: Float64Array,
): [number, number][] {
  const postings = new Map<number, number[]>();
  const keys = tickets.map((ticket) => keysOf(ticket, vocabulary, weights));
  for (const [index, own] of keys.entries())
    for (const key of own.keys()) {
      const list = postings.get(key);
      if (list === undefined) postings.set(key, [index]);
      else list.push(index);
    }
  const votes = new Float64Array(tickets.length);
  const pairs: [number, number][] = [];
  for (const [index, own] of keys.entries()) {
    const touched: number[] = [];
    for (const [key, weight] of own)
      for (const other of partnersIn(postings.get(key) ?? [], index)) {
        if (votes[other] === 0) touched.push(other);
        votes[other] = (votes[other] ?? 0) + weight;
      }
    const best =
      touched.length <= MOST_PARTNERS
        ? touched
        : touched.sort((a, b) => (votes[b] ?? 0) - (votes[a] ?? 0) || a - b).slice(0, MOST_PARTNERS);
    for (const other of best) pairs.push([other, index]);
    for (const other of touched) votes[other] = 0;
  }
  return pairs;
}

/** Those before `index` in a posting list: all of a short one, the nearest of a long one. */
function partnersIn(posting: readonly number[], index: number): readonly number[] {
  const at = posting.length <= LONGEST_POSTING ? posting.indexOf(index) : lowerBound(posting, index);
  return posting.slice(posting.length <= LONGEST_POSTING ? 0 : Math.max(0, at - WINDOW), at);
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By what a ticket is found, with what each key says: positive numbers are terms, negative ones shingles of the title. */
function keysOf(ticket: Features, vocabulary: Vocabulary, weights: Float64Array): Map<number, number> {
  const shared = [...ticket.all, ...ticket.files].filter((term) => vocabulary.ticketsWith(term) > 1);
  const rare = shared
    .filter((term) => vocabulary.ticketsWith(term) <= LONGEST_POSTING)
    .sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b)
    .slice(0, KEYS);
  const keys = new Map(rare.map((term) => [term, weights[term] ?? 0]));
  const inTitle = [...new Set(ticket.title)].sort((a, b) => a - b);
  for (const [at, term] of inTitle.entries()) {
    const next = inTitle[at + 1];
    if (next === undefined) continue;
    keys.set(
      -1 - ((Math.imul(term, 0x9e3779b1) ^ next) >>> 0),
      ((weights[term] ?? 0) + (weights[next] ?? 0)) / 2,
    );
  }
  return keys;
}
