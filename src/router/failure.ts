/** Why an attempt gave no answer; the values stand in ledger records, traces and events. */
export const FailureType = {
  TIMEOUT: 'timeout',
  RATE_LIMIT: 'rate-limit',
  PROVIDER_ERROR: 'provider-error',
  INVALID_RESPONSE: 'invalid-response',
  CONTRACT_VIOLATION: 'contract-violation',
  CANCELLED: 'cancelled',
  UNKNOWN: 'unknown',
} as const;
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
export class LlmRouterError extends Error {
  override readonly name: string = 'LlmRouterError';
  readonly failureType: FailureType;
  readonly fix: string | undefined;
  readonly httpStatus: number | null;
  readonly retryAfterMs: number | undefined;
  readonly contextOverflow: boolean;
  readonly misconfigured: boolean;

  constructor(init: FailureInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.failureType = init.failureType;
    this.fix = init.fix;
    this.httpStatus = init.httpStatus ?? null;
    this.retryAfterMs = init.retryAfterMs;
    this.contextOverflow = init.contextOverflow ?? false;
    this.misconfigured = init.misconfigured ?? false;
  }
}

/** Whatever was thrown as a failure with a type, so that one policy decides about all of them. */
export function asFailure(thrown: unknown): LlmRouterError {
  if (thrown instanceof LlmRouterError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LlmRouterError({ failureType: 'unknown', message, cause: thrown });
}

/** Asking anyone else cannot help: the caller has stopped, or the answer was paid and broke its contract. */
export function isFinal(failure: LlmRouterError): boolean {
  return failure.failureType === 'contract-violation' || failure.failureType === 'cancelled';
}
