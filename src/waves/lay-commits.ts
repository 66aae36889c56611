import { plumb, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';

/**
 * Lays `base..tip` on a worktree's HEAD: as it is when HEAD is the base, else commit by commit. On a no, HEAD and files are what
 * they were.
 * @param place clean
 * @returns what does not fit, in words; `undefined` when all is laid
 * @throws BacklogError `merge-failed` (exit 4) where git can make no commit: no identity, no key to sign with, no space
 */
export async function layCommits(
  place: RepositoryPlace,
  base: string,
  tip: string,
): Promise<string | undefined> {
  const head = await plumb(place, ['rev-parse', 'HEAD']);
  if (head === base) {
    await plumb(place, ['reset', '--quiet', '--hard', tip]);
    return undefined;
  }
  const range = `${base}..${tip}`;
  const picked = await tryPlumb(place, ['cherry-pick', '--allow-empty', '--keep-redundant-commits', range]);
  if (picked.exitCode === 0) return undefined;
  const files = await plumb(place, ['diff', '--name-only', '--diff-filter=U']);
  await tryPlumb(place, ['cherry-pick', '--abort']);
  await plumb(place, ['reset', '--quiet', '--hard', head]);
  if (files !== '') return `conflicts in ${files.split('\n').join(', ')}`;
  const merges = await plumb(place, ['rev-list', '--merges', '--max-count=1', range]);
  if (merges !== '')
    return `its branch has the merge commit ${merges.slice(0, 12)}, which cannot be laid on other code`;
  throw new BacklogError({
    code: 'merge-failed',
    message: `git could not lay commits on other code: ${picked.stderr.trim()}`,
    fix: 'mend what git names, then run `backlog wave merge` again',
    exitCode: ExitCode.Outside,
  });
}
