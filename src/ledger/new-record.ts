import { timestamp } from '../platform/clock.ts';
import { newId } from '../platform/ids.ts';
import type { LedgerRecord, PartialRecord } from './record.ts';

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
    request_class: text(known.request_class),
  };
}

/** Empty is unknown, as in a context. */
function text(value: string | null | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

function amount(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}
