import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { makeFolders, writeFileAtomic } from '../platform/files.ts';
import { sha256 } from '../platform/ids.ts';
import { shellQuoted } from '../platform/shell.ts';
import { MAIN_WORKTREE, mainWorktreeRoot } from '../project/paths.ts';
import { plumb, type RepositoryPlace, tryPlumb } from './repository.ts';

/** The branch of a ticket's own worktree. */
export const branchOfTicket = (ticketId: string): string => `backlog/${ticketId}`;

/**
 * Folder of a repository's worktrees in the user's own folder: `worktrees/<name>-<hash of the path>`. Below the project its tools
 * would collect their tests and files.
 * @param folder any folder of the repository
 */
export function worktreesFolder(home: string, folder: string): string {
  const main = mainWorktreeRoot(folder);
  const name =
    path
      .basename(main)
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .slice(0, 40) || 'project';
  return path.join(home, 'worktrees', `${name}-${sha256(main).slice(0, 12)}`);
}

/**
 * Makes a git worktree for a ticket at HEAD, on branch `backlog/<id>`.
 * @returns its root
 * @throws BacklogError `worktree-failed` (exit 4) with git's words
 */
export async function makeWorktree(place: RepositoryPlace, home: string, ticketId: string): Promise<string> {
  const worktree = path.join(worktreesFolder(home, place.worktree), ticketId);
  await addWorktree(place, worktree, ticketId);
  return worktree;
}

/**
 * The same in a given folder; one that is there already is left as it is.
 * @throws BacklogError `branch-in-the-way` (exit 1), `worktree-failed` (exit 4) with git's words
 */
export async function addWorktree(place: RepositoryPlace, worktree: string, ticketId: string): Promise<void> {
  if (await isOurs(place, worktree)) return rememberMain(place, worktree);
  makeFolders(path.dirname(worktree), 0o700);
  const branch = branchOfTicket(ticketId);
  const branches = await branchNames(place);
  const exists = branches.has(branch);
  const args = exists ? [worktree, branch] : ['-b', branch, worktree, 'HEAD'];
  if (!exists) refuseBlocked(place, branches, branch);
  // What was registered here and is gone (rm -rf) would be in the way.
  await tryPlumb(place, ['worktree', 'remove', '--force', worktree]);
  const added = await tryPlumb(place, ['worktree', 'add', '--quiet', ...args]);
  if (added.exitCode === 0) return rememberMain(place, worktree);
  throw new BacklogError({
    code: 'worktree-failed',
    message: `git could not make the worktree ${worktree}: ${added.stderr.trim()}`,
    fix: 'read what git says, mend it, and run the command again',
    exitCode: ExitCode.Outside,
  });
}

/** Where git has no main worktree (a bare repository), the new one has to say where tickets and evidence lie. */
async function rememberMain(place: RepositoryPlace, worktree: string): Promise<void> {
  const main = mainWorktreeRoot(place.worktree);
  if (mainWorktreeRoot(worktree) === main) return;
  const own = await plumb({ ...place, worktree }, ['rev-parse', '--absolute-git-dir']);
  writeFileAtomic(path.join(own, MAIN_WORKTREE), `${main}\n`);
}

/**
 * git keeps a branch as a file: beside a branch `backlog` there can be no `backlog/FEAT-001`.
 * @throws BacklogError `branch-in-the-way` (exit 1) with the command that renames it
 */
export async function refuseBlockedBranches(place: RepositoryPlace): Promise<void> {
  refuseBlocked(place, await branchNames(place));
}

async function branchNames(place: RepositoryPlace): Promise<ReadonlySet<string>> {
  // Not `:short`, which is longer where a tag has the same name.
  const text = await plumb(place, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/']);
  return new Set(text.split('\n'));
}

/** @param wanted a ticket's branch: beside `backlog/FEAT-001/x` there can be no `backlog/FEAT-001` either */
function refuseBlocked(place: RepositoryPlace, names: ReadonlySet<string>, wanted?: string): void {
  const below = wanted === undefined ? undefined : [...names].find((name) => name.startsWith(`${wanted}/`));
  const found = names.has('backlog') ? 'backlog' : below;
  if (found === undefined) return;
  const stem = `${found.replaceAll('/', '-')}-branch`;
  let free = stem;
  for (let count = 2; names.has(free); count += 1) free = `${stem}-${count}`;
  throw new BacklogError({
    code: 'branch-in-the-way',
    message: `the branch ${found} is in the way: git can make no branch ${wanted ?? 'backlog/<ticket>'} beside it`,
    fix: `git -C ${shellQuoted(place.worktree)} branch -m ${shellQuoted(found)} ${shellQuoted(free)}`,
    exitCode: ExitCode.CheckFailed,
  });
}

/**
 * Takes a ticket's worktree away, and its branch when it is merged. Uncommitted work is never taken away with it.
 * @returns what was kept and why; `undefined` when all is gone
 */
export async function removeWorktree(
  place: RepositoryPlace,
  worktree: string,
  branch: string | null,
): Promise<string | undefined> {
  if (existsSync(worktree)) {
    const removed = await tryPlumb(place, ['worktree', 'remove', worktree]);
    if (removed.exitCode !== 0) return `${worktree}: ${removed.stderr.trim()}`;
    rmSync(worktree, { recursive: true, force: true });
  } else await tryPlumb(place, ['worktree', 'prune']);
  if (branch === null || !branch.startsWith('backlog/')) return undefined;
  const deleted = await tryPlumb(place, ['branch', '--quiet', '--delete', branch]);
  return deleted.exitCode === 0 || /not found/.test(deleted.stderr) ? undefined : deleted.stderr.trim();
}

/** A folder of that name which git knows as a worktree of this repository. */
async function isOurs(place: RepositoryPlace, worktree: string): Promise<boolean> {
  const link = path.join(worktree, '.git');
  if (!existsSync(link)) return false;
  const listed = await tryPlumb(place, ['worktree', 'list', '--porcelain', '-z']);
  const target = readFileSync(link, 'utf8')
    .replace(/^gitdir:\s*/, '')
    .trim();
  return listed.stdout.split('\0').includes(`worktree ${worktree}`) && existsSync(target);
}
