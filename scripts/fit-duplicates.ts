import { Comparer } from '../src/refinement/duplicates/compare.ts';
import { FeatureStore } from '../src/refinement/duplicates/features.ts';
import type { Comparison } from '../src/refinement/duplicates/score.ts';
import { type LabelledFile, readLabelled } from '../tests/refinement/duplicates/labelled.ts';

/** A labelled pair: what is compared, and whether the two are duplicates. */
interface Example {
  readonly one: Comparison;
  readonly duplicate: boolean;
}

type Name = keyof Comparison | 'intercept';
export type Coefficients = Record<Name, number>;

/** What speaks for a duplicate may only count for it, what speaks against one only against it. */
const signs: Record<keyof Comparison, 1 | -1> = {
  title: 1,
  text: 1,
  shared: 1,
  rare: 1,
  files: 1,
  noFiles: 1,
  sibling: -1,
  lonely: -1,
  work: -1,
  opposed: -1,
  conflict: -1,
};
const names = Object.keys(signs) as (keyof Comparison)[];

/** Pairs across groups that share less than this share of their texts teach nothing. */
const LEAST_TEXT = 0.15;
/** Of 0.1 to 0.6 the one with the best precision and recall where a fifth of the groups was left out of the fit in turn. */
const PENALTY = 0.4;
const ROUNDS = 1_500;
const RATE = 0.05;

/** The pairs of files of labelled tickets, compared as one backlog. */
export function examplesOf(...files: readonly LabelledFile[]): Example[] {
  const { tickets, duplicates, traps } = readLabelled(...files);
  const store = new FeatureStore();
  for (const ticket of tickets) store.add(ticket);
  const comparer = new Comparer(store);
  const chosen = new Set(traps.map(([a, b]) => `${a.id} ${b.id}`));
  return tickets.flatMap((b, y) =>
    tickets.slice(0, y).flatMap((a, x): Example[] => {
      const pair = `${a.id} ${b.id}`;
      const one = comparer.compare(x, y);
      const duplicate = duplicates.has(pair);
      return duplicate || chosen.has(pair) || one.text >= LEAST_TEXT ? [{ one, duplicate }] : [];
    }),
  );
}

/**
 * Logistic regression with fixed signs and a penalty on the squares, by projected Adam over centred columns: the same examples give
 * the same numbers.
 */
export function fitted(examples: readonly Example[]): Coefficients {
  const means = names.map((name) => examples.reduce((sum, { one }) => sum + one[name], 0) / examples.length);
  const rows = examples.map(({ one }) => [1, ...names.map((name, at) => one[name] - (means[at] ?? 0))]);
  const weights = new Array<number>(names.length + 1).fill(0);
  const mean = weights.slice();
  const square = weights.slice();
  for (let round = 1; round <= ROUNDS; round += 1) {
    const slope = weights.map((weight, at) => (at === 0 ? 0 : PENALTY * weight));
    for (const [index, row] of rows.entries()) {
      const z = row.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);
      const error = 1 / (1 + Math.exp(-z)) - Number(examples[index]?.duplicate);
      for (const [at, value] of row.entries()) slope[at] = (slope[at] ?? 0) + error * value;
    }
    for (const [at, by] of slope.entries()) {
      mean[at] = 0.9 * (mean[at] ?? 0) + 0.1 * by;
      square[at] = 0.999 * (square[at] ?? 0) + 0.001 * by * by;
      const step =
        (mean[at] ?? 0) / (1 - 0.9 ** round) / (Math.sqrt((square[at] ?? 0) / (1 - 0.999 ** round)) + 1e-8);
      const next = (weights[at] ?? 0) - RATE * step;
      const name = names[at - 1];
      weights[at] = name !== undefined && Math.sign(next) !== signs[name] ? 0 : next;
    }
  }
  const [atMean = 0, ...slopes] = weights;
  const intercept = atMean - slopes.reduce((sum, slope, at) => sum + slope * (means[at] ?? 0), 0);
  const found = [['intercept', intercept], ...names.map((name, at) => [name, slopes[at]])];
  return Object.fromEntries(found.map(([name, value]) => [name, Math.round(Number(value) * 10) / 10]));
}
