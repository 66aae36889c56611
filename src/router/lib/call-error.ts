import type { AttemptSummary } from '../attempt-summary.ts';
import { asFailure, LlmRouterError } from '../failure.ts';
import { CallFailed } from '../outcome.ts';

/** A call that nobody answered: the failure of the last attempt, and all attempts. */
export class LlmCallError extends LlmRouterError {
  readonly requestId: string;
  readonly attempts: readonly AttemptSummary[];

  constructor(failure: LlmRouterError, requestId: string, attempts: readonly AttemptSummary[]) {
    super({
      failureType: failure.failureType,
      message: failure.message,
      fix: failure.fix,
      httpStatus: failure.httpStatus ?? undefined,
      retryAfterMs: failure.retryAfterMs,
      contextOverflow: failure.contextOverflow,
      misconfigured: failure.misconfigured,
      cause: failure,
    });
    this.requestId = requestId;
    this.attempts = attempts;
  }
}

/** Whatever the engine threw, as this library throws it. */
export function asCallError(thrown: unknown, requestId: string): LlmRouterError {
  return thrown instanceof CallFailed
    ? new LlmCallError(thrown.failure, requestId, thrown.attempts)
    : new LlmCallError(asFailure(thrown), requestId, []);
}
