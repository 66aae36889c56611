import type { Listing } from './backlog.ts';

/** Stations of a cycle that are shown; nobody reads the way round through thousands. */
const MOST_SHOWN = 20;

/**
 * The tickets of a dependency cycle that `id` is itself part of, in order, beginning with `id`; empty when it is in none. What
 * merely depends on a cycle is not reported. The shortest way back, breadth first; where very many tickets wait for each other,
 * the last station says how many.
 */
export function cycleOf(id: string, backlog: Pick<Listing, 'byId'>): string[] {
  let graph = graphs.get(backlog);
  if (graph === undefined) {
    graph = new Components((one) => backlog.byId(one)?.dependsOn ?? []);
    graphs.set(backlog, graph);
  }
  const members = graph.componentOf(id);
  const next = (one: string): readonly string[] => backlog.byId(one)?.dependsOn ?? [];
  if (members.size === 1 && !next(id).includes(id)) return [];
  if (members.size > MOST_SHOWN) return [id, `${members.size - 1} more that wait for each other`];
  return wayRound(id, next, members);
}

/** One graph a backlog: checking all of its tickets visits each of them once. */
const graphs = new WeakMap<Pick<Listing, 'byId'>, Components>();

function wayRound(
  id: string,
  next: (id: string) => readonly string[],
  members: ReadonlySet<string>,
): string[] {
  const from = new Map<string, string>();
  const queue = [id];
  for (const at of queue) {
    for (const on of next(at)) {
      if (on === id) return wayTo(at, from);
      if (from.has(on) || !members.has(on)) continue;
      from.set(on, at);
      queue.push(on);
    }
  }
  return [];
}

function wayTo(last: string, from: ReadonlyMap<string, string>): string[] {
  const way = [last];
  for (let at = from.get(last); at !== undefined; at = from.get(at)) way.unshift(at);
  return way;
}

/**
 * Strongly connected components (Tarjan), found as they are asked for, with a stack of its own: a backlog may chain thousands
 * of tickets.
 */
class Components {
  readonly #next: (id: string) => readonly string[];
  readonly #index = new Map<string, number>();
  readonly #low = new Map<string, number>();
  readonly #stack: string[] = [];
  readonly #onStack = new Set<string>();
  /** Without a set for those that are one by themselves, as nearly all are. */
  readonly #component = new Map<string, ReadonlySet<string> | undefined>();

  constructor(next: (id: string) => readonly string[]) {
    this.#next = next;
  }

  componentOf(id: string): ReadonlySet<string> {
    if (!this.#component.has(id)) this.#visit(id);
    return this.#component.get(id) ?? new Set([id]);
  }

  #visit(root: string): void {
    const work = [this.#enter(root)];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { id } = frame;
      const on = frame.next[frame.at];
      frame.at += 1;
      if (on !== undefined) {
        if (!this.#index.has(on)) work.push(this.#enter(on));
        else if (this.#onStack.has(on)) this.#lower(id, this.#index.get(on));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent !== undefined) this.#lower(parent.id, this.#low.get(id));
      if (this.#low.get(id) === this.#index.get(id)) this.#close(id);
    }
  }

  #enter(id: string): { readonly id: string; readonly next: readonly string[]; at: number } {
    this.#index.set(id, this.#index.size);
    this.#low.set(id, this.#index.size - 1);
    this.#stack.push(id);
    this.#onStack.add(id);
    return { id, next: this.#next(id), at: 0 };
  }

  #lower(id: string, to = Number.POSITIVE_INFINITY): void {
    this.#low.set(id, Math.min(this.#low.get(id) ?? to, to));
  }

  #close(id: string): void {
    if (this.#stack.at(-1) === id) {
      this.#stack.pop();
      this.#onStack.delete(id);
      this.#component.set(id, undefined);
      return;
    }
    const members = new Set(this.#stack.splice(this.#stack.lastIndexOf(id)));
    for (const member of members) {
      this.#onStack.delete(member);
      this.#component.set(member, members);
    }
  }
}
