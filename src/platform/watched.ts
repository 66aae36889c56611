import { type Stats, statSync } from 'node:fs';
import { currentTurn } from './turn.ts';

interface Known<T> {
  /** `undefined` where there was no file. */
  readonly stat: Stats | undefined;
  readonly value: T;
  /** When it was last seen to hold. */
  turn: number;
}

/**
 * Keeps what was read from files, and reads one again only when it has changed (its inode, size or time): for processes that
 * ask for the same files with each request. One `stat` a file in each turn of the event loop, however many requests it brings.
 */
export class WatchedFiles<T> {
  readonly #read: (file: string) => T;
  readonly #most: number;
  readonly #known = new Map<string, Known<T>>();

  /** @param most files that are kept; beyond it all are read anew */
  constructor(read: (file: string) => T, most = 256) {
    this.#read = read;
    this.#most = most;
  }

  get(file: string): T {
    const turn = currentTurn();
    const known = this.#known.get(file);
    if (known?.turn === turn) return known.value;
    const stat = statSync(file, { throwIfNoEntry: false });
    if (known !== undefined && isSame(known.stat, stat)) {
      known.turn = turn;
      return known.value;
    }
    const value = this.#read(file);
    if (this.#known.size >= this.#most) this.#known.clear();
    this.#known.set(file, { stat, value, turn });
    return value;
  }

  /** This process has changed the file itself: it is looked at again in this turn too. */
  forget(file: string): void {
    this.#known.delete(file);
  }
}

function isSame(before: Stats | undefined, now: Stats | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return before.mtimeMs === now.mtimeMs && before.size === now.size && before.ino === now.ino;
}
