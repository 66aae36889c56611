/** What is asked of a process that is to end: by Ctrl-C, by whoever started it, and by a terminal that was closed. */
const others = ['SIGTERM', 'SIGHUP'] as const;

const controller = new AbortController();
/** Something was done as a whole: what comes later finds nothing to take back. */
let isDone = false;

function interrupt(): void {
  controller.abort(new Error('interrupted'));
}

/** From now on Ctrl-C aborts the signal that is returned, instead of ending the process; a second one ends it. */
export function heedCtrlC(): AbortSignal {
  process.once('SIGINT', interrupt);
  return controller.signal;
}

/** Whether the command was ended before its work was done. */
export function wasInterrupted(): boolean {
  return controller.signal.aborted && !isDone;
}

/**
 * Runs work that is done as a whole or not at all: SIGTERM and SIGHUP abort the command's signal, too, so that it can take back
 * what it has begun, and one that comes when all is done does not keep it from saying so. Each of them ends the process at once
 * when it comes a second time.
 */
export async function allOrNothing<T>(work: () => Promise<T>): Promise<T> {
  // For what is left of the command, too: what is done is also told of and taken note of.
  for (const signal of others) process.once(signal, interrupt);
  const result = await work();
  isDone = true;
  return result;
}
