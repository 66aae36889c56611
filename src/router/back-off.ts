import { setTimeout as sleep } from 'node:timers/promises';
import type { RouterDeps } from './call.ts';
import { LlmRouterError } from './failure.ts';

/** Longest wait for a rate limit, ms: a user is waiting, and there may be another target. */
const MAX_WAIT_MS = 30_000;
const BACKOFF_MS = 1_000;

/**
 * Waits for a rate limit: as long as the provider says, else ever longer, each time a little differently.
 * @throws LlmRouterError `cancelled`
 */
export async function backOff(
  failure: LlmRouterError,
  attempt: number,
  deps: Pick<RouterDeps, 'random' | 'wait' | 'signal'>,
): Promise<void> {
  const jittered = BACKOFF_MS * 2 ** (attempt - 1) * (0.5 + (deps.random ?? Math.random)() / 2);
  const ms = Math.min(failure.retryAfterMs ?? jittered, MAX_WAIT_MS);
  const wait = deps.wait ?? ((time, signal) => sleep(time, undefined, { signal }));
  try {
    await wait(ms, deps.signal);
  } catch (error) {
    if (!deps.signal.aborted) throw error;
    throw new LlmRouterError({
      failureType: 'cancelled',
      message: 'cancelled while waiting for a rate limit',
      cause: error,
    });
  }
}
