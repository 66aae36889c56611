import type { GateCall } from '../gates/call.ts';
import { readClaim } from '../gates/claims.ts';
import type { GateVerdict } from '../gates/status.ts';
import { ticketStatus } from '../gates/ticket-status.ts';
import { personsStatuses } from '../gates/unblock.ts';
import { messageOf } from '../platform/errors.ts';
import { type Gate, gates } from '../project/gates.ts';
import { listTickets } from '../tickets/listing.ts';
import { overrides } from './override.ts';
import { readWaves, type WaveRecord, type WaveTicket } from './wave-record.ts';

/**
 * What a ticket of a wave waits for: the gate that is next; `merge`: every gate holds, the end of the wave takes it; `person`: it
 * is blocked or unclear; `done`: it is completed; `unknown`: see `note`.
 */
export type WaveStep = Gate | 'merge' | 'person' | 'done' | 'unknown';

export interface TicketProgress extends WaveTicket {
  readonly status: string;
  readonly step: WaveStep;
  readonly gates: Readonly<Partial<Record<Gate, GateVerdict>>>;
  /** The next command; `null` when nothing is left to do. */
  readonly next: string | null;
  /** Why its gates cannot be told, or why a merge put it back; `null` when all is well. */
  readonly note: string | null;
  readonly worktree: string | null;
  /** Why another agent type than the rules' was chosen; `null` when none was. */
  readonly override: string | null;
}

export interface WaveProgress {
  readonly record: WaveRecord;
  readonly tickets: readonly TicketProgress[];
}

/** The last wave, open or ended, tickets by gates; `undefined` before the first. */
export async function waveProgress(call: GateCall): Promise<WaveProgress | undefined> {
  const record = readWaves(call.paths.opsDir).at(-1);
  if (record === undefined) return undefined;
  const backlog = await listTickets(call.paths, call.config);
  const chosen = overrides(call.paths.opsDir, call.config);
  const tickets: TicketProgress[] = [];
  for (const ticket of record.tickets) {
    const status = backlog.byId(ticket.id)?.status ?? 'missing';
    const known = await gatesOf(call, record, ticket.id);
    const step = stepOf(status, known);
    const next =
      step === 'merge' ? 'backlog wave end' : step === 'done' || step === 'person' ? null : known.next;
    const override = chosen.get(ticket.id);
    tickets.push({
      ...ticket,
      ...known,
      agent_type: override?.agent_type ?? ticket.agent_type,
      override: override?.reason ?? null,
      status,
      step,
      next,
    });
  }
  return { record, tickets };
}

function stepOf(status: string, { gates: verdicts }: Pick<TicketProgress, 'gates'>): WaveStep {
  if (status === 'completed') return 'done';
  if (personsStatuses.has(status) || waiting.has(status)) return 'person';
  if (Object.keys(verdicts).length === 0) return 'unknown';
  return gates.find((gate) => !isMet(verdicts[gate])) ?? 'merge';
}

/** Statuses of tickets that cannot go on as they are, or are over. */
const waiting: ReadonlySet<string> = new Set([
  'needs-investigation',
  'lint-blocked',
  'commit-blocked',
  'budget-blocked',
  'obsolete',
  'split',
]);

/** A gate that is not required has no part in the verdicts. */
function isMet(verdict: GateVerdict | undefined): boolean {
  return verdict === undefined || verdict === 'holds' || verdict === 'waived';
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
      gates: Object.fromEntries(
        states.filter(({ required }) => required).map(({ gate, verdict }) => [gate, verdict]),
      ),
      next: next ?? null,
      note,
      worktree,
    };
  } catch (error) {
    return { gates: {}, next: null, note: note ?? messageOf(error), worktree };
  }
}
