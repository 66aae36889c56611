import { type FeatureStore, LISTS, List } from './features.ts';

/** A word of more tickets than this pairs nobody: it would make pairs of a tenth of the backlog. */
const LONGEST_POSTING = 48;
/** Rare words of a ticket by which it is looked for. */
const KEYS = 16;
/** Partners of one ticket that are compared in full. */
const MOST_PARTNERS = 12;
/** Neighbours that are compared in a bucket that is too long for all pairs. */
const WINDOW = 8;

/** For each key the tickets that have it, in ascending order: those of key k from `from[k]` to `from[k + 1]`. */
interface Postings {
  readonly from: Int32Array;
  readonly tickets: Int32Array;
}

/** By what each ticket is found, one list after the other, with what each key says. */
interface Keys {
  /** Those of ticket i stand from `from[i]` to `from[i + 1]`. */
  readonly from: Int32Array;
  readonly keys: readonly number[];
  readonly weights: readonly number[];
  /** All keys are smaller. */
  readonly most: number;
}

/**
 * Pairs that are worth a comparison, as indices, the smaller one first: tickets that share rare words, neighbouring words of
 * their titles (shingles), or an affected file. The number of pairs grows with the number of tickets, not with its square:
 * long lists are cut, and each ticket has at most {@link MOST_PARTNERS}.
 */
export function* candidatePairs(
  store: FeatureStore,
  tickets: readonly number[],
  weights: Float32Array,
): Generator<readonly [number, number]> {
  const own = keysOfAll(store, tickets, weights);
  const postings = postingsOf(own);
  const votes = new Float64Array(tickets.length);
  for (let index = 0; index < tickets.length; index += 1) {
    const touched: number[] = [];
    for (let at = own.from[index] ?? 0; at < (own.from[index + 1] ?? 0); at += 1) {
      const [first, end] = partnersIn(postings, own.keys[at] ?? 0, index);
      for (let place = first; place < end; place += 1) {
        const other = postings.tickets[place] ?? 0;
        if (votes[other] === 0) touched.push(other);
        votes[other] = (votes[other] ?? 0) + (own.weights[at] ?? 0);
      }
    }
    const best =
      touched.length <= MOST_PARTNERS
        ? touched
        : touched.sort((a, b) => (votes[b] ?? 0) - (votes[a] ?? 0) || a - b).slice(0, MOST_PARTNERS);
    for (const other of best) yield [other, index];
    for (const other of touched) votes[other] = 0;
  }
}

function postingsOf({ keys, from, most }: Keys): Postings {
  const starts = new Int32Array(most + 1);
  for (const key of keys) starts[key + 1] = (starts[key + 1] ?? 0) + 1;
  for (let key = 0; key < most; key += 1) starts[key + 1] = (starts[key + 1] ?? 0) + (starts[key] ?? 0);
  const next = starts.slice();
  const tickets = new Int32Array(keys.length);
  for (let index = 0; index + 1 < from.length; index += 1)
    for (let at = from[index] ?? 0; at < (from[index + 1] ?? 0); at += 1) {
      const key = keys[at] ?? 0;
      const place = next[key] ?? 0;
      tickets[place] = index;
      next[key] = place + 1;
    }
  return { from: starts, tickets };
}

/** Where those before `index` stand in the list of a key: all of a short one, the nearest of a long one. */
function partnersIn({ from, tickets }: Postings, key: number, index: number): readonly [number, number] {
  const [first, end] = [from[key] ?? 0, from[key + 1] ?? 0];
  let [low, high] = [first, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tickets[middle] ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return [end - first <= LONGEST_POSTING ? first : Math.max(first, low - WINDOW), low];
}

/** The rarest terms and files of each ticket that another one has, too, and shingles of its title. */
function keysOfAll(store: FeatureStore, tickets: readonly number[], weights: Float32Array): Keys {
  const { vocabulary, lists } = store;
  const from = new Int32Array(tickets.length + 1);
  const keys: number[] = [];
  const says: number[] = [];
  const shingles = new Map<number, number>();
  for (const [index, ticket] of tickets.entries()) {
    for (const term of rarest(store, ticket, weights)) {
      keys.push(term);
      says.push(weights[term] ?? 0);
    }
    const inTitle = [...new Set(lists.at(ticket * LISTS + List.title))].sort((a, b) => a - b);
    for (const [at, term] of inTitle.entries()) {
      const next = inTitle[at + 1];
      // A word of this ticket alone makes shingles of this ticket alone.
      if (next === undefined || vocabulary.ticketsWith(term) < 2 || vocabulary.ticketsWith(next) < 2)
        continue;
      const both = term * vocabulary.size + next;
      const key = shingles.get(both) ?? vocabulary.size + shingles.size;
      shingles.set(both, key);
      keys.push(key);
      says.push(((weights[term] ?? 0) + (weights[next] ?? 0)) / 2);
    }
    from[index + 1] = keys.length;
  }
  return { from, keys, weights: says, most: vocabulary.size + shingles.size };
}

function rarest({ vocabulary, lists }: FeatureStore, ticket: number, weights: Float32Array): number[] {
  const found: number[] = [];
  for (const list of [List.all, List.files])
    for (const term of lists.at(ticket * LISTS + list)) {
      const tickets = vocabulary.ticketsWith(term);
      if (tickets > 1 && tickets <= LONGEST_POSTING) found.push(term);
    }
  return found.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b).slice(0, KEYS);
}
