import type { GateCall } from '../gates/call.ts';
import { type Claim, changeClaim, readClaim } from '../gates/claims.ts';
import { type Completion, completeTicket } from '../gates/complete.ts';
import { withEvent } from '../gates/lease.ts';
import type { TicketSpending } from '../gates/record-completion.ts';
import { timestamp, utcDay } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { listTickets } from '../tickets/listing.ts';
import type { Integrated } from './integrate.ts';
import { mergeOpenWave, requireOpenWave } from './merge.ts';
import { type MicroReflection, microReflect } from './micro-reflect.ts';
import { routedAs } from './routed.ts';
import { shipTicket } from './ship.ts';
import { completeShipped } from './shipped.ts';
import { sessionLimitReached } from './start.ts';
import { tidy } from './tidy.ts';
import { logWave } from './wave-log.ts';
import { refuseOthersEnd } from './wave-owner.ts';
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
  /** With `waves.deliver: pr`: finished tickets that wait for the merge of their pull request. */
  readonly shipped: readonly { readonly id: string; readonly url: string }[];
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
    const stuck = new Map<string, string>();
    if (call.config.waves.deliver === 'pr') {
      const open = requireOpenWave(call);
      refuseOthersEnd(call, open);
      return close(call, options, open, await completeShipped(call, options.spending), {
        stuck,
        shipped: await shipFinished(call, open, options.spending, stuck),
      });
    }
    const { record, merged } = await mergeOpenWave(call);
    const completed: Completion[] = [];
    for (const ticketId of await toComplete(call, record, merged)) {
      try {
        completed.push(
          await completeTicket(call, {
            ticketId,
            spending: () => options.spending(ticketId),
            routed: routedAs(call, ticketId),
            takenBy: record.branch,
          }),
        );
      } catch (error) {
        if (!(error instanceof BacklogError)) throw error;
        stuck.set(ticketId, `${error.code}: ${error.message}; ${error.fix}`);
      }
    }
    return close(call, options, record, completed, { stuck, shipped: [] });
  });
}

/** Offers the wave's tickets that are finished; why another is not goes into `stuck`. */
async function shipFinished(
  call: GateCall,
  record: WaveRecord,
  spending: EndWaveOptions['spending'],
  stuck: Map<string, string>,
): Promise<EndedWave['shipped']> {
  const backlog = await listTickets(call.paths, call.config);
  const shipped: EndedWave['shipped'][number][] = [];
  for (const { id: ticketId } of record.tickets) {
    if (backlog.byId(ticketId)?.folder !== 'pending') continue;
    try {
      const { record: ship } = await shipTicket(call, { ticketId, spending: () => spending(ticketId) });
      shipped.push({ id: ticketId, url: ship.url ?? '' });
    } catch (error) {
      // What is wrong with one ticket stops that one; where nothing can be pushed or offered the wave stays open.
      if (!(error instanceof BacklogError) || error.exitCode === ExitCode.Outside) throw error;
      stuck.set(ticketId, `${error.code}: ${error.message}; ${error.fix}`);
    }
  }
  return shipped;
}

/** Merged tickets, and one whose completion was cut off after the ticket had moved. */
async function toComplete(
  call: GateCall,
  record: WaveRecord,
  merged: readonly Integrated[],
): Promise<Set<string>> {
  const backlog = await listTickets(call.paths, call.config);
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
  { stuck, shipped }: { readonly stuck: ReadonlyMap<string, string>; readonly shipped: EndedWave['shipped'] },
): Promise<EndedWave> {
  const { opsDir } = call.paths;
  const backlog = await listTickets(call.paths, call.config);
  // Of earlier waves too: their pull requests were merged meanwhile.
  const ids = new Set([
    ...record.tickets.map(({ id }) => id),
    ...completions.map(({ ticketId }) => ticketId),
  ]);
  const completed = [...ids].filter((id) => backlog.byId(id)?.status === 'completed');
  const kept: string[] = [];
  for (const id of completed) kept.push(...(await tidy(call, id)));
  const urls = new Map(shipped.map(({ id, url }) => [id, `waits for its pull request ${url}`]));
  const unfinished: EndedWave['unfinished'][number][] = [];
  for (const { id } of record.tickets.filter((one) => !completed.includes(one.id))) {
    const status = backlog.byId(id)?.status ?? 'missing';
    unfinished.push({
      id,
      status,
      reason: urls.get(id) ?? stuck.get(id) ?? reasonOf(record, id) ?? `its status is ${status}`,
    });
    await giveBack(call, id, record.wave);
  }
  const session = await options.session();
  const reflection = await microReflect(call, backlog, options.escalated ?? (() => false));
  const { tickets } = await listTickets(call.paths, call.config);
  const result: EndedWave = {
    wave: record.wave,
    ended_at: timestamp(call.clock),
    completed,
    shipped,
    unfinished,
    enriched_count: completions.length,
    moved_count: completed.length,
    wave_log_written: logWave(opsDir, {
      wave: record.wave,
      date: utcDay(call.clock),
      completed,
      failed: unfinished.map(({ id, status }) => `${id} (${status})`),
      skipped: record.skipped.map(({ id, reason }) => `${id} (${reason})`),
      sessionCostUsd: session.cost_usd,
      models: session.models,
    }),
    session_limit_reached: sessionLimitReached(call),
    pending_remaining: tickets.filter(({ folder }) => folder === 'pending').length,
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
