import type { Backlog } from './backlog.ts';

/**
 * The tickets of a dependency cycle that `id` is itself part of, in order, beginning with `id`; empty when it is in none. What
 * merely depends on a cycle is not reported. Shortest way back, breadth first.
 */
export function cycleOf(id: string, backlog: Backlog): string[] {
  const from = new Map<string, string>();
  const queue = [id];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const dependency of backlog.byId(next)?.dependsOn ?? []) {
      if (dependency === id) return wayTo(next, from);
      if (from.has(dependency)) continue;
      from.set(dependency, next);
      queue.push(dependency);
    }
  }
  return [];
}

function wayTo(last: string, from: ReadonlyMap<string, string>): string[] {
  const way = [last];
  for (let at = from.get(last); at !== undefined; at = from.get(at)) way.unshift(at);
  return way;
}
