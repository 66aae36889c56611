import { type Fields, parseObject, textIn, utcTime } from './fields.ts';
import { importedRecord } from './import-shapes.ts';
import { billings, type ParsedLine, sources, statuses, tokenFields } from './record.ts';

/** The only reader of ledger lines: today's records (`v: 1`) and every shape that came before them. */
export function parseLedgerLine(text: string, line: number): ParsedLine {
  const fields = parseObject(text);
  if (fields === undefined) return { bad: 'is no JSON object' };
  if (fields.v === undefined) return importedRecord(fields, line);
  if (fields.v !== 1) return { bad: `has version ${JSON.stringify(fields.v)}; this program reads version 1` };
  return currentRecord(fields);
}

/** Written out field by field: it runs for every line of a ledger, twice. */
function currentRecord(fields: Fields): ParsedLine {
  const id = textIn(fields, 'id');
  const ts = utcTime(fields.ts);
  const source = sources.find((word) => word === fields.source);
  const status = statuses.find((word) => word === fields.status);
  if (id === null) return { bad: 'has no id' };
  if (ts === undefined) return { bad: `has no time in ts: ${JSON.stringify(fields.ts)}` };
  if (source === undefined) return { bad: `has an unknown source: ${JSON.stringify(fields.source)}` };
  if (status === undefined) return { bad: `has an unknown status: ${JSON.stringify(fields.status)}` };
  for (const name of figures)
    if (isNoAmount(fields[name]))
      return { bad: `has a ${name} that is no amount: ${JSON.stringify(fields[name])}` };
  const record = {
    v: 1,
    id,
    request_id: textIn(fields, 'request_id'),
    message_id: textIn(fields, 'message_id'),
    ts,
    source,
    session_id: textIn(fields, 'session_id'),
    agent_id: textIn(fields, 'agent_id'),
    ticket_id: textIn(fields, 'ticket_id'),
    gate: textIn(fields, 'gate'),
    project: textIn(fields, 'project'),
    agent_type: textIn(fields, 'agent_type'),
    skill: textIn(fields, 'skill'),
    attributed_by: textIn(fields, 'attributed_by') ?? 'none',
    request_class: textIn(fields, 'request_class'),
    tier: textIn(fields, 'tier'),
    requested_model: textIn(fields, 'requested_model'),
    model: textIn(fields, 'model'),
    provider: textIn(fields, 'provider'),
    attempt: figure(fields.attempt) ?? 1,
    fallback_from: textIn(fields, 'fallback_from'),
    stream: fields.stream === true,
    status,
    failure_type: textIn(fields, 'failure_type'),
    http_status: figure(fields.http_status),
    latency_ms: figure(fields.latency_ms),
    ttft_ms: figure(fields.ttft_ms),
    input_tokens: figure(fields.input_tokens) ?? 0,
    output_tokens: figure(fields.output_tokens) ?? 0,
    cache_read_tokens: figure(fields.cache_read_tokens) ?? 0,
    cache_write_5m_tokens: figure(fields.cache_write_5m_tokens) ?? 0,
    cache_write_1h_tokens: figure(fields.cache_write_1h_tokens) ?? 0,
    cost_usd: figure(fields.cost_usd),
    price_source: textIn(fields, 'price_source'),
    billing: billings.find((word) => word === fields.billing) ?? 'unknown',
    batch_job_id: textIn(fields, 'batch_job_id'),
    escalation_reason: textIn(fields, 'escalation_reason'),
  } as const;
  return { record, named: true };
}

const figures = ['attempt', 'http_status', 'latency_ms', 'ttft_ms', 'cost_usd', ...tokenFields] as const;

function figure(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** Absent and `null` are unknown; a figure that is there and is none makes the line unreadable, rather than a wrong sum. */
function isNoAmount(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return typeof value !== 'number' || !Number.isFinite(value) || value < 0;
}
