import { closeSync, fsync, fsyncSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  makeFolders,
  modeOf,
  openNew,
  syncFolder,
  temporaryBeside,
  writeAll,
  writeFailure,
} from './files.ts';

const synced = promisify(fsync);

/**
 * So many files wait for the disk at a time: a disk takes many as one, and one after the other waits for each. Node's own threads
 * are the bound; more of them gained nothing (3,000 files of 2 KB on ext4: 14 s one by one, 2.3 s with four threads or sixteen).
 */
const IN_FLIGHT = 16;

/** What a file is to hold. */
export interface NewContent {
  readonly file: string;
  readonly content: string;
  /** The file whose permission bits the new one gets. */
  readonly like: string;
  /** Its bits where there is no such file (any more); 0644 without them. */
  readonly mode?: number | undefined;
}

export interface StagingOptions {
  /** Called when one more file has been written, or deleted. */
  readonly onFile?: (() => void) | undefined;
  /** When it is aborted, nothing stays behind, and what it was aborted with is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** A temporary file on the disk, whole, beside the file that it is to become. */
export interface StagedFile {
  readonly file: string;
  readonly temporary: string;
}

/**
 * Contents on their way to the disk, each beside its file; no file is touched yet. To take a place is then a rename or a link, which
 * needs no space for data: a disk that is full says so here. Nothing is kept of a content once it is written.
 */
export class Staging {
  readonly #options: StagingOptions;
  readonly #staged: StagedFile[] = [];
  /** Written, and asked to wait for the disk together: to wake Node's threads for each costs more than the disk of memory. */
  #written: Written[] = [];
  #syncing: Promise<unknown> = Promise.resolve();
  #problem: { readonly error: unknown } | undefined;

  constructor(options: StagingOptions = {}) {
    this.#options = options;
  }

  /**
   * Writes a content, which may still wait for the disk when this returns.
   * @throws BacklogError `file-write-failed` (exit 4), for this content or one before it, and what the signal was aborted with;
   * call `abandon` then
   */
  async add(content: NewContent): Promise<StagedFile> {
    this.#require();
    const { file } = content;
    const one = { file, temporary: temporaryBeside(file) };
    this.#staged.push(one);
    try {
      this.#written.push({ file, handle: written(one.temporary, content) });
    } catch (error) {
      throw writeFailure(file, error);
    }
    if (this.#written.length >= IN_FLIGHT) {
      await this.#syncing;
      this.#syncing = this.#sync();
    }
    return one;
  }

  /** Waits until all are on the disk. @returns them, in the order in which they were added @throws as `add` */
  async finish(): Promise<readonly StagedFile[]> {
    await this.#syncing;
    await this.#sync();
    this.#require();
    return this.#staged;
  }

  /** Takes away what has not become its file. */
  async abandon(): Promise<void> {
    // Nothing is taken away while it is still being written.
    await this.#syncing;
    for (const { handle } of this.#written) closeSync(handle);
    this.#written = [];
    for (const { temporary } of this.#staged) {
      try {
        rmSync(temporary, { force: true });
      } catch {
        // Where there is no folder there is no temporary file; a leftover does no harm, and the next writer takes it away.
      }
    }
  }

  #require(): void {
    this.#options.signal?.throwIfAborted();
    if (this.#problem !== undefined) throw this.#problem.error;
  }

  /** Never fails: what goes wrong is thrown by whoever asks next. */
  async #sync(): Promise<void> {
    const files = this.#written;
    this.#written = [];
    // Node's threads take as long to start as one file to be synced.
    const sync = this.#staged.length === 1 ? fsyncSync : synced;
    await Promise.all(
      files.map(async ({ file, handle }) => {
        try {
          try {
            await sync(handle);
          } finally {
            closeSync(handle);
          }
          this.#options.onFile?.();
        } catch (error) {
          this.#problem ??= { error: writeFailure(file, error) };
        }
      }),
    );
  }
}

interface Written {
  readonly file: string;
  readonly handle: number;
}

/** @returns the open file, whose bytes may still be on their way to the disk */
function written(temporary: string, { content, like, mode }: NewContent): number {
  makeFolders(path.dirname(temporary));
  const handle = openNew(temporary, modeOf(like) ?? mode);
  try {
    writeAll(handle, Buffer.from(content, 'utf8'));
    return handle;
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

/** Replaces files by what was staged for them, each as one step. @throws the system's error */
export function replaceByStaged(staged: readonly StagedFile[]): void {
  for (const { file, temporary } of staged) renameSync(temporary, file);
}

/** Makes sure that the names in the folders of these files are on the disk, each folder once. */
export function syncFoldersOf(files: Iterable<string>): void {
  for (const folder of new Set([...files].map((file) => path.dirname(file)))) syncFolder(folder);
}
