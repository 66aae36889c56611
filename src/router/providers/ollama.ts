import { LlmRouterError } from '../failure.ts';
import { record, string, tokens } from '../fields.ts';
import { type JsonAnswer, postJson } from '../http.ts';
import type { Provider, ProviderAnswer, ProviderCall, World } from '../model.ts';
import { type HttpSettings, keyOf } from './http-settings.ts';

export interface OllamaSettings extends HttpSettings {
  /** `num_ctx` of each request, tokens; `undefined` leaves it to the server, which cuts what does not fit in silence. */
  readonly askForContext: number | undefined;
}

/** Ollama's own API (`POST /api/chat`): unlike its OpenAI form it can be told how much context to give a request. */
export function ollamaProvider(settings: OllamaSettings, world: World): Provider {
  return {
    name: settings.name,
    type: 'ollama',
    billing: settings.billing,
    local: settings.local,
    timeoutMs: settings.timeoutMs,
    contextTokens: settings.contextTokens,
    complete: (call) => complete(settings, world, call),
  };
}

async function complete(settings: OllamaSettings, world: World, call: ProviderCall): Promise<ProviderAnswer> {
  const key = keyOf(settings, world.env);
  try {
    const answer = await postJson({
      fetch: world.fetch,
      clock: world.clock,
      url: `${settings.baseURL.replace(/\/+$/, '').replace(/\/(v1|api)$/, '')}/api/chat`,
      headers: { ...settings.headers, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: bodyOf(settings, call),
      signal: call.signal,
      secret: key,
    });
    return read(settings, call, answer);
  } catch (error) {
    throw error instanceof LlmRouterError ? withPull(error, call.model) : error;
  }
}

function bodyOf(settings: OllamaSettings, call: ProviderCall): Record<string, unknown> {
  const { system, messages, maxTokens, temperature, schema, json } = call.prompt;
  return {
    model: call.model,
    messages: [...(system === undefined ? [] : [{ role: 'system', content: system }]), ...messages],
    stream: false,
    ...(schema === undefined ? (json ? { format: 'json' } : {}) : { format: schema }),
    options: {
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { num_predict: maxTokens }),
      ...(settings.askForContext === undefined ? {} : { num_ctx: settings.askForContext }),
    },
  };
}

function read(settings: OllamaSettings, call: ProviderCall, { body, status }: JsonAnswer): ProviderAnswer {
  const text = string(record(body.message)?.content);
  if (text === undefined)
    throw new LlmRouterError({
      failureType: 'invalid-response',
      message: `${settings.name} answered without message.content`,
      httpStatus: status,
    });
  const counted = body.prompt_eval_count !== undefined || body.eval_count !== undefined;
  return {
    text,
    usage: counted
      ? {
          // Absent when the whole prompt was in its cache.
          input_tokens: tokens(body.prompt_eval_count),
          output_tokens: tokens(body.eval_count),
          cache_read_tokens: 0,
          cache_write_5m_tokens: 0,
          cache_write_1h_tokens: 0,
        }
      : undefined,
    model: string(body.model) ?? call.model,
    requestId: null,
    messageId: null,
    httpStatus: status,
    reportedCost: undefined,
    // A `-cloud` model runs at a vendor, whoever forwards it.
    local: settings.local && !/[:-]cloud$/.test(call.model),
    fellBack: false,
    cut: body.done_reason === 'length',
    raw: body,
  };
}

/** Ollama answers 404 for a model that is not installed. */
function withPull(failure: LlmRouterError, model: string): LlmRouterError {
  if (failure.httpStatus !== 404) return failure;
  return new LlmRouterError({
    failureType: failure.failureType,
    message: failure.message,
    fix: `run \`ollama pull ${model}\``,
    httpStatus: 404,
    cause: failure,
  });
}
