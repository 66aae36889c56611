import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { git } from '../platform/git.ts';
import { commitId, plainEnv, plumb, type RepositoryPlace, tryPlumb } from './repository.ts';

export interface CommitInput {
  readonly place: RepositoryPlace;
  /** Relative to the worktree's root; what else is staged stays staged and is not committed. */
  readonly paths: readonly string[];
  readonly message: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Commits these paths as they are on disk, and nothing else. The user's hooks run and the user's settings count, as in
 * `git commit --only`. When it fails, the index is what it was.
 * @returns the new commit's id
 * @throws BacklogError `git-operation-open`, `git-identity-missing`, `commit-refused` (exit 1)
 */
export async function commitPaths(input: CommitInput): Promise<string> {
  const { place, paths, message } = input;
  await refuseOpenOperation(place);
  await requireIdentity(place);
  return withSavedIndex(place, async () => {
    const list = paths.map((file) => `${file}\0`).join('');
    const fromList = ['--pathspec-from-file=-', '--pathspec-file-nul'];
    // `--only` takes files that git knows: new ones are announced, without their content.
    const options = { cwd: place.worktree, env: literal(place.env), signal: input.signal };
    const folder = mkdtempSync(path.join(tmpdir(), 'backlog-message-'));
    try {
      const file = path.join(folder, 'message');
      writeFileAtomic(file, message);
      const announced = await git(['add', '--intent-to-add', ...fromList], {
        ...options,
        input: await present(place, paths),
      });
      if (announced.exitCode !== 0) throw refused(announced.stderr);
      const done = await git(
        ['commit', '--only', '--cleanup=verbatim', '--no-edit', '--file', file, ...fromList],
        { ...options, input: list },
      );
      if (done.exitCode !== 0) throw refused(`${done.stdout}${done.stderr}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return (await commitId(place, 'HEAD')) ?? '';
  });
}

/** Paths as git should take them: by their names, not as patterns. */
function literal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...plainEnv(env), GIT_LITERAL_PATHSPECS: '1', GIT_EDITOR: 'true' };
}

async function present(place: RepositoryPlace, paths: readonly string[]): Promise<string> {
  return paths
    .filter((file) => existsSync(path.join(place.worktree, file)))
    .map((file) => `${file}\0`)
    .join('');
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
    const file = path.resolve(place.worktree, await plumb(place, ['rev-parse', '--git-path', name]));
    if (!existsSync(file)) continue;
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

/** Runs `work`; when it throws, the user's index is put back as it was. */
async function withSavedIndex<T>(place: RepositoryPlace, work: () => Promise<T>): Promise<T> {
  const index = path.resolve(place.worktree, await plumb(place, ['rev-parse', '--git-path', 'index']));
  const before = existsSync(index) ? readFileSync(index) : undefined;
  const head = await commitId(place, 'HEAD');
  try {
    return await work();
  } catch (error) {
    // After the commit was made (a failing post-commit step) the index belongs to it.
    if ((await commitId(place, 'HEAD')) === head) {
      if (before === undefined) rmSync(index, { force: true });
      else writeFileAtomic(index, before);
    }
    throw error;
  }
}

function refused(words: string): BacklogError {
  return new BacklogError({
    code: 'commit-refused',
    message: `git did not commit; the index is as it was. It said:\n${words.trim().slice(-4000)}`,
    fix: 'mend what git or its hook names, run the stale gates again (backlog gate run --stale), and commit again',
    exitCode: ExitCode.CheckFailed,
  });
}
