import { LlmRouterError } from '../failure.ts';
import { amount, list, record, string, tokens } from '../fields.ts';
import type { JsonAnswer } from '../http.ts';
import type { Provider, ProviderAnswer, ProviderCall, Usage, World } from '../model.ts';
import { type HttpSettings, keyOf, post, withoutRefusedOptions } from './http-settings.ts';

/** The Messages API wants a figure. */
const REQUIRED_MAX_TOKENS = 4096;

/** Anthropic's Messages API, and whoever speaks it (LiteLLM and Ollama do). */
export function anthropicProvider(settings: HttpSettings, world: World): Provider {
  return {
    name: settings.name,
    type: 'anthropic',
    billing: settings.billing,
    local: settings.local,
    timeoutMs: settings.timeoutMs,
    contextTokens: settings.contextTokens,
    complete: (call) => complete(settings, world, call),
  };
}

async function complete(settings: HttpSettings, world: World, call: ProviderCall): Promise<ProviderAnswer> {
  const key = keyOf(settings, world.env);
  const { system, messages, maxTokens, temperature } = call.prompt;
  const request = {
    model: call.model,
    max_tokens: maxTokens ?? REQUIRED_MAX_TOKENS,
    messages,
    ...(system === undefined ? {} : { system }),
    // Anthropic's scale ends at 1.
    ...(temperature === undefined ? {} : { temperature: Math.min(temperature, 1) }),
    ...(settings.litellm && call.noFallback ? { disable_fallbacks: true } : {}),
  };
  const answer = await withoutRefusedOptions(request, (body) =>
    post(settings, world, call, {
      url: endpoint(settings.baseURL),
      headers: { 'anthropic-version': '2023-06-01', ...(key === undefined ? {} : { 'x-api-key': key }) },
      body,
      secret: key,
    }),
  );
  return read(settings, call, answer);
}

/** `…/v1/messages`, whether or not the base ends in `/v1`. */
function endpoint(baseURL: string): string {
  const url = new URL(baseURL);
  url.pathname = `${url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1/messages`;
  return url.href;
}

function read(settings: HttpSettings, call: ProviderCall, answer: JsonAnswer): ProviderAnswer {
  const { body, headers, status } = answer;
  const content = list(body.content);
  if (content === undefined)
    throw new LlmRouterError({
      failureType: 'invalid-response',
      message: `${settings.name} answered without content`,
      httpStatus: status,
    });
  const model = headers.get('x-litellm-model-name') || string(body.model) || call.model;
  const reported = amount(headers.get('x-litellm-response-cost'));
  return {
    text: content
      .map(record)
      .map((block) => (block?.type === 'text' ? (string(block.text) ?? '') : ''))
      .join(''),
    usage: anthropicUsage(body.usage),
    model,
    requestId: headers.get('request-id') ?? headers.get('x-litellm-call-id'),
    messageId: string(body.id) ?? null,
    httpStatus: status,
    reportedCost: reported === undefined ? undefined : { usd: reported, source: 'gateway' },
    local: settings.local || /^ollama(_chat)?\//.test(model),
    fellBack: (amount(headers.get('x-litellm-attempted-fallbacks')) ?? 0) > 0,
    cut: body.stop_reason === 'max_tokens',
    raw: body,
  };
}

/** The Messages API's `usage`; cache writes without a split are 5-minute ones, as the API's default is. */
export function anthropicUsage(value: unknown): Usage | undefined {
  const usage = record(value);
  if (usage === undefined) return undefined;
  const split = record(usage.cache_creation);
  const hour = tokens(split?.ephemeral_1h_input_tokens);
  return {
    input_tokens: tokens(usage.input_tokens),
    output_tokens: tokens(usage.output_tokens),
    cache_read_tokens: tokens(usage.cache_read_input_tokens),
    cache_write_5m_tokens: Math.max(
      tokens(split?.ephemeral_5m_input_tokens),
      tokens(usage.cache_creation_input_tokens) - hour,
    ),
    cache_write_1h_tokens: hour,
  };
}
