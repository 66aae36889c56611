import type { Clock } from '../platform/clock.cjs';
export declare const tierNames: readonly ["free", "cheap", "balanced", "frontier"];
export type Tier = (typeof tierNames)[number];
export declare function isTier(name: string): name is Tier;
export interface Message {
    readonly role: 'user' | 'assistant';
    readonly content: string;
}
/** Tokens of one answer. `input_tokens` is without cache tokens (Anthropic's meaning). */
export interface Usage {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly cache_read_tokens: number;
    readonly cache_write_5m_tokens: number;
    readonly cache_write_1h_tokens: number;
}
/** What is asked, whoever answers. */
export interface Prompt {
    readonly system: string | undefined;
    readonly messages: readonly Message[];
    /** Most tokens of the answer; `undefined` leaves it to the model. */
    readonly maxTokens: number | undefined;
    /** 0 to 2; `undefined` leaves it to the model. */
    readonly temperature: number | undefined;
    /** JSON Schema of the wanted answer, for providers that can be told. */
    readonly schema: unknown;
    /** The answer is to be JSON, also without a schema. */
    readonly json: boolean;
}
/** One attempt at one provider. */
export interface ProviderCall {
    /** Ours, a UUID; the ledger record's id. */
    readonly id: string;
    readonly model: string;
    readonly prompt: Prompt;
    /** `ticket:FEAT-001` and its like. A provider decides whether they may leave the machine. */
    readonly tags: readonly string[];
    /** Ask a proxy not to choose another model by itself. */
    readonly noFallback: boolean;
    /** Gate and agent of the context; only a script looks at them. */
    readonly gate: string | undefined;
    readonly agent: string | undefined;
    /** Aborted on Ctrl-C and when the attempt's time is over. */
    readonly signal: AbortSignal;
}
export interface ProviderAnswer {
    readonly text: string;
    /** `undefined` when the provider did not say. */
    readonly usage: Usage | undefined;
    /** The model that really answered. */
    readonly model: string;
    readonly requestId: string | null;
    readonly messageId: string | null;
    readonly httpStatus: number | null;
    /** A cost that the other side reported, and who did. USD. */
    readonly reportedCost: {
        readonly usd: number;
        readonly source: string;
    } | undefined;
    /** The answer came from a model on this machine: it costs nothing. */
    readonly local: boolean;
    /** A proxy chose another model than the one asked for. */
    readonly fellBack: boolean;
    /** The answer was cut at `maxTokens`. */
    readonly cut: boolean;
    /** The other side's own answer, as it came. */
    readonly raw?: unknown;
}
export interface Provider {
    readonly name: string;
    /** As it stands in a configuration. */
    readonly type: string;
    /** How its requests are paid. */
    readonly billing: 'api' | 'plan' | 'local' | 'unknown';
    /** Models on this machine: 0 USD, and more time to load. */
    readonly local: boolean;
    /** Most ms of one attempt when nobody says otherwise. */
    readonly timeoutMs: number;
    /** Room for prompt and answer, tokens, when it is known. */
    readonly contextTokens?: number | undefined;
    /** @throws LlmRouterError */
    complete(call: ProviderCall): Promise<ProviderAnswer>;
}
/** `provider/model`, and the tier that it was chosen for (`undefined`: named by itself). */
export interface Target {
    readonly provider: Provider;
    readonly model: string;
    readonly tier: Tier | undefined;
    /** What its role or its provider says; what the call says comes first. */
    readonly defaults?: TargetDefaults | undefined;
}
export interface TargetDefaults {
    readonly temperature?: number | undefined;
    readonly maxTokens?: number | undefined;
    readonly json?: boolean | undefined;
    readonly timeoutMs?: number | undefined;
}
/** The world as the router sees it. */
export interface World {
    readonly fetch: typeof fetch;
    readonly env: NodeJS.ProcessEnv;
    readonly clock: Clock;
}
