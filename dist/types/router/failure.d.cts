/** Why an attempt gave no answer; the values stand in ledger records, traces and events. */
export declare const FailureType: {
    readonly TIMEOUT: "timeout";
    readonly RATE_LIMIT: "rate-limit";
    readonly PROVIDER_ERROR: "provider-error";
    readonly INVALID_RESPONSE: "invalid-response";
    readonly CONTRACT_VIOLATION: "contract-violation";
    readonly CANCELLED: "cancelled";
    readonly UNKNOWN: "unknown";
};
export type FailureType = (typeof FailureType)[keyof typeof FailureType];
export interface FailureInit {
    readonly failureType: FailureType;
    /** One line for people, without a final full stop. Never holds a key. */
    readonly message: string;
    /** What mends it, when the user can. */
    readonly fix?: string | undefined;
    readonly httpStatus?: number | undefined;
    /** How long the provider asked to wait, ms. */
    readonly retryAfterMs?: number | undefined;
    /** The prompt did not fit: only a model with more room can help. */
    readonly contextOverflow?: boolean | undefined;
    /** The fault lies in what is configured here: a missing or wrong key, a model or request that does not exist there. */
    readonly misconfigured?: boolean | undefined;
    readonly cause?: unknown;
}
/** One attempt that failed, with all that the retry policy, the ledger and the user need to know of it. */
export declare class LlmRouterError extends Error {
    readonly name: string;
    readonly failureType: FailureType;
    readonly fix: string | undefined;
    readonly httpStatus: number | null;
    readonly retryAfterMs: number | undefined;
    readonly contextOverflow: boolean;
    readonly misconfigured: boolean;
    constructor(init: FailureInit);
}
/** Whatever was thrown as a failure with a type, so that one policy decides about all of them. */
export declare function asFailure(thrown: unknown): LlmRouterError;
/** Asking anyone else cannot help: the caller has stopped, or the answer was paid and broke its contract. */
export declare function isFinal(failure: LlmRouterError): boolean;
