import type { GateCall } from '../gates/call.ts';
import { readClaim } from '../gates/claims.ts';
import { gatesUnmet } from '../gates/complete.ts';
import { writeHistory } from '../gates/history.ts';
import { notStarted } from '../gates/lease.ts';
import type { TicketSpending } from '../gates/record-completion.ts';
import { commitId, placeAround, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';
import { codeTreeOf } from '../gates/tree.ts';
import { currentStatus, openWork, type Work } from '../gates/work.ts';
import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { type Offer, offerPullRequest, openPullRequest, push } from './pull-request.ts';
import { readShip, type ShipRecord, shipFile, writeShip } from './ship-record.ts';
import { shipBody, shipTitle } from './ship-text.ts';
import { openWave } from './wave-record.ts';

export interface ShipOptions {
  readonly ticketId: string;
  /** The branch that is to take it; without it that of the wave, else the one of the main worktree. */
  readonly base?: string | undefined;
  readonly spending: () => Promise<TicketSpending>;
}

export interface Shipped {
  readonly record: ShipRecord;
  /** `opened` by this call, or an open one that was brought up to date. */
  readonly what: 'opened' | 'updated';
}

/**
 * Pushes a ticket's branch and offers it as a pull request; only when every required gate holds for the commit that is pushed.
 * A second call brings the open pull request up to date.
 * @throws BacklogError `ticket-not-started`, `gates-unmet`, `ship-needs-branch` (exit 1), `ship-no-remote`, `push-failed`,
 * `gh-missing`, `gh-not-logged-in`, `gh-failed` (exit 4)
 */
export async function shipTicket(call: GateCall, options: ShipOptions): Promise<Shipped> {
  const { ticketId } = options;
  const { opsDir } = call.paths;
  const claim = readClaim(opsDir, ticketId);
  if (claim === undefined) throw notStarted(ticketId, 'its work was never started');
  const work = await openWork(call, claim);
  const before = readShip(opsDir, ticketId);
  const main = await placeAround(call.paths.mainRoot, call);
  if (options.base !== undefined) await refuseNoBranch(main, options.base);
  const base = options.base ?? before?.base ?? (await baseOf(call, main, ticketId));
  const branch = claim.branch ?? '';
  const commit = branch === '' ? undefined : await commitId(work.place, `refs/heads/${branch}`);
  if (base === undefined || commit === undefined || branch === base) throw needsBranch(work, branch, base);
  const states = await currentStatus(work, await codeTreeOf(work.place, commit, work.books));
  const unmet = states.filter(({ required, holds }) => required && !holds);
  if (unmet.length > 0) throw gatesUnmet(work, unmet);
  const bodyFile = shipFile(opsDir, ticketId, '.md');
  writeFileAtomic(bodyFile, shipBody(work.ticket, states, await options.spending()));
  const offer: Offer = {
    place: work.place,
    remote: await remoteOf(work.place, base),
    branch,
    base,
    commit,
    title: shipTitle(work.ticket),
    bodyFile,
    pushedBefore: before?.branch === branch ? before.commit : undefined,
  };
  const open = await openPullRequest(offer);
  await warnUnpushed(call, offer, claim.base_commit);
  await push(offer);
  const record: ShipRecord = {
    v: 1,
    ticket_id: ticketId,
    branch,
    base,
    remote: offer.remote,
    commit,
    url: open ?? null,
    at: timestamp(call.clock),
  };
  // A call that is cut off now knows next time what it has pushed.
  writeShip(opsDir, record);
  const url = await offerPullRequest(offer, open);
  writeShip(opsDir, { ...record, url });
  if (before?.url !== url)
    await writeHistory(call, ticketId, { change: `Offered as pull request ${url}`, author: 'backlog' });
  return { record: { ...record, url }, what: open === undefined ? 'opened' : 'updated' };
}

async function baseOf(call: GateCall, main: RepositoryPlace, ticketId: string): Promise<string | undefined> {
  const wave = openWave(call.paths.opsDir);
  if (wave?.tickets.some(({ id }) => id === ticketId)) return wave.branch;
  const head = await tryPlumb(main, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  return head.exitCode === 0 ? head.stdout.trim() : undefined;
}

/** @throws BacklogError `usage` (exit 2): what is no name of a branch could be taken for a flag */
async function refuseNoBranch(place: RepositoryPlace, base: string): Promise<void> {
  const checked = await tryPlumb(place, ['check-ref-format', `refs/heads/${base}`]);
  if (checked.exitCode !== 0 || base.startsWith('-'))
    throw usageError(
      `--base "${base}" is no name of a branch`,
      'pass the branch that is to take it, such as main',
    );
}

/** Commits below the ticket's own that the remote does not have would be part of the pull request too. */
async function warnUnpushed(call: GateCall, { place, remote, base }: Offer, from: string): Promise<void> {
  const there = await commitId(place, `refs/remotes/${remote}/${base}`);
  if (there === undefined) return;
  const known = await tryPlumb(place, ['merge-base', '--is-ancestor', from, there]);
  if (known.exitCode === 1)
    call.note(
      `warning: ${remote}/${base} does not have ${from.slice(0, 12)}, on which the ticket stands, so the pull request shows more than the ticket; git push ${remote} ${base} mends it`,
    );
}

/** The remote of the branch that takes it, else `origin`, else the only one. */
async function remoteOf(place: RepositoryPlace, base: string): Promise<string> {
  const names = (await tryPlumb(place, ['remote'])).stdout.split('\n').filter((name) => name !== '');
  const own = (await tryPlumb(place, ['config', `branch.${base}.remote`])).stdout.trim();
  const found = [own, 'origin', names.length === 1 ? names[0] : undefined].find(
    (name) => name !== undefined && names.includes(name),
  );
  if (found !== undefined) return found;
  throw new BacklogError({
    code: 'ship-no-remote',
    message: `${place.worktree} has no remote that ${base} belongs to, so there is nowhere to push to`,
    fix: 'git remote add origin <url>',
    exitCode: ExitCode.Outside,
  });
}

function needsBranch({ ticket, claim }: Work, branch: string, base: string | undefined): BacklogError {
  const why =
    branch === ''
      ? 'was worked on without a branch'
      : branch === base
        ? `was worked on in ${branch}, the branch that would have to take it`
        : base === undefined
          ? 'has no branch that could take it: HEAD of the main worktree is detached'
          : `has lost its branch ${branch}`;
  return new BacklogError({
    code: 'ship-needs-branch',
    message: `${ticket.id} ${why}`,
    fix:
      base === undefined
        ? `backlog ship ${ticket.id} --base <branch>`
        : `give it a branch of its own: git -C ${JSON.stringify(claim.worktree)} switch --create ${ticket.id.toLowerCase()}, then backlog ticket start ${ticket.id} --rebase`,
    exitCode: ExitCode.CheckFailed,
  });
}
