import { type FileHandle, open } from 'node:fs/promises';
import { BacklogError, ExitCode, errnoOf, messageOf } from '../platform/errors.ts';

export interface Line {
  /** 1-based. */
  readonly number: number;
  /** Without its line end; `undefined` when it is longer than {@link MAX_LINE_BYTES}. */
  readonly text: string | undefined;
}

/** A record has about a kB; what is longer is no record, and is not kept in memory. */
export const MAX_LINE_BYTES = 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** A file held open at the length it had then, so that reading it twice sees the same lines while others append to it. */
export interface OpenLedger {
  /** All lines, in portions. May be called again. */
  lines(): AsyncGenerator<readonly Line[]>;
  close(): Promise<void>;
}

/**
 * @returns `undefined` when there is no such file
 * @throws BacklogError `ledger-read-failed` (exit 3)
 */
export async function openLedger(file: string): Promise<OpenLedger | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Error('it is not a regular file');
    return ledgerOver(file, handle, stat.size);
  } catch (error) {
    await handle?.close();
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw readFailure(file, error);
  }
}

function ledgerOver(file: string, handle: FileHandle, size: number): OpenLedger {
  return {
    close: () => handle.close(),
    async *lines() {
      const splitter = new Splitter();
      const chunk = Buffer.alloc(CHUNK_BYTES);
      for (let position = 0; position < size; ) {
        const { bytesRead } = await handle
          .read(chunk, 0, Math.min(CHUNK_BYTES, size - position), position)
          .catch((error: unknown) => Promise.reject(readFailure(file, error)));
        if (bytesRead === 0) break;
        position += bytesRead;
        yield splitter.take(chunk.subarray(0, bytesRead));
      }
      yield splitter.rest();
    },
  };
}

/** Cuts bytes into lines; keeps at most one unfinished line, and of one that is too long nothing. */
class Splitter {
  #number = 0;
  #unfinished: Buffer[] = [];
  #length = 0;

  take(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      this.#keep(chunk.subarray(start, end));
      lines.push(this.#finish());
      start = end + 1;
    }
    // The chunk's memory is used again for the next one.
    this.#keep(Buffer.from(chunk.subarray(start)));
    return lines;
  }

  rest(): Line[] {
    return this.#length > 0 ? [this.#finish()] : [];
  }

  #keep(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > MAX_LINE_BYTES) this.#unfinished = [];
    else if (part.length > 0) this.#unfinished.push(part);
  }

  #finish(): Line {
    this.#number += 1;
    const [first = Buffer.alloc(0), ...others] = this.#unfinished;
    const bytes = others.length === 0 ? first : Buffer.concat(this.#unfinished);
    const text = this.#length > MAX_LINE_BYTES ? undefined : bytes.toString('utf8');
    this.#unfinished = [];
    this.#length = 0;
    return { number: this.#number, text };
  }
}

function readFailure(file: string, error: unknown): BacklogError {
  return new BacklogError({
    code: 'ledger-read-failed',
    message: `cannot read the usage ledger ${file}: ${messageOf(error)}`,
    fix: 'pass the ledger with --ledger <file>, and check that you may read it',
    exitCode: ExitCode.ProjectUnusable,
    file,
    cause: error,
  });
}
