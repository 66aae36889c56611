import type { Watch } from '../platform/watch.ts';
import type { Ticket } from '../tickets/ticket.ts';
import { agreeing, LEAST_LINKED, type Scored } from './duplicates/agreement.ts';
import { candidatePairs } from './duplicates/candidates.ts';
import { Comparer } from './duplicates/compare.ts';
import { FeatureStore } from './duplicates/features.ts';
import { type Reason, reasonFor } from './duplicates/reason.ts';
import { grouped } from './duplicates/same.ts';
import { highestScore, scoreOf } from './duplicates/score.ts';

/** Two tickets that probably ask for the same. */
export interface DuplicatePair {
  readonly a: string;
  readonly b: string;
  /** 0 to 1. */
  readonly score: number;
  readonly why: Reason;
}

export interface DuplicateOptions {
  /** Least score, 0 to 1. Default {@link DEFAULT_THRESHOLD}. */
  readonly threshold?: number;
  /** Only pairs with one of these tickets. */
  readonly ids?: ReadonlySet<string>;
}

/** More likely than not. */
export const DEFAULT_THRESHOLD = 0.5;

/** What of a ticket is read. */
export type Source = Pick<Ticket, 'id' | 'title' | 'text' | 'fields'>;

/** Two tickets of a {@link DuplicateSearch}, by the order in which they were added. */
export interface Found {
  readonly x: number;
  readonly y: number;
  readonly score: number;
  /** The two have the same words and files. */
  readonly same: boolean;
}

/**
 * The search over tickets that come one after the other. Of each it keeps numbers only, so that ten thousand tickets take a few
 * MiB and none of their texts.
 */
export class DuplicateSearch {
  readonly #store = new FeatureStore();

  add(ticket: Source): void {
    this.#store.add(ticket);
  }

  /** Adds a request that is no ticket yet: its first line is the title. Its id is empty. */
  addRequest(request: string): void {
    const [title = '', ...rest] = request.trim().split('\n');
    this.#store.addRequest(title, rest.join('\n'));
  }

  /** Pairs that probably ask for the same, `x` before `y`, the most alike first. */
  pairs(options: DuplicateOptions = {}, watch?: Watch): Found[] {
    const steps = this.pairsInSteps(options);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      watch?.advance(value);
    }
  }

  /** As {@link pairs}, for those who do something else in between: yields how many more tickets were compared. */
  pairsInSteps({
    threshold = DEFAULT_THRESHOLD,
    ids,
  }: DuplicateOptions = {}): Generator<number, Found[], void> {
    return pairsOf(this.#store, threshold, ids);
  }
}

/**
 * Pairs of tickets that probably ask for the same, the most alike first. No model is asked; the same tickets give the same
 * pairs. Time and memory grow with the number of tickets, not with its square. Tickets with the same words and files are
 * compared once and each paired with the first of them.
 */
export function duplicatePairs(
  tickets: readonly Source[],
  options: DuplicateOptions = {},
  watch?: Watch,
): DuplicatePair[] {
  const search = new DuplicateSearch();
  watch?.begin('looking for duplicates', 2 * tickets.length);
  for (const ticket of tickets) {
    search.add(ticket);
    watch?.advance();
  }
  const found = search.pairs(options, watch);
  const explain = explainer();
  watch?.begin('reading pairs', found.length);
  return found.map((pair) => {
    watch?.advance();
    const [a, b] = [tickets[pair.x], tickets[pair.y]];
    if (a === undefined || b === undefined) throw new RangeError(`no ticket ${pair.x} or ${pair.y}`);
    return explain(pair, a, b);
  });
}

/** So many pairs are explained at a time: their tickets are held meanwhile. */
const AT_A_TIME = 100;

/**
 * What the tickets of pairs share, in the order of the pairs. A pair of which one has gone since it was compared is left out.
 * @param read gives these tickets of the search whole, one after the other, each by its number
 */
export async function* explained(
  found: readonly Found[],
  read: (numbers: readonly number[]) => AsyncIterable<readonly [number, Source]>,
): AsyncGenerator<DuplicatePair | undefined> {
  const explain = explainer();
  for (let at = 0; at < found.length; at += AT_A_TIME) {
    const pairs = found.slice(at, at + AT_A_TIME);
    const sources = new Map<number, Source>();
    const numbers = [...new Set(pairs.flatMap(({ x, y }) => [x, y]))];
    for await (const [number, source] of read(numbers)) sources.set(number, source);
    for (const pair of pairs) {
      const [a, b] = [sources.get(pair.x), sources.get(pair.y)];
      yield a === undefined || b === undefined ? undefined : explain(pair, a, b);
    }
  }
}

/** A request in the form of a ticket without id, for saying what a ticket shares with it. */
export function requested(request: string): Source {
  const [title = ''] = request.trim().split('\n');
  return { id: '', title, text: `---\n---\n\n${request}\n`, fields: {} };
}

/** Says what the tickets of a pair share; once for all those that are the same as the first of them. */
export function explainer(): (pair: Found, a: Source, b: Source) => DuplicatePair {
  const reasons = new Map<number, Reason>();
  return ({ x, score, same }, a, b) => {
    const why = (same ? reasons.get(x) : undefined) ?? reasonFor(a, b);
    if (same) reasons.set(x, why);
    return { a: a.id, b: b.id, score, why };
  };
}

/** Tickets that belong together by pairs, the largest group first, ids in the order of the pairs. */
export function duplicateGroups(pairs: readonly Pick<DuplicatePair, 'a' | 'b'>[]): string[][] {
  const groupOf = new Map<string, Set<string>>();
  for (const { a, b } of pairs) {
    const [one, other] = [groupOf.get(a) ?? new Set([a]), groupOf.get(b) ?? new Set([b])];
    if (one === other) continue;
    const [large, small] = one.size >= other.size ? [one, other] : [other, one];
    for (const id of small) {
      large.add(id);
      groupOf.set(id, large);
    }
    for (const id of [a, b]) groupOf.set(id, large);
  }
  return [...new Set(groupOf.values())].map((group) => [...group]).sort((a, b) => b.length - a.length);
}

function* pairsOf(
  store: FeatureStore,
  threshold: number,
  ids: ReadonlySet<string> | undefined,
): Generator<number, Found[], void> {
  const comparer = new Comparer(store);
  const { first, same } = grouped(store);
  const ticketAt = (place: number): number => first[place] ?? 0;
  const least = Math.min(LEAST_LINKED, threshold);
  const scored: Scored[] = [];
  let reached = 0;
  for (const [p, q] of candidatePairs(store, first, comparer.weights)) {
    if (q > reached) yield q - reached;
    reached = Math.max(q, reached);
    const [x, y] = [ticketAt(p), ticketAt(q)];
    const likeness = comparer.likeness(x, y);
    if (highestScore(likeness) < least) continue;
    if (highestScore(likeness, comparer.otherNumbers(x, y)) < least) continue;
    const score = scoreOf(comparer.compare(x, y, likeness));
    if (score >= least) scored.push({ x, y, score });
  }
  const found = agreeing(scored, threshold, (x, y) => comparer.contradict(x, y)).map(
    ({ x, y, score }): Found => ({
      x,
      y,
      score: Math.round(score * 100) / 100,
      same: false,
    }),
  );
  const asked = ids && new Set([...ids].map((id) => store.vocabulary.numberOf(`#${id.toUpperCase()}`)));
  const wanted = (ticket: number): boolean => asked === undefined || asked.has(store.at(ticket).id);
  return [...same.map(({ x, y }): Found => ({ x, y, score: 1, same: true })), ...found]
    .filter(({ x, y }) => wanted(x) || wanted(y))
    .sort((a, b) => b.score - a.score || a.x - b.x || a.y - b.y);
}
