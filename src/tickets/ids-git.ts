import { git, gitText } from '../platform/git.ts';
import { isTicketName, ticketFolders } from './backlog.ts';

/** The worktrees of the repository, absolute. */
export async function worktrees(top: string): Promise<string[]> {
  const text = await gitText(['worktree', 'list', '--porcelain', '-z'], { cwd: top });
  return text.split('\0').flatMap((line) => (line.startsWith('worktree ') ? [line.slice(9)] : []));
}

/** The names of ticket files at the tips of all branches. Most branches share their ticket folders: each tree is read once. */
export async function namesOfBranches(top: string, data: string): Promise<string[]> {
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
