let number = 0;
let isCounted = false;
/** What waited for the end of the turn's input runs now. */
let isEnding = false;
let ending: Promise<void> | undefined;

/**
 * The turn of the event loop that runs now, as a number: the same for all callbacks of one round of input, another from then
 * on. What was looked up on disk holds for its turn: whoever sends a request had done all before it when the turn began.
 */
export function currentTurn(): number {
  if (!isCounted) {
    isCounted = true;
    setImmediate(next);
  }
  return number;
}

/**
 * Resolves when all input of this turn has been taken in. What many requests have to do is done then for one after the other: the
 * processor finds each piece of the program where the request before has left it, in its caches. That is a turn of its own: what
 * is looked up meanwhile does not hold for the input that comes next.
 */
export function endOfTurn(): Promise<void> {
  ending ??= new Promise((resolve) => {
    setImmediate(() => {
      ending = undefined;
      next();
      isCounted = true;
      isEnding = true;
      resolve();
      // A tick that is asked for among microtasks comes behind the last of them: those who waited have done what they could.
      queueMicrotask(() => process.nextTick(over));
    });
  });
  return ending;
}

/** Calls back when this turn is over: behind all of its input, or behind what is done at its end. */
export function afterTurn(callback: () => void): void {
  if (isEnding) process.nextTick(callback);
  else setImmediate(callback);
}

function over(): void {
  isEnding = false;
  next();
}

function next(): void {
  isCounted = false;
  number += 1;
}
