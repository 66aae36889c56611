import { newRecord } from './append.ts';
import { amountIn, type Fields, parseObject, textIn, utcTime } from './fields.ts';
import { importedRecord } from './import-shapes.ts';
import type { Billing, LedgerSource, ParsedLine, RequestStatus } from './record.ts';

const sources: readonly LedgerSource[] = ['gateway', 'llm-call', 'transcript', 'litellm', 'import'];
const statuses: readonly RequestStatus[] = ['success', 'error', 'cancelled', 'blocked'];
const billings: readonly Billing[] = ['api', 'plan', 'local', 'unknown'];

/** The only reader of ledger lines: today's records (`v: 1`) and every shape that came before them. */
export function parseLedgerLine(text: string, line: number): ParsedLine {
  const fields = parseObject(text);
  if (fields === undefined) return { bad: 'is no JSON object' };
  if (fields.v === undefined) return importedRecord(fields, line);
  if (fields.v !== 1) return { bad: `has version ${JSON.stringify(fields.v)}; this program reads version 1` };
  return currentRecord(fields);
}

function currentRecord(fields: Fields): ParsedLine {
  const id = textIn(fields, 'id');
  const ts = utcTime(textIn(fields, 'ts') ?? '');
  const source = sources.find((word) => word === fields.source);
  const status = statuses.find((word) => word === fields.status);
  if (id === null) return { bad: 'has no id' };
  if (ts === undefined) return { bad: `has no time in ts: ${JSON.stringify(fields.ts)}` };
  if (source === undefined) return { bad: `has an unknown source: ${JSON.stringify(fields.source)}` };
  if (status === undefined) return { bad: `has an unknown status: ${JSON.stringify(fields.status)}` };
  const wrong = figures.find((name) => isNoAmount(fields[name]));
  if (wrong !== undefined)
    return { bad: `has a ${wrong} that is no amount: ${JSON.stringify(fields[wrong])}` };
  const texts = Object.fromEntries(texted.map((name) => [name, textIn(fields, name)]));
  const amounts = Object.fromEntries(figures.map((name) => [name, amountIn(fields, name)]));
  return {
    named: true,
    record: newRecord({
      ...texts,
      ...tokenCounts(fields),
      id,
      ts,
      source,
      status,
      attributed_by: textIn(fields, 'attributed_by') ?? 'none',
      attempt: amounts.attempt ?? 1,
      stream: fields.stream === true,
      http_status: amounts.http_status ?? null,
      latency_ms: amounts.latency_ms ?? null,
      ttft_ms: amounts.ttft_ms ?? null,
      cost_usd: amounts.cost_usd ?? null,
      billing: billings.find((word) => word === fields.billing) ?? 'unknown',
    }),
  };
}

const texted = [
  'request_id',
  'message_id',
  'session_id',
  'agent_id',
  'ticket_id',
  'gate',
  'project',
  'agent_type',
  'skill',
  'tier',
  'requested_model',
  'model',
  'provider',
  'fallback_from',
  'failure_type',
  'price_source',
  'batch_job_id',
  'escalation_reason',
] as const;

const figures = [
  'attempt',
  'http_status',
  'latency_ms',
  'ttft_ms',
  'cost_usd',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
] as const;

function tokenCounts(fields: Fields) {
  return {
    input_tokens: amountIn(fields, 'input_tokens') ?? 0,
    output_tokens: amountIn(fields, 'output_tokens') ?? 0,
    cache_read_tokens: amountIn(fields, 'cache_read_tokens') ?? 0,
    cache_write_5m_tokens: amountIn(fields, 'cache_write_5m_tokens') ?? 0,
    cache_write_1h_tokens: amountIn(fields, 'cache_write_1h_tokens') ?? 0,
  };
}

/** Absent and `null` are unknown; a figure that is there and is none makes the line unreadable, rather than a wrong sum. */
function isNoAmount(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return typeof value !== 'number' || !Number.isFinite(value) || value < 0;
}
