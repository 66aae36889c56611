import type { Clock } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import { LlmRouterError } from './failure.ts';
import { record, string } from './fields.ts';

/** Largest answer that is read, bytes after decompression: ten times what 128,000 output tokens need. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
/** A longer upstream message is cut: it may quote the prompt. */
const MAX_MESSAGE = 300;

export interface JsonRequest {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
  readonly signal: AbortSignal;
  /** Never shown: replaced in every message that comes back. */
  readonly secret: string | undefined;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Posts JSON and reads JSON, size bounded. Redirects are not followed: the key would go along.
 * @throws LlmRouterError for every answer that is no 2xx JSON object, and for one that carries an error inside
 */
export async function postJson(request: JsonRequest): Promise<JsonAnswer> {
  const response = await send(request);
  const { status, headers } = response;
  if (status >= 300 && status < 400) {
    await response.body?.cancel();
    throw new LlmRouterError({
      failureType: 'provider-error',
      message: `${request.url} redirects (${status}) to ${headers.get('location') ?? 'nowhere'}`,
      fix: 'put the final address into baseURL; redirects are not followed, because the key would go along',
      httpStatus: status,
    });
  }
  if (!response.ok) {
    const { text } = await readBounded(response, MAX_ERROR_BYTES, request);
    throw refused(request, status, headers, parsed(text), text);
  }
  const { text, complete } = await readBounded(response, MAX_ANSWER_BYTES, request);
  const invalid = (message: string) =>
    new LlmRouterError({
      failureType: 'invalid-response',
      message: `${request.url} ${message}`,
      httpStatus: status,
    });
  if (!complete) throw invalid(`sent more than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB`);
  const body = parsed(text);
  if (body === undefined) {
    const kind = headers.get('content-type')?.split(';')[0] ?? 'no content type';
    throw invalid(`answered ${status} without a JSON object (${kind}, ${text.length} characters)`);
  }
  // LiteLLM passes an unreadable upstream answer on as 200 with an error object: status 200 alone is no success.
  if (body.type === 'error' || (body.error !== undefined && body.error !== null))
    throw refused(request, status, headers, body, text);
  return { status, headers, body };
}

async function send(request: JsonRequest): Promise<Response> {
  try {
    return await request.fetch(request.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...request.headers },
      body: JSON.stringify(request.body),
      redirect: 'manual',
      signal: request.signal,
    });
  } catch (error) {
    throw transportFailure(request, error);
  }
}

async function readBounded(
  response: Response,
  limit: number,
  request: JsonRequest,
): Promise<{ readonly text: string; readonly complete: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) break;
      size += next.value.byteLength;
      if (size > limit) {
        await reader?.cancel();
        return { text: Buffer.concat(chunks).toString('utf8'), complete: false };
      }
      chunks.push(next.value);
    }
  } catch (error) {
    throw transportFailure(request, error);
  }
  return { text: Buffer.concat(chunks).toString('utf8'), complete: true };
}

/** Codes of undici's own limits (its docs: Errors) and of the socket; all others are a broken connection. */
const timeoutCodes = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);

function transportFailure(request: JsonRequest, error: unknown): unknown {
  // The caller of the provider knows whether it was Ctrl-C or the clock.
  if (request.signal.aborted) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = record(cause)?.code ?? (cause instanceof Error && 'code' in cause ? cause.code : undefined);
  const late = typeof code === 'string' && timeoutCodes.has(code);
  const detail = messageOf(cause) || (typeof code === 'string' ? code : 'the connection failed');
  return new LlmRouterError({
    failureType: late ? 'timeout' : 'provider-error',
    message: clean(`${request.url}: ${detail}`, request.secret),
    cause: error,
  });
}

function refused(
  request: JsonRequest,
  status: number,
  headers: Headers,
  body: Readonly<Record<string, unknown>> | undefined,
  text: string,
): LlmRouterError {
  const error = record(body?.error);
  const kind = [string(error?.type), string(error?.code)].filter((part) => part !== undefined).join(' ');
  const words = string(error?.message) ?? string(body?.error) ?? string(body?.message) ?? plain(text);
  return classified({
    status,
    kind,
    words: clean(words, request.secret),
    where: request.url,
    retryAfterMs: retryAfter(headers, request.clock),
  });
}

export interface Refusal {
  readonly status: number;
  /** The API's own name of the error, such as `rate_limit_error`. */
  readonly kind: string;
  readonly words: string;
  /** URL or program. */
  readonly where: string;
  readonly retryAfterMs?: number | undefined;
}

const overflow =
  /context_length_exceeded|ContextWindowExceeded|prompt is too long|maximum context length|context window|input is too long/i;
/** Money is gone: asking again after a while does not help, whatever the status (LiteLLM: 429 without a type). */
const spent = /billing_error|budget_exceeded|insufficient_quota|crossed budget|exceeded budget/i;

/** What an HTTP refusal means for the retry policy, in words that name who has to do what. */
export function classified(refusal: Refusal): LlmRouterError {
  const { status, kind, words, where } = refusal;
  const contextOverflow = (status === 400 || status === 413) && overflow.test(`${kind} ${words}`);
  const noMoney = status === 402 || spent.test(`${kind} ${words}`);
  const limited = !noMoney && (status === 429 || /rate_limit/.test(kind));
  const late = status === 408 || status === 504;
  return new LlmRouterError({
    failureType: limited ? 'rate-limit' : late ? 'timeout' : 'provider-error',
    message: `${where} refused with ${status}${kind ? ` ${kind}` : ''}${words ? `: ${words}` : ''}`,
    fix: contextOverflow
      ? 'shorten the prompt, or name a model with a larger context'
      : fixFor(status, noMoney),
    httpStatus: status,
    retryAfterMs: refusal.retryAfterMs,
    contextOverflow,
    misconfigured: !noMoney && !contextOverflow && [400, 401, 403, 404, 422].includes(status),
  });
}

function fixFor(status: number, noMoney: boolean): string | undefined {
  if (noMoney) return 'raise the budget or add credit there, or use another provider';
  if (status === 400 || status === 422)
    return 'the provider does not accept this request: check the model name and options';
  if (status === 401 || status === 403)
    return 'check the key in the environment variable that the provider names';
  if (status === 404) return 'check baseURL and the model name';
  return undefined;
}

/** `retry-after-ms`, or `retry-after` in seconds or as an HTTP date (RFC 9110, 10.2.3). */
function retryAfter(headers: Headers, clock: Clock): number | undefined {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock().getTime());
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return record(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The words of an error page that is no JSON: HTML says nothing that helps. */
function plain(text: string): string {
  return text.trimStart().startsWith('<') ? '' : text;
}

/** One printable line without the key. */
function clean(words: string, secret: string | undefined): string {
  // A shorter one is a dummy (`none`, `ollama`), and replacing it would spoil the words.
  const hidden = secret !== undefined && secret.length >= 8 ? words.replaceAll(secret, '***') : words;
  // A terminal must not be steered by an upstream's message.
  const line = hidden
    .slice(0, MAX_MESSAGE * 4)
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}…` : line;
}
