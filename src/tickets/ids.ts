import path from 'node:path';
import { git, gitText } from '../platform/git.ts';
import type { BacklogConfig } from '../project/config.ts';
import { type ProjectPaths, worktreeRoot } from '../project/paths.ts';
import { dataFolder, isTicketName, ticketFolders, ticketNames } from './backlog.ts';

/** `FEAT`, 7 → `FEAT-007`: at least three digits. */
export function formatId(prefix: string, number: number): string {
  return `${prefix}-${String(number).padStart(3, '0')}`;
}

/** The number in a ticket id or in the name of a ticket file, when it is one of this prefix. */
export function idNumber(prefix: string, name: string): number | undefined {
  if (!name.toUpperCase().startsWith(`${prefix.toUpperCase()}-`)) return undefined;
  const digits = /^[0-9]{1,9}(?![0-9A-Za-z])/.exec(name.slice(prefix.length + 1))?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** The next id after all of these names. */
export function nextId(prefix: string, names: Iterable<string>): string {
  let highest = 0;
  for (const name of names) highest = Math.max(highest, idNumber(prefix, name) ?? 0);
  return formatId(prefix, highest + 1);
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
  for (const worktree of await worktrees(top))
    for (const folder of ticketFolders)
      for (const name of ticketNames(path.join(worktree, data, folder))) names.add(name);
  for (const name of await namesOfBranches(top, data.split(path.sep).join('/'))) names.add(name);
  return names;
}

async function worktrees(top: string): Promise<string[]> {
  const text = await gitText(['worktree', 'list', '--porcelain', '-z'], { cwd: top });
  return text.split('\0').flatMap((line) => (line.startsWith('worktree ') ? [line.slice(9)] : []));
}

/** Most branches share their ticket folders: each tree is read once. */
async function namesOfBranches(top: string, data: string): Promise<string[]> {
  const refs = (
    await gitText(['for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/remotes'], { cwd: top })
  )
    .split('\n')
    .filter((ref) => ref !== '');
  if (refs.length === 0) return [];
  const input = refs.flatMap((ref) => ticketFolders.map((folder) => `${ref}:${data}/${folder}\n`)).join('');
  const checked = await git(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { cwd: top, input });
  const trees = new Set(
    checked.stdout.split('\n').flatMap((line) => /^([0-9a-f]{40,64}) tree$/.exec(line)?.[1] ?? []),
  );
  const names: string[] = [];
  for (const tree of trees) {
    const text = await gitText(['ls-tree', '--name-only', '-z', tree], { cwd: top });
    names.push(...text.split('\0').filter(isTicketName));
  }
  return names;
}
