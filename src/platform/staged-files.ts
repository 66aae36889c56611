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
 * Writes contents beside their files, each synced, several at a time; no file is touched yet. To take a place is then a rename
 * or a link, which needs no space for data: a disk that is full says so here.
 * @returns in the order of `contents`
 * @throws BacklogError `file-write-failed` (exit 4); then no temporary file is left
 */
export async function stageFiles(
  contents: readonly NewContent[],
  { onFile, signal }: StagingOptions = {},
): Promise<StagedFile[]> {
  const staged = contents.map(({ file }) => ({ file, temporary: temporaryBeside(file) }));
  const queue = contents.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    // All of them take from one queue.
    for (const [index, content] of queue) {
      if (failed) return;
      try {
        signal?.throwIfAborted();
        // Node's threads take as long to start as one file to be synced.
        const sync = contents.length === 1 ? fsyncSync : synced;
        await writeSynced(staged[index]?.temporary ?? '', content, sync);
      } catch (error) {
        failed = true;
        throw signal?.aborted ? error : writeFailure(content.file, error);
      }
      onFile?.();
    }
  };
  const workers = Array.from({ length: Math.min(IN_FLIGHT, contents.length) }, worker);
  // Nothing is taken away while another one is still being written.
  const problem = (await Promise.allSettled(workers)).find(({ status }) => status === 'rejected');
  if (problem?.status !== 'rejected') return staged;
  removeStaged(staged);
  throw problem.reason;
}

async function writeSynced(
  temporary: string,
  { content, like, mode }: NewContent,
  sync: (handle: number) => Promise<void> | void,
): Promise<void> {
  makeFolders(path.dirname(temporary));
  const handle = openNew(temporary, modeOf(like) ?? mode);
  try {
    writeAll(handle, Buffer.from(content, 'utf8'));
    await sync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Takes away what has not become its file. */
export function removeStaged(staged: readonly StagedFile[]): void {
  for (const { temporary } of staged) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // Where there is no folder there is no temporary file; a leftover does no harm, and the next writer takes it away.
    }
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
