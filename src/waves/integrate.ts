import type { BaseCopy } from '../gates/base-copy.ts';
import type { GateCall } from '../gates/call.ts';
import type { Claim } from '../gates/claims.ts';
import { recordRebased } from '../gates/commit.ts';
import { plumb, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';
import { runStaleGates } from '../gates/run.ts';
import { setUpCopy } from '../gates/set-up.ts';
import { firstUnmet } from '../gates/status.ts';
import { commitsBetween } from '../gates/ticket-commits.ts';
import { codeTreeOf } from '../gates/tree.ts';
import { currentStatus, openWork, type Work, withNewEvidence } from '../gates/work.ts';
import type { Gate } from '../project/gates.ts';
import { layCommits } from './lay-commits.ts';

/** A ticket whose commits lie on the integration branch, with every gate green for the combined code. */
export interface Integrated {
  readonly ticketId: string;
  /** The claim as it will be: on its new base. */
  readonly claim: Claim;
  /** Its last commit there. */
  readonly commit: string;
}

export interface PutBack {
  readonly ticketId: string;
  /** One sentence. */
  readonly reason: string;
  /** Its own gates all hold; what failed is the combined code. */
  readonly finished: boolean;
  /** Its commits could be laid on the combined code: what failed is a gate. */
  readonly applies: boolean;
}

export interface Integration {
  readonly main: RepositoryPlace;
  /** A checkout of what was made so far, detached, clean. */
  readonly copy: BaseCopy;
  /** One commit of the ticket's several. */
  readonly squash: boolean;
}

/** Why a ticket cannot be merged yet: a gate of its own does not hold. `undefined` when all do. */
export async function unfinished(call: GateCall, claim: Claim): Promise<PutBack | undefined> {
  const unmet = firstUnmet(await currentStatus(await openWork(call, claim)));
  return unmet === undefined
    ? undefined
    : {
        ticketId: claim.ticket_id,
        reason: `is not finished: ${unmet.gate}: ${unmet.reason}`,
        finished: false,
        applies: true,
      };
}

/**
 * Lays a finished ticket's commits on the integration worktree's HEAD and judges the **combined** code: the mechanical gates run
 * again where the tree is another than the ticket's own, and a review is carried over when the ticket's difference is the same.
 * On a no, HEAD is what it was.
 */
export async function integrate(
  call: GateCall,
  claim: Claim,
  { main, copy, squash }: Integration,
): Promise<Integrated | PutBack> {
  const ticketId = claim.ticket_id;
  const integration: RepositoryPlace = { ...main, worktree: copy.worktree };
  const onto = await plumb(integration, ['rev-parse', 'HEAD']);
  const own: RepositoryPlace = { ...main, worktree: claim.worktree };
  const tip = await plumb(own, ['rev-parse', 'HEAD']);
  const conflicts = await layCommits(integration, claim.base_commit, tip);
  if (conflicts !== undefined)
    return {
      ticketId,
      reason: `does not fit the combined code: ${conflicts}`,
      finished: true,
      applies: false,
    };
  if (squash) await squashOnto(integration, onto);
  const reason = await judgeOn(call, { ...claim, base_commit: onto }, copy);
  if (reason !== undefined) {
    await plumb(integration, ['reset', '--quiet', '--hard', onto]);
    return { ticketId, reason, finished: true, applies: true };
  }
  const commit = await plumb(integration, ['rev-parse', 'HEAD']);
  return { ticketId, claim: { ...claim, base_commit: onto }, commit };
}

/**
 * Runs the gates of a ticket whose commits lie on another base, in a temporary checkout of its last one there.
 * @param claim on that base; its worktree is the ticket's own, whose dependencies were linked
 * @returns why the combined code is no good; `undefined` when every required gate holds
 */
export async function judgeOn(call: GateCall, claim: Claim, copy: BaseCopy): Promise<string | undefined> {
  const own = await openWork(call, claim);
  const combined = await openWork(call, { ...claim, worktree: copy.worktree, branch: null });
  const { root, config } = combined;
  const failed = await setUpCopy(call, { copy, root, config, linkedFrom: own.root });
  return failed === undefined ? judge(combined) : failed.trouble;
}

/** Why the combined code is no good for this ticket; `undefined` when every required gate holds. */
async function judge(combined: Work): Promise<string | undefined> {
  const outcomes = await runStaleGates(combined);
  const failed = outcomes.find(({ result }) => result === 'fail');
  if (failed !== undefined) return failsCombined(failed.gate, failed.message);
  const recorded = await recordRebased(withNewEvidence(combined));
  const unmet = firstUnmet(await currentStatus(recorded));
  return unmet === undefined
    ? undefined
    : `on the combined code ${unmet.gate} does not hold: ${unmet.reason}`;
}

export function failsCombined(gate: Gate, message: string): string {
  return `${gate} fails on the combined code: ${message}`;
}

/** One commit instead of several, with the last one's message, which names the newest evidence. */
async function squashOnto(place: RepositoryPlace, onto: string): Promise<void> {
  const count = Number(await plumb(place, ['rev-list', '--count', `${onto}..HEAD`]));
  if (count < 2) return;
  const last = await plumb(place, ['rev-parse', 'HEAD']);
  await plumb(place, ['reset', '--quiet', '--soft', onto]);
  await plumb(place, ['commit', '--quiet', '--reuse-message', last]);
}

/**
 * The claim of a ticket whose commit is on `tip` already, moved to the base that its newest evidence is for: a merge that was cut
 * off after the branch moved has left it so. `undefined` when nothing of it is there.
 */
export async function alreadyMerged(
  call: GateCall,
  claim: Claim,
  main: RepositoryPlace,
  tip: string,
): Promise<Integrated | undefined> {
  const work = await openWork(call, claim);
  const own = (
    await commitsBetween(main, work.books, claim.ticket_id, { from: claim.base_commit, to: tip })
  ).filter((commit) => commit.own);
  for (const { record } of work.lines.toReversed()) {
    const held = record.holds_for;
    if (record.gate !== 'commit' || record.result !== 'pass' || held.kind !== 'commit') continue;
    for (const { id } of own)
      if ((await codeTreeOf(main, id, work.books)) === held.tree)
        return {
          ticketId: claim.ticket_id,
          claim: { ...claim, base_commit: record.base_commit },
          commit: id,
        };
  }
  return undefined;
}

/** The ticket's own branch, whose commits were rebased, so that its worktree can be taken away as merged. */
export async function followMerge(
  own: RepositoryPlace,
  main: RepositoryPlace,
  commit: string,
): Promise<void> {
  // A ticket that was begun in the user's own checkout: that follows the branch, and nothing else moves it.
  if (own.worktree === main.worktree) return;
  const dirty = await tryPlumb(own, ['status', '--porcelain']);
  if (dirty.exitCode === 0 && dirty.stdout === '') await plumb(own, ['reset', '--quiet', '--hard', commit]);
}
