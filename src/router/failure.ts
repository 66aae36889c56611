/** Why an attempt gave no answer. `contract-violation` and `cancelled` end the call; the others go on to the next target. */
export type FailureType =
  | 'timeout'
  | 'rate-limit'
  | 'provider-error'
  | 'invalid-response'
  | 'contract-violation'
  | 'cancelled'
  | 'unknown';

export interface FailureInit {
  readonly type: FailureType;
  /** One line for people, without a final full stop. Never holds a key. */
  readonly message: string;
  /** What mends it, when the user can. */
  readonly fix?: string | undefined;
  readonly httpStatus?: number | undefined;
  /** How long the provider asked to wait, ms. */
  readonly retryAfterMs?: number | undefined;
  /** The prompt did not fit: only a model with more room can help. */
  readonly contextOverflow?: boolean | undefined;
  readonly cause?: unknown;
}

/** One attempt that failed, with all that the retry policy, the ledger and the user need to know of it. */
export class ModelFailure extends Error {
  override readonly name = 'ModelFailure';
  readonly type: FailureType;
  readonly fix: string | undefined;
  readonly httpStatus: number | null;
  readonly retryAfterMs: number | undefined;
  readonly contextOverflow: boolean;

  constructor(init: FailureInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.type = init.type;
    this.fix = init.fix;
    this.httpStatus = init.httpStatus ?? null;
    this.retryAfterMs = init.retryAfterMs;
    this.contextOverflow = init.contextOverflow ?? false;
  }
}

/** Whatever was thrown as a failure with a type, so that one policy decides about all of them. */
export function asFailure(thrown: unknown): ModelFailure {
  if (thrown instanceof ModelFailure) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ModelFailure({ type: 'unknown', message, cause: thrown });
}

export function isFinal(failure: ModelFailure): boolean {
  return failure.type === 'contract-violation' || failure.type === 'cancelled';
}
