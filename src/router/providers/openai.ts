import { LlmRouterError } from '../failure.ts';
import { amount, list, record, string, tokens } from '../fields.ts';
import type { JsonAnswer } from '../http.ts';
import type { Provider, ProviderAnswer, ProviderCall, Usage, World } from '../model.ts';
import { type HttpSettings, keyOf, post, withoutRefusedOptions } from './http-settings.ts';

/** The OpenAI chat completions form: LiteLLM, Ollama's /v1, OpenRouter, OpenAI, and most servers of local models. */
export function openaiProvider(settings: HttpSettings, world: World): Provider {
  return {
    name: settings.name,
    type: 'openai',
    billing: settings.billing,
    local: settings.local,
    timeoutMs: settings.timeoutMs,
    contextTokens: settings.contextTokens,
    complete: (call) => complete(settings, world, call),
  };
}

async function complete(settings: HttpSettings, world: World, call: ProviderCall): Promise<ProviderAnswer> {
  const key = keyOf(settings, world.env);
  const answer = await withoutRefusedOptions(bodyOf(settings, call), (body) =>
    post(settings, world, call, {
      url: endpoint(settings.baseURL),
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      body,
      secret: key,
    }),
  );
  return read(settings, call, answer);
}

/** `https://host/v1/chat/completions`; a base with a path of its own is taken as it is. */
function endpoint(baseURL: string): string {
  const url = new URL(baseURL);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = `${path === '' ? '/v1' : path}/chat/completions`;
  return url.href;
}

function bodyOf(settings: HttpSettings, call: ProviderCall): Record<string, unknown> {
  const { system, messages, maxTokens, temperature, schema, json } = call.prompt;
  return {
    // Servers of one model take a request without its name.
    ...(call.model === '' ? {} : { model: call.model }),
    messages: [...(system === undefined ? [] : [{ role: 'system', content: system }]), ...messages],
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    stream: false,
    ...(temperature === undefined ? {} : { temperature }),
    ...(schema === undefined
      ? json
        ? { response_format: { type: 'json_object' } }
        : {}
      : { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } }),
    ...(settings.tagged && call.tags.length > 0 ? { metadata: { tags: call.tags } } : {}),
    ...(settings.litellm && call.noFallback ? { disable_fallbacks: true } : {}),
  };
}

function read(settings: HttpSettings, call: ProviderCall, answer: JsonAnswer): ProviderAnswer {
  const { body, headers, status } = answer;
  const choice = record(list(body.choices)?.[0]);
  const message = record(choice?.message);
  if (message === undefined)
    throw new LlmRouterError({
      failureType: 'invalid-response',
      message: `${settings.name} answered without choices[0].message`,
      httpStatus: status,
    });
  // After a fallback of its own LiteLLM's body may name the requested model; only the header tells who answered.
  const model = headers.get('x-litellm-model-name') || string(body.model) || call.model;
  const reported = amount(headers.get('x-litellm-response-cost'));
  const ownCost = amount(record(body.usage)?.cost);
  return {
    text: textOf(message.content),
    usage: usageOf(body.usage),
    model,
    requestId: headers.get('x-request-id') ?? headers.get('request-id') ?? headers.get('x-litellm-call-id'),
    messageId: string(body.id) ?? null,
    httpStatus: status,
    reportedCost:
      reported !== undefined
        ? { usd: reported, source: 'gateway' }
        : ownCost !== undefined
          ? { usd: ownCost, source: 'provider' }
          : undefined,
    local: settings.local || /^ollama(_chat)?\//.test(model),
    fellBack: (amount(headers.get('x-litellm-attempted-fallbacks')) ?? 0) > 0,
    cut: choice?.finish_reason === 'length',
    raw: body,
  };
}

/** Text, or the text parts of a list of parts; `null` (a refusal, a tool call) is empty. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return (list(content) ?? []).map((part) => string(record(part)?.text) ?? '').join('');
}

/** `prompt_tokens` includes what was read from and written to the cache; ours does not (contracts: Ledger record). */
function usageOf(value: unknown): Usage | undefined {
  const usage = record(value);
  if (usage === undefined) return undefined;
  const details = record(usage.prompt_tokens_details);
  const written = record(details?.cache_creation_token_details);
  const cacheRead = tokens(details?.cached_tokens ?? usage.cache_read_input_tokens);
  const hour = tokens(written?.ephemeral_1h_input_tokens);
  const allWritten = tokens(details?.cache_creation_tokens ?? usage.cache_creation_input_tokens);
  const fiveMinutes = Math.max(tokens(written?.ephemeral_5m_input_tokens), allWritten - hour);
  return {
    input_tokens: Math.max(0, tokens(usage.prompt_tokens) - cacheRead - hour - fiveMinutes),
    output_tokens: tokens(usage.completion_tokens),
    cache_read_tokens: cacheRead,
    cache_write_5m_tokens: fiveMinutes,
    cache_write_1h_tokens: hour,
  };
}
