import path from 'node:path';

/** Where a project keeps its books, seen from the root of its git worktree. */
export interface Bookkeeping {
  /** The project's folder relative to the worktree's root, forward slashes; empty when it is the root. */
  readonly prefix: string;
  /** `backlog.dataDir`, relative to the project. */
  readonly dataDir: string;
}

const ownFiles = new Set([
  '.claude/implementer-state.json',
  '.claude/cost-history.json',
  '.claude/playbook.md',
]);

/** What a state or cost history that could not be read is kept as. */
const setAside = /^\.claude\/(?:implementer-state|cost-history)\.json\.corrupt-[0-9TZ.-]+$/;

/**
 * Whether a path of the worktree is bookkeeping and no part of the code tree. Under `dataDir` only ticket files and
 * evidence are: anything else there is code, so that no code can hide in it.
 * @param file relative to the worktree's root, forward slashes
 */
export function isBookkeeping(file: string, books: Bookkeeping): boolean {
  if (books.prefix !== '' && !file.startsWith(`${books.prefix}/`)) return false;
  const inProject = books.prefix === '' ? file : file.slice(books.prefix.length + 1);
  if (ownFiles.has(inProject) || setAside.test(inProject) || inProject.startsWith('.backlog-ops/'))
    return true;
  const parent = path.posix.dirname(books.dataDir);
  const reports = parent === '.' ? '' : `${parent}/`;
  if (inProject.startsWith(`${reports}REFINEMENT-REPORT-`))
    return /^REFINEMENT-REPORT-[0-9-]+\.md$/.test(inProject.slice(reports.length));
  if (!inProject.startsWith(`${books.dataDir}/`)) return false;
  const inData = inProject.slice(books.dataDir.length + 1);
  return /^(pending|completed)\/[^/]+\.md$/.test(inData) || /^evidence\/[^/]+\.json$/.test(inData);
}

/** The bookkeeping of a project at `root` in the worktree `worktree`. */
export function bookkeepingOf(worktree: string, root: string, dataDir: string): Bookkeeping {
  return { prefix: path.relative(worktree, root).split(path.sep).join('/'), dataDir };
}
