import path from 'node:path';
import { checksum } from '../platform/checksum.ts';
import type { BacklogConfig } from '../project/config.ts';
import { type ProjectPaths, worktreeRoot } from '../project/paths.ts';
import { dataFolder, ticketFolders, ticketNames } from './backlog.ts';
import { BETWEEN, literally, textOfNames } from './names.ts';
import { hasWorktrees, keepNames, readNames, refsOf } from './refs.ts';

/** `FEAT`, 7 → `FEAT-007`: at least three digits. */
export function formatId(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(3, '0')}`;
}

/** The number in a ticket id or in the name of a ticket file, when it is one of this prefix. */
export function idNumber(prefix: string, name: string): number | undefined {
  return numberIn(numbered(prefix), name);
}

/** The largest number of an id: {@link idNumber} reads nine digits. */
export const LAST_NUMBER = 999_999_999;

/** The number after the highest; after the last that an id can have, the lowest that is free. */
export function nextNumber(used: Iterable<number>): number {
  let highest = 0;
  for (const number of used) highest = Math.max(highest, number);
  if (highest < LAST_NUMBER) return highest + 1;
  const taken = new Set(used);
  let free = 1;
  while (taken.has(free)) free += 1;
  return free;
}

/** The next id after all of these names. @param lists as {@link textOfNames} takes them */
export function nextId(prefix: string, ...lists: readonly (readonly string[])[]): string {
  // With what stands before the number, and not by looking behind: that begins at each character.
  const found = new RegExp(`${BETWEEN}${literally(prefix)}-${NUMBER}`, 'gi');
  const digits = BETWEEN.length + prefix.length + 1;
  const ids = lists.flatMap((names) => textOfNames(names).match(found) ?? []);
  return formatId(prefix, nextNumber(ids.map((id) => Number(id.slice(digits)))));
}

const NUMBER = '[0-9]{1,9}(?![0-9A-Za-z])';

/**
 * As {@link nextId} again and again, each id taken as soon as it is given; the names are read once for each prefix.
 * @returns gives the next id of a prefix
 */
export function idSequence(names: readonly string[]): (prefix: string) => string {
  const series = new Map<string, { readonly used: Set<number>; next: number }>();
  return (prefix) => {
    let own = series.get(prefix);
    if (own === undefined) {
      const ids = numbered(prefix);
      const used = new Set(names.map((name) => numberIn(ids, name) ?? 0));
      own = { used, next: nextNumber(used) };
      series.set(prefix, own);
    }
    const number = own.next;
    own.used.add(number);
    const after = number + 1;
    own.next = after <= LAST_NUMBER && !own.used.has(after) ? after : nextNumber(own.used);
    return formatId(prefix, number);
  };
}

/** Finds the number of an id; the capitals of file names are not the same everywhere. */
function numbered(prefix: string): RegExp {
  return new RegExp(`^${literally(prefix)}-(${NUMBER})`, 'i');
}

function numberIn(ids: RegExp, name: string): number | undefined {
  const digits = ids.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Names of the ticket files in the repository's other worktrees and at the tips of its local and remote-tracking branches, so
 * that two branches do not give one id to two tickets. Nothing outside git, and nothing is fetched.
 * @throws BacklogError `git-missing`, `git-failed` (exit 4)
 */
export async function ticketIdsElsewhere(paths: ProjectPaths, config: BacklogConfig): Promise<Set<string>> {
  const top = worktreeRoot(paths.mainRoot);
  const names = new Set<string>();
  if (top === undefined) return names;
  const data = path.relative(top, dataFolder(paths, config));
  const relative = data.split(path.sep).join('/');
  const shared = path.join(top, '.git');
  const tips = refsOf(shared);
  if (tips === undefined || hasWorktrees(shared)) {
    // Loaded only where there is something to ask git for.
    const { namesOfBranches, worktrees } = await import('./ids-git.ts');
    for (const worktree of await worktrees(top))
      for (const folder of ticketFolders)
        for (const name of ticketNames(path.join(worktree, data, folder))) names.add(name);
    for (const name of await namesOfBranches(top, relative)) names.add(name);
    return names;
  }
  if (tips === '') return names;
  const file = path.join(paths.opsDir, 'cache', 'branch-tickets.json');
  // The first is to be counted up when other names are taken for tickets.
  const key = checksum(JSON.stringify([1, top, relative, tips]));
  const known = readNames(file, key);
  if (known !== undefined) return new Set(known);
  const { namesOfBranches } = await import('./ids-git.ts');
  const found = await namesOfBranches(top, relative);
  keepNames(file, key, found);
  return new Set(found);
}
