import { statSync } from 'node:fs';

/**
 * Keeps what was read from files, and reads one again only when it has changed (its inode, size or time): for processes that
 * ask for the same files with each request. One `stat` a call.
 */
export class WatchedFiles<T> {
  readonly #read: (file: string) => T;
  readonly #most: number;
  readonly #known = new Map<string, { readonly stamp: string; readonly value: T }>();

  /** @param most files that are kept; beyond it all are read anew */
  constructor(read: (file: string) => T, most = 256) {
    this.#read = read;
    this.#most = most;
  }

  get(file: string): T {
    const stat = statSync(file, { throwIfNoEntry: false });
    const stamp = stat === undefined ? '' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    const known = this.#known.get(file);
    if (known?.stamp === stamp) return known.value;
    const value = this.#read(file);
    if (this.#known.size >= this.#most) this.#known.clear();
    this.#known.set(file, { stamp, value });
    return value;
  }
}
