import type { CostEntry } from './cost-entry.ts';

/** How far estimates were from what tickets took, as shares of what they took: 0.25 is 25 %. */
export interface Accuracy {
  readonly sample_size: number;
  /** Median of the absolute errors. */
  readonly median_error: number | null;
  /** Median of the errors with their sign: above 0 estimates are too high. */
  readonly bias: number | null;
}

export interface CostAccuracy {
  readonly usd: Accuracy;
  readonly tokens: Accuracy;
  readonly by_type: Readonly<Record<string, { readonly usd: Accuracy; readonly tokens: Accuracy }>>;
  /** Completed tickets without an estimate, or whose cost nobody knows. */
  readonly without: number;
}

/** Compares what completed tickets had been estimated at with what they took. */
export function costAccuracy(entries: readonly CostEntry[]): CostAccuracy {
  const types = [...new Set(entries.filter(isCompared).map(({ ticket_type }) => ticket_type))].sort();
  return {
    ...errorsOf(entries),
    by_type: Object.fromEntries(
      types.map((type) => [type, errorsOf(entries.filter(({ ticket_type }) => ticket_type === type))]),
    ),
    without: entries.filter((entry) => !isCompared(entry)).length,
  };
}

function isCompared(entry: CostEntry): boolean {
  return entry.estimated_tokens !== undefined && entry.total_tokens > 0;
}

function errorsOf(entries: readonly CostEntry[]): Pick<CostAccuracy, 'usd' | 'tokens'> {
  return {
    usd: accuracy(entries.map((one) => share(one.estimated_cost_usd, one.cost_usd))),
    tokens: accuracy(entries.map((one) => share(one.estimated_tokens, one.total_tokens))),
  };
}

function share(estimated: number | null | undefined, actual: number | null): number | undefined {
  return typeof estimated === 'number' && actual !== null && actual > 0
    ? (estimated - actual) / actual
    : undefined;
}

function accuracy(all: readonly (number | undefined)[]): Accuracy {
  const errors = all.filter((one) => one !== undefined);
  return { sample_size: errors.length, median_error: median(errors.map(Math.abs)), bias: median(errors) };
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? null : Number(((low + high) / 2).toFixed(4));
}
