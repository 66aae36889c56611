let number = 0;
let isCounted = false;

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

function next(): void {
  isCounted = false;
  number += 1;
}
