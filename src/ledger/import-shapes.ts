import { amountIn, type Fields, firstTextIn, objectOf, textIn, utcTime } from './fields.ts';
import { newRecord } from './new-record.ts';
import type { LedgerRecord, ParsedLine, RequestStatus } from './record.ts';

/**
 * A line that an earlier tool wrote. Known are: the documented ledger line (timestamp, workflow, phase, model_alias, …), the
 * implementer's two (gate, model, date; requested_model, actual_model, …), its fast path (pipeline), and the request log
 * (timestamp_start, usage, timings). Lines of the sentinel and the audit are about findings and are no requests.
 */
export function importedRecord(fields: Fields, line: number): ParsedLine {
  if (!looksLikeRequest(fields)) {
    return 'skill' in fields
      ? { other: `is about the skill ${String(fields.skill)}, not about a request` }
      : { bad: 'is no usage record: no tokens, model or cost' };
  }
  const time = firstTextIn(fields, ['timestamp', 'timestamp_start', 'date', 'ts']);
  const ts = time === null ? UNDATED : utcTime(time);
  if (ts === undefined) return { bad: `has no readable time: ${JSON.stringify(time)}` };
  const cost = fields.cost_usd;
  if (cost !== undefined && cost !== null && amountIn(fields, 'cost_usd') === null)
    return { bad: `has a cost_usd that is no amount: ${JSON.stringify(cost)}` };
  const id = textIn(fields, 'id');
  return {
    named: id !== null || firstTextIn(fields, ['request_id', 'message_id']) !== null,
    record: newRecord({
      ...namesOf(fields),
      ...outcomeOf(fields),
      ...tokensOf(fields),
      ts,
      id: id ?? `line-${line}`,
      source: 'import',
    }),
  };
}

/** `ts` of an imported line that says no time: it belongs to no period, only to the whole. */
const UNDATED = '';

function looksLikeRequest(fields: Fields): boolean {
  const names = [
    'input_tokens',
    'output_tokens',
    'model',
    'actual_model',
    'model_alias',
    'cost_usd',
    'usage',
  ];
  return names.some((name) => fields[name] !== undefined);
}

function namesOf(fields: Fields): Partial<LedgerRecord> {
  const ticket = textIn(fields, 'ticket_id');
  return {
    request_id: textIn(fields, 'request_id'),
    message_id: textIn(fields, 'message_id'),
    session_id: firstTextIn(fields, ['session_id', 'chat_id']),
    agent_id: textIn(fields, 'agent_id'),
    ticket_id: ticket,
    gate: firstTextIn(fields, ['gate', 'phase']),
    project: firstTextIn(fields, ['project', 'project_id']),
    agent_type: textIn(fields, 'agent_type'),
    skill: firstTextIn(fields, ['skill', 'workflow']),
    attributed_by: ticket === null ? 'none' : 'import',
    tier: firstTextIn(fields, ['tier', 'model_alias']),
    requested_model: firstTextIn(fields, ['requested_model', 'model_alias']),
    model: firstTextIn(fields, ['actual_model', 'model']),
    provider: textIn(fields, 'provider'),
    fallback_from: fields.ollama_fallback === true ? 'ollama' : null,
    batch_job_id: textIn(fields, 'batch_job_id'),
    escalation_reason:
      textIn(fields, 'escalation_reason') ??
      (fields.escalated === true || fields.escalated_to_full === true ? 'escalated' : null),
  };
}

function outcomeOf(fields: Fields): Partial<LedgerRecord> {
  const word = textIn(fields, 'status') ?? 'success';
  const status = outcomes[word] ?? 'error';
  const cost = amountIn(fields, 'cost_usd');
  return {
    status,
    failure_type: status === 'success' ? null : (textIn(objectOf(fields.error), 'code') ?? word),
    http_status: amountIn(fields, 'http_status'),
    latency_ms: amountIn(fields, 'latency_ms') ?? amountIn(objectOf(fields.timings), 'latency_ms'),
    cost_usd: cost,
    price_source: cost === null ? null : 'import',
  };
}

/** A request that was begun and never ended (`pending`) was cancelled, as far as anybody knows. */
const outcomes: Readonly<Record<string, RequestStatus>> = {
  success: 'success',
  ok: 'success',
  completed: 'success',
  pending: 'cancelled',
  cancelled: 'cancelled',
  blocked: 'blocked',
};

function tokensOf(fields: Fields): Partial<LedgerRecord> {
  const usage = objectOf(fields.usage);
  const output = amountIn(fields, 'output_tokens') ?? amountIn(usage, 'completion_tokens') ?? 0;
  const total = amountIn(usage, 'total_tokens');
  const input =
    amountIn(fields, 'input_tokens') ??
    amountIn(usage, 'prompt_tokens') ??
    (total === null ? 0 : Math.max(0, total - output));
  const read = amountIn(fields, 'cache_read_tokens', 'cached_input_tokens') ?? 0;
  const written = amountIn(fields, 'cache_creation_tokens') ?? 0;
  return {
    // These tools counted cache tokens as input too (their hit rate is read/input); ours are without them.
    input_tokens: input >= read + written ? input - read - written : input,
    output_tokens: output,
    cache_read_tokens: read,
    cache_write_5m_tokens: written,
  };
}
