import { closeSync, existsSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { checksum } from '../platform/checksum.ts';
import { type Clock, timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode, errnoOf } from '../platform/errors.ts';
import {
  makeFolders,
  modeOf,
  openNew,
  readTextIfExists,
  removeIfThere,
  removeLeftovers,
  writeFailure,
} from '../platform/files.ts';
import { Staging, type StagingOptions } from '../platform/staged-files.ts';
import { writePiecesAtomic } from '../platform/streamed-file.ts';
import type { ProjectPaths } from '../project/paths.ts';
import {
  applyFiles,
  type FileChange,
  type FormerText,
  requireText,
  restoreFiles,
  type StagedChange,
  stageChange,
} from './apply.ts';
import { halfDone } from './half-done.ts';

/**
 * The journal of changes to tickets: `.backlog-ops/changes/`. What is being applied is written down first, with the text of
 * every file before it, so that a run that was killed is taken back as a whole by the next writer, and so that the last change
 * can be undone. All of this happens under the lock of the tickets.
 */
const FOLDER = 'changes';
const APPLYING = 'applying.json';
/** How many changes can be undone. */
const KEPT_CHANGES = 50;

interface JournalFile {
  /** Relative to the project's folder in the main worktree. */
  readonly file: string;
  readonly before: string | null;
  /** Its permission bits before the change; missing where there was no file, and in journals of older versions. */
  readonly mode?: number | undefined;
  /** Checksum of the text after the change; `null` when the file is gone. */
  readonly after_checksum: string | null;
}

/** One change of the tool to tickets, as the journal keeps it. */
export interface JournalEntry {
  readonly v: 1;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** In words: `edit FEAT-001`. */
  readonly what: string;
  readonly files: readonly JournalFile[];
  /** Name of the entry that this one takes back. */
  readonly undoes?: string;
}

type EntryHead = Pick<JournalEntry, 'v' | 'at' | 'what'>;

export interface KeptEntry extends JournalEntry {
  /** File name in the journal; newer ones sort later. */
  readonly name: string;
}

type Place = Pick<ProjectPaths, 'mainRoot' | 'opsDir'>;

/** A change that a person asked for. */
export interface Change {
  /** In words: `edit FEAT-001`. */
  readonly what: string;
  readonly clock: Clock;
  /** Drawn one by one, each when the text of the one before has been written: thousands need not be in memory at once. */
  readonly files: Iterable<FileChange> | AsyncIterable<FileChange>;
  /** Name of the entry that it takes back. */
  readonly undoes?: string | undefined;
}

/**
 * Applies a change of files as a whole: every file is as `after` says, or none is. Call it under the lock of the tickets.
 *
 * First the new texts are written beside their files, while an empty journal says that there are such; then the journal is written
 * with the text of every file before; then the files are changed.
 * @throws BacklogError `ticket-changed-meanwhile`, `ticket-file-exists` (exit 3), `file-write-failed` (exit 4), what `files` throws,
 * and what `signal` was aborted with; then the files are as they were. `ticket-change-half-done` (exit 4): they are not, and it says
 * which
 */
export async function applyChanges(
  place: Place,
  { what, clock, files, undoes }: Change,
  options: StagingOptions = {},
): Promise<void> {
  const head: EntryHead = { v: 1, at: timestamp(clock), what };
  const applying = path.join(place.opsDir, FOLDER, APPLYING);
  const changes: StagedChange[] = [];
  const staging = new Staging(options);
  let isAnnounced = false;
  try {
    for await (const file of files) {
      if (file.before === file.after) continue;
      if (!isAnnounced) announce(applying);
      isAnnounced = true;
      changes.push(await stageChange(file, staging));
    }
    if (changes.length === 0) return;
    await staging.finish();
    // One file is as it was, or as it shall be: should a power cut take the entry away, nothing is half done.
    await writePiecesAtomic(applying, entryPieces(place.mainRoot, head, changes, undoes), {
      mode: 0o600,
      fleeting: changes.length === 1,
    });
  } catch (error) {
    await staging.abandon();
    if (isAnnounced) renounce(applying);
    throw error;
  }
  const touched = new Set<string>();
  try {
    await applyFiles(changes, touched, options);
  } catch (error) {
    await staging.abandon();
    await takeBackTouched(place, touched, error);
    if (error instanceof BacklogError || options.signal?.aborted) throw error;
    throw writeFailure(changes[0]?.file ?? place.opsDir, error);
  }
  finish(place.opsDir, undoes);
}

/** Says that texts are being written beside files, and no file is changed yet. */
function announce(applying: string): void {
  try {
    makeFolders(path.dirname(applying));
    // No link that leads elsewhere is followed.
    removeIfThere(applying);
    closeSync(openNew(applying, 0o600));
  } catch (error) {
    throw writeFailure(applying, error);
  }
}

function renounce(applying: string): void {
  try {
    removeIfThere(applying);
  } catch {
    // What went wrong is said by the first error; whoever looks at tickets next takes it away.
  }
}

/** A journal entry as JSON, with the texts of the files as they are now. @throws BacklogError as `requireText` */
function* entryPieces(
  mainRoot: string,
  head: EntryHead,
  changes: readonly StagedChange[],
  undoes: string | undefined,
): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"files":[`;
  let comma = '';
  for (const { file, before, after } of changes) {
    const one: JournalFile = {
      file: path.relative(mainRoot, file).split(path.sep).join('/'),
      before: requireText(file, before),
      mode: before === null ? undefined : modeOf(file),
      after_checksum: after,
    };
    yield comma + JSON.stringify(one);
    comma = ',';
  }
  yield undoes === undefined ? ']}' : `],"undoes":${JSON.stringify(undoes)}}`;
}

/**
 * Takes back what a killed writer has left half done. Every writer of tickets calls it first.
 * @param folders those of tickets
 * @throws BacklogError `ticket-change-torn` (exit 3) when a file was changed by others since, `ticket-change-half-done` (exit 4)
 */
export async function recoverChanges({ mainRoot, opsDir }: Place, folders: () => string[]): Promise<void> {
  const applying = path.join(opsDir, FOLDER, APPLYING);
  const text = readTextIfExists(applying);
  if (text === undefined) return;
  if (text === '') {
    for (const folder of folders()) removeLeftovers(folder);
    return removeIfThere(applying);
  }
  const entry = readEntry(text);
  if (entry === undefined) throw torn(applying, 'it cannot be read');
  const former = formerOf(entry, mainRoot);
  for (const folder of new Set(former.map(({ file }) => path.dirname(file)))) removeLeftovers(folder);
  // A renamed file holds the text of another one of the entry for a moment, and its own place is empty.
  const own = new Set([null, ...entry.files.map(({ before }) => before)]);
  const strange = entry.files.find(({ file, after_checksum }) => {
    const now = readTextIfExists(path.join(mainRoot, file)) ?? null;
    return !own.has(now) && checksumOf(now) !== after_checksum;
  });
  if (strange !== undefined) throw torn(applying, `${strange.file} was changed since`);
  await takeBack(applying, former);
}

function formerOf({ files }: JournalEntry, mainRoot: string): FormerText[] {
  return files.map(({ file, ...rest }) => ({ file: path.join(mainRoot, file), ...rest }));
}

/** What was changed, from the journal, and nothing that others have. @throws BacklogError as `takeBack` */
async function takeBackTouched(
  { mainRoot, opsDir }: Place,
  touched: ReadonlySet<string>,
  cut: unknown,
): Promise<void> {
  const applying = path.join(opsDir, FOLDER, APPLYING);
  const entry = readEntry(readTextIfExists(applying) ?? '');
  if (entry === undefined) throw torn(applying, 'it cannot be read');
  await takeBack(
    applying,
    formerOf(entry, mainRoot).filter(({ file }) => touched.has(file)),
    cut,
  );
}

/** @throws BacklogError `ticket-change-half-done` (exit 4); then the journal stays, and it can be tried again */
async function takeBack(applying: string, former: readonly FormerText[], cut?: unknown): Promise<void> {
  try {
    await restoreFiles(former);
    removeIfThere(applying);
  } catch (why) {
    throw halfDone(applying, former, why, cut);
  }
}

/** Whether a writer was killed in the middle of a change, or is in the middle of one now. */
export function changeIsOpen({ opsDir }: Pick<Place, 'opsDir'>): boolean {
  return existsSync(path.join(opsDir, FOLDER, APPLYING));
}

/** The changes that can be undone, the newest first. What cannot be read is left out: it is no change that can be undone. */
export function changesMade(place: Pick<Place, 'opsDir'>): KeptEntry[] {
  return [...eachChange(place)];
}

/** The newest of {@link changesMade}: one may hold the texts of thousands of tickets. */
export function lastChange(place: Pick<Place, 'opsDir'>): KeptEntry | undefined {
  for (const entry of eachChange(place)) return entry;
  return undefined;
}

function* eachChange({ opsDir }: Pick<Place, 'opsDir'>): Generator<KeptEntry> {
  for (const name of names(opsDir).toReversed()) {
    const entry = readEntry(readTextIfExists(path.join(opsDir, FOLDER, name)) ?? '');
    if (entry !== undefined) yield { ...entry, name };
  }
}

/**
 * The change that takes an entry back, file by file.
 * @throws BacklogError `undo-changed` (exit 1) when a file is no longer as the entry left it
 */
export function* reversed(
  { mainRoot }: Pick<Place, 'mainRoot'>,
  entry: JournalEntry,
): Generator<FileChange, void> {
  for (const { file, before, mode, after_checksum } of entry.files) {
    const place = path.join(mainRoot, file);
    const now = readTextIfExists(place) ?? null;
    if (checksumOf(now) === after_checksum) {
      yield { file: place, before: now, after: before, mode };
      continue;
    }
    throw new BacklogError({
      code: 'undo-changed',
      message: `"${entry.what}" cannot be undone: ${file} was changed since; nothing was written`,
      fix: `look at it (\`git diff -- ${file}\`) and take back by hand what is wrong`,
      exitCode: ExitCode.CheckFailed,
      file: place,
    });
  }
}

/** From "being applied" to "done" by one rename; what was undone is forgotten, and so are the oldest. */
function finish(opsDir: string, undoes: string | undefined): void {
  const folder = path.join(opsDir, FOLDER);
  const applying = path.join(folder, APPLYING);
  const before = names(opsDir);
  if (undoes !== undefined) {
    removeIfThere(path.join(folder, undoes));
    removeIfThere(applying);
    return;
  }
  const last = Number(before.at(-1)?.slice(0, 8) ?? 0);
  renameSync(applying, path.join(folder, `${String(last + 1).padStart(8, '0')}.json`));
  for (const name of before.slice(0, Math.max(0, before.length + 1 - KEPT_CHANGES)))
    removeIfThere(path.join(folder, name));
}

function names(opsDir: string): string[] {
  try {
    return readdirSync(path.join(opsDir, FOLDER))
      .filter((name) => /^\d{8}\.json$/.test(name))
      .sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** An entry; `undefined` for anything that names a file outside a folder of tickets, or is none. */
function readEntry(text: string): JournalEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { v, at, what, files, undoes }: Readonly<Record<string, unknown>> = { ...value };
  if (v !== 1 || typeof at !== 'string' || typeof what !== 'string' || !Array.isArray(files))
    return undefined;
  const read = files.map(readFile);
  const known = read.filter((one) => one !== undefined);
  if (known.length < read.length) return undefined;
  return { v, at, what, files: known, ...(typeof undoes === 'string' ? { undoes } : {}) };
}

function readFile(value: unknown): JournalFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { file, before, mode, after_checksum }: Readonly<Record<string, unknown>> = { ...value };
  if (typeof file !== 'string' || !/^(?!\/)(?:[^/\\]+\/)*(?:pending|completed)\/[^/\\]+\.md$/.test(file))
    return undefined;
  if (file.split('/').includes('..')) return undefined;
  if (before !== null && typeof before !== 'string') return undefined;
  if (after_checksum !== null && typeof after_checksum !== 'string') return undefined;
  const bits = typeof mode === 'number' && mode >= 0 && mode <= 0o777 ? Math.floor(mode) : undefined;
  return { file, before, mode: bits, after_checksum };
}

function checksumOf(text: string | null): string | null {
  return text === null ? null : checksum(text);
}

function torn(applying: string, why: string): BacklogError {
  return new BacklogError({
    code: 'ticket-change-torn',
    message: `a change of tickets was cut off and cannot be taken back by itself: ${why}`,
    fix: `compare the files that ${applying} names with it, put them right, then delete it`,
    exitCode: ExitCode.ProjectUnusable,
    file: applying,
  });
}
