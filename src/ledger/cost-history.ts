import path from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import { setAside } from '../platform/set-aside.ts';
import { averagesOf } from './cost-averages.ts';
import { type CostEntry, fieldsOf, readEntry } from './cost-entry.ts';

/** Relative to the project's folder in the main worktree. */
export const COST_HISTORY_FILE = '.claude/cost-history.json';

/** A project's cost history; shared by the team, so it is committed with the books. @returns absolute */
export function costHistoryFile(mainRoot: string): string {
  return path.join(mainRoot, COST_HISTORY_FILE);
}

/** Written into a file that has no version. */
const VERSION = '1.0';

type Document = Readonly<Record<string, unknown>>;

export interface CostHistory {
  /** The oldest first. */
  readonly entries: readonly CostEntry[];
  /** How many members of `entries` name no ticket; they are kept, and count for nothing. */
  readonly unreadable: number;
  /** Averages that are not ours: an older program's tokens per file and its overhead. As they stand. */
  readonly further_averages: Document;
}

/**
 * What completed tickets have cost; empty where there is no file. Both older forms are read: `{entries, averages}` and
 * averages of tokens per file without entries.
 * @throws BacklogError `cost-history-broken` (exit 3)
 */
export function readCostHistory(mainRoot: string): CostHistory {
  const file = costHistoryFile(mainRoot);
  const text = readTextIfExists(file);
  const document = text === undefined ? {} : parsed(text);
  if (document !== undefined) return historyIn(document);
  throw new BacklogError({
    code: 'cost-history-broken',
    message: `${COST_HISTORY_FILE} is no JSON object with a list of entries`,
    fix: `mend it, or move it away: mv ${COST_HISTORY_FILE} ${COST_HISTORY_FILE}.old; the next completed ticket sets it aside by itself`,
    exitCode: ExitCode.ProjectUnusable,
    file,
  });
}

export interface CostHistoryPlace {
  readonly mainRoot: string;
  /** Where writers wait for each other. */
  readonly lockFile: string;
  readonly clock: Clock;
}

/**
 * Writes what a ticket has cost, once: a second call for the same ticket brings its entry up to date and keeps its day. All
 * that is not ours stays. A file that cannot be read is set aside, never overwritten.
 * @returns the name under which it was set aside, relative to `mainRoot`
 */
export function addToCostHistory(
  { mainRoot, lockFile, clock }: CostHistoryPlace,
  entry: CostEntry,
): Promise<string | undefined> {
  const file = costHistoryFile(mainRoot);
  return withLock(lockFile, () => {
    const text = readTextIfExists(file);
    const found = text === undefined ? {} : parsed(text);
    const aside = found === undefined ? path.relative(mainRoot, setAside(file, clock)) : undefined;
    const after = withEntry(found ?? {}, entry);
    if (text === undefined || JSON.stringify(after) !== JSON.stringify(found))
      writeFileAtomic(file, `${JSON.stringify(after, null, 2)}\n`);
    return aside;
  });
}

function withEntry(document: Document, entry: CostEntry): Document {
  const before = Array.isArray(document.entries) ? document.entries : [];
  const index = before.findIndex((one) => readEntry(one)?.ticket_id === entry.ticket_id);
  const old = fieldsOf(before[index]);
  const entries: unknown[] =
    index < 0
      ? [...before, entry]
      : before.with(index, { ...old, ...entry, date: readEntry(old)?.date || entry.date });
  const { by_type, by_complexity, by_pipeline } = averagesOf(readable(entries));
  return {
    version: VERSION,
    ...document,
    entries,
    averages: { ...fieldsOf(document.averages), by_type, by_complexity, by_pipeline },
  };
}

function historyIn(document: Document): CostHistory {
  const all = Array.isArray(document.entries) ? document.entries : [];
  const entries = readable(all);
  const { by_type, by_complexity, by_pipeline, ...further } = fieldsOf(document.averages);
  return { entries, unreadable: all.length - entries.length, further_averages: further };
}

function readable(entries: readonly unknown[]): CostEntry[] {
  return entries.flatMap((one) => readEntry(one) ?? []);
}

/** The object in the text; `undefined` when there is none, or when its `entries` are no list. */
function parsed(text: string): Document | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const document = fieldsOf(value);
  return document.entries === undefined || Array.isArray(document.entries) ? document : undefined;
}
