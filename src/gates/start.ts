import { existsSync } from 'node:fs';
import path from 'node:path';
import { sessionRegistered } from '../attribution/session.ts';
import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { Listing } from '../tickets/backlog.ts';
import { waitReasons } from '../tickets/ready.ts';
import { moveTicket, requireOnly } from '../tickets/store.ts';
import { closedStatuses, type Ticket } from '../tickets/ticket.ts';
import { validateTicket } from '../tickets/validate.ts';
import { bookkeepingOf } from './bookkeeping.ts';
import { refuseSpent } from './budget-block.ts';
import type { GateCall } from './call.ts';
import { type Claim, changeClaim, holderOf, leaseState } from './claims.ts';
import { gateConfigDigest } from './gate-config.ts';
import { setAsideHalfWritten } from './half-written.ts';
import { questionOf } from './investigate.ts';
import { held, isHolder, isSameClient, leasedTo, ownerOfCall, samePerson, withEvent } from './lease.ts';
import { counted, listed } from './outcome.ts';
import { commitId, placeAround, type RepositoryPlace, topLevel, tryPlumb } from './repository.ts';
import { useReservation } from './reservation.ts';
import { committedConfig, refuseUncleanTree, requireFirstCommit } from './start-checks.ts';
import { newBase, refuseForeignCommits } from './ticket-commits.ts';
import { personsStatuses } from './unblock.ts';
import { placeOf } from './work.ts';
import { addWorktree, branchOfTicket, makeWorktree } from './worktree.ts';

export interface StartOptions {
  readonly ticketId: string;
  /** In a git worktree of its own. */
  readonly worktree: boolean;
  /** Move the base to HEAD. */
  readonly rebase: boolean;
}

export interface Started {
  readonly claim: Claim;
  readonly what: 'started' | 'resumed' | 'taken-over' | 'rebased';
  /** The project's folder where the work happens from now on. */
  readonly projectRoot: string;
}

/**
 * Opens the work on a ticket: takes the lease, notes the base commit, sets the status. It is idempotent, and never moves the
 * base unless `rebase` asks for it.
 * @throws BacklogError among others `hooks-absent`, `git-no-commit`, `config-not-committed` (exit 3), `ticket-invalid`,
 * `ticket-not-ready`, `ticket-held`, `tree-not-clean`, `foreign-commits`, `budget-spent` (exit 1)
 */
export async function startWork(call: GateCall, options: StartOptions): Promise<Started> {
  const { paths, config } = call;
  refuseAbsentHooks(call);
  const here = await placeAround(paths.root, call);
  await requireFirstCommit(here);
  const mainTop = await topLevel(paths.mainRoot, call.env, call.facts);
  const inWorktree = path.relative(mainTop, paths.mainRoot);
  const { ticket, backlog } = await openTicket(call, options.ticketId);
  refuseUnclear(ticket);
  await refuseSpent(call, ticket);
  const owner = await ownerOfCall(call);
  let what: Started['what'] = 'started';
  const claim = await changeClaim(paths.opsDir, ticket.id, async (found) => {
    if (found === undefined || leaseState(found, call.clock()) !== 'held')
      await useReservation(call, ticket.id);
    if (found === undefined) {
      refuseUnready(call, ticket, backlog);
      return leasedTo(await newClaim(call, options, here, inWorktree), call, owner);
    }
    what = takeOver(found, call, owner);
    const missing = !existsSync(found.worktree);
    if (missing) await remakeWorktree(call, here, found);
    const place = await placeOf(found, call);
    await setAsideHalfWritten(call, place, ticket.id);
    const books = bookkeepingOf(
      place.worktree,
      path.join(place.worktree, inWorktree),
      config.backlog.dataDir,
    );
    if (options.worktree && place.worktree === mainTop)
      call.note(`${ticket.id} was started in ${place.worktree}; it stays there`);
    let next = leasedTo(found, call, owner);
    if (missing) next = withEvent(next, call, 'remade', place.worktree);
    if (options.rebase) {
      const base = await newBase(place, books, found);
      if (base !== found.base_commit) {
        what = 'rebased';
        const note = `base ${found.base_commit} → ${base}`;
        next = withEvent(
          { ...next, base_commit: base, branch: await branchOf(place) },
          call,
          'rebased',
          note,
        );
      }
    }
    await refuseForeignCommits(place, books, next);
    if (what === 'rebased') return next;
    const from = what === 'taken-over' ? `from ${holderOf(found)} (${leaseState(found, call.clock())})` : '';
    return withEvent(next, call, what, from);
  });
  if (claim === undefined) throw new Error('a started ticket has a claim');
  // What waits for a person goes on waiting.
  if (ticket.status !== 'in_progress' && !personsStatuses.has(ticket.status))
    await moveTicket(paths, config, ticket.id, 'in_progress');
  return { claim, what, projectRoot: path.join(claim.worktree, inWorktree) };
}

/**
 * Gives the lease back; base, evidence and changes stay. The holder may, a person in a terminal of their own may for a
 * session that does not come back, and anyone may when the lease has ended.
 * @throws BacklogError `ticket-held` (exit 1)
 */
export async function releaseWork(call: GateCall, ticketId: string): Promise<Claim | undefined> {
  const owner = await ownerOfCall(call);
  return changeClaim(call.paths.opsDir, ticketId, (found) => {
    if (found === undefined || found.owner === null) return found;
    const { insideClaudeCode, sessionId } = call.caller;
    const person = !insideClaudeCode && sessionId === undefined;
    if (!isHolder(found, call, owner) && !person && leaseState(found, call.clock()) === 'held')
      throw held(found);
    const free = { ...found, session_id: null, agent_id: null, owner: null };
    return withEvent(free, call, 'released', `held by ${holderOf(found)}`);
  });
}

/** A ticket's own worktree that somebody took away is made again from its branch: what was committed is there. */
async function remakeWorktree(call: GateCall, here: RepositoryPlace, found: Claim): Promise<void> {
  const { ticket_id: id, worktree, branch } = found;
  if (branch !== branchOfTicket(id) || (await commitId(here, `refs/heads/${branch}`)) === undefined) return;
  call.note(`${id}: its worktree was gone and is made again from ${branch}`);
  await addWorktree(here, worktree, id);
}

async function newClaim(
  call: GateCall,
  { ticketId, worktree }: StartOptions,
  here: RepositoryPlace,
  inWorktree: string,
): Promise<Claim> {
  const { config, paths } = call;
  const root = path.join(here.worktree, inWorktree);
  const books = bookkeepingOf(here.worktree, root, config.backlog.dataDir);
  const committed = await committedConfig(here, books.prefix, paths.configFile);
  let place = here;
  if (worktree) place = { ...here, worktree: await makeWorktree(here, call.home, ticketId) };
  else await refuseUncleanTree(here, books, ticketId);
  const at = timestamp(call.clock);
  const base = (await commitId(place, 'HEAD')) ?? '';
  const claim: Claim = {
    v: 1,
    ticket_id: ticketId,
    session_id: null,
    agent_id: null,
    owner: null,
    started_at: at,
    expires_at: at,
    base_commit: base,
    worktree: place.worktree,
    branch: await branchOf(place),
    gate_config_sha256: committed
      ? null
      : await gateConfigDigest(
          { place, root: path.join(place.worktree, inWorktree), prefix: books.prefix, base },
          config,
        ),
    history: [],
  };
  return withEvent(claim, call, 'started', '');
}

/** Skills stop when SessionStart left no stamp: without hooks nothing would be recorded, and nothing denied. */
function refuseAbsentHooks({ caller, home }: GateCall): void {
  if (!caller.insideClaudeCode) return;
  if (caller.sessionId !== undefined && sessionRegistered(home, caller.sessionId)) return;
  throw new BacklogError({
    code: 'hooks-absent',
    message:
      'this Claude Code session has no backlog hooks: SessionStart left no stamp, so nothing would be recorded',
    fix: 'enable the plugin (/plugin, backlog-toolkit) and start a new session; `claude --plugin-dir <folder of backlog-toolkit>` does it for one session',
    exitCode: ExitCode.ProjectUnusable,
  });
}

async function openTicket({ paths, config }: GateCall, ticketId: string): ReturnType<typeof requireOnly> {
  const found = await requireOnly(paths, config, ticketId);
  const { ticket } = found;
  if (!closedStatuses.has(ticket.status)) return found;
  throw new BacklogError({
    code: 'ticket-closed',
    message: `${ticket.id} is ${ticket.status}; its work is over`,
    fix:
      ticket.status === 'completed'
        ? 'what is left to do is a ticket of its own: backlog ticket new'
        : `open it again if there is more to do: backlog ticket move ${ticket.id} pending`,
    exitCode: ExitCode.CheckFailed,
  });
}

function refuseUnclear(ticket: Ticket): void {
  if (ticket.status !== 'needs-investigation') return;
  const question = questionOf(ticket);
  throw new BacklogError({
    code: 'ticket-not-ready',
    message: `${ticket.id} needs an investigation first${question === '' ? '' : `: ${question}`}`,
    fix: `hand in what was found: backlog ticket investigate ${ticket.id} --from -`,
    exitCode: ExitCode.CheckFailed,
  });
}

function refuseUnready({ config }: GateCall, ticket: Ticket, backlog: Listing): void {
  const problems = validateTicket(ticket, backlog, config).filter(({ severity }) => severity === 'error');
  if (problems.length > 0)
    throw new BacklogError({
      code: 'ticket-invalid',
      message: `${ticket.id} has ${counted(problems.length, 'problem')}: ${listed(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`))}`,
      fix: `${problems[0]?.fix ?? 'mend it'}; \`backlog ticket validate ${ticket.id}\` lists all`,
      exitCode: ExitCode.CheckFailed,
      details: { findings: problems },
    });
  const reasons = waitReasons(ticket, backlog);
  if (reasons.length > 0)
    throw new BacklogError({
      code: 'ticket-not-ready',
      message: `${ticket.id} cannot be started yet: ${listed(reasons)}`,
      fix: 'start what it waits for first; `backlog ticket list --ready` shows what can be started',
      exitCode: ExitCode.CheckFailed,
      details: { reasons },
    });
}

/** Whether the caller may go on with a claim, and as what. */
function takeOver(
  found: Claim,
  call: GateCall,
  owner: Awaited<ReturnType<typeof ownerOfCall>>,
): Started['what'] {
  if (isHolder(found, call, owner) || found.owner === null) return 'resumed';
  if (leaseState(found, call.clock()) !== 'held' || isSameClient(found, call)) return 'taken-over';
  // The same person goes on inside Claude Code with what they began in a terminal.
  if (found.session_id === null && samePerson(found.owner, owner)) return 'taken-over';
  throw held(found);
}

async function branchOf(place: RepositoryPlace): Promise<string | null> {
  const result = await tryPlumb(place, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  return result.exitCode === 0 ? result.stdout.trim() : null;
}
