import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';

export const CONFIG_FILE = 'backlog.config.json';

export interface ProjectPaths {
  /** The folder of `backlog.config.json` that was found from the working directory upwards. */
  readonly root: string;
  readonly configFile: string;
  /**
   * The same folder in the repository's main worktree: tickets, state and evidence live there. Equal to `root` outside
   * git, and in the main worktree itself.
   */
  readonly mainRoot: string;
  /** `.backlog-ops/` of the main worktree: one ledger, one set of contexts, claims and evidence for all worktrees. */
  readonly opsDir: string;
}

/** Walks up from `cwd` to the first folder with a config, as git finds its repository; `undefined` when there is none. */
export function findProject(cwd: string): ProjectPaths | undefined {
  for (let folder = realFolder(cwd); ; folder = path.dirname(folder)) {
    const configFile = path.join(folder, CONFIG_FILE);
    if (existsSync(configFile)) {
      const mainRoot = mainRootOf(folder);
      return { root: folder, configFile, mainRoot, opsDir: path.join(mainRoot, '.backlog-ops') };
    }
    if (path.dirname(folder) === folder) return undefined;
  }
}

/** @throws BacklogError `project-not-found` (exit 3) */
export function requireProject(cwd: string): ProjectPaths {
  const project = findProject(cwd);
  if (project) return project;
  throw new BacklogError({
    code: 'project-not-found',
    message: `no ${CONFIG_FILE} in ${cwd} or any folder above it`,
    fix: "run `backlog init` in the project's root folder, or pass --cwd <dir>",
    exitCode: ExitCode.ProjectUnusable,
  });
}

/** The user's own folder: `BACKLOG_HOME`, else `~/.backlog-toolkit`. Made by its writers with mode 0700, files 0600. */
export function backlogHome(env: NodeJS.ProcessEnv): string {
  return env.BACKLOG_HOME
    ? path.resolve(env.BACKLOG_HOME)
    : path.join(env.HOME || homedir(), '.backlog-toolkit');
}

/**
 * The root of the git worktree around `folder`, found without starting git.
 * @returns `undefined` outside a repository
 */
export function worktreeRoot(folder: string): string | undefined {
  for (let current = folder; ; current = path.dirname(current)) {
    if (existsSync(path.join(current, '.git'))) return current;
    if (path.dirname(current) === current) return undefined;
  }
}

/**
 * The git folder of one worktree: its index and what it is in the middle of lie there. A linked worktree's `.git` is a file that
 * names it (gitrepository-layout(5)).
 * @returns `undefined` when `.git` is neither a folder nor such a file
 */
export function gitDir(worktree: string): string | undefined {
  const dotGit = path.join(worktree, '.git');
  if (statSync(dotGit).isDirectory()) return dotGit;
  const named = /^gitdir: ([^\r\n]+)/m.exec(readFileSync(dotGit, 'utf8'))?.[1];
  return named === undefined ? undefined : path.resolve(worktree, named);
}

/**
 * The git folder that all worktrees of a repository share (`info/exclude` lies in it): the `commondir` of a linked worktree's own.
 * @returns `undefined` as {@link gitDir}
 */
export function gitCommonDir(worktree: string): string | undefined {
  const own = gitDir(worktree);
  if (own === undefined || own === path.join(worktree, '.git')) return own;
  const common = path.join(own, 'commondir');
  return existsSync(common) ? path.resolve(own, readFileSync(common, 'utf8').trim()) : own;
}

/** In the git folder of a worktree that this program has made: the root of the worktree that it was made from. */
export const MAIN_WORKTREE = 'backlog-main-worktree';

/**
 * The root of the repository's main worktree: where the shared git folder lies, or what its `core.worktree` says
 * (submodules). Where neither tells (bare repositories, `--separate-git-dir`) it is the one that a ticket's worktree was made from,
 * else the worktree itself.
 */
export function mainWorktreeRoot(worktree: string): string {
  const shared = gitCommonDir(worktree);
  if (shared === undefined || shared === path.join(worktree, '.git')) return worktree;
  const config = textOf(path.join(shared, 'config'));
  const isBare = /^\s*bare\s*=\s*true\s*$/im.test(config);
  if (path.basename(shared) === '.git' && !isBare) return path.dirname(shared);
  const configured = /^\s*worktree\s*=\s*([^\r\n]+)/m.exec(config)?.[1]?.trim();
  if (configured !== undefined) return path.resolve(shared, configured);
  const own = /^gitdir: ([^\r\n]+)/m.exec(textOf(path.join(worktree, '.git')))?.[1];
  const madeFrom = own === undefined ? '' : textOf(path.resolve(worktree, own, MAIN_WORKTREE)).trim();
  return madeFrom !== '' && existsSync(madeFrom) ? madeFrom : worktree;
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** The same folder in the repository's main worktree; `root` itself outside git and in the main worktree. */
export function mainRootOf(root: string): string {
  const worktree = worktreeRoot(root);
  if (worktree === undefined) return root;
  return path.join(mainWorktreeRoot(worktree), path.relative(worktree, root));
}

function realFolder(cwd: string): string {
  try {
    return realpathSync.native(cwd);
  } catch {
    return path.resolve(cwd);
  }
}
