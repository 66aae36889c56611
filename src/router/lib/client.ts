import { loadRouterConfig } from './config.ts';
import type { RouterConfig } from './config-types.ts';
import type { ChatMessage } from './messages.ts';
import type { CallOptions } from './overrides.ts';
import type { LLMResponse } from './response.ts';
import { createRouter, type RouterOptions } from './router.ts';

export interface Client {
  /** As {@link Router.complete}; overrides may be written as in the configuration (`json_mode`, `max_tokens`). */
  complete(
    role: string,
    messages: readonly ChatMessage[],
    overrides?: CallOptions | Readonly<Record<string, unknown>>,
  ): Promise<LLMResponse>;
}

/**
 * The form of an older wrapper, for callers that keep it.
 * @param config a configuration, or the path of its file
 */
export function createClient(
  config: string | RouterConfig | { readonly llm: object },
  options: RouterOptions = {},
): Client {
  const loaded = typeof config === 'string' ? loadRouterConfig(config, options.registry) : config;
  const router = createRouter(loaded, options);
  return { complete: (role, messages, overrides = {}) => router.complete(role, messages, overrides) };
}
