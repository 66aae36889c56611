import type { GateCall } from '../gates/call.ts';
import { readClaim } from '../gates/claims.ts';
import type { GateVerdict } from '../gates/status.ts';
import { ticketStatus } from '../gates/ticket-status.ts';
import { messageOf } from '../platform/errors.ts';
import type { Gate } from '../project/gates.ts';
import { openBacklog } from '../tickets/store.ts';
import { readWaves, type WaveRecord, type WaveTicket } from './wave-record.ts';

export interface TicketProgress extends WaveTicket {
  readonly status: string;
  readonly gates: Readonly<Partial<Record<Gate, GateVerdict>>>;
  /** The next command; `null` when nothing is left to do. */
  readonly next: string | null;
  /** Why its gates cannot be told, or why a merge put it back; `null` when all is well. */
  readonly note: string | null;
  readonly worktree: string | null;
}

export interface WaveProgress {
  readonly record: WaveRecord;
  readonly tickets: readonly TicketProgress[];
}

/** The last wave, open or ended, tickets by gates; `undefined` before the first. */
export async function waveProgress(call: GateCall): Promise<WaveProgress | undefined> {
  const record = readWaves(call.paths.opsDir).at(-1);
  if (record === undefined) return undefined;
  const backlog = openBacklog(call.paths, call.config);
  const tickets: TicketProgress[] = [];
  for (const ticket of record.tickets)
    tickets.push({
      ...ticket,
      status: backlog.byId(ticket.id)?.status ?? 'missing',
      ...(await gatesOf(call, record, ticket.id)),
    });
  return { record, tickets };
}

async function gatesOf(
  call: GateCall,
  record: WaveRecord,
  id: string,
): Promise<Pick<TicketProgress, 'gates' | 'next' | 'note' | 'worktree'>> {
  const worktree = readClaim(call.paths.opsDir, id)?.worktree ?? null;
  const note = record.put_back.find(({ ticket_id }) => ticket_id === id)?.reason ?? null;
  try {
    const { states, next } = await ticketStatus(call, id);
    return {
      gates: Object.fromEntries(states.map(({ gate, verdict }) => [gate, verdict])),
      next: next ?? null,
      note,
      worktree,
    };
  } catch (error) {
    return { gates: {}, next: null, note: note ?? messageOf(error), worktree };
  }
}
