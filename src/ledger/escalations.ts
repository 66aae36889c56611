import path from 'node:path';
import { timestamp } from '../platform/clock.ts';
import { appendLine, inFolder, readTextIfExists } from '../platform/files.ts';
import { newId } from '../platform/ids.ts';
import { withLock } from '../platform/lock.ts';
import { WatchedFiles } from '../platform/watched.ts';
import { parseObject, textIn } from './fields.ts';
import type { LedgerRecord } from './record.ts';

/** A ticket's step was given a dearer model than it begins with: a line of `.backlog-ops/escalations.jsonl`, append-only. */
export interface Escalation {
  readonly v: 1;
  readonly id: string;
  /** RFC 3339, UTC. Requests from then on are the escalated ones. */
  readonly at: string;
  readonly ticket_id: string;
  /** `plan`, `implement`, …: the step whose requests go to the dearer model. */
  readonly step: string;
  readonly from: string;
  /** Tier, or model as the configuration names it. */
  readonly to: string;
  /** As Claude Code is asked for it (`opus`); a part of the name of whichever model answers. */
  readonly model: string;
  readonly reason: string;
  /** `program`: gates had failed. `local`: the local model had; it does not count for `maxEscalationsPerTicket`. */
  readonly by: 'caller' | 'program' | 'local';
  readonly session_id: string | null;
  readonly agent_id: string | null;
}

export interface Escalations {
  readonly items: readonly Escalation[];
  /** Lines that could not be read. */
  readonly broken: number;
}

/** Gates whose requests belong to a step. */
const gatesOf: Readonly<Record<string, readonly string[]>> = {
  classify: ['classify', 'commit'],
  draft: ['draft', 'generate'],
  plan: ['plan'],
  implement: ['implement', 'lint'],
  review: ['review'],
};

export function escalationsFile(opsDir: string): string {
  return inFolder(opsDir, 'escalations.jsonl');
}

/** Every escalation of the project, oldest first. */
export function readEscalations(opsDir: string): Escalations {
  const rows = (readTextIfExists(escalationsFile(opsDir)) ?? '').split('\n').filter((row) => row !== '');
  const items = rows.flatMap((row) => parsed(row) ?? []);
  return { items, broken: rows.length - items.length };
}

/**
 * The one door through which an escalation is written down: asks `decide` under the lock, with the ticket's escalations so far.
 * @param decide returns `undefined` when there is nothing to write, and throws when there must not be
 */
export async function recordEscalation(
  opsDir: string,
  ticketId: string,
  decide: (before: readonly Escalation[]) => Omit<Escalation, 'v' | 'id' | 'at' | 'ticket_id'> | undefined,
  clock: Parameters<typeof timestamp>[0],
): Promise<Escalation | undefined> {
  const file = escalationsFile(opsDir);
  return withLock(`${file}.lock`, () => {
    const before = readEscalations(opsDir).items.filter(({ ticket_id }) => ticket_id === ticketId);
    const wanted = decide(before);
    if (wanted === undefined) return undefined;
    const line: Escalation = { v: 1, id: newId(), at: timestamp(clock), ticket_id: ticketId, ...wanted };
    appendLine(file, JSON.stringify(line), { sync: true });
    watched.forget(file);
    return line;
  });
}

/**
 * The record with the reason of its ticket's escalation, when it is one of those requests: later than the escalation, of its
 * step, and answered by the model that it names. What has a reason already, or went elsewhere, stays as it is.
 * @param ledger the file that the record goes to; escalations lie beside it
 */
export function withEscalationReason(ledger: string, record: LedgerRecord): LedgerRecord {
  if (record.escalation_reason !== null || record.ticket_id === null) return record;
  const found = known(path.dirname(ledger)).findLast((escalation) => covers(escalation, record));
  return found === undefined ? record : { ...record, escalation_reason: found.reason };
}

function covers({ ticket_id, step, at, to, model }: Escalation, record: LedgerRecord): boolean {
  if (ticket_id !== record.ticket_id || record.ts < at) return false;
  if (!(gatesOf[step] ?? [step]).includes(record.gate ?? '')) return false;
  const name = model.slice(model.indexOf('/') + 1);
  return (
    record.tier === to || [record.model, record.requested_model].some((one) => one?.includes(name) ?? false)
  );
}

/** A gateway asks with each record: read again only when the file has changed. */
const watched = new WatchedFiles((file) => readEscalations(path.dirname(file)).items);

function known(opsDir: string): readonly Escalation[] {
  try {
    return watched.get(escalationsFile(opsDir));
  } catch {
    // A reason that cannot be read is no ground to lose the record of a request.
    return [];
  }
}

function parsed(row: string): Escalation | undefined {
  const fields = parseObject(row);
  if (fields === undefined) return undefined;
  const [at, ticketId, step, to, model] = ['at', 'ticket_id', 'step', 'to', 'model'].map((name) =>
    textIn(fields, name),
  );
  if (!at || !ticketId || !step || !to || !model) return undefined;
  const by = textIn(fields, 'by');
  return {
    v: 1,
    id: textIn(fields, 'id') ?? '',
    at,
    ticket_id: ticketId,
    step,
    from: textIn(fields, 'from') ?? '',
    to,
    model,
    reason: textIn(fields, 'reason') ?? '',
    by: by === 'program' || by === 'local' ? by : 'caller',
    session_id: textIn(fields, 'session_id'),
    agent_id: textIn(fields, 'agent_id'),
  };
}
