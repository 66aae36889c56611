import { closeSync, fstatSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { WriteOptions } from './files.ts';
import { APPEND, endsInsideLine, makeFolders } from './files.ts';

/**
 * A file of lines that one process appends to all the time; others may append to it too. It stays open, follows the file when
 * it is moved away or removed, and closes a line that a crash has torn before it writes the next.
 */
export class LineLog {
  readonly file: string;
  readonly #options: WriteOptions;
  #handle: number | undefined;
  #inode = 0;
  /** Size of the file after our last write; -1 when it is not known to end with a whole line. */
  #end = -1;

  constructor(file: string, options: WriteOptions = {}) {
    this.file = file;
    this.#options = options;
  }

  /**
   * Appends whole lines (each with its line end) as one write.
   * @returns the file, and its size in bytes before: the lines are there unless another process wrote at the same time
   * @throws the system's error; then nothing is to be relied on
   */
  append(lines: string): { readonly inode: number; readonly offset: number } {
    const { handle, size } = this.#open();
    // Where nobody else has written since, our own last line is whole.
    const torn = size !== this.#end && endsInsideLine(handle, size);
    const bytes = Buffer.from(torn ? `\n${lines}` : lines, 'utf8');
    this.#end = -1;
    for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
    this.#end = size + bytes.length;
    return { inode: this.#inode, offset: size };
  }

  sync(): void {
    if (this.#handle !== undefined) fsyncSync(this.#handle);
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }

  #open(): { readonly handle: number; readonly size: number } {
    if (this.#handle !== undefined) {
      const stat = statSync(this.file, { throwIfNoEntry: false });
      if (stat?.ino === this.#inode) return { handle: this.#handle, size: stat.size };
      this.close();
    }
    makeFolders(path.dirname(this.file), this.#options.dirMode);
    this.#handle = openSync(this.file, APPEND, this.#options.mode ?? 0o644);
    const stat = fstatSync(this.#handle);
    if (!stat.isFile()) {
      this.close();
      // What goes into a named pipe that nobody reads is lost.
      throw new Error(`${this.file} is not a regular file`);
    }
    const { ino, size } = stat;
    this.#inode = ino;
    this.#end = -1;
    return { handle: this.#handle, size };
  }
}
