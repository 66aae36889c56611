import type { Ticket } from '../tickets/ticket.ts';
import { candidatePairs } from './duplicates/candidates.ts';
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

/** Where precision and recall over the labelled tickets are best together. */
export const DEFAULT_THRESHOLD = 0.5;

type Source = Pick<Ticket, 'id' | 'title' | 'text' | 'fields'>;

/**
 * Pairs of tickets that probably ask for the same, the most alike first. No model is asked; the same tickets give the same
 * pairs. Time and memory grow with the number of tickets, not with its square. Tickets with the same words and files are
 * compared once and each paired with the first of them.
 */
export function duplicatePairs(tickets: readonly Source[], options: DuplicateOptions = {}): DuplicatePair[] {
  const vocabulary = new Vocabulary();
  const all = tickets.map((ticket) => featuresOf(ticket, vocabulary));
  const found = pairsOf(all, vocabulary, options);
  // All tickets with the same words share the same things with the first of them.
  const reasons = new Map<number, Reason>();
  return found.map(({ x, y, score, same }) => {
    const [a, b] = [tickets[x], tickets[y]];
    if (a === undefined || b === undefined) throw new RangeError(`no ticket ${x} or ${y}`);
    const why = (same ? reasons.get(x) : undefined) ?? reasonFor(a, b);
    if (same) reasons.set(x, why);
    return { a: a.id, b: b.id, score, why };
  });
}

/** The tickets that a request in words would double; `a` of each pair is empty. */
export function duplicatesOfText(
  request: string,
  tickets: readonly Source[],
  options: Pick<DuplicateOptions, 'threshold'> = {},
): DuplicatePair[] {
  const vocabulary = new Vocabulary();
  const all = tickets.map((ticket) => featuresOf(ticket, vocabulary));
  const [title = '', ...rest] = request.trim().split('\n');
  const own = features('', title, rest.join('\n'), [], vocabulary);
  const asked = { id: '', title, text: `---\n---\n\n${request}\n`, fields: {} };
  return pairsOf([...all, own], vocabulary, { ...options, ids: new Set(['']) }).flatMap(({ x, y, score }) => {
    const other = tickets[Math.min(x, y)];
    return other === undefined ? [] : [{ a: '', b: other.id, score, why: reasonFor(asked, other) }];
  });
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

interface Found {
  readonly x: number;
  readonly y: number;
  readonly score: number;
  /** The two have the same words and files. */
  readonly same: boolean;
}

function pairsOf(all: readonly Features[], vocabulary: Vocabulary, options: DuplicateOptions): Found[] {
  const least = options.threshold ?? DEFAULT_THRESHOLD;
  const wanted = (index: number): boolean =>
    options.ids === undefined || options.ids.has(all[index]?.id ?? '');
  const weights = vocabulary.weights();
  const nameOf = (term: number): string => vocabulary.nameOf(term);
  const { first, same } = grouped(all);
  const found: Found[] = same.filter(({ x, y }) => wanted(x) || wanted(y));
  const distinct = first.flatMap((index) => all[index] ?? []);
  for (const [p, q] of candidatePairs(distinct, vocabulary, weights)) {
    const [x, y, a, b] = [first[p], first[q], distinct[p], distinct[q]];
    if (x === undefined || y === undefined || a === undefined || b === undefined) continue;
    if (!wanted(x) && !wanted(y)) continue;
    if (highestScore(a, b, weights) < least) continue;
    const score = scoreOf(compare(a, b, weights, nameOf));
    if (score >= least) found.push({ x, y, score: Math.round(score * 100) / 100, same: false });
  }
  return found.sort((a, b) => b.score - a.score || a.x - b.x || a.y - b.y);
}

/** Tickets with the same words and files, of which only the first is compared with others. */
function grouped(all: readonly Features[]): { first: number[]; same: Found[] } {
  const seen = new Map<string, number>();
  const first: number[] = [];
  const same: Found[] = [];
  for (const [index, ticket] of all.entries()) {
    const key =
      ticket.phrase.length === 0 || ticket.links.size > 0
        ? ''
        : `${ticket.phrase.join(' ')}|${ticket.body}|${ticket.files}`;
    const before = key === '' ? undefined : seen.get(key);
    if (before === undefined) {
      first.push(index);
      if (key !== '') seen.set(key, index);
    } else same.push({ x: before, y: index, score: 1, same: true });
  }
  return { first, same };
}
