import { BacklogError, ExitCode, errnoOf, messageOf } from '../platform/errors.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { appendRecords } from './append.ts';
import { amountIn, type Fields, objectOf, parseObject, textIn, utcTime } from './fields.ts';
import { newRecord } from './new-record.ts';
import type { Billing, LedgerRecord } from './record.ts';

export interface SpendSync {
  /** LiteLLM's address, without a slash at its end. */
  readonly url: string;
  /** Its master key or one that may read spend. */
  readonly key: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** Only rows with its tag `project:<name>` are taken: a proxy serves others too. */
  readonly project: string;
  readonly ledger: string;
  readonly home: string;
  /** Where is kept how far the last call came. */
  readonly cursorFile: string;
  /** How many days back the first call looks. */
  readonly days: number;
  readonly now: Date;
  readonly billing: Billing;
}

export interface SpendSynced {
  readonly records: number;
  /** Rows of other projects, or of none. */
  readonly skipped: number;
  readonly bad_rows: number;
  /** Days of which LiteLLM gave out a part only. */
  readonly truncated: readonly string[];
}

const DAY_MS = 86_400_000;

/**
 * Takes what LiteLLM's spend logs have of a project into the ledger, day by day (`GET /spend/logs?summarize=false`). A row is
 * the same request as the gateway's record by LiteLLM's call id, which is our id, or by the answer's id. A day that was read is
 * read again until two days later, since rows come late; what was taken is not taken twice.
 * @throws BacklogError `spend-logs-failed` (exit 4)
 */
export async function syncSpendLogs(sync: SpendSync): Promise<SpendSynced> {
  const cursor = readCursor(sync.cursorFile);
  const today = sync.now.toISOString().slice(0, 10);
  const seen = new Set(cursor.seen);
  const kept: string[] = [];
  const truncated: string[] = [];
  let [records, skipped, badRows] = [0, 0, 0];
  for (let day = cursor.from ?? daysBefore(today, sync.days - 1); day <= today; day = daysBefore(day, -1)) {
    const answer = await rowsOf(sync, day);
    if (answer.truncated) truncated.push(day);
    const fresh: LedgerRecord[] = [];
    for (const row of answer.rows) {
      const id = textIn(row, 'request_id');
      const record = id === null ? undefined : recordOf(row, id, sync.billing);
      if (id === null || record === undefined) badRows += 1;
      else if (record.project !== sync.project) skipped += 1;
      else {
        if (!seen.has(id)) fresh.push(record);
        seen.add(id);
        if (day >= daysBefore(today, 2)) kept.push(id);
      }
    }
    appendRecords(sync.ledger, fresh, sync.home);
    records += fresh.length;
  }
  const next = { v: 1, from: daysBefore(today, 2), seen: kept };
  writeFileAtomic(sync.cursorFile, `${JSON.stringify(next)}\n`, { mode: 0o600, dirMode: 0o700 });
  return { records, skipped, bad_rows: badRows, truncated };
}

async function rowsOf(
  { url, key, fetch }: SpendSync,
  day: string,
): Promise<{ readonly rows: readonly Fields[]; readonly truncated: boolean }> {
  // Whatever it takes the end for, the first or the last moment of its day: the rows of the next day are left out below.
  const query = `summarize=false&start_date=${day}&end_date=${daysBefore(day, -1)}`;
  const address = `${url}/spend/logs?${query}`;
  try {
    const response = await fetch(address, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const body: unknown = await response.json();
    if (!Array.isArray(body)) throw new Error('it answered with something else than rows');
    const rows = body.map(objectOf).filter((row) => row !== undefined);
    const ofDay = rows.filter((row) => utcTime(row.startTime)?.startsWith(day) ?? true);
    return { rows: ofDay, truncated: response.headers.has('x-litellm-spend-logs-truncated') };
  } catch (error) {
    throw new BacklogError({
      code: 'spend-logs-failed',
      message: `cannot read LiteLLM's spend logs at ${url}: ${reasonOf(error)}`,
      fix: 'start LiteLLM with a database, and set LITELLM_BASE_URL and its key; or leave --litellm away',
      exitCode: ExitCode.Outside,
      cause: error,
    });
  }
}

/** `fetch failed` alone says nothing: the reason is behind it, at times in its code only. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  return [messageOf(error), cause && (cause.message || errnoOf(cause))].filter(Boolean).join(': ');
}

function recordOf(row: Fields, id: string, billing: Billing): LedgerRecord | undefined {
  const ts = utcTime(row.startTime);
  if (ts === undefined) return undefined;
  const metadata = objectIn(row.metadata);
  const ours = objectIn(metadata?.spend_logs_metadata);
  const tags = tagsOf(row.request_tags);
  const named = (name: string, tag: string) => textIn(ours, name) ?? tags.get(tag) ?? null;
  const ticket = named('ticket', 'ticket');
  const provider = textIn(row, 'custom_llm_provider');
  const usage = objectIn(metadata?.additional_usage_values) ?? objectIn(metadata?.usage_object);
  const read = amountIn(usage, 'cache_read_input_tokens') ?? 0;
  const written = amountIn(usage, 'cache_creation_input_tokens') ?? 0;
  const prompt = amountIn(row, 'prompt_tokens') ?? 0;
  const spend = amountIn(row, 'spend') ?? 0;
  const local = provider !== null && /^ollama/.test(provider);
  const failed = textIn(row, 'status') === 'failure' || textIn(metadata, 'status') === 'failure';
  const end = utcTime(row.endTime);
  return newRecord({
    source: 'litellm',
    id: textIn(row, 'litellm_call_id') ?? textIn(metadata, 'litellm_call_id') ?? id,
    message_id: id,
    ts,
    session_id: textIn(row, 'session_id'),
    ticket_id: ticket,
    gate: named('gate', 'gate'),
    project: named('project', 'project'),
    agent_type: named('agent', 'agent'),
    skill: named('skill', 'skill'),
    attributed_by: ticket === null ? 'none' : 'file',
    requested_model: textIn(row, 'model_group'),
    model: textIn(row, 'model'),
    provider,
    status: failed ? 'error' : 'success',
    failure_type: failed ? 'provider-error' : null,
    latency_ms: end === undefined ? null : Math.max(0, Date.parse(end) - Date.parse(ts)),
    // LiteLLM's prompt tokens have those of the cache in them.
    input_tokens: Math.max(0, prompt - read - written),
    output_tokens: amountIn(row, 'completion_tokens') ?? 0,
    cache_read_tokens: read,
    cache_write_5m_tokens: written,
    // 0 is what LiteLLM writes for a model without a price.
    ...(spend > 0
      ? { cost_usd: spend, price_source: 'litellm' }
      : local
        ? { cost_usd: 0, price_source: 'local' }
        : {}),
    billing: local ? 'local' : billing,
  });
}

/** Some versions give out JSON in a text. */
function objectIn(value: unknown): Fields | undefined {
  return typeof value === 'string' ? parseObject(value) : objectOf(value);
}

/** `ticket:FEAT-001` and its like, by what is before the colon. */
function tagsOf(value: unknown): Map<string, string> {
  const list: unknown = typeof value === 'string' ? parseObject(`{"tags":${value || '[]'}}`)?.tags : value;
  const tags = new Map<string, string>();
  for (const tag of Array.isArray(list) ? list : []) {
    const match = typeof tag === 'string' ? /^([a-z]+):(.+)$/.exec(tag) : null;
    if (match?.[1] && match[2]) tags.set(match[1], match[2]);
  }
  return tags;
}

function readCursor(file: string): { readonly from: string | undefined; readonly seen: readonly string[] } {
  const stored = parseObject(readTextIfExists(file) ?? '');
  const from = textIn(stored, 'from') ?? undefined;
  const seen = Array.isArray(stored?.seen) ? stored.seen.filter((id) => typeof id === 'string') : [];
  return from !== undefined && /^\d{4}-\d\d-\d\d$/.test(from)
    ? { from, seen }
    : { from: undefined, seen: [] };
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);
}
