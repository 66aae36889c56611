import { attributionRank, type LedgerRecord } from './record.ts';

/**
 * Two records of one request as one: the later state wins, but nothing known is lost to an unknown, the time stays when the
 * request began, and a worse attribution does not replace a better one.
 */
export function mergeRecords(earlier: LedgerRecord, later: LedgerRecord): LedgerRecord {
  const known = Object.fromEntries(Object.entries(later).filter(([, value]) => value !== null));
  const attribution = betterAttribution(earlier, later);
  const { cost_usd, price_source } = costOf(earlier, later);
  return {
    ...earlier,
    ...known,
    id: earlier.id,
    ts: earlier.ts === '' || (later.ts !== '' && later.ts < earlier.ts) ? later.ts : earlier.ts,
    failure_type: later.failure_type,
    billing: later.billing === 'unknown' ? earlier.billing : later.billing,
    cost_usd,
    price_source,
    ticket_id: attribution.ticket_id,
    gate: attribution.gate,
    project: attribution.project ?? earlier.project ?? later.project,
    agent_type: attribution.agent_type,
    skill: attribution.skill,
    attributed_by: attribution.attributed_by,
  };
}

function betterAttribution(earlier: LedgerRecord, later: LedgerRecord): LedgerRecord {
  if ((earlier.ticket_id === null) !== (later.ticket_id === null))
    return later.ticket_id === null ? earlier : later;
  return attributionRank(later.attributed_by) <= attributionRank(earlier.attributed_by) ? later : earlier;
}

/** An earlier cost still holds when the later record has none and says nothing new about the usage. */
function costOf(earlier: LedgerRecord, later: LedgerRecord): LedgerRecord {
  if (later.cost_usd !== null) return later;
  return tokens.every((name) => earlier[name] === later[name]) ? earlier : later;
}

const tokens = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
] as const;
