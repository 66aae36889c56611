import { copyFileSync, existsSync, lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { git } from '../platform/git.ts';
import { commitId, gitFile, plainEnv, plumb, type RepositoryPlace, tryPlumb } from './repository.ts';

export interface CommitInput {
  readonly place: RepositoryPlace;
  /** Relative to the worktree's root; what else is staged stays staged and is not committed. */
  readonly paths: readonly string[];
  readonly message: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Commits these paths as they are on disk, and nothing else. The user's hooks run and the user's settings count. It is what
 * `git commit --only` does, by the same means (an index of its own), but also right where a folder became a link or a file a
 * folder. When it fails, the user's index was not touched.
 * @returns the new commit's id
 * @throws BacklogError `git-operation-open`, `git-identity-missing`, `commit-refused` (exit 1), `index-not-updated` (exit 4)
 */
export async function commitPaths(input: CommitInput): Promise<string> {
  const { place, paths, message } = input;
  await refuseOpenOperation(place);
  await requireIdentity(place);
  const index = await gitFile(place, 'index');
  // After the commit the user's index has to follow: better to know before that nobody holds it.
  if (existsSync(`${index}.lock`))
    throw refused(`${index}.lock is there: another git process runs, or one was killed and has left it`);
  const before = await commitId(place, 'HEAD');
  const folder = mkdtempSync(path.join(tmpdir(), 'backlog-commit-'));
  try {
    const file = path.join(folder, 'message');
    writeFileAtomic(file, message);
    const indexFile = path.join(folder, 'index');
    if (existsSync(index)) copyFileSync(index, indexFile);
    await fillIndex(place, indexFile, paths);
    const done = await git(['commit', '--cleanup=verbatim', '--no-edit', '--file', file], {
      cwd: place.worktree,
      env: { ...plainEnv(place.env), GIT_EDITOR: 'true', GIT_INDEX_FILE: indexFile },
      signal: input.signal,
    });
    const commit = (await commitId(place, 'HEAD')) ?? '';
    // A step after the commit may fail (post-commit): it was made all the same.
    if (commit !== before) await followHead(place, before, commit);
    if (done.exitCode !== 0) throw refused(`${done.stdout}${done.stderr}`);
    return commit;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** HEAD, and the paths as they are on disk. */
async function fillIndex(place: RepositoryPlace, indexFile: string, paths: readonly string[]): Promise<void> {
  // The copy of the user's index keeps git's cache of file times; what is staged in it goes.
  await plumb(place, ['read-tree', '--reset', 'HEAD'], { indexFile });
  const update = (how: string, files: readonly string[]) =>
    plumb(place, ['update-index', how, '-z', '--stdin'], { indexFile, input: listOf(files) });
  await update('--force-remove', paths);
  await update(
    '--add',
    paths.filter((file) => isOnDisk(place.worktree, file)),
  );
}

/** As git sees it: a link is itself and leads nowhere, a folder is something only when it is a repository. */
function isOnDisk(worktree: string, file: string): boolean {
  const parts = file.split('/');
  const last = parts.length - 1;
  for (const index of parts.keys()) {
    const at = path.join(worktree, ...parts.slice(0, index + 1));
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined) return false;
    if (index === last) return !found.isDirectory() || existsSync(path.join(at, '.git'));
    if (!found.isDirectory()) return false;
  }
  return false;
}

async function followHead(place: RepositoryPlace, before: string | undefined, commit: string): Promise<void> {
  const range = before === undefined ? ['--root', commit] : [before, commit];
  const names = ['-r', '-z', '--name-only', '--no-renames', '--no-commit-id'];
  const changed = await plumb(place, ['diff-tree', ...names, ...range]);
  await indexFollowsHead(
    place,
    changed.split('\0').filter((file) => file !== ''),
  );
}

/**
 * Gives these paths in the user's index what HEAD has; what else is staged stays. Also for a commit of a run that was killed
 * before its index followed.
 * @throws BacklogError `index-not-updated` (exit 4)
 */
export async function indexFollowsHead(place: RepositoryPlace, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  let words = '';
  for (let wait = 10; wait < 3_000; wait *= 2) {
    const done = await tryPlumb(
      place,
      ['--literal-pathspecs', 'reset', '--quiet', '--pathspec-from-file=-', '--pathspec-file-nul'],
      { input: listOf(paths) },
    );
    if (done.exitCode === 0) return;
    words = done.stderr.trim();
    await sleep(wait);
  }
  throw new BacklogError({
    code: 'index-not-updated',
    message: `HEAD of ${place.worktree} has the commit, and its index could not follow: ${words}`,
    fix: 'git reset --quiet (staged changes become unstaged, files stay), then run the same command again',
    exitCode: ExitCode.Outside,
  });
}

function listOf(files: readonly string[]): string {
  return files.map((file) => `${file}\0`).join('');
}

async function refuseOpenOperation(place: RepositoryPlace): Promise<void> {
  const open = [
    ['MERGE_HEAD', 'merge'],
    ['rebase-merge', 'rebase'],
    ['rebase-apply', 'rebase'],
    ['CHERRY_PICK_HEAD', 'cherry-pick'],
    ['REVERT_HEAD', 'revert'],
  ] as const;
  for (const [name, operation] of open) {
    if (!existsSync(await gitFile(place, name))) continue;
    throw new BacklogError({
      code: 'git-operation-open',
      message: `a ${operation} is in progress in ${place.worktree}`,
      fix: `finish it or give it up: git ${operation} --continue, or git ${operation} --abort`,
      exitCode: ExitCode.CheckFailed,
    });
  }
}

async function requireIdentity(place: RepositoryPlace): Promise<void> {
  const result = await tryPlumb(place, ['var', 'GIT_COMMITTER_IDENT']);
  if (result.exitCode === 0) return;
  throw new BacklogError({
    code: 'git-identity-missing',
    message: 'git does not know who commits',
    fix: 'git config user.name "<your name>" && git config user.email "<your address>"',
    exitCode: ExitCode.CheckFailed,
  });
}

function refused(words: string): BacklogError {
  return new BacklogError({
    code: 'commit-refused',
    message: `git did not commit; what is staged is as it was. It said:\n${words.trim().slice(-4000)}`,
    fix: 'mend what git or its hook names, run the stale gates again (backlog gate run --stale), and commit again',
    exitCode: ExitCode.CheckFailed,
  });
}
