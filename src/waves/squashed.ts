import { withBaseCopy } from '../gates/base-copy.ts';
import type { GateCall } from '../gates/call.ts';
import { type Claim, changeClaim } from '../gates/claims.ts';
import { ticketDiff } from '../gates/difference.ts';
import { withEvent } from '../gates/lease.ts';
import { commitId, type RepositoryPlace } from '../gates/repository.ts';
import { commitsBetween } from '../gates/ticket-commits.ts';
import { codeTreeOf } from '../gates/tree.ts';
import { openWork, type Work } from '../gates/work.ts';
import { followMerge, judgeOn } from './integrate.ts';

/**
 * The commit in which the main worktree's history has a ticket's whole change, on a base that has moved (a squash, or a single
 * commit that was rebased): it says whose it is, and its difference is the one that was judged.
 */
async function squashOf(work: Work, main: RepositoryPlace): Promise<string | undefined> {
  const { books, claim, lines } = work;
  const record = lines.findLast(
    (line) => line.record.gate === 'commit' && line.record.result === 'pass',
  )?.record;
  if (record?.holds_for.kind !== 'commit') return undefined;
  const judged = await ticketDiff(main, books, record.base_commit, record.holds_for.tree);
  const range = { from: claim.base_commit, to: 'HEAD' };
  for (const { id, own } of await commitsBetween(main, books, claim.ticket_id, range)) {
    const before = await commitId(main, `${id}^`);
    if (!own || before === undefined) continue;
    const change = await ticketDiff(main, books, before, await codeTreeOf(main, id, books));
    if (change.digest === judged.digest) return id;
  }
  return undefined;
}

/**
 * Judges a ticket's squashed commit on the code that it really lies on, as a wave's merge would: the mechanical gates run there, the
 * review of the same difference is carried over. When that is green the claim and the worktree follow it.
 * @returns `false` when there is no such commit; `true` when it may be completed; why it may not, in words
 */
export async function adoptSquash(
  call: GateCall,
  claim: Claim,
  main: RepositoryPlace,
): Promise<boolean | string> {
  const commit = await squashOf(await openWork(call, claim), main);
  const base = commit === undefined ? undefined : await commitId(main, `${commit}^`);
  if (commit === undefined || base === undefined) return false;
  const options = { commit, dependenciesFrom: [claim.worktree, main.worktree] };
  const reason = await withBaseCopy(main, options, (copy) =>
    judgeOn(call, { ...claim, base_commit: base }, copy),
  );
  if (reason !== undefined) return reason;
  await changeClaim(call.paths.opsDir, claim.ticket_id, (found) =>
    found === undefined
      ? undefined
      : withEvent({ ...found, base_commit: base }, call, 'rebased', `squashed as ${commit}`),
  );
  await followMerge({ ...main, worktree: claim.worktree }, main, commit);
  return true;
}
