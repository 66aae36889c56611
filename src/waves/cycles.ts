import type { Candidate } from './candidate.ts';

type Node = Pick<Candidate, 'id' | 'waitsFor'>;

/**
 * Members of dependency cycles (Tarjan's strongly connected components, with a stack of its own, since a backlog may chain
 * thousands of tickets), each with the same way round. What merely waits for a cycle is not a member.
 */
export function cyclesAmong(nodes: readonly Node[]): Map<string, string[]> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = new Map<string, string[]>();
  for (const component of components(byId)) {
    const members = new Set(component);
    const first = component.toSorted().at(0) ?? '';
    if (component.length === 1 && !byId.get(first)?.waitsFor.includes(first)) continue;
    const way = wayRound(first, byId, members);
    for (const id of component) found.set(id, way);
  }
  return found;
}

function components(byId: ReadonlyMap<string, Node>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const result: string[][] = [];
  for (const root of byId.keys()) {
    if (index.has(root)) continue;
    const work: { id: string; next: number }[] = [{ id: root, next: 0 }];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { id } = frame;
      if (frame.next === 0) {
        index.set(id, index.size);
        low.set(id, index.size - 1);
        stack.push(id);
        onStack.add(id);
      }
      const on = byId.get(id)?.waitsFor[frame.next++];
      if (on !== undefined) {
        if (byId.has(on) && !index.has(on)) work.push({ id: on, next: 0 });
        else if (onStack.has(on)) low.set(id, Math.min(lowOf(low, id), lowOf(index, on)));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent !== undefined) low.set(parent.id, Math.min(lowOf(low, parent.id), lowOf(low, id)));
      if (low.get(id) !== index.get(id)) continue;
      const component = stack.splice(stack.lastIndexOf(id));
      for (const member of component) onStack.delete(member);
      result.push(component);
    }
  }
  return result;
}

function lowOf(map: ReadonlyMap<string, number>, id: string): number {
  return map.get(id) ?? Number.POSITIVE_INFINITY;
}

/** The shortest way from `id` back to itself among the members, breadth first; more than 8 stations are cut short. */
function wayRound(id: string, byId: ReadonlyMap<string, Node>, members: ReadonlySet<string>): string[] {
  const from = new Map<string, string>();
  const queue = [id];
  for (const at of queue) {
    for (const on of byId.get(at)?.waitsFor ?? []) {
      if (on === id) return shortened([...wayTo(at, from), id]);
      if (!members.has(on) || from.has(on)) continue;
      from.set(on, at);
      queue.push(on);
    }
  }
  return [id];
}

function wayTo(last: string, from: ReadonlyMap<string, string>): string[] {
  const way = [last];
  for (let at = from.get(last); at !== undefined; at = from.get(at)) way.push(at);
  return way.reverse();
}

function shortened(way: string[]): string[] {
  return way.length <= 8 ? way : [...way.slice(0, 6), `… ${way.length - 7} more`, ...way.slice(-1)];
}
