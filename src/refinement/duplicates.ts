import { createHash } from 'node:crypto';
import type { Ticket } from '../tickets/ticket.ts';
import { agreeing, LEAST_LINKED, type Scored } from './duplicates/agreement.ts';
import { candidatePairs } from './duplicates/candidates.ts';
import { contradict, related } from './duplicates/conflicts.ts';
import { type Features, features, featuresOf, Vocabulary } from './duplicates/features.ts';
import { type Reason, reasonFor } from './duplicates/reason.ts';
import { compare, highestScore, scoreOf } from './duplicates/score.ts';

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
  readonly #vocabulary = new Vocabulary();
  readonly #tickets: Features[] = [];

  add(ticket: Source): void {
    this.#tickets.push(featuresOf(ticket, this.#vocabulary));
  }

  /** Adds a request that is no ticket yet: its first line is the title. Its id is empty. */
  addRequest(request: string): void {
    const [title = '', ...rest] = request.trim().split('\n');
    this.#tickets.push(features('', title, rest.join('\n'), [], this.#vocabulary));
  }

  /** Pairs that probably ask for the same, `x` before `y`, the most alike first. */
  pairs({ threshold = DEFAULT_THRESHOLD, ids }: DuplicateOptions = {}): Found[] {
    return pairsOf(this.#tickets, this.#vocabulary, threshold, ids);
  }
}

/**
 * Pairs of tickets that probably ask for the same, the most alike first. No model is asked; the same tickets give the same
 * pairs. Time and memory grow with the number of tickets, not with its square. Tickets with the same words and files are
 * compared once and each paired with the first of them.
 */
export function duplicatePairs(tickets: readonly Source[], options: DuplicateOptions = {}): DuplicatePair[] {
  const search = new DuplicateSearch();
  for (const ticket of tickets) search.add(ticket);
  const explain = explainer();
  return search.pairs(options).map((pair) => {
    const [a, b] = [tickets[pair.x], tickets[pair.y]];
    if (a === undefined || b === undefined) throw new RangeError(`no ticket ${pair.x} or ${pair.y}`);
    return explain(pair, a, b);
  });
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

function pairsOf(
  all: readonly Features[],
  vocabulary: Vocabulary,
  threshold: number,
  ids: ReadonlySet<string> | undefined,
): Found[] {
  const weights = vocabulary.weights();
  const { first, same } = grouped(all);
  const distinct = first.flatMap((index) => all[index] ?? []);
  const at = (index: number): Features => {
    const one = distinct[index];
    if (one === undefined) throw new RangeError(`no ticket ${index}`);
    return one;
  };
  const least = Math.min(LEAST_LINKED, threshold);
  const scored: Scored[] = [];
  for (const [x, y] of candidatePairs(distinct, vocabulary, weights)) {
    const [a, b] = [at(x), at(y)];
    if (highestScore(a, b, weights, vocabulary) < least) continue;
    const score = scoreOf(compare(a, b, weights, vocabulary));
    if (score >= least) scored.push({ x, y, score });
  }
  const found = agreeing(scored, threshold, (x, y) => contradict(at(x), at(y), vocabulary)).map(
    ({ x, y, score }) => ({
      x: first[x] ?? 0,
      y: first[y] ?? 0,
      score: Math.round(score * 100) / 100,
      same: false,
    }),
  );
  const asked = ids && new Set([...ids].map((id) => vocabulary.numberOf(`#${id.toUpperCase()}`)));
  const wanted = (index: number): boolean => asked === undefined || asked.has(all[index]?.id);
  return [...same, ...found]
    .filter(({ x, y }) => wanted(x) || wanted(y))
    .sort((a, b) => b.score - a.score || a.x - b.x || a.y - b.y);
}

/** Tickets with the same words and files, of which only the first is compared with others. */
function grouped(all: readonly Features[]): { first: number[]; same: Found[] } {
  const seen = new Map<string, number>();
  const first: number[] = [];
  const same: Found[] = [];
  for (const [index, ticket] of all.entries()) {
    const key = ticket.phrase.length === 0 ? undefined : keyOf(ticket);
    const before = key === undefined ? undefined : seen.get(key);
    const one = before === undefined ? undefined : all[before];
    if (before !== undefined && one !== undefined && !related(one, ticket)) {
      same.push({ x: before, y: index, score: 1, same: true });
      continue;
    }
    first.push(index);
    if (key !== undefined && before === undefined) seen.set(key, index);
  }
  return { first, same };
}

/** Equal for tickets with the same words and files; short, whatever their length. */
function keyOf({ phrase, all, files }: Features): string {
  const digest = createHash('sha1');
  for (const list of [phrase, all, files]) digest.update(Int32Array.of(list.length)).update(list);
  return digest.digest('base64');
}
