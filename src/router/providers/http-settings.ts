import { LlmRouterError } from '../failure.ts';
import { type JsonAnswer, type JsonRequest, postJson } from '../http.ts';
import type { Provider, ProviderCall, World } from '../model.ts';

export interface HttpSettings {
  readonly name: string;
  readonly baseURL: string;
  /** Environment variable with the key; `undefined` for servers without one. */
  readonly apiKeyEnv: string | undefined;
  /** Without the key no request is made. A proxy on one's own machine may have none. */
  readonly keyRequired: boolean;
  /** The target is LiteLLM, our gateway or on this machine: tags and our id may go along. Never to a public vendor. */
  readonly tagged: boolean;
  /** Understands LiteLLM's own body fields. */
  readonly litellm: boolean;
  readonly local: boolean;
  /** How its requests are paid. */
  readonly billing: Provider['billing'];
  readonly timeoutMs: number;
  readonly contextTokens: number | undefined;
  /** Of the configuration, beside our own. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The key, read when the request is made; never from a file. */
export function keyOf(settings: HttpSettings, env: NodeJS.ProcessEnv): string | undefined {
  if (settings.apiKeyEnv === undefined) return undefined;
  const key = env[settings.apiKeyEnv]?.trim();
  if (key) return key;
  if (!settings.keyRequired) return undefined;
  throw new LlmRouterError({
    failureType: 'provider-error',
    message: `${settings.name} needs a key and ${settings.apiKeyEnv} is not set`,
    misconfigured: true,
    fix: `set it: export ${settings.apiKeyEnv}=…`,
  });
}

/** One request to a provider: its own headers, the user's, and our tags where they may go. */
export function post(
  settings: HttpSettings,
  { fetch, clock }: Pick<World, 'fetch' | 'clock'>,
  call: Pick<ProviderCall, 'id' | 'tags' | 'signal'>,
  request: Pick<JsonRequest, 'url' | 'headers' | 'body' | 'secret'>,
): Promise<JsonAnswer> {
  const headers = { ...settings.headers, ...request.headers, ...taggedHeaders(settings, call) };
  return postJson({ ...request, fetch, clock, headers, signal: call.signal });
}

/** `x-litellm-tags` and `x-litellm-call-id`, for targets that may know. */
function taggedHeaders(
  settings: HttpSettings,
  call: Pick<ProviderCall, 'id' | 'tags'>,
): Record<string, string> {
  if (!settings.tagged) return {};
  return {
    'x-litellm-call-id': call.id,
    ...(call.tags.length > 0 ? { 'x-litellm-tags': call.tags.map(headerSafe).join(',') } : {}),
  };
}

/** A comma splits tags, and a header is ASCII: everything else is percent-encoded. */
export function headerSafe(tag: string): string {
  return tag.replace(/[^\x20-\x2b\x2d-\x7e]/gu, (character) => encodeURIComponent(character));
}

/** Options that some models refuse with 400 (new ones take no temperature, OpenAI's count completion tokens). */
const optional = ['temperature', 'response_format', 'max_tokens'] as const;

/**
 * Sends the body; when it is refused with 400 or 422 for one of our optional fields, sends it again without that field.
 * A table of models that refuse what would be out of date with the next model.
 */
export async function withoutRefusedOptions<T>(
  body: Record<string, unknown>,
  send: (body: Record<string, unknown>) => Promise<T>,
): Promise<T> {
  try {
    return await send(body);
  } catch (error) {
    const next = error instanceof LlmRouterError ? without(body, error) : undefined;
    if (next === undefined) throw error;
    return withoutRefusedOptions(next, send);
  }
}

function without(
  body: Record<string, unknown>,
  failure: LlmRouterError,
): Record<string, unknown> | undefined {
  if (failure.httpStatus !== 400 && failure.httpStatus !== 422) return undefined;
  const field = optional.find((name) => name in body && failure.message.includes(name));
  if (field === undefined) return undefined;
  const { [field]: value, ...rest } = body;
  if (field !== 'max_tokens') return rest;
  return failure.message.includes('max_completion_tokens')
    ? { ...rest, max_completion_tokens: value }
    : undefined;
}
