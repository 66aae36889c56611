import path from 'node:path';
import { BacklogError, ExitCode, messageOf } from '../platform/errors.ts';
import { git, gitText } from '../platform/git.ts';
import { worktreeRoot } from './paths.ts';
import { isOurAddition, notARepository, type PlannedFile, type ScaffoldPlan } from './scaffold.ts';

export interface ScaffoldCommit {
  /** `undefined` when everything was committed already. */
  readonly commit: string | undefined;
  /** Relative to the project's root. */
  readonly files: readonly string[];
  /** Changed by someone else as well, so not committed. */
  readonly leftOut: readonly string[];
}

/** Before anything is written: whether a commit would hold exactly what `init` writes. */
export async function checkCommittable(plan: ScaffoldPlan, env: NodeJS.ProcessEnv): Promise<void> {
  if (worktreeRoot(plan.root) === undefined) throw notARepository(plan.root, '--commit');
  const ignored = await ignoredFiles(plan, env);
  if (ignored.length > 0)
    throw new BacklogError({
      code: 'init-files-ignored',
      message: `git ignores ${ignored.join(', ')}, so --commit cannot commit what init writes`,
      fix: 'take the pattern out of .gitignore or .git/info/exclude, or leave --commit out',
      exitCode: ExitCode.ProjectUnusable,
    });
  const appended = plan.files.find((file) => file.action === 'append');
  if (appended && (await isDirty(plan.root, appended.file, env)))
    throw new BacklogError({
      code: 'init-file-dirty',
      message: `${path.relative(plan.root, appended.file)} has changes that are not committed, and --commit commits exactly what init writes`,
      fix: `commit or stash ${path.relative(plan.root, appended.file)}, then run the command again, or leave --commit out`,
      exitCode: ExitCode.ProjectUnusable,
      file: appended.file,
    });
}

/**
 * Commits the files of a plan that git does not have yet, and no others; what is staged besides stays staged.
 * Of files that were there before, only untracked ones: a tracked one with changes is somebody's work.
 * @throws BacklogError `init-commit-failed` (exit 4)
 */
export async function commitScaffold(plan: ScaffoldPlan, env: NodeJS.ProcessEnv): Promise<ScaffoldCommit> {
  const options = { cwd: plan.root, env };
  const name = (file: string): string => path.relative(plan.root, file).split(path.sep).join('/');
  const take: string[] = [];
  const leftOut: string[] = [];
  for (const planned of plan.files) {
    const status = await statusOf(plan.root, planned.file, env);
    if (status === '') continue;
    const isOurs =
      planned.action !== 'keep' ||
      /^(\?\?|A )/.test(status) ||
      (await isOursSinceHead(plan.root, planned, env));
    (isOurs ? take : leftOut).push(name(planned.file));
  }
  if (take.length === 0) return { commit: undefined, files: [], leftOut };
  try {
    await gitText(['--literal-pathspecs', 'add', '--', ...take], options);
    const message = 'chore(backlog): set up backlog-toolkit';
    await gitText(['--literal-pathspecs', 'commit', '--quiet', '-m', message, '--', ...take], options);
    return { commit: await gitText(['rev-parse', 'HEAD'], options), files: take, leftOut };
  } catch (error) {
    throw new BacklogError({
      code: 'init-commit-failed',
      message: `the project is set up, but the commit failed: ${messageOf(error)}`,
      fix: 'mend what git says, then run `backlog init --commit` again: it commits what is not committed yet',
      exitCode: ExitCode.Outside,
      cause: error,
    });
  }
}

async function ignoredFiles(plan: ScaffoldPlan, env: NodeJS.ProcessEnv): Promise<string[]> {
  const names = plan.files.map(({ file }) => path.relative(plan.root, file));
  const result = await git(['check-ignore', '-z', '--stdin'], {
    cwd: plan.root,
    env,
    input: names.map((name) => `${name}\0`).join(''),
  });
  return result.stdout.split('\0').filter((name) => name !== '');
}

/** An ignore file that an earlier `init` added to, and nobody else since. */
async function isOursSinceHead(root: string, planned: PlannedFile, env: NodeJS.ProcessEnv): Promise<boolean> {
  const head = await git(['show', `HEAD:./${path.relative(root, planned.file)}`], { cwd: root, env });
  return head.exitCode === 0 && isOurAddition(head.stdout, planned.content);
}

async function isDirty(root: string, file: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return (await statusOf(root, file, env)) !== '';
}

/** Two letters and the name, as `git status --porcelain` has them; empty for a clean file. */
function statusOf(root: string, file: string, env: NodeJS.ProcessEnv): Promise<string> {
  const args = [
    '--literal-pathspecs',
    'status',
    '--porcelain',
    '--untracked-files=all',
    '--',
    path.relative(root, file),
  ];
  return gitText(args, { cwd: root, env });
}
