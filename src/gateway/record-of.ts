import type { Attribution } from '../attribution/attribution.ts';
import { newRecord } from '../ledger/append.ts';
import { priceRequest } from '../ledger/prices.ts';
import type { Billing, LedgerRecord, RequestStatus } from '../ledger/record.ts';
import { firstOf, type RawHeaders, valuesOf } from './headers.ts';
import type { ProjectSettings } from './project-settings.ts';
import type { Upstream } from './upstreams.ts';
import { type AnswerFacts, outputTokensOf } from './usage.ts';

/** What is known of an exchange when it is over. */
export interface Outcome {
  readonly id: string;
  /** When the request came, RFC 3339 UTC. */
  readonly ts: string;
  readonly attribution: Attribution;
  readonly project: string | null;
  readonly sessionId: string | null;
  readonly agentId: string | null;
  /** Kind of request in the client's words. */
  readonly requestClass: string | null;
  readonly tier: string | null;
  readonly requestedModel: string | null;
  readonly stream: boolean;
  readonly clientHeaders: RawHeaders;
  readonly upstream: Upstream;
  readonly fallbackFrom: string | null;
  readonly attempt: number;
  /** `null` when no answer came. */
  readonly httpStatus: number | null;
  readonly answerHeaders: RawHeaders;
  /** Id that the client reads as `request-id`: the upstream's, else ours. */
  readonly requestId: string;
  readonly facts: AnswerFacts;
  /** How the exchange ended on the wire. */
  readonly end: 'complete' | 'client-gone' | 'upstream-failed';
  readonly latencyMs: number;
  readonly ttftMs: number | null;
  readonly settings: ProjectSettings;
}

/** The ledger's line for an exchange. */
export function recordOf(outcome: Outcome): LedgerRecord {
  const { facts, attribution, answerHeaders, upstream } = outcome;
  const { context } = attribution;
  const { model, provider } = whoAnswered(outcome);
  const { status, failureType } = statusOf(outcome);
  const cost = costOf(outcome, model, provider);
  const fallbacks = Number(firstOf(answerHeaders, 'x-litellm-attempted-fallbacks') ?? 0);
  return newRecord({
    id: outcome.id,
    request_id: outcome.requestId,
    message_id: facts.messageId,
    ts: outcome.ts,
    source: 'gateway',
    session_id: outcome.sessionId,
    agent_id: outcome.agentId,
    ticket_id: context?.ticket_id ?? null,
    gate: context?.gate ?? null,
    project: context?.project || outcome.project,
    agent_type: context?.agent_type ?? null,
    skill: context?.skill ?? null,
    attributed_by: attribution.attributed_by,
    request_class: outcome.requestClass,
    tier: outcome.tier,
    requested_model: outcome.requestedModel,
    model,
    provider,
    attempt: outcome.attempt,
    fallback_from: fallbacks > 0 ? outcome.requestedModel : outcome.fallbackFrom,
    stream: outcome.stream,
    status,
    failure_type: failureType,
    http_status: outcome.httpStatus,
    latency_ms: Math.round(outcome.latencyMs),
    ttft_ms: outcome.ttftMs === null ? null : Math.round(outcome.ttftMs),
    input_tokens: facts.inputTokens,
    output_tokens: outputTokensOf(facts),
    cache_read_tokens: facts.cacheReadTokens,
    cache_write_5m_tokens: facts.cacheWrite5mTokens,
    cache_write_1h_tokens: facts.cacheWrite1hTokens,
    cost_usd: cost.cost_usd,
    price_source: cost.price_source,
    billing: billingOf(outcome, upstream),
  });
}

/** LiteLLM's headers beat the body, which on a stream names the requested model even after a fallback. */
function whoAnswered({ answerHeaders, facts, requestedModel, upstream, httpStatus }: Outcome): {
  readonly model: string | null;
  readonly provider: string;
} {
  const named = firstOf(answerHeaders, 'x-litellm-model-name');
  if (named) {
    const slash = named.indexOf('/');
    return slash < 0
      ? { model: named, provider: upstream.kind }
      : { model: named.slice(slash + 1), provider: named.slice(0, slash) };
  }
  const answered = httpStatus !== null && httpStatus < 400;
  return { model: facts.model ?? (answered ? requestedModel : null), provider: upstream.kind };
}

function statusOf({ end, httpStatus, facts }: Outcome): {
  readonly status: RequestStatus;
  readonly failureType: string | null;
} {
  // Clients of the chat form hang up at the last event: then nothing was cancelled.
  const isWhole = facts.finished && facts.error === null && httpStatus !== null && httpStatus < 400;
  if (end === 'client-gone' && !isWhole) return { status: 'cancelled', failureType: 'cancelled' };
  if (httpStatus === null) return { status: 'error', failureType: 'provider-error' };
  if (httpStatus >= 400)
    return { status: 'error', failureType: httpStatus === 429 ? 'rate-limit' : 'provider-error' };
  if (end === 'upstream-failed') return { status: 'error', failureType: 'provider-error' };
  if (facts.error !== null) return { status: 'error', failureType: 'provider-error' };
  // A stream without its end, or what is no answer at all, is no success, however good its status was.
  if (facts.readable && !facts.finished) return { status: 'error', failureType: 'invalid-response' };
  return { status: 'success', failureType: null };
}

function costOf(
  { facts, ts, settings, answerHeaders }: Outcome,
  model: string | null,
  provider: string,
): Pick<LedgerRecord, 'cost_usd' | 'price_source'> {
  if (!facts.metered) return { cost_usd: null, price_source: null };
  const priced = priceRequest({
    model,
    provider,
    usage: {
      input_tokens: facts.inputTokens,
      output_tokens: outputTokensOf(facts),
      cache_read_tokens: facts.cacheReadTokens,
      cache_write_5m_tokens: facts.cacheWrite5mTokens,
      cache_write_1h_tokens: facts.cacheWrite1hTokens,
      web_searches: facts.webSearches,
      fast: facts.fast,
      regional: facts.regional,
      batch: facts.batch,
    },
    at: ts,
    overrides: settings.config?.llmOps?.prices,
  });
  if (priced.cost_usd !== null) return priced;
  // A cost of 0.0 is what LiteLLM says when it does not know yet.
  const header = Number(firstOf(answerHeaders, 'x-litellm-response-cost') ?? 0);
  const reported = facts.reportedUsd ?? (Number.isFinite(header) && header > 0 ? header : null);
  return reported === null ? priced : { cost_usd: reported, price_source: 'upstream' };
}

function billingOf({ settings, clientHeaders }: Outcome, upstream: Upstream): Billing {
  if (upstream.kind === 'ollama') return 'local';
  const configured = settings.config?.llmOps?.billing;
  if (configured !== undefined && configured !== 'unknown') return configured;
  if (upstream.kind !== 'anthropic') return 'unknown';
  // Tokens of a subscription's login begin with sk-ant-oat, keys with sk-ant-api.
  if (valuesOf(clientHeaders, 'authorization').some((value) => value.includes('sk-ant-oat'))) return 'plan';
  return firstOf(clientHeaders, 'x-api-key') !== undefined ? 'api' : 'unknown';
}
