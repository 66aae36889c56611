import type { Candidate } from './candidate.ts';
import { cyclesAmong } from './cycles.ts';

export interface Skipped {
  readonly id: string;
  /** One sentence, for people. */
  readonly reason: string;
}

export interface Layers {
  /** Layer by id, from 1: one more than the highest among what the ticket waits for. */
  readonly layerOf: ReadonlyMap<string, number>;
  readonly skipped: readonly Skipped[];
}

/**
 * Kahn's algorithm over the candidates. Skipped, each with its reason: members of a cycle, tickets that wait for one which is
 * neither completed nor a candidate, and whatever waits for those.
 * @param missing why a ticket that is no candidate will not be completed here
 */
export function layersOf(candidates: readonly Candidate[], missing: (id: string) => string): Layers {
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  const open = new Map<string, number>();
  const waiters = new Map<string, string[]>();
  for (const { id, waitsFor } of byId.values()) {
    open.set(id, new Set(waitsFor).size);
    for (const on of new Set(waitsFor)) append(waiters, on, id);
  }
  const layerOf = new Map<string, number>();
  let layer = [...open].filter(([, count]) => count === 0).map(([id]) => id);
  for (let depth = 1; layer.length > 0; depth++) {
    for (const id of layer) layerOf.set(id, depth);
    layer = layer.flatMap((id) => (waiters.get(id) ?? []).filter((waiter) => lower(open, waiter) === 0));
  }
  const stuck = [...byId.values()].filter(({ id }) => !layerOf.has(id));
  return { layerOf, skipped: skippedFrom(stuck, byId, missing) };
}

function skippedFrom(
  stuck: readonly Candidate[],
  byId: ReadonlyMap<string, Candidate>,
  missing: (id: string) => string,
): Skipped[] {
  const stuckIds = new Set(stuck.map(({ id }) => id));
  const cycles = cyclesAmong(stuck);
  return stuck.map(({ id, waitsFor }) => {
    const outside = waitsFor.find((on) => !byId.has(on));
    const cycle = cycles.get(id);
    if (cycle !== undefined) return { id, reason: `circular dependency: ${cycle.join(' → ')}` };
    if (outside !== undefined) return { id, reason: missing(outside) };
    const on = waitsFor.find((other) => stuckIds.has(other));
    return { id, reason: `waits for ${on ?? 'a ticket'}, which is skipped` };
  });
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function lower(counts: Map<string, number>, key: string): number {
  const left = (counts.get(key) ?? 0) - 1;
  counts.set(key, left);
  return left;
}
