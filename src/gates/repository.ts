import { existsSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { isInside, realPlace } from '../platform/files.ts';
import { git, gitText } from '../platform/git.ts';
import type { RunOptions, RunResult } from '../platform/process.ts';
import { shellQuoted } from '../platform/shell.ts';
import { gitDir } from '../project/paths.ts';
import { entryNames, type GitFacts, type GitObject, nameOf } from './git-facts.ts';

/** Where gates call git: in a worktree, with the caller's environment. */
export interface RepositoryPlace {
  readonly worktree: string;
  readonly env: NodeJS.ProcessEnv;
  /** What git has said before in the same command; without it each question is put to git. */
  readonly facts?: GitFacts | undefined;
}

/**
 * Settings of the user's that would change what our plumbing sees or start programs: hooks (`post-index-change`,
 * `post-checkout`), file system monitors and caches that may hide a change, quoting.
 */
const steady = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.splitIndex', 'false'],
  ['core.ignoreStat', 'false'],
  ['core.trustctime', 'true'],
  ['core.checkStat', 'default'],
  ['core.safecrlf', 'false'],
  ['core.quotePath', 'false'],
  ['advice.addEmbeddedRepo', 'false'],
  // The empty file of grafts that `optionsOf` names is ours: git would begin each message with eight lines on it.
  ['advice.graftFileDeprecated', 'false'],
].flatMap(([key, value]) => ['-c', `${key}=${value}`]);

/** Variables by which a git hook or another tool points git to some other repository or index. */
const pointers = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_PREFIX',
  'GIT_NAMESPACE',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
  'GIT_EXTERNAL_DIFF',
  'GIT_DIFF_OPTS',
  'GIT_ATTR_SOURCE',
];

/** `env` without the variables by which git could be pointed elsewhere, for git and for the user's commands. */
export function plainEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !pointers.includes(name)));
}

type Extra = Pick<RunOptions, 'input' | 'signal' | 'encoding'> & { readonly indexFile?: string };

function optionsOf(place: RepositoryPlace, extra: Extra): RunOptions {
  const { indexFile, ...rest } = extra;
  const env = {
    ...plainEnv(place.env),
    // Objects as they are: `git replace` and grafts show other content under the same id, on this machine alone.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    ...(indexFile === undefined ? {} : { GIT_INDEX_FILE: indexFile }),
  };
  return { cwd: place.worktree, env, ...rest };
}

/** Plumbing that has to succeed; stdout without its final line end. */
export function plumb(place: RepositoryPlace, args: readonly string[], extra: Extra = {}): Promise<string> {
  return gitText([...steady, ...args], optionsOf(place, extra));
}

/** Plumbing that may fail; look at `exitCode`. */
export function tryPlumb(
  place: RepositoryPlace,
  args: readonly string[],
  extra: Extra = {},
): Promise<RunResult> {
  return git([...steady, ...args], optionsOf(place, extra));
}

/**
 * Root of the git worktree around `folder`. A command that has heard it once believes it while the root is there.
 * @throws BacklogError `not-a-repository`, `worktree-elsewhere` (exit 3)
 */
export async function topLevel(folder: string, env: NodeJS.ProcessEnv, facts?: GitFacts): Promise<string> {
  const known = facts?.topLevels.get(folder);
  if (known !== undefined && existsSync(path.join(known, '.git'))) return known;
  const top = await askTopLevel(folder, env);
  facts?.topLevels.set(folder, top);
  // The root is its own.
  if (existsSync(path.join(top, '.git'))) facts?.topLevels.set(top, top);
  return top;
}

/** A place in the worktree around `folder`. @throws BacklogError as {@link topLevel} */
export async function placeAround(
  folder: string,
  { env, facts }: Omit<RepositoryPlace, 'worktree'>,
): Promise<RepositoryPlace> {
  return { worktree: await topLevel(folder, env, facts), env, facts };
}

async function askTopLevel(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const result = await tryPlumb({ worktree: folder, env }, ['rev-parse', '--show-toplevel']);
  if (result.exitCode === 0) {
    const top = path.resolve(result.stdout.replace(/\r?\n$/, ''));
    if (isInside(realPlace(top), realPlace(folder))) return top;
    // Commands would run on other files than those that are hashed and committed.
    throw worktreeElsewhere(folder, top, await settingFile({ worktree: folder, env }, 'core.worktree'));
  }
  throw new BacklogError({
    code: 'not-a-repository',
    message: `${folder} is in no git repository: ${result.stderr.trim()}`,
    fix: 'run `git init` in the project, commit what is there, and run the command again',
    exitCode: ExitCode.ProjectUnusable,
  });
}

function worktreeElsewhere(folder: string, top: string, file: string | undefined): BacklogError {
  return new BacklogError({
    code: 'worktree-elsewhere',
    message: `git takes ${top} for the worktree of ${folder}: core.worktree in ${file ?? 'its configuration'} says so`,
    fix:
      file === undefined
        ? 'take core.worktree out of what sets it: `git config --show-origin --get-all core.worktree` names that'
        : `git config --file ${shellQuoted(file)} --unset-all core.worktree`,
    exitCode: ExitCode.ProjectUnusable,
    file,
  });
}

/**
 * The file that gives a setting its value: the repository's, one of a linked worktree alone, the user's, the machine's, or one
 * that is included. `undefined` when no file does (variables of the environment may).
 */
async function settingFile(place: RepositoryPlace, key: string): Promise<string | undefined> {
  const { stdout } = await tryPlumb(place, ['config', '--show-origin', '-z', '--get-all', key]);
  // Origin and value by turns; the last one counts.
  const origin = stdout
    .split('\0')
    .filter((part, index) => index % 2 === 0 && part !== '')
    .at(-1);
  return origin?.startsWith('file:') ? path.resolve(place.worktree, origin.slice('file:'.length)) : undefined;
}

/**
 * A file in the git folder of this worktree alone, such as `index` or `MERGE_HEAD`; it need not be there. git is asked only where
 * the worktree's root does not say where that folder lies (`core.worktree`).
 */
export async function gitFile(place: RepositoryPlace, name: string): Promise<string> {
  const { worktree } = place;
  const own = existsSync(path.join(worktree, '.git')) ? gitDir(worktree) : undefined;
  if (own !== undefined) return path.join(own, name);
  return path.resolve(worktree, await plumb(place, ['rev-parse', '--git-path', name]));
}

/** Full id of a commit; `undefined` when `ref` names none (a repository without a first commit has no HEAD). */
export async function commitId(place: RepositoryPlace, ref: string): Promise<string | undefined> {
  if (place.facts?.commits.has(ref)) return ref;
  const result = await tryPlumb(place, [
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  ]);
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

/** A file's text in a commit or tree; `undefined` when it is not there. */
export async function fileAt(
  place: RepositoryPlace,
  treeish: string,
  file: string,
): Promise<string | undefined> {
  const name = nameOf({ id: treeish, path: file });
  if (place.facts?.objects.has(name)) return textOf(place.facts.objects.get(name));
  const result = await tryPlumb(place, ['cat-file', 'blob', name]);
  return result.exitCode === 0 ? result.stdout : undefined;
}

/** Names in a folder of a commit or tree, as git sorts them; none when there is no such folder. */
export async function namesAt(place: RepositoryPlace, treeish: string, folder: string): Promise<string[]> {
  const name = nameOf({ id: treeish, path: folder });
  if (place.facts?.objects.has(name)) {
    const object = place.facts.objects.get(name);
    return object === undefined ? [] : entryNames(object, treeish.length / 2);
  }
  const { stdout } = await tryPlumb(place, ['ls-tree', '-z', '--name-only', treeish, '--', `${folder}/`]);
  return stdout
    .split('\0')
    .filter((file) => file !== '')
    .map((file) => path.posix.basename(file));
}

function textOf(object: GitObject | undefined): string | undefined {
  return object?.type === 'blob' ? Buffer.from(object.bytes, 'latin1').toString('utf8') : undefined;
}
