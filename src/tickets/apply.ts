import { existsSync, linkSync, mkdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { breathing } from '../platform/breathe.ts';
import { BacklogError, ExitCode, errnoOf } from '../platform/errors.ts';
import {
  modeOf,
  readTextIfExists,
  temporaryBeside,
  writeFailure,
  writeFileAtomic,
} from '../platform/files.ts';
import {
  removeStaged,
  replaceByStaged,
  type StagedFile,
  type StagingOptions,
  stageFiles,
  syncFoldersOf,
} from '../platform/staged-files.ts';
import { ticketProblem } from './problem.ts';

/** A file before and after; `null` is no file. */
export interface FileChange {
  /** Absolute. */
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
  /** For a file that another one of the same change becomes: it is renamed, so that no reader sees both, or none. */
  readonly from?: string;
  /** Permission bits for a file that is made. */
  readonly mode?: number | undefined;
}

/** A file and the text that it had; `null` is no file. */
export interface FormerText {
  /** Absolute. */
  readonly file: string;
  readonly before: string | null;
  /** The permission bits that it had. */
  readonly mode?: number | undefined;
}

/** @throws BacklogError `ticket-changed-meanwhile`, `ticket-file-exists` (exit 3) where a file is not what it is said to be */
export function requireFormer(changes: readonly FormerText[]): void {
  for (const { file, before } of changes) requireText(file, before);
}

/**
 * Makes files what `after` says: first every new text is written beside its file, then each takes its place, then the folders are
 * synced. Nothing is changed before all texts are on the disk; from then on it is quicker to go on than to go back, and no signal
 * is heeded any more.
 * @param touched is given what has been changed, and nothing that others have: that is what there is to be restored on failure
 * @throws BacklogError `ticket-changed-meanwhile`, `ticket-file-exists` (exit 3), `file-write-failed` (exit 4), the system's error,
 * and what `signal` was aborted with before the first file was changed
 */
export async function applyFiles(
  changes: readonly FileChange[],
  touched: Map<string, FormerText>,
  options: StagingOptions,
): Promise<void> {
  const texts = changes.flatMap(({ file, after, from, mode }) =>
    after === null ? [] : [{ file, content: after, like: from ?? file, mode }],
  );
  const staged = await stageFiles(texts, options);
  const temporaries = new Map(staged.map((one) => [one.file, one]));
  const former = new Map(changes.map(({ file, before }) => [file, before]));
  const formerModes = new Map(changes.map(({ file }) => [file, modeOf(file)]));
  const touch = (file: string): void => {
    touched.set(file, { file, before: former.get(file) ?? null, mode: formerModes.get(file) });
  };
  // A second signal ends the process at once, and has to be heard.
  const breathe = breathing();
  try {
    await breathing(options.signal)();
    for (const { file, before, after, from } of changes) {
      await breathe();
      const text = temporaries.get(file);
      // It has been renamed already.
      if (touched.has(file)) continue;
      // Between the first look and this one texts were written for a while, and somebody may have saved the file.
      requireText(from ?? file, from === undefined ? before : (former.get(from) ?? null));
      if (after === null || text === undefined) {
        touch(file);
        unlinkSync(file);
        options.onFile?.();
      } else if (from !== undefined) {
        moveFile(from, file);
        touch(from);
        touch(file);
        replaceByStaged([text]);
      } else if (before === null) {
        linkNew(text, () => touch(file));
      } else {
        touch(file);
        replaceByStaged([text]);
      }
    }
    syncFoldersOf(former.keys());
  } catch (error) {
    removeStaged(staged);
    throw error;
  }
}

/** Gives files the texts and permission bits that they had, as far as they have others. It can be repeated after a crash. */
export async function restoreFiles(files: readonly FormerText[]): Promise<void> {
  const changed = files.filter(({ file, before }) => (readTextIfExists(file) ?? null) !== before);
  const texts = changed.flatMap(({ file, before, mode }) =>
    before === null ? [] : [{ file, content: before, like: file, mode }],
  );
  const staged = await stageFiles(texts);
  for (const { file, before } of changed) if (before === null) unlinkSync(file);
  replaceByStaged(staged);
  syncFoldersOf(changed.map(({ file }) => file));
}

/** @throws BacklogError `ticket-changed-meanwhile`, `ticket-file-exists` (exit 3) */
function requireText(file: string, text: string | null): void {
  if ((readTextIfExists(file) ?? null) === text) return;
  throw text === null ? exists(file) : changedSince(file);
}

/** link(2) makes the file whole or not at all, and fails where one is. */
export function createFile(file: string, text: string): void {
  const temporary = temporaryBeside(file);
  try {
    writeFileAtomic(temporary, text, { fleeting: true });
    linkNew({ file, temporary });
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** @param linked called as soon as the file is there, whatever becomes of the temporary one */
function linkNew({ file, temporary }: StagedFile, linked?: () => void): void {
  try {
    linkSync(temporary, file);
  } catch (error) {
    throw errnoOf(error) === 'EEXIST' ? exists(file) : writeFailure(file, error);
  }
  linked?.();
  unlinkSync(temporary);
}

export function moveFile(from: string, to: string): void {
  if (existsSync(to)) throw exists(to);
  try {
    mkdirSync(path.dirname(to), { recursive: true });
    renameSync(from, to);
  } catch (error) {
    throw writeFailure(to, error);
  }
}

function exists(file: string): BacklogError {
  return new BacklogError({
    code: 'ticket-file-exists',
    message: `${file} is there already; nothing was changed`,
    fix: `compare it with the ticket, and rename or delete ${file}`,
    exitCode: ExitCode.ProjectUnusable,
    file,
  });
}

function changedSince(file: string): BacklogError {
  return ticketProblem(file, {
    code: 'ticket-changed-meanwhile',
    line: 1,
    message: 'it was changed by somebody else at the same moment; nothing was written',
    fix: 'run the command again',
  });
}
