/** Two tickets by number and how likely they ask for the same, 0 to 1. */
export interface Scored {
  readonly x: number;
  readonly y: number;
  readonly score: number;
}

/** A pair below this is no duplicate, whatever third ticket is like both. */
export const LEAST_LINKED = 0.05;

/**
 * What several pairs say together, since "asks for the same" is an equivalence: a pair below the threshold counts as likely as two
 * better ones that link it by a third ticket, and a pair is taken back when one of the two is more surely the same as a third ticket
 * that the other contradicts.
 * @param scored each pair once, none below {@link LEAST_LINKED}
 * @returns pairs of at least `threshold`
 */
export function agreeing(
  scored: readonly Scored[],
  threshold: number,
  contradict: (x: number, y: number) => boolean,
): Scored[] {
  const linked = linksOf(scored.filter(({ score }) => score >= threshold));
  const linkedBy = (x: number, y: number): number => {
    let best = 0;
    for (const [between, one] of linked.get(x) ?? [])
      best = Math.max(best, one * (linked.get(y)?.get(between) ?? 0));
    return best;
  };
  const refuted = (x: number, y: number, score: number): boolean =>
    [...(linked.get(x) ?? [])].some(([third, one]) => third !== y && one > score && contradict(third, y));
  return scored.flatMap(({ x, y, score }) => {
    if (score < threshold) {
      const likely = linkedBy(x, y);
      return likely >= threshold && !contradict(x, y) ? { x, y, score: likely } : [];
    }
    return refuted(x, y, score) || refuted(y, x, score) ? [] : { x, y, score };
  });
}

/** For each ticket those that it is linked with, by number, with the score. */
function linksOf(pairs: readonly Scored[]): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const found = new Map<number, Map<number, number>>();
  const link = (from: number, to: number, score: number): void => {
    const links = found.get(from) ?? new Map<number, number>();
    found.set(from, links.set(to, score));
  };
  for (const { x, y, score } of pairs) {
    link(x, y, score);
    link(y, x, score);
  }
  return found;
}
