import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, errnoOf, messageOf } from './errors.ts';
import { temporaryName } from './ids.ts';
import { isAlive } from './owner.ts';

export interface WriteOptions {
  /** Permission bits of the new file; without it an existing file keeps its own, a new one gets 0644. */
  readonly mode?: number;
  /** Permission bits of folders that have to be made. */
  readonly dirMode?: number;
  /**
   * What is written is news of the moment: after a power cut the old content may be there again. It is as atomic as any other,
   * and waits for the disk once less.
   */
  readonly fleeting?: boolean;
}

/** The file's bytes, or `undefined` when there is no such file. Other failures are thrown. */
export function readBytesIfExists(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw readFailure(file, error);
  }
}

/** The file as UTF-8 text, or `undefined` when there is no such file. */
export function readTextIfExists(file: string): string | undefined {
  return readBytesIfExists(file)?.toString('utf8');
}

/**
 * Makes a folder and those around it, as far as they are missing. Node's own way (`recursive`) never returns where a folder that
 * is there says of a new one that there is no such place, as `/proc` does.
 * @param mode permission bits of what is made
 */
export function makeFolders(folder: string, mode?: number): void {
  if (isFolder(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolders(parent, mode);
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    // Another process may have been quicker.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Replaces a file's content as one step: temporary file in the same folder, fsync, rename, fsync of the folder.
 * A reader, and a crash at any moment, sees the old content or the new, never less. A symbolic link is replaced, not followed,
 * so that a link in a repository cannot lead the write elsewhere.
 */
export function writeFileAtomic(
  file: string,
  content: string | Uint8Array | readonly Uint8Array[],
  options: WriteOptions = {},
): void {
  const folder = path.dirname(file);
  const temporary = temporaryBeside(file);
  try {
    makeFolders(folder, options.dirMode);
    const kept = options.mode ?? modeOf(file);
    const handle = openNew(temporary, kept);
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
      for (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) writeAll(handle, piece);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
    if (!options.fleeting) syncFolder(folder);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // Where there is no folder there is no temporary file; what went wrong is said by the first error.
    }
    throw writeFailure(file, error);
  }
}

/** A hidden name beside `file` that nothing has yet and that says whose it is. */
export function temporaryBeside(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${temporaryName()}.tmp`);
}

/**
 * Takes away the temporary files in a folder whose writers were killed; those of living processes stay, as all else does.
 * @returns every name that the folder held, sorted; none when it is no folder
 */
export function removeLeftovers(folder: string): string[] {
  const names = inOrder(namesIn(folder));
  // Hidden names lie together: ten thousand others are not looked at.
  for (let at = firstFrom(names, '.'); names[at]?.startsWith('.'); at += 1) {
    const name = names[at] ?? '';
    const pid = /^\..+\.([0-9]{1,10})-[0-9a-z]+-[0-9]+\.tmp$/.exec(name)?.[1];
    if (pid === undefined || isAlive({ pid: Number(pid), started: 'unknown' })) continue;
    try {
      rmSync(path.join(folder, name), { force: true });
    } catch {
      // It does no harm to what comes next; a folder that cannot be written to is named by the write that follows.
    }
  }
  return names;
}

/** Where the first of sorted texts lies that is no smaller than `text`; their number when all are. */
function firstFrom(sorted: readonly string[], text: string): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? '') < text) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Sorted, as Node lists the names of a folder nearly everywhere: to see that takes half as long as to sort ten thousand. */
export function inOrder(names: string[]): string[] {
  for (let at = 1; at < names.length; at += 1)
    if ((names[at - 1] ?? '') > (names[at] ?? '')) return names.sort();
  return names;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw readFailure(folder, error);
  }
}

/**
 * Opens a file to read parts of it. Whoever may write into the folder can put a named pipe there, on which opening would wait for
 * good.
 * @throws the system's error, and one for what is no regular file
 */
export function openToRead(file: string): number {
  const handle = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  if (fstatSync(handle).isFile()) return handle;
  closeSync(handle);
  throw new Error('it is not a regular file');
}

/**
 * The text of a file that may be missing, unreadable or of any size: for caches, where whatever is odd means that they are not
 * used.
 * @param most bytes
 */
export function textUpTo(file: string, most: number): string | undefined {
  let handle: number | undefined;
  try {
    handle = openToRead(file);
    return fstatSync(handle).size > most ? undefined : readFileSync(handle, 'utf8');
  } catch {
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** How a file is opened that only grows: no link is followed, and a named pipe does not make it wait. */
export const APPEND =
  constants.O_RDWR |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/**
 * Appends one line as a single write. When a crash has left the file without a final newline, a newline is put first,
 * so that a torn line never swallows the next one. A symbolic link is refused, and so is what is no regular file: a line in a named
 * pipe that nobody reads is lost.
 * @param line without line end
 */
export function appendLine(
  file: string,
  line: string,
  options: WriteOptions & { readonly sync?: boolean } = {},
): void {
  try {
    makeFolders(path.dirname(file), options.dirMode);
    const handle = openSync(file, APPEND, options.mode ?? 0o644);
    try {
      if (!fstatSync(handle).isFile()) throw new Error('it is not a regular file');
      const torn = endsInsideLine(handle, fstatSync(handle).size);
      writeAll(handle, Buffer.from(`${torn ? '\n' : ''}${line}\n`, 'utf8'));
      if (options.sync) fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw writeFailure(file, error);
  }
}

/** Takes a file away, if it is there. Node's `rmSync` loads what it takes whole folders away with. @throws the system's error */
export function removeIfThere(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/** `path.join` for a folder that is a plain absolute path already; the gateway names its files with each request. */
export function inFolder(folder: string, name: string): string {
  return `${folder}${path.sep}${name}`;
}

/** Whether `child` is `parent` or lies below it, judged by names alone (links are not followed). */
export function isInside(parent: string, child: string): boolean {
  const relative = path.relative(path.resolve(parent), path.resolve(child));
  return (
    relative === '' ||
    (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative))
  );
}

/** Where `file` really is, or would be if it were made: links are followed in the part of the path that is there. */
export function realPlace(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : path.join(realPlace(parent), path.basename(file));
  }
}

/** Permission bits of a file; `undefined` when there is none. */
export function modeOf(file: string): number | undefined {
  try {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    return mode === undefined ? undefined : mode & 0o777;
  } catch {
    return undefined;
  }
}

/**
 * Opens a file that is not there yet, to write it.
 * @param mode permission bits of the file whose place it takes, kept as they are; without it 0644 less the mask of the process
 */
export function openNew(file: string, mode: number | undefined): number {
  const handle = openSync(file, 'wx', mode ?? 0o644);
  try {
    // The mask has taken bits away, which the other may have had.
    if (mode !== undefined) fchmodSync(handle, mode);
    return handle;
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

/** Writes all of it: the system may take less at a time. */
export function writeAll(handle: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
}

const lastByte = Buffer.alloc(1);

/** Whether a crash has left a file without its final newline. @param size of the file, bytes */
export function endsInsideLine(handle: number, size: number): boolean {
  return size > 0 && readSync(handle, lastByte, 0, 1, size - 1) === 1 && lastByte[0] !== 0x0a;
}

/** Makes sure that the names in a folder are on the disk. */
export function syncFolder(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, 'r');
    fsyncSync(handle);
  } catch {
    // Some systems cannot open or sync a folder; the rename itself has succeeded.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function readFailure(file: string, error: unknown): BacklogError {
  return new BacklogError({
    code: 'file-read-failed',
    message: `cannot read ${file}: ${messageOf(error)}`,
    fix: `check that ${file} is a file and that you may read it`,
    exitCode: ExitCode.ProjectUnusable,
    file,
    cause: error,
  });
}

/** The error for a file that could not be written, with the way out that fits its cause. */
export function writeFailure(file: string, error: unknown): BacklogError {
  if (error instanceof BacklogError) return error;
  const full = errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT';
  return new BacklogError({
    code: 'file-write-failed',
    message: `cannot write ${file}: ${messageOf(error)}`,
    fix: full
      ? 'free some disk space and run the command again; nothing was changed'
      : `check that you may write to ${path.dirname(file)}`,
    exitCode: ExitCode.Outside,
    file,
    cause: error,
  });
}
