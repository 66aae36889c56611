import { lstatSync } from 'node:fs';
import path from 'node:path';
import { listed } from '../gates/outcome.ts';
import { plumb, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { shellQuoted } from '../platform/shell.ts';

/**
 * Moves a branch forward to a commit that has it as an ancestor. Where the branch is checked out, files follow; the user's own
 * uncommitted work is never touched: a merge goes around it, and is refused when one of its paths is in the way.
 * @returns false when the branch has moved meanwhile, so that the commit no longer descends from it
 * @throws BacklogError `merge-overlaps` (exit 1) with the paths; `merge-failed` (exit 4) with git's words
 */
export async function fastForward(place: RepositoryPlace, branch: string, commit: string): Promise<boolean> {
  const ref = `refs/heads/${branch}`;
  const before = await plumb(place, ['rev-parse', '--verify', `${ref}^{commit}`]);
  if (before === commit) return true;
  const isAncestor = await tryPlumb(place, ['merge-base', '--is-ancestor', before, commit]);
  if (isAncestor.exitCode !== 0) return false;
  const worktree = await worktreeOn(place, ref);
  if (worktree === undefined) {
    const moved = await tryPlumb(place, ['update-ref', '-m', 'backlog: wave merge', ref, commit, before]);
    if (moved.exitCode === 0) return true;
    return (await plumb(place, ['rev-parse', `${ref}^{commit}`])) === before
      ? fail(branch, moved.stderr)
      : false;
  }
  const checkedOut = { ...place, worktree };
  await refuseOverlap(checkedOut, before, commit);
  const merged = await tryPlumb(checkedOut, ['merge', '--quiet', '--ff-only', '--no-autostash', commit]);
  if (merged.exitCode === 0) return true;
  const now = await plumb(checkedOut, ['rev-parse', 'HEAD']);
  return now === before ? fail(branch, merged.stderr) : now === commit;
}

function fail(branch: string, words: string): never {
  throw new BacklogError({
    code: 'merge-failed',
    message: `git could not move ${branch} forward: ${words.trim()}`,
    fix: 'mend what git names, then run `backlog wave merge` again',
    exitCode: ExitCode.Outside,
  });
}

/** The worktree in which a branch is checked out. */
async function worktreeOn(place: RepositoryPlace, ref: string): Promise<string | undefined> {
  const text = await plumb(place, ['worktree', 'list', '--porcelain', '-z']);
  let worktree: string | undefined;
  for (const entry of text.split('\0')) {
    if (entry.startsWith('worktree ')) worktree = entry.slice('worktree '.length);
    if (entry === `branch ${ref}`) return worktree;
  }
  return undefined;
}

/** Also ignored and untracked files that a new file would overwrite, which git takes for expendable when they are ignored. */
async function refuseOverlap(place: RepositoryPlace, from: string, to: string): Promise<void> {
  const changed = await plumb(place, ['diff-tree', '-r', '-z', '--name-status', '--no-renames', from, to]);
  const dirty = new Set(await dirtyPaths(place));
  const words = changed.split('\0');
  const files: { readonly status: string; readonly file: string }[] = [];
  for (let index = 0; index + 1 < words.length; index += 2)
    files.push({ status: words[index] ?? '', file: words[index + 1] ?? '' });
  const removed = new Set(files.filter(({ status }) => status === 'D').map(({ file }) => file));
  const found = files.flatMap(({ status, file }) => {
    if (dirty.has(file)) return [file];
    return status === 'A' ? inTheWay(place.worktree, file).filter((one) => !removed.has(one)) : [];
  });
  const overlap = [...new Set(found)];
  if (overlap.length === 0) return;
  throw new BacklogError({
    code: 'merge-overlaps',
    message: `your uncommitted work in ${place.worktree} touches what the wave changes: ${listed(overlap, 20)}`,
    fix: `commit those files or put them away (\`git -C ${shellQuoted(place.worktree)} stash push --all -- ${overlap.map(shellQuoted).join(' ')}\`), then run \`backlog wave merge\` again`,
    exitCode: ExitCode.CheckFailed,
    details: { files: overlap },
  });
}

async function dirtyPaths(place: RepositoryPlace): Promise<string[]> {
  const text = await plumb(place, ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all']);
  return text.split('\0').map((entry) => entry.slice(3));
}

/** What lies where a new file comes to lie: the path itself, or a file where it needs a folder. */
function inTheWay(worktree: string, file: string): string[] {
  const segments = file.split('/');
  for (let count = 1; count <= segments.length; count += 1) {
    const part = segments.slice(0, count).join('/');
    const found = lstatSync(path.join(worktree, part), { throwIfNoEntry: false });
    if (found === undefined) return [];
    if (count === segments.length || !found.isDirectory()) return [part];
  }
  return [];
}
