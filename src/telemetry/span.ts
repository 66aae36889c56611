import type { LedgerRecord } from '../ledger/record.ts';

/** A request as a span. Attributes that are not known are left out. */
export interface RequestSpan {
  readonly name: string;
  readonly start: Date;
  readonly end: Date;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Why it failed; `undefined` when it did not. */
  readonly error: string | undefined;
}

/**
 * A ledger record as a span of the GenAI conventions (github.com/open-telemetry/semantic-conventions-genai, in development).
 * They count cached tokens as input, and have no attribute for a cost: ours is `backlog.cost_usd`, in USD.
 */
export function spanOf(record: LedgerRecord): RequestSpan {
  const start = new Date(record.ts);
  const failed = record.status === 'error' || record.status === 'blocked';
  const failure = record.failure_type ?? record.status;
  return {
    name: ['chat', record.requested_model ?? record.model].filter(Boolean).join(' '),
    start,
    end: new Date(start.getTime() + (record.latency_ms ?? 0)),
    attributes: known({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': record.provider === null ? null : providerName(record.provider),
      'gen_ai.request.model': record.requested_model,
      'gen_ai.response.model': record.model,
      'gen_ai.response.id': record.message_id,
      'gen_ai.conversation.id': record.session_id,
      'gen_ai.agent.id': record.agent_id,
      'gen_ai.agent.name': record.agent_type,
      ...usageOf(record),
      'error.type': record.status === 'success' ? null : failure,
      'http.response.status_code': record.http_status,
      'backlog.record_id': record.id,
      'backlog.request_id': record.request_id,
      'backlog.source': record.source,
      'backlog.status': record.status,
      'backlog.ticket': record.ticket_id,
      'backlog.gate': record.gate,
      'backlog.project': record.project,
      'backlog.agent': record.agent_type,
      'backlog.skill': record.skill,
      'backlog.attributed_by': record.attributed_by,
      'backlog.tier': record.tier,
      'backlog.attempt': record.attempt,
      'backlog.fallback_from': record.fallback_from,
      'backlog.stream': record.stream,
      'backlog.ttft_ms': record.ttft_ms,
      'backlog.cost_usd': record.cost_usd,
      'backlog.price_source': record.price_source,
      'backlog.billing': record.billing,
    }),
    error: failed ? failure : undefined,
  };
}

/** A request without any token was not metered: it says nothing rather than 0. */
function usageOf(record: LedgerRecord) {
  const written = record.cache_write_5m_tokens + record.cache_write_1h_tokens;
  const input = record.input_tokens + record.cache_read_tokens + written;
  if (input + record.output_tokens === 0) return {};
  return {
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': record.output_tokens,
    'gen_ai.usage.cache_read.input_tokens': record.cache_read_tokens,
    'gen_ai.usage.cache_creation.input_tokens': written,
  };
}

/** The conventions' names of vendors that LiteLLM names otherwise. */
const wellKnown: Readonly<Record<string, string>> = {
  bedrock: 'aws.bedrock',
  vertex_ai: 'gcp.vertex_ai',
  gemini: 'gcp.gemini',
  azure: 'azure.ai.openai',
  mistral: 'mistral_ai',
  xai: 'x_ai',
};

function providerName(provider: string): string {
  return Object.hasOwn(wellKnown, provider) ? (wellKnown[provider] ?? provider) : provider;
}

function known(
  attributes: Readonly<Record<string, string | number | boolean | null>>,
): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
