import type { LedgerRecord } from './record.ts';

/** A failure that used no tokens has nothing to price; an answer without known usage and cost has. */
export function isUnpriced(record: LedgerRecord): boolean {
  if (record.cost_usd !== null) return false;
  const tokens = record.input_tokens + record.output_tokens + record.cache_read_tokens;
  const used = tokens + record.cache_write_5m_tokens + record.cache_write_1h_tokens > 0;
  return used || record.status === 'success';
}
