import { BacklogError, ExitCode } from './errors.ts';
import { type RunOptions, type RunResult, run } from './process.ts';

/**
 * Runs git with an argument array; never a shell. The locale is fixed, so that messages can be read, and git never asks
 * for a password or opens an editor.
 * @throws BacklogError `git-missing` (exit 4) when there is no git
 */
export async function git(args: readonly string[], options: RunOptions): Promise<RunResult> {
  const env = {
    ...withoutRepository(options.env ?? process.env),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  };
  const result = await run('git', args, { ...options, env });
  if (result.startFailure !== undefined) {
    throw new BacklogError({
      code: 'git-missing',
      message: `git could not be started in ${options.cwd}: ${result.startFailure}`,
      fix: 'install git, or put it on PATH',
      exitCode: ExitCode.Outside,
    });
  }
  return result;
}

/**
 * As {@link git}, for calls that have to succeed.
 * @returns stdout without its final line end
 * @throws BacklogError `git-failed` (exit 4) with git's own words
 */
export async function gitText(args: readonly string[], options: RunOptions): Promise<string> {
  const result = await git(args, options);
  if (result.exitCode !== 0) {
    throw new BacklogError({
      code: 'git-failed',
      message: `git ${args.join(' ')} failed in ${options.cwd}: ${(result.stderr || result.stdout).trim() || `exit code ${result.exitCode}`}`,
      fix: 'read what git says, mend it, and run the command again',
      exitCode: ExitCode.Outside,
    });
  }
  return result.stdout.replace(/\r?\n$/, '');
}

/**
 * A git hook's children inherit variables that name its repository and index (`git rev-parse --local-env-vars`); they would
 * win over the folder that we ask about. One that the caller has set to something else is meant and stays.
 */
function withoutRepository(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const cleaned = { ...env };
  for (const name of repositoryVariables) if (cleaned[name] === process.env[name]) delete cleaned[name];
  return cleaned;
}

const repositoryVariables = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
  'GIT_NAMESPACE',
] as const;
