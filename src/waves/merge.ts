import { withBaseCopy } from '../gates/base-copy.ts';
import type { GateCall } from '../gates/call.ts';
import { type Claim, changeClaim, readClaims } from '../gates/claims.ts';
import { withEvent } from '../gates/lease.ts';
import { placeAround, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';
import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { listTickets } from '../tickets/listing.ts';
import { refuseLostWork } from './earlier-work.ts';
import { fastForward } from './fast-forward.ts';
import {
  alreadyMerged,
  followMerge,
  type Integrated,
  integrate,
  type PutBack,
  unfinished,
} from './integrate.ts';
import { rebaseTicket } from './rebase-ticket.ts';
import { refuseOthersEnd } from './wave-owner.ts';
import { openWave, type WaveRecord, withWavesLock, writeWave } from './wave-record.ts';

export interface MergedWave {
  readonly record: WaveRecord;
  readonly merged: readonly Integrated[];
  readonly putBack: readonly PutBack[];
}

/** How often a merge begins anew because the user committed to the branch meanwhile. */
const MOST_ROUNDS = 3;

/**
 * Takes the finished tickets of the open wave into the user's branch, in the order of the plan. Each is laid on what the ones
 * before it made, in a temporary worktree, and judged there; the branch moves only when that is green. A ticket that does not
 * fit is put back with the reason, and leaves the others.
 * @throws BacklogError `wave-none`, `earlier-work-lost`, `merge-overlaps`, `merge-raced` (exit 1)
 */
export function mergeWave(call: GateCall): Promise<MergedWave> {
  return withWavesLock(call.paths.opsDir, () => mergeOpenWave(call));
}

/** The same, for a caller that holds the waves' lock. */
export async function mergeOpenWave(call: GateCall): Promise<MergedWave> {
  const record = requireOpenWave(call);
  refuseOthersEnd(call, record);
  const main = await placeAround(call.paths.mainRoot, call);
  await refuseLostWork(call, main, record);
  for (let round = 1; ; round++) {
    const tip = await tipOf(main, record);
    const round_ = await mergeOnto(call, main, record, tip);
    const head = round_.merged.at(-1)?.commit ?? tip;
    if (await fastForward(main, record.branch, head)) return settle(call, main, record, round_);
    if (round === MOST_ROUNDS) throw raced(record);
    call.note(`${record.branch} has moved meanwhile: merging again`);
  }
}

interface Round {
  readonly merged: readonly Integrated[];
  readonly putBack: readonly PutBack[];
}

async function mergeOnto(
  call: GateCall,
  main: RepositoryPlace,
  record: WaveRecord,
  tip: string,
): Promise<Round> {
  const claims = await claimsOf(call, record);
  const merged: Integrated[] = [];
  const putBack: PutBack[] = [];
  const left: Claim[] = [];
  for (const claim of claims) {
    const done = await ofOneTicket(claim, () => alreadyMerged(call, claim, main, tip));
    if (done === undefined) left.push(claim);
    else if ('reason' in done) putBack.push(done);
    else merged.push({ ...done, commit: tip });
  }
  let head = tip;
  for (const claim of left) {
    const not = await ofOneTicket(claim, () => unfinished(call, claim));
    if (not !== undefined) {
      putBack.push(not);
      continue;
    }
    call.note(`${claim.ticket_id}: laying its commits on ${record.branch}`);
    const squash = call.config.waves.merge === 'squash';
    // A checkout for each, with the dependencies of the ticket's own: another ticket's may lack what this one adds.
    const options = { commit: head, dependenciesFrom: [claim.worktree, main.worktree] };
    const result = await ofOneTicket(claim, () =>
      withBaseCopy(main, options, (copy) => integrate(call, claim, { main, copy, squash })),
    );
    if ('reason' in result) putBack.push(result);
    else {
      merged.push(result);
      head = result.commit;
    }
  }
  return { merged, putBack };
}

/** What is missing of one ticket stops that one. */
async function ofOneTicket<T>(claim: Claim, work: () => Promise<T>): Promise<T | PutBack> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BacklogError) || !missingParts.has(error.code)) throw error;
    const reason = `${error.code}: ${error.message}; ${error.fix}`;
    return { ticketId: claim.ticket_id, reason, finished: false, applies: true };
  }
}

/** Codes of errors about a ticket's own worktree, base or evidence. */
const missingParts: ReadonlySet<string> = new Set(['worktree-missing', 'base-missing']);

/** After the branch has moved: claims and worktrees follow, and what was put back is laid on the new code, to be mended there. */
async function settle(
  call: GateCall,
  main: RepositoryPlace,
  record: WaveRecord,
  { merged, putBack }: Round,
): Promise<MergedWave> {
  for (const { ticketId, claim, commit } of merged) {
    await changeClaim(call.paths.opsDir, ticketId, (found) =>
      found === undefined || found.base_commit === claim.base_commit
        ? found
        : withEvent(
            { ...found, base_commit: claim.base_commit },
            call,
            'rebased',
            `merged in wave ${record.wave}`,
          ),
    );
    await followMerge({ ...main, worktree: claim.worktree }, main, commit);
  }
  for (const { ticketId, finished } of putBack)
    if (finished) await rebaseTicket(call, ticketId, main, record.branch);
  const at = timestamp(call.clock);
  const next: WaveRecord = {
    ...record,
    put_back: putBack.map(({ ticketId, reason }) => ({ ticket_id: ticketId, at, reason })),
  };
  writeWave(call.paths.opsDir, next);
  return { record: next, merged, putBack };
}

/** Claims of the wave's pending tickets, in the order of its plan. */
async function claimsOf(call: GateCall, record: WaveRecord): Promise<Claim[]> {
  const backlog = await listTickets(call.paths, call.config);
  const { claims } = readClaims(call.paths.opsDir);
  return record.tickets.flatMap(({ id }) => {
    const claim = claims.find((one) => one.ticket_id === id);
    return claim === undefined || backlog.byId(id)?.folder !== 'pending' ? [] : [claim];
  });
}

async function tipOf(main: RepositoryPlace, { branch }: WaveRecord): Promise<string> {
  const tip = await tryPlumb(main, ['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`]);
  if (tip.exitCode === 0) return tip.stdout.trim();
  throw new BacklogError({
    code: 'wave-branch-missing',
    message: `the branch ${branch}, which takes the wave's tickets, is gone`,
    fix: `git branch ${branch} <commit>`,
    exitCode: ExitCode.CheckFailed,
  });
}

/** @throws BacklogError `wave-none` (exit 1) */
export function requireOpenWave({ paths }: Pick<GateCall, 'paths'>): WaveRecord {
  const record = openWave(paths.opsDir);
  if (record !== undefined) return record;
  throw new BacklogError({
    code: 'wave-none',
    message: 'no wave is open',
    fix: 'backlog wave start',
    exitCode: ExitCode.CheckFailed,
  });
}

function raced({ branch }: WaveRecord): BacklogError {
  return new BacklogError({
    code: 'merge-raced',
    message: `${branch} moved ${MOST_ROUNDS} times while the wave was merged`,
    fix: 'wait until nobody commits to it, then run `backlog wave merge` again',
    exitCode: ExitCode.CheckFailed,
  });
}
