import { plumb, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';

/**
 * Lays `base..tip` on a worktree's HEAD: as it is when HEAD is the base, else commit by commit. On a no, HEAD and files are what
 * they were.
 * @param place clean
 * @returns what does not fit, in words; `undefined` when all is laid
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
  return files === '' ? picked.stderr.trim() : `conflicts in ${files.split('\n').join(', ')}`;
}
