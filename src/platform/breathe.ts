/** Least time between two looks at whether somebody wants the work ended, in ms. */
const BREATH = 50;

/**
 * Lets signals in while work goes on that never waits for anything: until then neither Ctrl-C nor a second one is heard.
 * @returns to be awaited often; throws what `signal` was aborted with
 */
export function breathing(signal?: AbortSignal): () => Promise<void> {
  let due = 0;
  return async () => {
    if (Date.now() < due) return;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    due = Date.now() + BREATH;
  };
}
