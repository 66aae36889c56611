import { ModelFailure } from './failure.ts';

/** setTimeout's own limit (2^31 - 1 ms); what is larger would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Runs one attempt with a signal that ends it on Ctrl-C and when its time is over, and says which of the two it was.
 * @param ms wall clock of the whole attempt, reading the answer included
 * @throws ModelFailure `cancelled` or `timeout`, else whatever `work` throws
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
  const timer = setTimeout(
    () => {
      late = true;
      stop();
    },
    Math.min(ms, MAX_TIMER_MS),
  );
  outer.addEventListener('abort', stop, { once: true });
  try {
    return await work(inner.signal);
  } catch (error) {
    if (outer.aborted) throw cancelled();
    if (late)
      throw new ModelFailure({
        type: 'timeout',
        message: `no whole answer within ${ms / 1000} s`,
        fix: 'give it more time with --timeout <seconds>',
      });
    throw error;
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', stop);
  }
}

function cancelled(): ModelFailure {
  return new ModelFailure({ type: 'cancelled', message: 'cancelled' });
}
