import { related } from './conflicts.ts';
import { type FeatureStore, LISTS, List } from './features.ts';

/** What makes two tickets the same in words and files. */
const compared = [List.phrase, List.all, List.files];

/**
 * Tickets with the same words and files, of which only the first is compared with others.
 * @returns `first`: the tickets without those that are the same as an earlier one; `same`: these, with the earlier one as `x`
 */
export function grouped(store: FeatureStore): { first: number[]; same: { x: number; y: number }[] } {
  const seen = new Map<number, number[]>();
  const first: number[] = [];
  const same: { x: number; y: number }[] = [];
  for (let ticket = 0; ticket < store.size; ticket += 1) {
    if (store.lists.at(ticket * LISTS + List.phrase).length === 0) {
      first.push(ticket);
      continue;
    }
    const key = hashOf(store, ticket);
    const alike = seen.get(key);
    const before = alike?.find((one) => equal(store, one, ticket));
    if (before !== undefined && !related(store.at(before), store.at(ticket))) {
      same.push({ x: before, y: ticket });
      continue;
    }
    first.push(ticket);
    if (before !== undefined) continue;
    if (alike === undefined) seen.set(key, [ticket]);
    else alike.push(ticket);
  }
  return { first, same };
}

/** FNV-1a over the lists that are compared: equal for tickets that are the same. */
function hashOf({ lists }: FeatureStore, ticket: number): number {
  let hash = 0x811c9dc5;
  for (const which of compared) {
    const list = lists.at(ticket * LISTS + which);
    hash = Math.imul(hash ^ list.length, 0x01000193);
    for (const number of list) hash = Math.imul(hash ^ number, 0x01000193);
  }
  return hash;
}

function equal({ lists }: FeatureStore, one: number, other: number): boolean {
  return compared.every((which) => {
    const [mine, theirs] = [lists.at(one * LISTS + which), lists.at(other * LISTS + which)];
    return mine.length === theirs.length && mine.every((number, at) => number === theirs[at]);
  });
}
