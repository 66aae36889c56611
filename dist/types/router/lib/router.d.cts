import { type Clock } from '../../platform/clock.cjs';
import type { AttemptRecord, PriceFunction } from '../attempt.cjs';
import type { ProviderRegistry } from '../registry.cjs';
import { type EventSink, type TokenUsageHook } from '../telemetry.cjs';
import type { RouterConfig } from './config-types.cjs';
import { type ChatMessage } from './messages.cjs';
import { type CallOptions } from './overrides.cjs';
import { type RoutingPolicy } from './policy.cjs';
import { type LLMResponse } from './response.cjs';
import { type TraceStore } from './trace-store.cjs';
export interface RouterOptions {
    readonly policy?: RoutingPolicy | undefined;
    readonly eventSink?: EventSink | undefined;
    /** Without it one file for each attempt, below `traceDir`. */
    readonly traceStore?: TraceStore | undefined;
    /** Folder for `traces/`; without it the workspace's `.backlog-ops/`, else the project's, else that of `cwd`. */
    readonly traceDir?: string | undefined;
    readonly onTokenUsage?: TokenUsageHook | undefined;
    /** May shorten what is sent. When it fails the messages go as they are. */
    readonly compress?: ((messages: readonly ChatMessage[]) => CompressedMessages) | undefined;
    /** Types of providers; without it those that `register` has added to the built-in ones. */
    readonly registry?: ProviderRegistry | undefined;
    /** USD of an answer; without it only what a provider reports. */
    readonly price?: PriceFunction | undefined;
    /** Each attempt as the ledger wants it. */
    readonly onRecord?: ((record: AttemptRecord) => void | Promise<void>) | undefined;
    /** Notes and warnings, one line each; without it warnings become warnings of the process. */
    readonly onNote?: ((line: string) => void) | undefined;
    /** Traces carry prompt and answer. */
    readonly includePrompts?: boolean | undefined;
    readonly cwd?: string | undefined;
    readonly env?: Readonly<Record<string, string | undefined>> | undefined;
    readonly fetch?: typeof fetch | undefined;
    readonly clock?: Clock | undefined;
}
type CompressedMessages = readonly ChatMessage[] | Promise<readonly ChatMessage[]>;
export interface Router {
    readonly config: RouterConfig;
    /**
     * Asks the provider of a role, and its fallback providers when it fails. An unknown role is the default one.
     * @throws LlmRouterError with `failureType`; BacklogError for a wrong call
     */
    complete(role: string, messages: readonly ChatMessage[], options?: CallOptions): Promise<LLMResponse>;
}
/** @param config what `loadRouterConfig` gave, or a document of the same form @throws ConfigError */
export declare function createRouter(config: RouterConfig | {
    readonly llm: object;
}, options?: RouterOptions): Router;
export {};
