import { closeSync, fsyncSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import {
  makeFolders,
  modeOf,
  openNew,
  syncFolder,
  temporaryBeside,
  type WriteOptions,
  writeAll,
  writeFailure,
} from './files.ts';

/** So many characters are written at a time. */
const BLOCK = 64 * 1024;

/** Pieces of text joined to blocks of a size that is worth a call of the system. */
export async function* inBlocks(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let waiting: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < BLOCK) continue;
    yield waiting.join('');
    waiting = [];
    length = 0;
  }
  if (length > 0) yield waiting.join('');
}

/**
 * As `writeFileAtomic`, for a text that comes in pieces and is never whole in memory: until the last one is on the disk the file
 * stays as it was.
 * @throws BacklogError `file-write-failed` (exit 4), and what `pieces` throws; then nothing was changed
 */
export async function writePiecesAtomic(
  file: string,
  pieces: AsyncIterable<string> | Iterable<string>,
  { mode, fleeting }: Pick<WriteOptions, 'mode' | 'fleeting'> = {},
): Promise<void> {
  const folder = path.dirname(file);
  const temporary = temporaryBeside(file);
  try {
    makeFolders(folder);
    const handle = openNew(temporary, mode ?? modeOf(file));
    try {
      for await (const block of inBlocks(pieces)) writeAll(handle, Buffer.from(block, 'utf8'));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
    if (!fleeting) syncFolder(folder);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // Where there is no folder there is no temporary file; what went wrong is said by the first error.
    }
    throw writeFailure(file, error);
  }
}
