import type { Ranked } from './rank.ts';

/** Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet" (SIGIR 2009): their constant. */
const K = 60;

/** One order out of several: each chunk has the sum of 1 / (60 + its rank) over the orders that have it. */
export function fuse(...orders: readonly (readonly Ranked[])[]): Ranked[] {
  const scores = new Map<number, number>();
  for (const order of orders)
    order.forEach(({ chunk }, place) => {
      scores.set(chunk, (scores.get(chunk) ?? 0) + 1 / (K + place + 1));
    });
  return [...scores]
    .map(([chunk, score]) => ({ chunk, score }))
    .sort((left, right) => right.score - left.score || left.chunk - right.chunk);
}
