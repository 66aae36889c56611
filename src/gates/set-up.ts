import { rmSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { BacklogConfig } from '../project/config.ts';
import { installCommand, lockText } from '../project/lockfiles.ts';
import type { BaseCopy } from './base-copy.ts';
import type { GateCall } from './call.ts';
import { type Claim, changeClaim } from './claims.ts';
import { type CommandRun, runGateCommand } from './command.ts';
import { isInstalled } from './dependencies.ts';
import { withEvent } from './lease.ts';
import { tailOf } from './outcome.ts';
import { topLevel } from './repository.ts';
import type { Work } from './work.ts';

/**
 * Runs `worktrees.setupCommand`, else the install command of the lock file, once in a worktree of its own: a fresh worktree has no
 * dependencies. The main worktree is the user's: nothing is run there.
 * @returns whether a command was run: then files may be others than before
 * @throws BacklogError `worktree-setup-failed` (exit 1)
 */
export async function setUpWorktree(work: Work): Promise<boolean> {
  const { call, claim, config, place, root } = work;
  const command = setUpCommand(config, root);
  if (command === undefined || isSetUp(claim, place.worktree)) return false;
  if ((await topLevel(call.paths.mainRoot, call.env, call.facts)) === place.worktree) return false;
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
  return true;
}

/** What makes a fresh checkout run: `worktrees.setupCommand`, else the install command of its lock file. */
function setUpCommand({ worktrees }: Pick<BacklogConfig, 'worktrees'>, root: string): string | undefined {
  return worktrees.setupCommand ?? installCommand(root);
}

export interface CopySetUp {
  readonly copy: BaseCopy;
  /** The project's folder in the copy. */
  readonly root: string;
  readonly config: BacklogConfig;
  /** The project's folder that the dependencies were linked from: with another lock file there they are not enough. */
  readonly linkedFrom?: string;
}

/**
 * Sets a temporary checkout up where no dependencies could be linked, or those of another lock file.
 * @returns the run when it failed, with `trouble` in words
 */
export async function setUpCopy(
  call: GateCall,
  { copy, root, config, linkedFrom }: CopySetUp,
): Promise<CommandRun | undefined> {
  const command = setUpCommand(config, root);
  const enough =
    copy.linked.some(isInstalled) && (linkedFrom === undefined || lockText(linkedFrom) === lockText(root));
  if (command === undefined || enough) return undefined;
  // What is linked is the user's own: the command would install into it.
  for (const name of copy.linked.filter(isInstalled))
    rmSync(path.join(copy.worktree, name), { recursive: true, force: true });
  call.note(`setting a temporary checkout up: \`${command}\``);
  const run = await runGateCommand(call, command, root);
  if (run.exitCode === 0) return undefined;
  return { ...run, trouble: `the set-up \`${command}\` failed: ${run.trouble ?? `exit ${run.exitCode}`}` };
}

/** Set up, and not made again since. */
function isSetUp({ history }: Claim, worktree: string): boolean {
  const last = history.findLast(
    ({ event, note }) => (event === 'set-up' || event === 'remade') && note === worktree,
  );
  return last?.event === 'set-up';
}
