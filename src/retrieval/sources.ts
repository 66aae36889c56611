import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errnoOf } from '../platform/errors.ts';
import { git } from '../platform/git.ts';
import type { BacklogConfig } from '../project/config.ts';
import { type ProjectPaths, worktreeRoot } from '../project/paths.ts';
import { dataFolder, ticketFolders, ticketNames } from '../tickets/backlog.ts';
import { isWalked, type SkipReason, skippedByName } from './skipped.ts';

/** Largest file that is indexed, in bytes: what is larger was not written by hand. */
export const LARGEST_FILE = 512 * 1024;

/** Most files that are looked at, so that a home folder taken for a project ends. */
const MOST_FILES = 100_000;
const DEEPEST_FOLDER = 40;

export type SourceKind = 'code' | 'ticket';

/** A file as it stands on disk, not read yet. */
export interface Source {
  /** With forward slashes; code from the worktree's project folder, tickets from the main worktree's. */
  readonly path: string;
  readonly kind: SourceKind;
  readonly size: number;
  /** ms. */
  readonly mtime: number;
  readonly ctime: number;
}

export interface SourceList {
  readonly sources: readonly Source[];
  /** How many files were left out, by reason. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** There were more files than are looked at. */
  readonly cut: boolean;
}

export interface SourceWorld {
  readonly paths: ProjectPaths;
  readonly config: BacklogConfig;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * The project's files that are worth finding, and its tickets. git says what is ignored; without git a bounded walk leaves out
 * what is usually made or fetched. Links are never followed, neither files nor folders.
 */
export async function listSources(world: SourceWorld): Promise<SourceList> {
  const { paths, config } = world;
  const listed = (await gitFiles(world)) ?? walked(paths.root);
  const names = listed.names.slice(0, MOST_FILES);
  const own = ownPaths(world);
  const skipped: Partial<Record<SkipReason, number>> = {};
  const skip = (reason: SkipReason) => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  const sources: Source[] = [];
  const plainFolders = new Map<string, boolean>();
  for (const name of names) {
    if (own.some((begin) => name.startsWith(begin))) continue;
    const byName = skippedByName(name, listed.ignoreKnown);
    if (byName !== undefined) skip(byName);
    else {
      const source = sourceAt(paths.root, name, 'code', plainFolders);
      if (typeof source === 'string') skip(source);
      else if (source !== undefined) sources.push(source);
    }
  }
  const data = dataFolder(paths, config);
  const plainTicketFolders = new Map<string, boolean>();
  for (const folder of ticketFolders)
    for (const ticket of ticketNames(path.join(data, folder))) {
      const name = path
        .relative(paths.mainRoot, path.join(data, folder, ticket))
        .split(path.sep)
        .join('/');
      const source = sourceAt(paths.mainRoot, name, 'ticket', plainTicketFolders);
      if (typeof source === 'string') skip(source);
      else if (source !== undefined) sources.push(source);
    }
  return { sources, skipped, cut: listed.names.length > MOST_FILES };
}

/** Where a source's path begins. */
export function rootOf({ kind }: Pick<Source, 'kind'>, paths: ProjectPaths): string {
  return kind === 'ticket' ? paths.mainRoot : paths.root;
}

/**
 * Reads a listed file; never a link, a pipe or what has become too large.
 * @returns `undefined` when it cannot be read (any more)
 */
export function readSource(source: Pick<Source, 'path' | 'kind'>, paths: ProjectPaths): Buffer | undefined {
  let handle: number | undefined;
  try {
    const file = path.join(rootOf(source, paths), source.path);
    handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const { size } = fstatSync(handle);
    return fstatSync(handle).isFile() && size <= LARGEST_FILE ? readFileSync(handle) : undefined;
  } catch {
    // Gone, changed into something else or not ours to read: the caller counts it.
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/**
 * How the paths of our own files begin: tickets are listed by themselves, their templates and the reports on them answer no
 * question of the code, and the index is not to find itself.
 */
function ownPaths({ paths, config }: SourceWorld): string[] {
  const { dataDir, templatesDir } = config.backlog;
  const relative = (place: string): string =>
    path.relative(paths.mainRoot, path.resolve(paths.mainRoot, place)).split(path.sep).join('/');
  const folders = [dataDir, templatesDir, paths.opsDir, indexFolder({ paths, config })].map(relative);
  // A folder that is the whole project is nobody's own.
  const own = folders.filter((folder) => folder !== '').map((folder) => `${folder}/`);
  return [...own, relative(path.join(path.dirname(dataDir), 'REFINEMENT-REPORT-'))];
}

/** Where the index lies: `llmOps.ragPolicy.indexPath` below the main worktree's project folder. */
export function indexFolder({ paths, config }: Pick<SourceWorld, 'paths' | 'config'>): string {
  return path.resolve(paths.mainRoot, config.llmOps.ragPolicy.indexPath);
}

function sourceAt(
  root: string,
  name: string,
  kind: SourceKind,
  plainFolders: Map<string, boolean>,
): Source | SkipReason | undefined {
  try {
    if (!isPlainFolder(root, path.posix.dirname(name), plainFolders)) return 'link';
    const found = lstatSync(path.join(root, name), { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (found.isSymbolicLink()) return 'link';
    // A submodule, a pipe, a socket.
    if (!found.isFile()) return undefined;
    if (found.size > LARGEST_FILE) return 'too-large';
    return { path: name, kind, size: found.size, mtime: found.mtimeMs, ctime: found.ctimeMs };
  } catch {
    return 'unreadable';
  }
}

/** Whether a folder and all above it, up to the project, are folders and no links. */
function isPlainFolder(root: string, folder: string, known: Map<string, boolean>): boolean {
  if (folder === '.' || folder === '') return true;
  if (folder === '..' || folder.startsWith('../')) return false;
  const seen = known.get(folder);
  if (seen !== undefined) return seen;
  const entry = lstatSync(path.join(root, folder), { throwIfNoEntry: false });
  const plain =
    (entry === undefined || entry.isDirectory()) && isPlainFolder(root, path.posix.dirname(folder), known);
  known.set(folder, plain);
  return plain;
}

interface Names {
  readonly names: readonly string[];
  readonly ignoreKnown: boolean;
}

/** What git knows and what it does not ignore; `undefined` outside a repository. */
async function gitFiles({ paths, env }: SourceWorld): Promise<Names | undefined> {
  if (worktreeRoot(paths.root) === undefined) return undefined;
  const args = ['-c', 'core.fsmonitor=false', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const result = await git(args, { cwd: paths.root, env });
  if (result.exitCode !== 0) return undefined;
  return { names: [...new Set(result.stdout.split('\0').filter((name) => name !== ''))], ignoreKnown: true };
}

function walked(root: string): Names {
  const names: string[] = [];
  const folders: { readonly name: string; readonly depth: number }[] = [{ name: '', depth: 0 }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(path.join(root, folder.name))) {
      const name = folder.name === '' ? entry.name : `${folder.name}/${entry.name}`;
      if (entry.isFile()) names.push(name);
      else if (entry.isDirectory() && folder.depth < DEEPEST_FOLDER && isWalked(entry.name))
        folders.push({ name, depth: folder.depth + 1 });
      if (names.length > MOST_FILES) return { names, ignoreKnown: false };
    }
  }
  return { names: names.sort(), ignoreKnown: false };
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // A folder that is not ours to read, or gone meanwhile, holds nothing that could be shown.
    if (['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return [];
    throw error;
  }
}
