import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { mainWorktreeRoot } from '../project/paths.ts';
import { plumb, type RepositoryPlace, tryPlumb } from './repository.ts';

/** Folder of tickets' worktrees in the main worktree. */
const FOLDER = '.worktrees';

/**
 * Makes a git worktree for a ticket at HEAD, on branch `backlog/<id>`. It lies in `.worktrees/` of the main worktree, which
 * `.git/info/exclude` keeps out of every tree: inside the project an agent may work without being asked, a sibling folder is
 * outside its permissions, and `.backlog-ops/` is closed to agents.
 * @returns its root
 * @throws BacklogError `worktree-failed` (exit 4) with git's words
 */
export async function makeWorktree(place: RepositoryPlace, ticketId: string): Promise<string> {
  const main = mainWorktreeRoot(place.worktree);
  const worktree = path.join(main, FOLDER, ticketId);
  if (existsSync(path.join(worktree, '.git'))) return worktree;
  await exclude({ ...place, worktree: main });
  mkdirSync(path.dirname(worktree), { recursive: true });
  const branch = `backlog/${ticketId}`;
  const exists =
    (await tryPlumb(place, ['show-ref', '--verify', '--quiet', `refs/heads/${branch}`])).exitCode === 0;
  const args = exists ? [worktree, branch] : ['-b', branch, worktree, 'HEAD'];
  // What was registered here and is gone (rm -rf) would be in the way.
  await tryPlumb(place, ['worktree', 'remove', '--force', worktree]);
  const added = await tryPlumb(place, ['worktree', 'add', '--quiet', ...args]);
  if (added.exitCode === 0) return worktree;
  throw new BacklogError({
    code: 'worktree-failed',
    message: `git could not make the worktree ${worktree}: ${added.stderr.trim()}`,
    fix: 'read what git says, mend it, and run the command again',
    exitCode: ExitCode.Outside,
  });
}

async function exclude(main: RepositoryPlace): Promise<void> {
  const probe = await tryPlumb(main, ['check-ignore', '--quiet', `${FOLDER}/x`]);
  if (probe.exitCode === 0) return;
  const file = path.resolve(main.worktree, await plumb(main, ['rev-parse', '--git-path', 'info/exclude']));
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeFileAtomic(file, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}/${FOLDER}/\n`);
}
