import { attributionRank, type LedgerRecord, tokenFields } from './record.ts';

/**
 * Two records of one request as one: the later state wins, but nothing known is lost to an unknown, the time stays when the
 * request began, and a worse attribution does not replace a better one.
 */
export function mergeRecords(earlier: LedgerRecord, later: LedgerRecord): LedgerRecord {
  // What has ended does not begin again: a `pending` that was logged late takes neither its outcome nor its tokens away.
  if (later.failure_type === 'pending' && earlier.failure_type !== 'pending')
    return { ...mergeRecords(later, earlier), id: earlier.id };
  const attribution = betterAttribution(earlier, later);
  const { cost_usd, price_source } = costOf(earlier, later);
  // Written out field by field: with a gateway and transcripts every request of a ledger comes twice.
  return {
    v: 1,
    id: earlier.id,
    request_id: later.request_id ?? earlier.request_id,
    message_id: later.message_id ?? earlier.message_id,
    ts: earlier.ts === '' || (later.ts !== '' && later.ts < earlier.ts) ? later.ts : earlier.ts,
    source: later.source,
    session_id: later.session_id ?? earlier.session_id,
    agent_id: later.agent_id ?? earlier.agent_id,
    ticket_id: attribution.ticket_id,
    gate: attribution.gate,
    project: attribution.project ?? earlier.project ?? later.project,
    agent_type: attribution.agent_type,
    skill: attribution.skill,
    attributed_by: attribution.attributed_by,
    tier: later.tier ?? earlier.tier,
    requested_model: later.requested_model ?? earlier.requested_model,
    model: later.model ?? earlier.model,
    provider: later.provider ?? earlier.provider,
    attempt: later.attempt,
    fallback_from: later.fallback_from ?? earlier.fallback_from,
    stream: later.stream,
    status: later.status,
    failure_type: later.failure_type,
    http_status: later.http_status ?? earlier.http_status,
    latency_ms: later.latency_ms ?? earlier.latency_ms,
    ttft_ms: later.ttft_ms ?? earlier.ttft_ms,
    input_tokens: later.input_tokens,
    output_tokens: later.output_tokens,
    cache_read_tokens: later.cache_read_tokens,
    cache_write_5m_tokens: later.cache_write_5m_tokens,
    cache_write_1h_tokens: later.cache_write_1h_tokens,
    cost_usd,
    price_source,
    billing: later.billing === 'unknown' ? earlier.billing : later.billing,
    batch_job_id: later.batch_job_id ?? earlier.batch_job_id,
    escalation_reason: later.escalation_reason ?? earlier.escalation_reason,
    request_class: later.request_class ?? earlier.request_class,
  };
}

/** Whether two states of a request differ in nothing but `source`. Written out for the same reason as {@link mergeRecords}. */
export function saysTheSame(a: LedgerRecord, b: LedgerRecord): boolean {
  return (
    a.request_id === b.request_id &&
    a.message_id === b.message_id &&
    a.ts === b.ts &&
    a.session_id === b.session_id &&
    a.agent_id === b.agent_id &&
    a.ticket_id === b.ticket_id &&
    a.gate === b.gate &&
    a.project === b.project &&
    a.agent_type === b.agent_type &&
    a.skill === b.skill &&
    a.attributed_by === b.attributed_by &&
    a.tier === b.tier &&
    a.requested_model === b.requested_model &&
    a.model === b.model &&
    a.provider === b.provider &&
    a.attempt === b.attempt &&
    a.fallback_from === b.fallback_from &&
    a.stream === b.stream &&
    a.status === b.status &&
    a.failure_type === b.failure_type &&
    a.http_status === b.http_status &&
    a.latency_ms === b.latency_ms &&
    a.ttft_ms === b.ttft_ms &&
    a.input_tokens === b.input_tokens &&
    a.output_tokens === b.output_tokens &&
    a.cache_read_tokens === b.cache_read_tokens &&
    a.cache_write_5m_tokens === b.cache_write_5m_tokens &&
    a.cache_write_1h_tokens === b.cache_write_1h_tokens &&
    a.cost_usd === b.cost_usd &&
    a.price_source === b.price_source &&
    a.billing === b.billing &&
    a.batch_job_id === b.batch_job_id &&
    a.escalation_reason === b.escalation_reason &&
    a.request_class === b.request_class
  );
}

function betterAttribution(earlier: LedgerRecord, later: LedgerRecord): LedgerRecord {
  if ((earlier.ticket_id === null) !== (later.ticket_id === null))
    return later.ticket_id === null ? earlier : later;
  return attributionRank(later.attributed_by) <= attributionRank(earlier.attributed_by) ? later : earlier;
}

/** An earlier cost still holds when the later record has none and says nothing new about the usage. */
function costOf(earlier: LedgerRecord, later: LedgerRecord): LedgerRecord {
  if (later.cost_usd !== null) return later;
  return tokenFields.every((name) => earlier[name] === later[name]) ? earlier : later;
}
