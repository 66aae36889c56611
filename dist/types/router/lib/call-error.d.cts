import type { AttemptSummary } from '../attempt-summary.cjs';
import { LlmRouterError } from '../failure.cjs';
/** A call that nobody answered: the failure of the last attempt, and all attempts. */
export declare class LlmCallError extends LlmRouterError {
    readonly requestId: string;
    readonly attempts: readonly AttemptSummary[];
    constructor(failure: LlmRouterError, requestId: string, attempts: readonly AttemptSummary[]);
}
/** Whatever the engine threw, as this library throws it. */
export declare function asCallError(thrown: unknown, requestId: string): LlmRouterError;
