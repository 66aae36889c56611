import { BacklogError, ExitCode } from '../platform/errors.ts';
import { installCommand } from '../project/lockfiles.ts';
import { type Claim, changeClaim } from './claims.ts';
import { runGateCommand } from './command.ts';
import { withEvent } from './lease.ts';
import { tailOf } from './outcome.ts';
import { topLevel } from './repository.ts';
import type { Work } from './work.ts';

/**
 * Runs `worktrees.setupCommand`, else the install command of the lock file, once in a worktree of its own: a fresh worktree has no
 * dependencies. The main worktree is the user's: nothing is run there.
 * @throws BacklogError `worktree-setup-failed` (exit 1)
 */
export async function setUpWorktree(work: Work): Promise<void> {
  const { call, claim, config, place, root } = work;
  const command = config.worktrees.setupCommand ?? installCommand(root);
  if (command === undefined || isSetUp(claim, place.worktree)) return;
  if ((await topLevel(call.paths.mainRoot, call.env)) === place.worktree) return;
  call.note(`setting the worktree up: \`${command}\``);
  const run = await runGateCommand(call, command, root);
  if (run.exitCode !== 0)
    throw new BacklogError({
      code: 'worktree-setup-failed',
      message: `\`${command}\` ${run.trouble ?? `exits ${run.exitCode}`} in ${root}:\n${tailOf(run.output).trim()}`,
      fix: 'mend it, or worktrees.setupCommand in backlog.config.json, and run the gate again',
      exitCode: ExitCode.CheckFailed,
    });
  await changeClaim(call.paths.opsDir, claim.ticket_id, (found) =>
    found === undefined ? undefined : withEvent(found, call, 'set-up', place.worktree),
  );
}

/** Set up, and not made again since. */
function isSetUp({ history }: Claim, worktree: string): boolean {
  const last = history.findLast(
    ({ event, note }) => (event === 'set-up' || event === 'remade') && note === worktree,
  );
  return last?.event === 'set-up';
}
