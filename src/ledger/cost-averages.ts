import { type CostEntry, filesOf, isSuccess } from './cost-entry.ts';

/** How many of the newest entries of a group count. */
const WINDOW = 20;

export interface TypeAverage {
  /** USD; `null` when the cost of none is known. */
  readonly avg_cost: number | null;
  readonly avg_tokens: number;
  readonly avg_files: number;
  readonly sample_size: number;
}

/** Of the last 20 entries of each group. */
export interface CostAverages {
  readonly by_type: Readonly<Record<string, TypeAverage>>;
  readonly by_complexity: Readonly<Record<string, Pick<TypeAverage, 'avg_cost' | 'sample_size'>>>;
  readonly by_pipeline: Readonly<
    Record<string, { readonly avg_cost: number | null /** 0 to 1. */; readonly success_rate: number }>
  >;
}

/** @param entries the oldest first */
export function averagesOf(entries: readonly CostEntry[]): CostAverages {
  return {
    by_type: averaged(
      entries,
      ({ ticket_type }) => ticket_type,
      (group) => ({
        avg_cost: meanCost(group),
        avg_tokens: rounded(mean(group.map(({ total_tokens }) => total_tokens)), 0),
        avg_files: rounded(mean(group.map(filesOf)), 2),
        sample_size: group.length,
      }),
    ),
    by_complexity: averaged(
      entries,
      ({ complexity }) => complexity,
      (group) => ({
        avg_cost: meanCost(group),
        sample_size: group.length,
      }),
    ),
    by_pipeline: averaged(
      entries,
      ({ pipeline }) => pipeline,
      (group) => ({
        avg_cost: meanCost(group),
        success_rate: rounded(group.filter(isSuccess).length / group.length, 4),
      }),
    ),
  };
}

/** none: no entry; low: under 5; medium: under 20; high: 20 or more. */
export type Confidence = 'none' | 'low' | 'medium' | 'high';

export interface CostEstimate {
  /** USD; `null` without an entry to go by. */
  readonly estimated_cost_usd: number | null;
  readonly confidence: Confidence;
  /** Entries of this type and complexity whose cost is known, at most 20. */
  readonly sample_size: number;
  /** Mean cost of those, USD. */
  readonly mean_cost_usd: number | null;
  /** Mean number of files that they changed or made. */
  readonly avg_files: number | null;
}

/** What a ticket of this kind with this many files will cost, by those that were completed. */
export function estimateCost(
  entries: readonly CostEntry[],
  wanted: { readonly type: string; readonly complexity: string; readonly files: number },
): CostEstimate {
  const alike = entries
    .filter(
      ({ ticket_type, complexity, cost_usd }) =>
        ticket_type.toUpperCase() === wanted.type.toUpperCase() &&
        complexity === wanted.complexity &&
        cost_usd !== null,
    )
    .slice(-WINDOW);
  if (alike.length === 0)
    return {
      estimated_cost_usd: null,
      confidence: 'none',
      sample_size: 0,
      mean_cost_usd: null,
      avg_files: null,
    };
  const cost = mean(alike.map(({ cost_usd }) => cost_usd ?? 0));
  const files = mean(alike.map(filesOf));
  return {
    estimated_cost_usd: rounded(files === 0 ? cost : (cost * wanted.files) / files, 4),
    confidence: alike.length < 5 ? 'low' : alike.length < WINDOW ? 'medium' : 'high',
    sample_size: alike.length,
    mean_cost_usd: rounded(cost, 4),
    avg_files: rounded(files, 2),
  };
}

/** The share of entries whose class held: those that were taken for small and still needed the full pipeline were not. 0 when empty. */
export function classifierAccuracy(entries: readonly CostEntry[]): number {
  if (entries.length === 0) return 0;
  const wrong = entries.filter(
    ({ complexity, pipeline }) =>
      (complexity === 'simple' || complexity === 'trivial') && pipeline === 'full',
  ).length;
  return rounded(1 - wrong / entries.length, 4);
}

function averaged<T>(
  entries: readonly CostEntry[],
  nameOf: (entry: CostEntry) => string | null,
  average: (group: readonly CostEntry[]) => T,
): Record<string, T> {
  const groups = new Map<string, CostEntry[]>();
  for (const entry of entries) {
    const name = nameOf(entry);
    if (name !== null) groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  return Object.fromEntries([...groups].map(([name, group]) => [name, average(group.slice(-WINDOW))]));
}

function meanCost(group: readonly CostEntry[]): number | null {
  const known = group.flatMap(({ cost_usd }) => (cost_usd === null ? [] : [cost_usd]));
  return known.length === 0 ? null : rounded(mean(known), 4);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
