import { BacklogError, ExitCode, messageOf } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { backlogHome, findProject } from '../project/paths.ts';
import { appendRecord, ledgerFile, newRecord } from './append.ts';
import { utcTime } from './fields.ts';
import { priceRequest } from './prices.ts';
import type { LedgerRecord, RequestStatus } from './record.ts';
import { type UsageGroup, usageStats } from './usage-stats.ts';

// The library: `import { getStats, logLLMRequest } from 'backlog-toolkit/ledger'`. Models other than Claude are priced once
// `await loadMorePrices()` was called.
export { loadMorePrices } from './prices.ts';

/** A request as a program logs it. What is not named here (messages, answers) does not get into the ledger. */
export interface LLMRequestLogEntry {
  /** A UUID is made without one. The same id later (`pending`, then `success`) is the same request. */
  readonly id?: string;
  readonly project_id: string;
  readonly chat_id: string;
  readonly model: string;
  readonly provider?: string;
  readonly status?: 'pending' | 'success' | 'error' | 'timeout';
  /** RFC 3339; now without one. */
  readonly timestamp_start?: string;
  readonly timestamp_end?: string;
  /** Prompt tokens with those from the cache. What is missing of the three follows from the others. */
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly total_tokens?: number;
  };
  readonly latency_ms?: number;
  readonly timings?: { readonly latency_ms?: number };
  readonly http_status?: number;
  readonly error?: { readonly code: string; readonly message: string } | null;
  readonly ticket_id?: string;
  readonly gate?: string;
}

export interface LogResult {
  readonly id: string;
  readonly logged: true;
  /** `timestamp_start`, RFC 3339 in UTC. */
  readonly timestamp: string;
}

export interface StatsScope {
  readonly type: 'project' | 'chat' | 'global';
  /** For `project` and `chat`. */
  readonly projectId?: string;
  /** For `chat`. */
  readonly chatId?: string;
}

export interface StatsOptions {
  /** Days or RFC 3339 times, both inclusive, on the request's start (UTC). */
  readonly fromDate?: string;
  readonly toDate?: string;
  readonly groupBy?: 'day' | 'week' | 'month' | 'model';
}

export interface Stats {
  readonly scope: StatsScope;
  readonly period: { readonly from: string | null; readonly to: string | null };
  readonly summary: {
    /** `successfulRequests + failedRequests`. */
    readonly totalRequests: number;
    readonly successfulRequests: number;
    /** All others: errors, time-outs, cancelled and refused ones, and those that were begun and never ended. */
    readonly failedRequests: number;
    /** `promptTokens + completionTokens`. */
    readonly totalTokens: number;
    /** With cache reads and writes. */
    readonly promptTokens: number;
    readonly completionTokens: number;
    /** Over the requests whose latency is known, whole ms; 0 without any. */
    readonly averageLatencyMs: number;
    /** USD, as far as prices are known. */
    readonly estimatedCost: number;
  };
  readonly breakdown: readonly (ModelBreakdown | PeriodBreakdown)[];
  readonly models: Readonly<Record<string, Omit<ModelBreakdown, 'model'>>>;
  /** Lines of the ledger that could not be read; they are missing above. */
  readonly badLines: number;
}

export interface ModelBreakdown {
  readonly model: string;
  readonly requests: number;
  readonly tokens: number;
  readonly averageLatencyMs: number;
}

export interface PeriodBreakdown {
  /** `2026-11-21`, `2026-W47` or `2026-11`. */
  readonly period: string;
  readonly requests: number;
  readonly tokens: number;
  readonly successfulRequests: number;
  readonly failedRequests: number;
}

/** Where the ledger is: in the project around `cwd` (the working directory without it), or `ledger` itself. */
export interface LedgerPlace {
  readonly cwd?: string;
  readonly ledger?: string;
}

/** A value that breaks a rule of the call; nothing was written. */
export class ValidationError extends BacklogError {
  constructor(code: string, message: string, fix: string) {
    super({ code, message, fix, exitCode: ExitCode.Usage });
  }
}
/** There is no project whose ledger could be meant. */
export class NotFoundError extends BacklogError {}
/** The ledger cannot be written. */
export class FileSystemError extends BacklogError {}

/**
 * Writes one request into the ledger of the project around the working directory. The entry is not changed.
 * @throws ValidationError `invalid-project-id`, `invalid-chat-id`, `invalid-model`, `invalid-status`, `invalid-time`, `invalid-usage`, `invalid-http-status`
 * @throws NotFoundError `project-not-found`
 * @throws FileSystemError `ledger-write-failed`, after a second try
 */
export function logLLMRequest(entry: LLMRequestLogEntry, place: LedgerPlace = {}): LogResult {
  const record = recordOf(entry);
  const file = fileOf(place, 'required');
  const write = () => appendRecord(file, record, backlogHome(process.env));
  try {
    write();
  } catch {
    try {
      write();
    } catch (error) {
      throw new FileSystemError({
        code: 'ledger-write-failed',
        message: messageOf(error),
        fix: error instanceof BacklogError ? error.fix : `check that you may write to ${file}`,
        exitCode: ExitCode.Outside,
        file,
        cause: error,
      });
    }
  }
  return { id: record.id, logged: true, timestamp: record.ts };
}

/**
 * Counts the requests of a scope. A project or chat that nobody knows has none; without a ledger there are none.
 * @throws ValidationError `invalid-scope`, `invalid-project-id`, `invalid-chat-id`, `invalid-time`, `invalid-group-by`
 * @throws BacklogError `ledger-read-failed`
 */
export function getStats(scope: StatsScope, options: StatsOptions = {}, place: LedgerPlace = {}): Stats {
  checkScope(scope);
  const { fromDate, toDate, groupBy } = options;
  for (const time of [fromDate, toDate]) if (time !== undefined) timeOf(time, 'fromDate or toDate');
  if (groupBy !== undefined && !['day', 'week', 'month', 'model'].includes(groupBy))
    throw new ValidationError(
      'invalid-group-by',
      `groupBy is ${JSON.stringify(groupBy)}`,
      'pass day, week, month or model',
    );
  const query = {
    ledgers: [fileOf(place, 'optional')],
    ...wanted(scope),
    from: fromDate,
    to: toDate,
  } as const;
  const { summary, groups: models, period, bad_lines } = usageStats({ ...query, groupBy: 'model' });
  const byTime = groupBy === undefined || groupBy === 'model' ? [] : usageStats({ ...query, groupBy }).groups;
  return {
    scope,
    period,
    summary: {
      totalRequests: summary.requests,
      successfulRequests: summary.success,
      failedRequests: summary.requests - summary.success,
      totalTokens: summary.tokens,
      promptTokens: summary.tokens - summary.output_tokens,
      completionTokens: summary.output_tokens,
      averageLatencyMs: summary.latency_ms.average ?? 0,
      estimatedCost: summary.cost_usd,
    },
    breakdown: groupBy === 'model' ? models.map(modelRow) : byTime.map(periodRow),
    models: Object.fromEntries(
      models.map(modelRow).map(({ model, ...figures }) => [model, figures] as const),
    ),
    badLines: bad_lines,
  };
}

function modelRow({ name, requests, tokens, latency_ms }: UsageGroup): ModelBreakdown {
  return { model: name ?? 'unknown', requests, tokens, averageLatencyMs: latency_ms.average ?? 0 };
}

function periodRow({ name, requests, tokens, success }: UsageGroup): PeriodBreakdown {
  return {
    period: name ?? 'unknown',
    requests,
    tokens,
    successfulRequests: success,
    failedRequests: requests - success,
  };
}

function wanted({ type, projectId, chatId }: StatsScope): {
  readonly scope: StatsScope['type'];
  readonly id?: string | undefined;
  readonly project?: string | undefined;
} {
  if (type === 'global') return { scope: 'global' };
  return type === 'project'
    ? { scope: 'project', id: projectId }
    : { scope: 'chat', id: chatId, project: projectId };
}

function checkScope(scope: StatsScope): void {
  const { type, projectId, chatId } = scope;
  if (type !== 'global' && type !== 'project' && type !== 'chat')
    throw new ValidationError(
      'invalid-scope',
      `the scope's type is ${JSON.stringify(type)}`,
      'pass global, project or chat',
    );
  if (type !== 'global') text(projectId, 'invalid-project-id', 'projectId');
  if (type === 'chat') text(chatId, 'invalid-chat-id', 'chatId');
}

function recordOf(entry: LLMRequestLogEntry): LedgerRecord {
  const project = text(entry.project_id, 'invalid-project-id', 'project_id');
  const session_id = text(entry.chat_id, 'invalid-chat-id', 'chat_id');
  const model = text(entry.model, 'invalid-model', 'model');
  const { status, failure } = statusOf(entry);
  const ts = timeOf(entry.timestamp_start ?? new Date().toISOString(), 'timestamp_start');
  const end = entry.timestamp_end === undefined ? undefined : timeOf(entry.timestamp_end, 'timestamp_end');
  if (end !== undefined && end < ts)
    throw new ValidationError(
      'invalid-time',
      `timestamp_end ${end} is before timestamp_start ${ts}`,
      'pass the time at which the request ended',
    );
  const http = entry.http_status;
  if (http !== undefined && !(Number.isInteger(http) && http >= 100 && http <= 599))
    throw new ValidationError('invalid-http-status', `http_status is ${http}`, 'pass 100 to 599');
  const usage = tokensOf(entry);
  const asked = { ...usage, cache_read_tokens: 0, cache_write_5m_tokens: 0, cache_write_1h_tokens: 0 };
  const known = entry.usage !== undefined;
  const provider = entry.provider ?? null;
  return newRecord({
    source: 'llm-call',
    id: entry.id || newId(),
    ts,
    session_id,
    project,
    ticket_id: entry.ticket_id ?? null,
    gate: entry.gate ?? null,
    attributed_by: entry.ticket_id ? 'import' : 'none',
    requested_model: model,
    model,
    provider,
    status,
    failure_type: failure,
    http_status: http ?? null,
    latency_ms: amount(entry.timings?.latency_ms ?? entry.latency_ms, 'latency_ms'),
    ...usage,
    ...(known ? priceRequest({ model, provider, usage: asked, at: ts }) : {}),
  });
}

/** A request that was begun and never ended was cancelled, as far as anybody knows, until its end is logged. */
function statusOf({ status = 'pending', error }: LLMRequestLogEntry): {
  readonly status: RequestStatus;
  readonly failure: string | null;
} {
  switch (status) {
    case 'success':
      return { status: 'success', failure: null };
    case 'pending':
      return { status: 'cancelled', failure: 'pending' };
    case 'error':
    case 'timeout':
      return { status: 'error', failure: error?.code ?? status };
    default:
      throw new ValidationError(
        'invalid-status',
        `status is ${JSON.stringify(status)}`,
        'pass pending, success, error or timeout',
      );
  }
}

function tokensOf({ usage }: LLMRequestLogEntry): { input_tokens: number; output_tokens: number } {
  const [prompt, completion, total] = [
    amount(usage?.prompt_tokens, 'usage.prompt_tokens'),
    amount(usage?.completion_tokens, 'usage.completion_tokens'),
    amount(usage?.total_tokens, 'usage.total_tokens'),
  ];
  const output = completion ?? Math.max(0, (total ?? 0) - (prompt ?? total ?? 0));
  return { input_tokens: prompt ?? Math.max(0, (total ?? 0) - output), output_tokens: output };
}

function text(value: unknown, code: string, name: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new ValidationError(
    code,
    `${name} is ${JSON.stringify(value)}`,
    `pass ${name} as a text that is not empty`,
  );
}

function timeOf(value: string, name: string): string {
  const time = utcTime(value);
  if (time !== undefined) return time;
  throw new ValidationError(
    'invalid-time',
    `${name} is ${JSON.stringify(value)}, which is no time`,
    'pass an RFC 3339 time such as 2026-11-21T10:00:00Z',
  );
}

function amount(value: number | undefined, name: string): number | null {
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new ValidationError('invalid-usage', `${name} is ${String(value)}`, 'pass a number from 0 up');
}

function fileOf({ cwd = process.cwd(), ledger }: LedgerPlace, project: 'required' | 'optional'): string {
  if (ledger !== undefined) return ledger;
  const found = findProject(cwd);
  if (found === undefined && project === 'required')
    throw new NotFoundError({
      code: 'project-not-found',
      message: `${cwd} is in no project`,
      fix: "run `backlog init` in the project's root folder, or pass `ledger`",
      exitCode: ExitCode.ProjectUnusable,
    });
  return ledgerFile(found?.opsDir, backlogHome(process.env));
}
