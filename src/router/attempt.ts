import { randomUUID } from 'node:crypto';
import { timestamp } from '../platform/clock.ts';
import { withDeadline } from './deadline.ts';
import { asFailure, type FailureType, LlmRouterError } from './failure.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Prompt, Provider, ProviderAnswer, Target, Tier, Usage, World } from './model.ts';
import { structuredAnswer } from './structured.ts';

/** One attempt as the ledger wants it: the fields of its record that the router knows. */
export interface AttemptRecord {
  readonly id: string;
  readonly request_id: string | null;
  readonly message_id: string | null;
  /** RFC 3339, UTC: when the attempt began. */
  readonly ts: string;
  readonly tier: Tier | null;
  readonly requested_model: string;
  readonly model: string;
  readonly provider: string;
  readonly attempt: number;
  readonly fallback_from: string | null;
  readonly stream: false;
  readonly status: 'success' | 'error' | 'cancelled';
  readonly failure_type: FailureType | null;
  readonly http_status: number | null;
  readonly latency_ms: number;
  readonly ttft_ms: null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_5m_tokens: number;
  readonly cache_write_1h_tokens: number;
  /** USD; `null` when unknown, 0 for models on this machine and for attempts that used nothing. */
  readonly cost_usd: number | null;
  readonly price_source: string | null;
  readonly billing: Provider['billing'];
}

interface Price {
  readonly cost_usd: number | null;
  readonly price_source: string | null;
}

export type PriceFunction = (query: {
  readonly model: string;
  readonly provider: string;
  readonly usage: Usage;
  /** RFC 3339, UTC. */
  readonly at: string;
}) => Price;

export interface AttemptRequest {
  readonly target: Target;
  readonly prompt: Prompt;
  readonly schema: JsonSchema | undefined;
  readonly tags: readonly string[];
  readonly gate: string | undefined;
  readonly agent: string | undefined;
  /** The tier that the caller asked for. */
  readonly tier: Tier | undefined;
  readonly attempt: number;
  readonly fallbackFrom: string | null;
  readonly noFallback: boolean;
  /** ms; without it the provider's own. */
  readonly timeoutMs: number | undefined;
}

export interface Attempted {
  readonly record: AttemptRecord;
  /** Present also when the answer broke its contract: it was paid all the same. */
  readonly answer: ProviderAnswer | undefined;
  /** What the caller gets: without fence when a schema was given. */
  readonly text: string;
  readonly value: unknown;
  readonly failure: LlmRouterError | undefined;
}

/** Asks one target once. Never throws: a failure is part of the result. */
export async function attemptOnce(
  request: AttemptRequest,
  world: World & { readonly signal: AbortSignal; readonly price: PriceFunction },
): Promise<Attempted> {
  const id = randomUUID();
  const ts = timestamp(world.clock);
  const began = performance.now();
  let answer: ProviderAnswer | undefined;
  let failure: LlmRouterError | undefined;
  let result: { readonly text: string; readonly value: unknown } = { text: '', value: undefined };
  try {
    answer = await ask(request, id, world.signal);
    result = accepted(answer, request);
  } catch (error) {
    failure = asFailure(error);
  }
  const latency = Math.round(performance.now() - began);
  const record = recordOf({ request, id, ts, latency, answer, failure }, world.price);
  return { record, answer, failure, ...result };
}

function ask(request: AttemptRequest, id: string, signal: AbortSignal): Promise<ProviderAnswer> {
  const { target, prompt } = request;
  const { provider, model } = target;
  refuseWhatCannotFit(provider, prompt);
  return withDeadline(signal, request.timeoutMs ?? provider.timeoutMs, (inner) =>
    provider.complete({
      id,
      model,
      prompt,
      tags: request.tags,
      noFallback: request.noFallback,
      gate: request.gate,
      agent: request.agent,
      signal: inner,
    }),
  );
}

/** Four characters a token is a low estimate for code; Ollama cuts what is too long without a word, so it is not asked. */
function refuseWhatCannotFit(provider: Provider, prompt: Prompt): void {
  const room = provider.contextTokens;
  if (room === undefined || promptTokens(prompt) <= room) return;
  throw new LlmRouterError({
    failureType: 'provider-error',
    message: `the prompt has about ${promptTokens(prompt)} tokens, and ${provider.name} has room for ${room}`,
    fix: 'shorten the prompt, or give Ollama more room (OLLAMA_CONTEXT_LENGTH)',
    contextOverflow: true,
  });
}

/** Estimate by characters. */
export function promptTokens(prompt: Prompt): number {
  const characters = prompt.messages.reduce(
    (sum, { content }) => sum + content.length,
    prompt.system?.length ?? 0,
  );
  return Math.ceil(characters / 4);
}

function accepted(answer: ProviderAnswer, request: AttemptRequest) {
  if (answer.text.trim() === '')
    throw new LlmRouterError({
      failureType: 'invalid-response',
      message: answer.cut
        ? `the answer is empty: all ${request.prompt.maxTokens ?? 'its'} tokens went before the first word`
        : 'the answer is empty',
      fix: answer.cut ? 'raise --max-tokens' : undefined,
      httpStatus: answer.httpStatus ?? undefined,
    });
  return request.schema === undefined
    ? request.prompt.json
      ? structuredAnswer(answer.text, undefined)
      : { text: answer.text, value: undefined }
    : structuredAnswer(answer.text, request.schema);
}

interface Facts {
  readonly request: AttemptRequest;
  readonly id: string;
  readonly ts: string;
  readonly latency: number;
  readonly answer: ProviderAnswer | undefined;
  readonly failure: LlmRouterError | undefined;
}

const nothing: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_5m_tokens: 0,
  cache_write_1h_tokens: 0,
};

function recordOf(facts: Facts, price: PriceFunction): AttemptRecord {
  const { request, id, ts, latency, answer, failure } = facts;
  const { provider, model } = request.target;
  const asked = `${provider.name}/${model}`;
  return {
    id,
    request_id: answer?.requestId ?? null,
    message_id: answer?.messageId ?? null,
    ts,
    tier: request.tier ?? null,
    requested_model: model,
    model: answer?.model ?? model,
    provider: provider.name,
    attempt: request.attempt,
    fallback_from: answer?.fellBack ? asked : request.fallbackFrom,
    stream: false,
    status: failure === undefined ? 'success' : failure.failureType === 'cancelled' ? 'cancelled' : 'error',
    failure_type: failure?.failureType ?? null,
    http_status: answer?.httpStatus ?? failure?.httpStatus ?? null,
    latency_ms: latency,
    ttft_ms: null,
    ...(answer?.usage ?? nothing),
    ...costOf(facts, price),
    billing: answer?.local ? 'local' : provider.billing,
  };
}

/** What the other side reported, else our price of the model that really answered. */
function costOf({ request, ts, answer }: Facts, price: PriceFunction): Price {
  const { provider } = request.target;
  // No answer, no usage: whether it was charged nobody knows, except that this machine charges nothing.
  if (answer === undefined)
    return provider.local ? { cost_usd: 0, price_source: 'local' } : { cost_usd: null, price_source: null };
  if (answer.local) return { cost_usd: 0, price_source: 'local' };
  const reported = answer.reportedCost;
  // A zero from a proxy is a missing price, not a gift (litellm: streams and unpriced models report 0.0).
  if (reported !== undefined && (reported.usd > 0 || reported.source === 'demo'))
    return { cost_usd: reported.usd, price_source: reported.source };
  if (answer.usage === undefined) return { cost_usd: null, price_source: null };
  try {
    return price({ model: answer.model, provider: provider.name, usage: answer.usage, at: ts });
  } catch {
    // An answer that was paid for is not lost over its price.
    return { cost_usd: null, price_source: null };
  }
}
