import { withBaseCopy } from '../gates/base-copy.ts';
import type { GateCall } from '../gates/call.ts';
import { type Claim, changeClaim } from '../gates/claims.ts';
import { ticketDiff } from '../gates/difference.ts';
import { withEvent } from '../gates/lease.ts';
import { commitId, type RepositoryPlace } from '../gates/repository.ts';
import { commitsBetween } from '../gates/ticket-commits.ts';
import { codeTreeOf } from '../gates/tree.ts';
import { openWork, type Work } from '../gates/work.ts';
import { failsCombined, followMerge, judgeOn } from './integrate.ts';

/** Where a ticket's change lies in the history of the main worktree. */
interface Landing {
  /** The commit before its first one there. */
  readonly base: string;
  /** Its last one there. */
  readonly commit: string;
}

/**
 * The commits in which the main worktree's history has a ticket's whole change, on a base that has moved: one (a squash), or
 * several in a row (a rebase). They say whose they are, and their difference is the one that was judged.
 */
async function landingOf(work: Work, main: RepositoryPlace): Promise<Landing | undefined> {
  const { books, claim, lines } = work;
  const record = lines.findLast(
    (line) => line.record.gate === 'commit' && line.record.result === 'pass',
  )?.record;
  if (record?.holds_for.kind !== 'commit') return undefined;
  const judged = await ticketDiff(main, books, record.base_commit, record.holds_for.tree);
  const range = { from: claim.base_commit, to: 'HEAD' };
  const commits = await commitsBetween(main, books, claim.ticket_id, range);
  const own = new Set(commits.flatMap((commit) => (commit.own ? [commit.id] : [])));
  for (const commit of own) {
    const tree = await codeTreeOf(main, commit, books);
    for (let first = commit; own.has(first); ) {
      const base = await commitId(main, `${first}^`);
      if (base === undefined) break;
      if ((await ticketDiff(main, books, base, tree)).digest === judged.digest) return { base, commit };
      first = base;
    }
  }
  return undefined;
}

/**
 * Why this very code was found to be no good, when nothing about the ticket was put on record since: the same code is judged once,
 * however often waves are started. A waiver, or another run of a gate, makes it worth another look.
 */
async function judgedBefore(
  { books, lines }: Work,
  main: RepositoryPlace,
  { base, commit }: Landing,
): Promise<string | undefined> {
  const record = lines.at(-1)?.record;
  if (record?.result !== 'fail' || record.base_commit !== base) return undefined;
  const { holds_for: held } = record;
  if (held.kind === 'tree' && held.tree !== (await codeTreeOf(main, commit, books))) return undefined;
  return failsCombined(record.gate, String(record.details?.message ?? ''));
}

/**
 * Judges a ticket's squashed or rebased commits on the code that they really lie on, as a wave's merge would: the mechanical gates
 * run there, the review of the same difference is carried over. When that is green the claim and the worktree follow it.
 * @returns `false` when there are no such commits; `true` when it may be completed; why it may not, in words
 */
export async function adoptSquash(
  call: GateCall,
  claim: Claim,
  main: RepositoryPlace,
): Promise<boolean | string> {
  const work = await openWork(call, claim);
  const landing = await landingOf(work, main);
  if (landing === undefined) return false;
  const before = await judgedBefore(work, main, landing);
  if (before !== undefined) return before;
  const { base, commit } = landing;
  const options = { commit, dependenciesFrom: [claim.worktree, main.worktree] };
  const reason = await withBaseCopy(main, options, (copy) =>
    judgeOn(call, { ...claim, base_commit: base }, copy),
  );
  if (reason !== undefined) return reason;
  await changeClaim(call.paths.opsDir, claim.ticket_id, (found) =>
    found === undefined
      ? undefined
      : withEvent({ ...found, base_commit: base }, call, 'rebased', `merged as ${commit}`),
  );
  await followMerge({ ...main, worktree: claim.worktree }, main, commit);
  return true;
}
