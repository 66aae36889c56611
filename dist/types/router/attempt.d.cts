import { type FailureType, LlmRouterError } from './failure.cjs';
import type { JsonSchema } from './json-schema.cjs';
import type { Prompt, Provider, ProviderAnswer, Target, Tier, Usage, World } from './model.cjs';
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
export declare function attemptOnce(request: AttemptRequest, world: World & {
    readonly signal: AbortSignal;
    readonly price: PriceFunction;
}): Promise<Attempted>;
/** Estimate by characters. */
export declare function promptTokens(prompt: Prompt): number;
export {};
