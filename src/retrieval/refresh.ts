import { createHash } from 'node:crypto';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { isInside, realPlace } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import { keepHeapSmall } from '../platform/small-heap.ts';
import type { Watch } from '../platform/watch.ts';
import { chunksOf } from './chunks.ts';
import type { CodeIndex } from './code-index.ts';
import { IndexBuilder, type NewFile } from './index-builder.ts';
import { readIndex, removeOrphans, writeIndex } from './index-file.ts';
import { type SkipReason, skippedByContent } from './skipped.ts';
import {
  indexFolder,
  listSources,
  readSource,
  type Source,
  type SourceList,
  type SourceWorld,
} from './sources.ts';

/** What an update found: numbers of files. */
export interface Changes {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** As they were; not read. */
  readonly unchanged: number;
}

export interface Refreshed {
  readonly index: CodeIndex;
  readonly changes: Changes;
  /** An index was there and could be used. */
  readonly existed: boolean;
  /** How many files are left out, by reason: those found by name and those found by reading. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** There are more files than are looked at. */
  readonly cut: boolean;
  /** Why the index could not be kept, where that was allowed. */
  readonly unwritten: unknown;
}

export interface RefreshOptions {
  /** Reads every file again. */
  readonly rebuild?: boolean;
  /** The index is wanted for an answer: one that cannot be written is used all the same. */
  readonly answerOnly?: boolean;
  /** Told of the files as they are read. */
  readonly watch?: Watch | undefined;
}

const ENDING = '.idx';
/** A file whose time is this near to now may change again without another time, ms. */
const FRESH_MS = 100;
/** Longest wait for another process that brings the index up to date, ms. */
const LOCK_MS = 120_000;

/**
 * Brings the index up to date: only files whose size or times have changed are read, and only those whose content has changed
 * are divided again. Two processes at once wait for each other; a reader never sees half an index.
 * @throws BacklogError `index-path-outside`, `data-dir-outside` (exit 3), `file-write-failed`, `lock-timeout` (exit 4)
 */
export async function refreshIndex(world: SourceWorld, options: RefreshOptions = {}): Promise<Refreshed> {
  const file = indexFile(world);
  const before = options.rebuild ? undefined : usable(file, world);
  // All files are read. Where an index is there, a question is answered from it sooner without.
  if (before === undefined) keepHeapSmall();
  const list = await listSources(world);
  if (before !== undefined) {
    const difference = differenceOf(before, list);
    if (difference.read.length === 0 && difference.removed === 0)
      return refreshed(before, list, unchangedOf(difference), true, undefined);
  }
  try {
    return await withLock(`${file}.lock`, () => bringUpToDate(file, world, list, options, true), {
      timeoutMs: LOCK_MS,
    });
  } catch (error) {
    if (!options.answerOnly || !(error instanceof BacklogError)) throw error;
    return { ...bringUpToDate(file, world, list, options, false), unwritten: error };
  }
}

/** The index as it lies there, without a look at the files. */
export function storedIndex(world: SourceWorld) {
  const file = indexFile(world);
  const found = readIndex(file);
  return found === undefined || found.index.settings !== settingsOf(world)
    ? { file, found: undefined }
    : { file, found };
}

/** How the files differ from an index. */
export function differenceOf(index: CodeIndex, list: SourceList) {
  const known = new Map(index.files.map((file, number) => [`${file.kind}:${file.path}`, number]));
  const same: number[] = [];
  const read: { readonly source: Source; readonly old: number | undefined }[] = [];
  for (const source of list.sources) {
    const old = known.get(`${source.kind}:${source.path}`);
    const file = old === undefined ? undefined : index.files[old];
    if (
      old !== undefined &&
      file?.size === source.size &&
      file.mtime === source.mtime &&
      file.ctime === source.ctime
    )
      same.push(old);
    else read.push({ source, old });
  }
  const stay = same.length + read.filter(({ old }) => old !== undefined).length;
  return { same, read, removed: index.files.length - stay };
}

function bringUpToDate(
  file: string,
  world: SourceWorld,
  list: SourceList,
  options: RefreshOptions,
  write: boolean,
): Refreshed {
  const { paths, config } = world;
  // Another process may have done it while we waited.
  const before = options.rebuild ? undefined : usable(file, world);
  const difference =
    before === undefined
      ? { same: [], read: list.sources.map((source) => ({ source, old: undefined })), removed: 0 }
      : differenceOf(before, list);
  const kept: (NewFile | undefined)[] = [];
  for (const number of difference.same) kept[number] = before?.files[number];
  const builder = new IndexBuilder();
  let fresh = 0;
  const skipped: Partial<Record<SkipReason, number>> = {};
  let changed = 0;
  options.watch?.begin('reading files', difference.read.length);
  difference.read.forEach(({ source, old }) => {
    options.watch?.advance();
    const now = Date.now();
    const bytes = readSource(source, paths);
    if (bytes === undefined) {
      skipped.unreadable = (skipped.unreadable ?? 0) + 1;
      return;
    }
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const stat = { ...source, mtime: now - source.mtime < FRESH_MS ? -1 : source.mtime };
    const known = old === undefined ? undefined : before?.files[old];
    if (old !== undefined && known?.hash === hash) {
      kept[old] = { ...known, ...stat };
      return;
    }
    if (old !== undefined) changed += 1;
    const skip = skippedByContent(bytes) ?? null;
    const lines = skip === null ? bytes.toString('utf8').split(/\r?\n/) : [];
    if (lines.at(-1) === '') lines.pop();
    fresh += 1;
    const chunks = chunksOf(source.path, lines, config.llmOps.ragPolicy.chunkSize);
    builder.add({ ...stat, hash, skip, lines: lines.length }, lines, chunks);
  });
  if (before !== undefined) builder.carry(before, kept);
  const index = builder.finish(settingsOf(world), paths.root);
  if (write) {
    writeIndex(file, index);
    removeOrphans(path.dirname(file), ENDING);
  }
  const changes = {
    added: fresh - changed,
    changed,
    removed: difference.removed,
    unchanged: index.files.length - fresh,
  };
  const merged = { ...list.skipped };
  if (skipped.unreadable !== undefined) merged.unreadable = (merged.unreadable ?? 0) + skipped.unreadable;
  return refreshed(index, { ...list, skipped: merged }, changes, before !== undefined, undefined);
}

function unchangedOf({ same }: { readonly same: readonly number[] }): Changes {
  return { added: 0, changed: 0, removed: 0, unchanged: same.length };
}

function refreshed(
  index: CodeIndex,
  list: SourceList,
  changes: Changes,
  existed: boolean,
  unwritten: unknown,
): Refreshed {
  const skipped: Partial<Record<SkipReason, number>> = { ...list.skipped };
  for (const { skip } of index.files) if (skip !== null) skipped[skip] = (skipped[skip] ?? 0) + 1;
  return { index, changes, existed, skipped, cut: list.cut, unwritten };
}

function usable(file: string, world: SourceWorld): CodeIndex | undefined {
  const found = readIndex(file)?.index;
  return found !== undefined && found.settings === settingsOf(world) && found.root === world.paths.root
    ? found
    : undefined;
}

/** What an index depends on beside the files. */
function settingsOf({ config }: SourceWorld): string {
  return `chunks of ${config.llmOps.ragPolicy.chunkSize} tokens`;
}

/**
 * One index for each worktree: their files differ.
 * @throws BacklogError `index-path-outside` (exit 3)
 */
export function indexFile(world: Pick<SourceWorld, 'paths' | 'config'>): string {
  const { root, mainRoot } = world.paths;
  const folder = indexFolder(world);
  if (!isInside(realPlace(mainRoot), realPlace(folder)) || realPlace(folder) === realPlace(mainRoot))
    throw new BacklogError({
      code: 'index-path-outside',
      message: `the folder of the index, ${folder}, is none inside the project ${mainRoot}`,
      fix: 'set llmOps.ragPolicy.indexPath in backlog.config.json to a folder inside the project, or take it out',
      exitCode: ExitCode.ProjectUnusable,
    });
  const name =
    root === mainRoot ? 'code' : `code-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;
  return path.join(folder, `${name}${ENDING}`);
}
