import type { GateCall } from '../gates/call.ts';
import { readClaims } from '../gates/claims.ts';
import type { TicketSpending } from '../gates/record-completion.ts';
import { placeAround, plumb, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';
import { reservedByOthers } from '../gates/reservation.ts';
import { setUpWorktree } from '../gates/set-up.ts';
import { startWork } from '../gates/start.ts';
import { openWork } from '../gates/work.ts';
import { refuseBlockedBranches } from '../gates/worktree.ts';
import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { listTickets } from '../tickets/listing.ts';
import { openBacklog } from '../tickets/store.ts';
import { planBacklog } from './backlog-plan.ts';
import type { Skipped } from './layers.ts';
import { completeShipped } from './shipped.ts';
import { refuseOthersWave } from './wave-owner.ts';
import {
  openWave,
  readWaves,
  removeWave,
  type WaveRecord,
  type WaveTicket,
  withWavesLock,
  writeWave,
} from './wave-record.ts';
import { recordWaveStart } from './wave-state.ts';

export interface StartWaveOptions {
  readonly maxSlots: number;
  /** Only these tickets; all when there are none. */
  readonly ids: readonly string[];
  /** What a ticket has cost, for those whose pull request was merged meanwhile; without it they are not completed here. */
  readonly spending?: ((ticketId: string) => Promise<TicketSpending>) | undefined;
}

export interface StartedTicket extends WaveTicket {
  /** The project's folder in the ticket's worktree: where its agent works. */
  readonly project_root: string;
  readonly branch: string | null;
  readonly base_commit: string;
  readonly what: 'started' | 'resumed' | 'taken-over' | 'rebased';
}

export interface StartedWave {
  /** `undefined` when nothing can be started. */
  readonly record: WaveRecord | undefined;
  /** The wave was open already: this call goes on with it. */
  readonly resumed: boolean;
  readonly tickets: readonly StartedTicket[];
  /** Tickets of the plan that could not be started, and of the backlog that were not planned. */
  readonly skipped: readonly Skipped[];
}

/**
 * Starts the next wave: plans it, claims its tickets, and gives each a worktree and branch of its own, set up. A wave that is open
 * already is taken up again, with whatever its dead owner left; nothing is started twice.
 * @throws BacklogError `wave-open`, `wave-needs-branch`, `branch-in-the-way`, `session-limit-reached` (exit 1)
 */
export function startWave(call: GateCall, options: StartWaveOptions): Promise<StartedWave> {
  return withWavesLock(call.paths.opsDir, async () => {
    const open = openWave(call.paths.opsDir);
    return open === undefined ? startNext(call, options) : goOn(call, open);
  });
}

async function startNext(
  call: GateCall,
  { maxSlots, ids, spending }: StartWaveOptions,
): Promise<StartedWave> {
  const { opsDir, mainRoot } = call.paths;
  refuseOverLimit(call);
  if (spending !== undefined) await completeShipped(call, spending);
  const main = await placeAround(mainRoot, call);
  await refuseBlockedBranches(main);
  const branch = await branchOf(main);
  const backlog = openBacklog(call.paths, call.config);
  const plan = planBacklog(call, backlog, {
    maxSlots,
    ids: ids.length > 0 ? ids : undefined,
    reserved: await reservedByOthers(call),
  });
  const planned = plan.waves[0]?.tickets ?? [];
  const skipped: Skipped[] = [...plan.skipped];
  if (planned.length === 0) return { record: undefined, resumed: false, tickets: [], skipped };
  const record: WaveRecord = {
    v: 1,
    wave: (readWaves(opsDir).at(-1)?.wave ?? 0) + 1,
    session_id: call.caller.sessionId ?? null,
    started_at: timestamp(call.clock),
    ended_at: null,
    branch,
    base_commit: await plumb(main, ['rev-parse', 'HEAD']),
    tickets: planned.map(({ rationale: _, ...ticket }) => ticket),
    put_back: [],
    skipped,
    result: null,
  };
  // Before the first claim: a start that is cut off leaves a wave that the next one goes on with, and no claim that nobody knows.
  writeWave(opsDir, record);
  const started: StartedTicket[] = [];
  for (const ticket of record.tickets) {
    const result = await tryStart(call, ticket);
    if ('reason' in result) skipped.push(result);
    else started.push(result);
  }
  const startedIds = new Set(started.map(({ id }) => id));
  const begun = { ...record, skipped, tickets: record.tickets.filter(({ id }) => startedIds.has(id)) };
  if (started.length === 0) {
    removeWave(opsDir, record);
    return { record: undefined, resumed: false, tickets: [], skipped };
  }
  writeWave(opsDir, begun);
  await recordWaveStart(call, begun);
  return { record: begun, resumed: false, tickets: await setUpAll(call, started), skipped };
}

/** Takes an open wave up again. Its tickets that another living session holds make it that session's. */
async function goOn(call: GateCall, record: WaveRecord): Promise<StartedWave> {
  refuseOthersWave(call, record);
  const tickets: StartedTicket[] = [];
  const skipped: Skipped[] = [];
  const backlog = await listTickets(call.paths, call.config);
  for (const ticket of record.tickets) {
    if (backlog.byId(ticket.id)?.folder !== 'pending') continue;
    const result = await tryStart(call, ticket);
    if ('reason' in result) skipped.push(result);
    else tickets.push(result);
  }
  const own = { ...record, session_id: call.caller.sessionId ?? null };
  writeWave(call.paths.opsDir, own);
  return { record: own, resumed: true, tickets: await setUpAll(call, tickets), skipped };
}

async function tryStart(call: GateCall, ticket: WaveTicket): Promise<StartedTicket | Skipped> {
  try {
    const { claim, what, projectRoot } = await startWork(call, {
      ticketId: ticket.id,
      worktree: true,
      rebase: false,
    });
    return {
      ...ticket,
      project_root: projectRoot,
      branch: claim.branch,
      base_commit: claim.base_commit,
      what,
    };
  } catch (error) {
    // What is wrong with one ticket stops that one; what is wrong with the project or the session stops the wave.
    if (!(error instanceof BacklogError) || !isOfOneTicket(error)) throw error;
    return { id: ticket.id, reason: `${error.code}: ${error.message}; ${error.fix}` };
  }
}

function isOfOneTicket({ code, exitCode }: BacklogError): boolean {
  return exitCode === ExitCode.CheckFailed || code === 'worktree-missing' || code === 'base-missing';
}

/** Set-up commands of fresh worktrees, side by side: each may take a minute. */
async function setUpAll(
  call: GateCall,
  tickets: readonly StartedTicket[],
): Promise<readonly StartedTicket[]> {
  const { claims } = readClaims(call.paths.opsDir);
  const done = await Promise.allSettled(
    tickets.map(async ({ id }) => {
      const claim = claims.find((one) => one.ticket_id === id);
      if (claim !== undefined) await setUpWorktree(await openWork(call, claim));
    }),
  );
  // Only when all have ended: nothing may go on in a worktree after the call has said that it failed.
  const failed = done.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return tickets;
}

async function branchOf(main: RepositoryPlace): Promise<string> {
  const head = await tryPlumb(main, ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  if (head.exitCode === 0) return head.stdout.trim();
  throw new BacklogError({
    code: 'wave-needs-branch',
    message: `HEAD of ${main.worktree} is on no branch, so there is none that could take the finished tickets`,
    fix: `git -C ${JSON.stringify(main.worktree)} switch --create <branch>`,
    exitCode: ExitCode.CheckFailed,
  });
}

/** A session has room for `sessionMaxWaves`; its context grows with each, and compaction breaks the prompt cache. */
export function sessionLimitReached({ paths, caller, config }: GateCall): boolean {
  const { sessionId } = caller;
  if (sessionId === undefined) return false;
  const own = readWaves(paths.opsDir).filter((wave) => wave.session_id === sessionId);
  return own.length >= config.llmOps.cachePolicy.sessionMaxWaves;
}

function refuseOverLimit(call: GateCall): void {
  if (!sessionLimitReached(call)) return;
  const { sessionMaxWaves } = call.config.llmOps.cachePolicy;
  throw new BacklogError({
    code: 'session-limit-reached',
    message: `this session has started ${sessionMaxWaves} waves, its most (llmOps.cachePolicy.sessionMaxWaves)`,
    fix: 'start a new session and run /backlog-toolkit:implementer there; it goes on where this one stops',
    exitCode: ExitCode.CheckFailed,
  });
}
