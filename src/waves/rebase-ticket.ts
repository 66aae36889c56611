import { withBaseCopy } from '../gates/base-copy.ts';
import type { GateCall } from '../gates/call.ts';
import { changeClaim, readClaim } from '../gates/claims.ts';
import { withEvent } from '../gates/lease.ts';
import { plumb, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';
import { layCommits } from './lay-commits.ts';

/** Keeps the commits of a ticket as they were before they were laid on other code. */
export const putBackRef = (ticketId: string): string => `refs/backlog/put-back/${ticketId}`;

/**
 * Lays the commits of a ticket that was put back on the branch as it is now, in the ticket's own worktree, so that its agent sees
 * the combined code. What does not fit is left there as files with conflict marks, uncommitted. A worktree with uncommitted
 * work is left as it is. The commits as they were stay at {@link putBackRef} until the ticket is completed.
 */
export async function rebaseTicket(
  call: GateCall,
  ticketId: string,
  main: RepositoryPlace,
  branch: string,
): Promise<void> {
  const claim = readClaim(call.paths.opsDir, ticketId);
  // A ticket that was begun in the user's own checkout stays there as it is.
  if (claim === undefined || claim.worktree === main.worktree) return;
  const own: RepositoryPlace = { ...main, worktree: claim.worktree };
  const target = await plumb(main, ['rev-parse', `refs/heads/${branch}^{commit}`]);
  const status = await tryPlumb(own, ['status', '--porcelain']);
  if (status.exitCode !== 0 || status.stdout !== '' || target === claim.base_commit) return;
  const tip = await plumb(own, ['rev-parse', 'HEAD']);
  await plumb(main, ['update-ref', '-m', 'backlog: put back', putBackRef(ticketId), tip]);
  const { commit, marked } = await combined(main, { target, base: claim.base_commit, tip, ticketId });
  // The ticket's own worktree changes in one step: a call that is cut off has left either the old commits there or the new ones.
  await plumb(own, ['reset', '--quiet', '--hard', commit]);
  // Nothing stays half merged in the index: the marks in the files say where to look.
  if (marked) await plumb(own, ['reset', '--quiet', target]);
  await changeClaim(call.paths.opsDir, ticketId, (found) =>
    found === undefined
      ? undefined
      : withEvent(
          { ...found, base_commit: target },
          call,
          'rebased',
          `base ${found.base_commit} → ${target}; before: ${tip}`,
        ),
  );
}

interface Laid {
  readonly target: string;
  readonly base: string;
  readonly tip: string;
  readonly ticketId: string;
}

/** The commits on `target`; where they do not fit, one commit of the files with their conflict marks. */
function combined(
  main: RepositoryPlace,
  { target, base, tip, ticketId }: Laid,
): Promise<{ readonly commit: string; readonly marked: boolean }> {
  return withBaseCopy(main, { commit: target, dependenciesFrom: [] }, async ({ worktree }) => {
    const copy: RepositoryPlace = { ...main, worktree };
    const marked = (await layCommits(copy, base, tip)) !== undefined;
    if (marked) {
      await tryPlumb(copy, ['merge', '--quiet', '--squash', '--no-commit', tip]);
      await plumb(copy, ['add', '--all']);
      // With the trailer the ticket's own: should nothing after this happen, `ticket start --rebase` finds its base.
      const message = `chore: the change of ${ticketId} with conflict marks\n\nTicket: ${ticketId}\n`;
      const nobody = ['-c', 'user.name=backlog', '-c', 'user.email=backlog@localhost'];
      await plumb(copy, [...nobody, 'commit', '--quiet', '--no-gpg-sign', '--allow-empty', '--file=-'], {
        input: message,
      });
    }
    return { commit: await plumb(copy, ['rev-parse', 'HEAD']), marked };
  });
}
