import { BacklogError, type BacklogErrorInit, ExitCode } from '../platform/errors.ts';
import type { AttemptSummary } from './attempt-summary.ts';
import type { Chain } from './chain.ts';
import type { LlmRouterError } from './failure.ts';
import type { Target } from './model.ts';

export function referenceOf(target: Target | undefined): string {
  return target === undefined ? 'nobody' : `${target.provider.name}/${target.model}`;
}

export function failureLine(failure: LlmRouterError, target: Target): string {
  return `${referenceOf(target)} failed (${failure.failureType}): ${failure.message}`;
}

/** A call that nobody answered. */
export class CallFailed extends BacklogError {
  /** Of the last attempt. */
  readonly failure: LlmRouterError;
  readonly attempts: readonly AttemptSummary[];

  constructor(init: BacklogErrorInit, failure: LlmRouterError, attempts: readonly AttemptSummary[]) {
    super(init);
    this.failure = failure;
    this.attempts = attempts;
  }
}

/** The error of a call that nobody answered: the last failure, and all attempts in its details. */
export function giveUp(
  failure: LlmRouterError,
  target: Target,
  chain: Chain,
  noFallback: boolean,
  attempts: readonly AttemptSummary[],
): CallFailed {
  const init = {
    code: `llm-${failure.failureType}`,
    message: failureLine(failure, target),
    fix: failure.fix ?? usualFix(failure, chain, noFallback),
    exitCode: failure.failureType === 'cancelled' ? ExitCode.Interrupted : ExitCode.Outside,
    cause: failure,
    details: { failure_type: failure.failureType, tier: chain.tier ?? null, attempts },
  };
  return new CallFailed(init, failure, attempts);
}

function usualFix(failure: LlmRouterError, chain: Chain, noFallback: boolean): string {
  if (failure.failureType === 'cancelled') return 'run it again when you want the answer';
  if (failure.failureType === 'rate-limit') {
    const after =
      failure.retryAfterMs === undefined ? 'in a while' : `in ${Math.ceil(failure.retryAfterMs / 1000)} s`;
    return `run it again ${after}, or use another --model`;
  }
  if (noFallback) return 'leave --no-fallback out, or name another --model';
  return chain.tier === 'frontier'
    ? 'run it again, or use --model balanced'
    : 'run it again, or name another --model (free, cheap, balanced, frontier, provider/model)';
}
