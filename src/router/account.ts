import type { Answer } from './call.ts';

/**
 * The one line about a call: what was asked, who answered, tokens and cost. `free` that cost money says so.
 * `free → anthropic/claude-haiku-5-5, 812 in / 43 out, $0.0011, PAID instead of free (fallback from ollama/qwen3:8b)`
 */
export function accountLine(answer: Answer): string {
  const { record } = answer;
  const input =
    record.input_tokens +
    record.cache_read_tokens +
    record.cache_write_5m_tokens +
    record.cache_write_1h_tokens;
  const parts = [
    `${answer.asked} → ${record.provider}/${record.model}`,
    `${input} in / ${record.output_tokens} out`,
    costText(answer),
  ];
  const from = record.fallback_from === null ? '' : ` (fallback from ${record.fallback_from})`;
  if (answer.paidInsteadOfFree) parts.push(`PAID instead of free${from}`);
  else if (from !== '') parts.push(from.trim());
  if (answer.cut) parts.push('cut at --max-tokens');
  return parts.join(', ');
}

function costText({ record }: Answer): string {
  if (record.cost_usd === null) return 'cost unknown';
  if (record.price_source === 'local') return '$0 (local)';
  const usd = `$${record.cost_usd.toFixed(record.cost_usd < 0.01 ? 6 : 4)}`;
  if (record.price_source === 'demo') return `${usd} (demo price)`;
  return record.billing === 'plan' ? `${usd} (list-price equivalent)` : usd;
}

/** The `--json` document. */
export function accountJson(answer: Answer) {
  const { record } = answer;
  return {
    text: answer.text,
    ...(answer.value === undefined ? {} : { value: answer.value }),
    asked: answer.asked,
    tier: answer.tier,
    provider: record.provider,
    model: record.model,
    requested_model: record.requested_model,
    usage: {
      input_tokens: record.input_tokens,
      output_tokens: record.output_tokens,
      cache_read_tokens: record.cache_read_tokens,
      cache_write_5m_tokens: record.cache_write_5m_tokens,
      cache_write_1h_tokens: record.cache_write_1h_tokens,
    },
    cost_usd: record.cost_usd,
    price_source: record.price_source,
    billing: record.billing,
    paid_instead_of_free: answer.paidInsteadOfFree,
    fallback_from: record.fallback_from,
    cut: answer.cut,
    call_id: answer.id,
    request_id: record.request_id,
    attempts: answer.attempts,
  };
}
