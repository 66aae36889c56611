import type { AttemptSummary } from '../attempt-summary.cjs';
import type { Answer } from '../call.cjs';
import type { Usage } from '../model.cjs';
/** Tokens of an answer: sums as most APIs give them, and their parts. */
export interface LLMUsage extends Usage {
    /** All input: what was read from and written to the cache included. */
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
}
export interface LLMResponse {
    readonly text: string;
    /** The JSON value, when JSON was asked for. */
    readonly value: unknown;
    /** The other side's own answer, as it came. */
    readonly raw: unknown;
    /** `null` when the provider did not say. */
    readonly usage: LLMUsage | null;
    readonly requestId: string;
    /** The role that was used: the default one for a name that is unknown. */
    readonly role: string;
    /** The model that really answered. */
    readonly model: string;
    /** Its name in the configuration. */
    readonly provider: string;
    /** USD; `null` when unknown. */
    readonly costUsd: number | null;
    /** The answer ended at the token limit. */
    readonly cut: boolean;
    /** Every attempt, the one that answered last. */
    readonly attempts: readonly AttemptSummary[];
}
export declare function responseOf(answer: Answer, role: string): LLMResponse;
