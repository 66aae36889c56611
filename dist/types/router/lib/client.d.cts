import type { RouterConfig } from './config-types.cjs';
import type { ChatMessage } from './messages.cjs';
import type { CallOptions } from './overrides.cjs';
import type { LLMResponse } from './response.cjs';
import { type RouterOptions } from './router.cjs';
export interface Client {
    /** As {@link Router.complete}; overrides may be written as in the configuration (`json_mode`, `max_tokens`). */
    complete(role: string, messages: readonly ChatMessage[], overrides?: CallOptions | Readonly<Record<string, unknown>>): Promise<LLMResponse>;
}
/**
 * The form of an older wrapper, for callers that keep it.
 * @param config a configuration, or the path of its file
 */
export declare function createClient(config: string | RouterConfig | {
    readonly llm: object;
}, options?: RouterOptions): Client;
