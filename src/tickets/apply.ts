import { existsSync, linkSync, mkdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { breathing } from '../platform/breathe.ts';
import { checksum } from '../platform/checksum.ts';
import { BacklogError, ExitCode, errnoOf } from '../platform/errors.ts';
import { readTextIfExists, temporaryBeside, writeFailure, writeFileAtomic } from '../platform/files.ts';
import {
  replaceByStaged,
  type StagedFile,
  Staging,
  type StagingOptions,
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
  /** Is told why `after` is no ticket, and the file is left out; without it such a text ends the change. */
  readonly refuse?: ((why: BacklogError) => void) | undefined;
}

/** A file and the text that it had; `null` is no file. */
export interface FormerText {
  /** Absolute. */
  readonly file: string;
  readonly before: string | null;
  /** The permission bits that it had. */
  readonly mode?: number | undefined;
}

/** A change whose new text is on the disk, and all that is kept of it: texts of thousands are not held. */
export interface StagedChange {
  /** Absolute. */
  readonly file: string;
  /** Checksum of the text that the file has; `null` is no file. */
  readonly before: string | null;
  /** Checksum of the text that it gets; `null` is no file. */
  readonly after: string | null;
  readonly from?: string | undefined;
  /** The new text, beside the file; missing where there is none. */
  readonly staged?: StagedFile | undefined;
}

/** Writes a change's text beside its file. @throws as `Staging.add` */
export async function stageChange(
  { file, before, after, from, mode }: FileChange,
  staging: Staging,
): Promise<StagedChange> {
  return {
    file,
    before: before === null ? null : checksum(before),
    after: after === null ? null : checksum(after),
    from,
    staged:
      after === null ? undefined : await staging.add({ file, content: after, like: from ?? file, mode }),
  };
}

/**
 * Makes files what is staged for them: each takes its place, then the folders are synced. From the first one on it is quicker to go
 * on than to go back, and no signal is heeded any more.
 * @param touched is given what has been changed, and nothing that others have: that is what there is to be restored on failure
 * @throws BacklogError `ticket-changed-meanwhile`, `ticket-file-exists` (exit 3), `file-write-failed` (exit 4), the system's error,
 * and what `signal` was aborted with before the first file was changed
 */
export async function applyFiles(
  changes: readonly StagedChange[],
  touched: Set<string>,
  options: StagingOptions,
): Promise<void> {
  const former = new Map(changes.map(({ file, before }) => [file, before]));
  // A second signal ends the process at once, and has to be heard.
  const breathe = breathing();
  await breathing(options.signal)();
  for (const { file, before, from, staged } of changes) {
    await breathe();
    // It has been renamed already.
    if (touched.has(file)) continue;
    // Between the first look and this one texts were written for a while, and somebody may have saved the file.
    requireText(from ?? file, from === undefined ? before : (former.get(from) ?? null));
    if (staged === undefined) {
      touched.add(file);
      unlinkSync(file);
      options.onFile?.();
    } else if (from !== undefined) {
      moveFile(from, file);
      touched.add(from);
      touched.add(file);
      replaceByStaged([staged]);
    } else if (before === null) {
      linkNew(staged, () => touched.add(file));
    } else {
      touched.add(file);
      replaceByStaged([staged]);
    }
  }
  syncFoldersOf(former.keys());
}

/** Gives files the texts and permission bits that they had, as far as they have others. It can be repeated after a crash. */
export async function restoreFiles(files: readonly FormerText[]): Promise<void> {
  const changed = files.filter(({ file, before }) => (readTextIfExists(file) ?? null) !== before);
  const staging = new Staging();
  try {
    for (const { file, before, mode } of changed)
      if (before !== null) await staging.add({ file, content: before, like: file, mode });
    const staged = await staging.finish();
    for (const { file, before } of changed) if (before === null) unlinkSync(file);
    replaceByStaged(staged);
  } catch (error) {
    await staging.abandon();
    throw error;
  }
  syncFoldersOf(changed.map(({ file }) => file));
}

/**
 * @param sum checksum of the text that the file should have; `null`: there should be none
 * @returns the text
 * @throws BacklogError `ticket-changed-meanwhile`, `ticket-file-exists` (exit 3)
 */
export function requireText(file: string, sum: string | null): string | null {
  // To be told by an error that there is no file takes ten times as long.
  if (sum === null && !existsSync(file)) return null;
  const text = readTextIfExists(file) ?? null;
  if ((text === null ? null : checksum(text)) === sum) return text;
  throw sum === null ? exists(file) : changedSince(file);
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

/** What is said where a ticket is no longer what it was when it was read: `ticket-changed-meanwhile` (exit 3). */
export function changedSince(file: string): BacklogError {
  return ticketProblem(file, {
    code: 'ticket-changed-meanwhile',
    line: 1,
    message: 'it was changed by somebody else at the same moment; nothing was written',
    fix: 'run the command again',
  });
}
