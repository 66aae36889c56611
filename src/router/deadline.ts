import { LlmRouterError } from './failure.ts';

/** For ending a program and its children (2 s between asking and forcing), with some time over, ms. */
const GRACE_MS = 3_000;
/** setTimeout's own limit (2^31 - 1 ms); what is larger would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Runs one attempt with a signal that ends it on Ctrl-C and when its time is over, and says which of the two it was.
 * @param ms wall clock of the whole attempt, reading the answer included
 * @throws LlmRouterError `cancelled` or `timeout`, else whatever `work` throws
 */
export async function withDeadline<T>(
  outer: AbortSignal,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (outer.aborted) throw cancelled();
  const inner = new AbortController();
  const stop = () => inner.abort();
  let late = false;
  let grace: NodeJS.Timeout | undefined;
  /** Rejects when work has not ended by itself a moment after it was told to: a provider that ignores its signal. */
  const leftBehind = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        grace = setTimeout(() => reject(signal.reason), GRACE_MS);
      });
    });
  const timer = setTimeout(
    () => {
      late = true;
      stop();
    },
    Math.min(ms, MAX_TIMER_MS),
  );
  outer.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work(inner.signal), leftBehind(inner.signal)]);
  } catch (error) {
    if (outer.aborted) throw cancelled();
    if (late)
      throw new LlmRouterError({
        failureType: 'timeout',
        message: `no whole answer within ${ms / 1000} s`,
        fix: 'give it more time with --timeout <seconds>',
      });
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    outer.removeEventListener('abort', stop);
  }
}

function cancelled(): LlmRouterError {
  return new LlmRouterError({ failureType: 'cancelled', message: 'cancelled' });
}
