import type { GateCall } from '../gates/call.ts';
import { type Claim, changeClaim, readClaim } from '../gates/claims.ts';
import { type Completion, completeTicket, type TicketSpending } from '../gates/complete.ts';
import { withEvent } from '../gates/lease.ts';
import { type RepositoryPlace, topLevel } from '../gates/repository.ts';
import { removeWorktree } from '../gates/worktree.ts';
import { timestamp, utcDay } from '../platform/clock.ts';
import { BacklogError } from '../platform/errors.ts';
import { openBacklog } from '../tickets/store.ts';
import type { Integrated } from './integrate.ts';
import { mergeOpenWave } from './merge.ts';
import { type MicroReflection, microReflect } from './micro-reflect.ts';
import { routedAs } from './routed.ts';
import { sessionLimitReached } from './start.ts';
import { logWave } from './wave-log.ts';
import { readWaves, type WaveRecord, withWavesLock, writeWave } from './wave-record.ts';
import { announceWaveEnd, recordWaveEnd } from './wave-state.ts';

/** What `wave end` needs of rooms beside and above it. */
export interface EndWaveOptions {
  readonly spending: (ticketId: string) => Promise<TicketSpending>;
  /** Whether a dearer model had to take over; without it none had. */
  readonly escalated?: ((ticketId: string) => boolean) | undefined;
  /** USD of the session so far and requests by model, from the ledger. */
  readonly session: () => Promise<{
    readonly cost_usd: number;
    readonly models: Readonly<Record<string, number>>;
  }>;
}

export interface EndedWave {
  readonly wave: number;
  readonly ended_at: string;
  readonly completed: readonly string[];
  /** Tickets that go on, each with why. */
  readonly unfinished: readonly { readonly id: string; readonly status: string; readonly reason: string }[];
  readonly enriched_count: number;
  readonly moved_count: number;
  readonly wave_log_written: boolean;
  readonly session_limit_reached: boolean;
  readonly pending_remaining: number;
  readonly cost_usd: number;
  /** What the tickets say of the playbook's advice. */
  readonly micro_reflect: MicroReflection;
  /** Worktrees and branches that were kept, with git's reason. */
  readonly kept: readonly string[];
}

/**
 * Ends the open wave: merges what is finished, completes those tickets (enriched, moved), gives the leases of the others back,
 * takes merged worktrees away, and writes down what the wave came to. A second call changes nothing and reports the same; one
 * that was cut off is gone on with.
 * @throws BacklogError `wave-none` (exit 1) when there never was a wave, and what merging and completing throw
 */
export function endWave(call: GateCall, options: EndWaveOptions): Promise<EndedWave> {
  return withWavesLock(call.paths.opsDir, async () => {
    const last = readWaves(call.paths.opsDir).at(-1);
    if (last?.ended_at != null && last.result !== null) return storedResult(last);
    const { record, merged } = await mergeOpenWave(call);
    const completed: Completion[] = [];
    const stuck = new Map<string, string>();
    for (const ticketId of toComplete(call, record, merged)) {
      try {
        completed.push(
          await completeTicket(call, {
            ticketId,
            spending: () => options.spending(ticketId),
            routed: routedAs(call, ticketId),
          }),
        );
      } catch (error) {
        if (!(error instanceof BacklogError)) throw error;
        stuck.set(ticketId, `${error.code}: ${error.message}; ${error.fix}`);
      }
    }
    return close(call, options, record, completed, stuck);
  });
}

/** Merged tickets, and one whose completion was cut off after the ticket had moved. */
function toComplete(call: GateCall, record: WaveRecord, merged: readonly Integrated[]): Set<string> {
  const backlog = openBacklog(call.paths, call.config);
  const cutOff = record.tickets.filter(
    ({ id }) =>
      backlog.byId(id)?.status === 'completed' && (readClaim(call.paths.opsDir, id)?.owner ?? null) !== null,
  );
  return new Set([...merged.map(({ ticketId }) => ticketId), ...cutOff.map(({ id }) => id)]);
}

async function close(
  call: GateCall,
  options: EndWaveOptions,
  record: WaveRecord,
  completions: readonly Completion[],
  stuck: ReadonlyMap<string, string>,
): Promise<EndedWave> {
  const { opsDir } = call.paths;
  const backlog = openBacklog(call.paths, call.config);
  const completed = record.tickets
    .map(({ id }) => id)
    .filter((id) => backlog.byId(id)?.status === 'completed');
  const kept: string[] = [];
  for (const id of completed) kept.push(...(await tidy(call, id)));
  const unfinished: EndedWave['unfinished'][number][] = [];
  for (const { id } of record.tickets.filter((one) => !completed.includes(one.id))) {
    const status = backlog.byId(id)?.status ?? 'missing';
    unfinished.push({
      id,
      status,
      reason: stuck.get(id) ?? reasonOf(record, id) ?? `its status is ${status}`,
    });
    await giveBack(call, id, record.wave);
  }
  const session = await options.session();
  const outcomes = record.tickets.map(({ id }) => ({
    id,
    completed: completed.includes(id),
    status: backlog.byId(id)?.status ?? '',
  }));
  const reflection = await microReflect(call, outcomes, options.escalated ?? (() => false));
  const result: EndedWave = {
    wave: record.wave,
    ended_at: timestamp(call.clock),
    completed,
    unfinished,
    enriched_count: completions.length,
    moved_count: completed.length,
    wave_log_written: logWave(opsDir, {
      wave: record.wave,
      date: utcDay(call.clock),
      completed,
      failed: unfinished.map(({ id, status }) => `${id} (${status})`),
      skipped: [],
      sessionCostUsd: session.cost_usd,
      models: session.models,
    }),
    session_limit_reached: sessionLimitReached(call),
    pending_remaining: backlog.tickets.filter(({ folder }) => folder === 'pending').length,
    cost_usd: completions.reduce((sum, { spending }) => sum + spending.cost_usd, 0),
    micro_reflect: reflection,
    kept,
  };
  await recordWaveEnd(call, result);
  writeWave(opsDir, { ...record, ended_at: result.ended_at, result: { ...result } });
  announceWaveEnd(call, result);
  return result;
}

function reasonOf(record: WaveRecord, id: string): string | undefined {
  return record.put_back.find(({ ticket_id }) => ticket_id === id)?.reason;
}

/** Worktree and branch of a completed ticket. @returns what was kept */
async function tidy(call: GateCall, ticketId: string): Promise<string[]> {
  const claim = readClaim(call.paths.opsDir, ticketId);
  const main: RepositoryPlace = { worktree: await topLevel(call.paths.mainRoot, call.env), env: call.env };
  if (claim === undefined || claim.worktree === main.worktree) return [];
  const why = await removeWorktree(main, claim.worktree, claim.branch);
  if (why !== undefined) return [`${ticketId}: ${why}`];
  // What asks for this ticket's gates later finds its commit in the main worktree.
  await changeClaim(call.paths.opsDir, ticketId, (found) =>
    found === undefined ? undefined : { ...found, worktree: main.worktree, branch: null },
  );
  return [];
}

/** Unfinished work stays; the next wave, of whatever session, goes on with it. */
async function giveBack(call: GateCall, ticketId: string, wave: number): Promise<void> {
  await changeClaim(call.paths.opsDir, ticketId, (claim: Claim | undefined) =>
    claim === undefined || claim.owner === null
      ? claim
      : {
          ...withEvent(claim, call, 'released', `wave ${wave} has ended`),
          session_id: null,
          agent_id: null,
          owner: null,
        },
  );
}

/** What the first call reported. */
function storedResult({ result }: WaveRecord): EndedWave {
  return Object(result);
}
