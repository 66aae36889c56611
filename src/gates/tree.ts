import { copyFileSync, existsSync, lstatSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { sha256 } from '../platform/ids.ts';
import { type Bookkeeping, isBookkeeping } from './bookkeeping.ts';
import { isFullId } from './git-facts.ts';
import { gitFile, plumb, type RepositoryPlace, tryPlumb } from './repository.ts';

/**
 * The code tree of a worktree: the git tree hash of what is on disk, tracked and untracked but not ignored, without the
 * bookkeeping paths. It is made with a temporary index; the user's own index is only read.
 *
 * The temporary index begins as a copy of the user's, for its cache of file times (and for files that are tracked although
 * they are ignored). What could hide a change there is taken off: assume-unchanged and skip-worktree bits, and the copy's
 * time is set back, so that a file written in the same second as the index is compared by content.
 * @throws BacklogError `tree-unreadable` (exit 4) with git's words; `submodule-dirty` (exit 1), because a tree names a
 * submodule's commit only
 */
export async function codeTree(place: RepositoryPlace, books: Bookkeeping): Promise<string> {
  return withIndex(async (indexFile) => {
    await copyIndex(place, indexFile);
    const sparse = await dropHidingBits(place, indexFile);
    const added = await tryPlumb(place, ['add', '--all', ...(sparse ? ['--sparse'] : [])], { indexFile });
    if (added.exitCode !== 0) throw unreadable(place, added.stderr);
    const entries = await indexEntries(place, indexFile);
    await refuseDirtySubmodules(place, entries);
    // What is left out of a sparse checkout may be a name without content (`add --intent-to-add`), which the listing does not tell.
    const key =
      sparse || entries.some(({ stage }) => stage !== '0') ? undefined : keyOf(place, entries, books);
    return recalled(place, key, () => writeIndexed(place, indexFile, entries, books));
  });
}

/** The code tree of a commit or tree: the same without the bookkeeping paths, so that the two compare by hash. */
export async function codeTreeOf(
  place: RepositoryPlace,
  treeish: string,
  books: Bookkeeping,
): Promise<string> {
  const key = isFullId(treeish) ? `${treeish} ${JSON.stringify(books)}` : undefined;
  return recalled(place, key, async () => {
    const entries = await treeEntries(place, treeish);
    return recalled(place, keyOf(place, entries, books), () => writeListed(place, codeAmong(entries, books)));
  });
}

/** The code tree of what is staged. Another git may hold the index (a commit does while its hooks run): it is only read. */
export async function codeTreeOfIndex(
  place: RepositoryPlace,
  index: string,
  books: Bookkeeping,
): Promise<string> {
  return withIndex(async (indexFile) => {
    if (existsSync(index)) copyFileSync(index, indexFile);
    return writeIndexed(place, indexFile, await indexEntries(place, indexFile), books);
  });
}

/** The tree that was made of the same files before, else a new one. */
async function recalled(
  place: RepositoryPlace,
  key: string | undefined,
  make: () => Promise<string>,
): Promise<string> {
  const known = key === undefined ? undefined : place.facts?.codeTrees.get(key);
  if (known !== undefined) return known;
  const tree = await make();
  if (key !== undefined) place.facts?.codeTrees.set(key, tree);
  return tree;
}

/** A file of an index or a tree. */
interface Entry {
  /** Octal, such as `160000` for a submodule. */
  readonly mode: string;
  readonly id: string;
  /** `0`; another number for one side of a conflict. */
  readonly stage: string;
  readonly file: string;
  /** Its path byte for byte, as `latin1`: names need not be UTF-8. */
  readonly bytes: string;
}

async function indexEntries(place: RepositoryPlace, indexFile: string): Promise<Entry[]> {
  const listed = await plumb(place, ['ls-files', '--stage', '-z'], { indexFile, encoding: 'latin1' });
  return entriesOf(listed, ([mode, id, stage]) => ({ mode, id, stage }));
}

async function treeEntries(place: RepositoryPlace, treeish: string): Promise<Entry[]> {
  const args = ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', treeish];
  const listed = await plumb(place, args, { encoding: 'latin1' });
  return entriesOf(listed, ([mode, , id]) => ({ mode, id, stage: '0' }));
}

function entriesOf(
  listed: string,
  read: (words: readonly string[]) => {
    readonly mode: string | undefined;
    readonly id: string | undefined;
    readonly stage: string | undefined;
  },
): Entry[] {
  return listed
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t');
      const { mode = '', id = '', stage = '' } = read(line.slice(0, tab).split(' '));
      const bytes = line.slice(tab + 1);
      return { mode, id, stage, bytes, file: Buffer.from(bytes, 'latin1').toString('utf8') };
    });
}

function codeAmong(entries: readonly Entry[], books: Bookkeeping): Entry[] {
  return entries.filter(({ file }) => !isBookkeeping(file, books));
}

/** Digest of all that a code tree is made of: mode, content and name of each file. */
function keyOf(
  { facts }: RepositoryPlace,
  entries: readonly Entry[],
  books: Bookkeeping,
): string | undefined {
  if (facts === undefined) return undefined;
  return sha256(Buffer.from(linesOf(codeAmong(entries, books)), 'latin1'));
}

function linesOf(entries: readonly Entry[]): string {
  return entries.map(({ mode, id, bytes }) => `${mode} ${id}\t${bytes}\0`).join('');
}

async function writeListed(place: RepositoryPlace, entries: readonly Entry[]): Promise<string> {
  return withIndex(async (indexFile) => {
    const input = Buffer.from(linesOf(entries), 'latin1');
    await plumb(place, ['update-index', '-z', '--index-info'], { indexFile, input });
    return writeTree(place, indexFile);
  });
}

async function writeIndexed(
  place: RepositoryPlace,
  indexFile: string,
  entries: readonly Entry[],
  books: Bookkeeping,
): Promise<string> {
  const dropped = entries.filter(({ file }) => isBookkeeping(file, books));
  if (dropped.length > 0) {
    const input = Buffer.from(dropped.map(({ bytes }) => `${bytes}\0`).join(''), 'latin1');
    await plumb(place, ['update-index', '--force-remove', '-z', '--stdin'], { indexFile, input });
  }
  return writeTree(place, indexFile);
}

function writeTree(place: RepositoryPlace, indexFile: string): Promise<string> {
  return plumb(place, ['write-tree', '--missing-ok'], { indexFile });
}

async function copyIndex(place: RepositoryPlace, indexFile: string): Promise<void> {
  const own = await gitFile(place, 'index');
  if (!existsSync(own)) return;
  const seconds = Math.max(1, Math.floor(statSync(own).mtimeMs / 1000) - 1);
  copyFileSync(own, indexFile);
  // An older index makes git compare more files by content, a younger one fewer (git's "racy" rule).
  utimesSync(indexFile, seconds, seconds);
}

async function isSparse(place: RepositoryPlace): Promise<boolean> {
  const result = await tryPlumb(place, ['config', '--type=bool', 'core.sparseCheckout']);
  return result.stdout.trim() === 'true';
}

/**
 * In a sparse checkout a file that is left out keeps its bit: it is absent on purpose.
 * @returns whether it is one; where nothing is left out and no rules for it lie there, that is the same as not to be one
 */
async function dropHidingBits(place: RepositoryPlace, indexFile: string): Promise<boolean> {
  const listed = await plumb(place, ['ls-files', '-v', '-z'], { indexFile });
  const assumed: string[] = [];
  const left: string[] = [];
  for (const entry of listed.split('\0')) {
    const tag = entry.charAt(0);
    const file = entry.slice(2);
    // `-v` writes the tag in lower case for assume-unchanged; S is skip-worktree.
    if (tag !== '' && tag === tag.toLowerCase()) assumed.push(file);
    if (tag.toUpperCase() === 'S') left.push(file);
  }
  const mayBeSparse = left.length > 0 || existsSync(await gitFile(place, 'info/sparse-checkout'));
  const sparse = mayBeSparse && (await isSparse(place));
  const skipped = left.filter((file) => !(sparse && isAbsent(path.join(place.worktree, file))));
  for (const [flag, files] of [
    ['--no-assume-unchanged', assumed],
    ['--no-skip-worktree', skipped],
  ] as const) {
    if (files.length === 0) continue;
    const input = files.map((file) => `${file}\0`).join('');
    await plumb(place, ['update-index', flag, '-z', '--stdin'], { indexFile, input });
  }
  return sparse;
}

function isAbsent(file: string): boolean {
  try {
    lstatSync(file);
    return false;
  } catch {
    return true;
  }
}

async function refuseDirtySubmodules(place: RepositoryPlace, entries: readonly Entry[]): Promise<void> {
  for (const { file } of entries.filter(({ mode }) => mode === '160000')) {
    const worktree = path.join(place.worktree, file);
    if (!existsSync(path.join(worktree, '.git'))) continue;
    const status = await plumb({ ...place, worktree }, ['status', '--porcelain', '--ignore-submodules=none']);
    if (status === '') continue;
    throw new BacklogError({
      code: 'submodule-dirty',
      message: `the submodule ${file} has changes that are not committed, which no tree hash can name`,
      fix: `commit or stash them: git -C ${JSON.stringify(file)} status`,
      exitCode: ExitCode.CheckFailed,
      file,
    });
  }
}

async function withIndex<T>(work: (indexFile: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'backlog-index-'));
  try {
    return await work(path.join(folder, 'index'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function unreadable(place: RepositoryPlace, words: string): BacklogError {
  return new BacklogError({
    code: 'tree-unreadable',
    message: `git could not read the working tree ${place.worktree}: ${words.trim()}`,
    fix: 'mend or ignore what git names, and run the command again',
    exitCode: ExitCode.Outside,
  });
}
