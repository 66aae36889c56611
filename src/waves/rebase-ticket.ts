import type { GateCall } from '../gates/call.ts';
import { changeClaim, readClaim } from '../gates/claims.ts';
import { withEvent } from '../gates/lease.ts';
import { plumb, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';

/**
 * Lays the commits of a ticket that was put back on the branch as it is now, in the ticket's own worktree, so that its agent sees
 * the combined code. What does not fit is left there as files with conflict marks, uncommitted. A worktree with uncommitted
 * work is left as it is.
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
  await plumb(own, ['reset', '--quiet', '--hard', target]);
  const range = `${claim.base_commit}..${tip}`;
  const picked = await tryPlumb(own, ['cherry-pick', '--allow-empty', '--keep-redundant-commits', range]);
  if (picked.exitCode !== 0) {
    await tryPlumb(own, ['cherry-pick', '--abort']);
    await plumb(own, ['reset', '--quiet', '--hard', target]);
    await tryPlumb(own, ['merge', '--quiet', '--squash', '--no-commit', tip]);
    // Nothing stays half merged in the index: the marks in the files say where to look.
    await plumb(own, ['reset', '--quiet', 'HEAD']);
  }
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
