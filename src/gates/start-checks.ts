import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { CONFIG_FILE } from '../project/paths.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import { changedFiles } from './difference.ts';
import { counted, listed } from './outcome.ts';
import { commitId, fileAt, type RepositoryPlace, tryPlumb } from './repository.ts';
import { codeTree, codeTreeOf } from './tree.ts';

/** @throws BacklogError `git-no-commit` (exit 3) */
export async function requireFirstCommit(place: RepositoryPlace): Promise<void> {
  if ((await commitId(place, 'HEAD')) !== undefined) return;
  throw new BacklogError({
    code: 'git-no-commit',
    message: `${place.worktree} has no commit yet, so there is nothing to judge a change against`,
    fix: 'git add -A && git commit -m "chore: start"',
    exitCode: ExitCode.ProjectUnusable,
  });
}

/**
 * Whether the configuration is in HEAD. One that is ignored (`init --local`) need not be.
 * @throws BacklogError `config-not-committed` (exit 3)
 */
export async function committedConfig(
  place: RepositoryPlace,
  prefix: string,
  configFile: string,
): Promise<boolean> {
  const name = prefix === '' ? CONFIG_FILE : `${prefix}/${CONFIG_FILE}`;
  if ((await fileAt(place, 'HEAD', name)) !== undefined) return true;
  const ignored = await tryPlumb({ ...place, worktree: path.dirname(configFile) }, [
    'check-ignore',
    '--quiet',
    CONFIG_FILE,
  ]);
  if (ignored.exitCode === 0) return false;
  throw new BacklogError({
    code: 'config-not-committed',
    message: `${name} is not committed, and the configuration that judges a change is the one at its base commit`,
    fix: 'backlog init --commit',
    exitCode: ExitCode.ProjectUnusable,
    file: name,
  });
}

/** @throws BacklogError `tree-not-clean` (exit 1) with the files and the ways on */
export async function refuseUncleanTree(
  place: RepositoryPlace,
  books: Bookkeeping,
  ticketId: string,
): Promise<void> {
  const [head, now] = [await codeTreeOf(place, 'HEAD', books), await codeTree(place, books)];
  if (head === now) return;
  const files = (await changedFiles(place, head, now)).map((file) => file.path);
  throw new BacklogError({
    code: 'tree-not-clean',
    message: `${counted(files.length, 'file')} differ from the last commit and would be taken for the ticket's change: ${listed(files, 10)}`,
    fix: `commit them, or put them aside (git stash --include-untracked), or work beside them: backlog ticket start ${ticketId} --worktree`,
    exitCode: ExitCode.CheckFailed,
    details: { files },
  });
}
