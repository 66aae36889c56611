import path from 'node:path';
import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode, messageOf } from '../platform/errors.ts';
import { appendLine, isInside } from '../platform/files.ts';
import { newId } from '../platform/ids.ts';
import { backlogHome } from '../project/paths.ts';
import type { LedgerRecord, PartialRecord } from './record.ts';
import { rotateIfDue } from './rotate.ts';

/** The usage ledger of a project (its `.backlog-ops/`), or without one the user's own. */
export function ledgerFile(opsDir: string | undefined, home: string): string {
  return path.join(opsDir ?? home, 'usage-ledger.jsonl');
}

/**
 * A whole record from what a caller knows. Only the record's own fields are taken, so nothing else (a prompt, an answer) can
 * get into the ledger; figures that are none (NaN, negative) become 0, and an impossible cost becomes unknown.
 */
export function newRecord(known: PartialRecord): LedgerRecord {
  return {
    v: 1,
    id: known.id ?? newId(),
    request_id: text(known.request_id),
    message_id: text(known.message_id),
    ts: known.ts ?? timestamp(),
    source: known.source,
    session_id: text(known.session_id),
    agent_id: text(known.agent_id),
    ticket_id: text(known.ticket_id),
    gate: text(known.gate),
    project: text(known.project),
    agent_type: text(known.agent_type),
    skill: text(known.skill),
    attributed_by: known.attributed_by ?? 'none',
    tier: text(known.tier),
    requested_model: text(known.requested_model),
    model: text(known.model),
    provider: text(known.provider),
    attempt: known.attempt ?? 1,
    fallback_from: text(known.fallback_from),
    stream: known.stream ?? false,
    status: known.status ?? 'success',
    failure_type: text(known.failure_type),
    http_status: amount(known.http_status),
    latency_ms: amount(known.latency_ms),
    ttft_ms: amount(known.ttft_ms),
    input_tokens: amount(known.input_tokens) ?? 0,
    output_tokens: amount(known.output_tokens) ?? 0,
    cache_read_tokens: amount(known.cache_read_tokens) ?? 0,
    cache_write_5m_tokens: amount(known.cache_write_5m_tokens) ?? 0,
    cache_write_1h_tokens: amount(known.cache_write_1h_tokens) ?? 0,
    cost_usd: amount(known.cost_usd),
    price_source: text(known.price_source),
    billing: known.billing ?? 'unknown',
    batch_job_id: text(known.batch_job_id),
    escalation_reason: text(known.escalation_reason),
  };
}

/**
 * Adds one record to a ledger. See {@link appendRecords}.
 * @param home the user's own folder: a ledger in it is for its owner only (0600, folders 0700)
 */
export function appendRecord(file: string, record: LedgerRecord, home?: string): void {
  appendRecords(file, [record], home);
}

/**
 * Adds records to a ledger as one single append, so that any number of writers may do so at once; what a crash has torn off
 * is closed with a line end first. Each line is written whole or an error is thrown: no record is lost in silence.
 * @throws BacklogError `ledger-write-failed` (exit 4)
 */
export function appendRecords(
  file: string,
  records: readonly LedgerRecord[],
  home: string = backlogHome(process.env),
): void {
  if (records.length === 0) return;
  const lines = records.map((record) => JSON.stringify(newRecord(record)));
  const modes = isInside(home, file) ? { mode: 0o600, dirMode: 0o700 } : {};
  makeRoom(file);
  try {
    appendLine(file, lines.join('\n'), modes);
  } catch (error) {
    const requests = records.length === 1 ? 'one request' : `${records.length} requests`;
    throw new BacklogError({
      code: 'ledger-write-failed',
      message: `the usage of ${requests} is not in the ledger: ${messageOf(error)}`,
      fix: error instanceof BacklogError ? error.fix : `check that you may write to ${path.dirname(file)}`,
      exitCode: ExitCode.Outside,
      file,
      cause: error,
    });
  }
}

/** A ledger that cannot be moved aside just grows on: whether it can be written to is seen when it is. */
function makeRoom(file: string): void {
  try {
    rotateIfDue(file);
  } catch {
    // The record counts, not the file's size.
  }
}

/** Empty is unknown, as in a context. */
function text(value: string | null | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

function amount(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
