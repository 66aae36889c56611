import { rmSync } from 'node:fs';
import path from 'node:path';
import { withEscalationReason } from '../ledger/escalations.ts';
import type { OwnAppend, OwnLine } from '../ledger/own-lines.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { rotateIfDue } from '../ledger/rotate.ts';
import { messageOf } from '../platform/errors.ts';
import { isInside, readTextIfExists } from '../platform/files.ts';
import { LineLog } from '../platform/line-log.ts';
import { afterTurn } from '../platform/turn.ts';
import { gatewayDir } from './routes.ts';

/** How often a record that could not be written is tried again, in ms. */
const RETRY_MS = 1000;
/** How many lines are written between two looks at whether a ledger goes aside. */
const LINES_BETWEEN_LOOKS = 64;
/** Most ledgers that are kept open. */
const MOST_OPEN = 64;

const ownerOnly = { mode: 0o600, dirMode: 0o700 } as const;

/** A record that waits for its ledger. */
export interface Waiting {
  readonly file: string;
  readonly line: string;
}

/** What `gateway status` says about the ledgers. */
export interface JournalStatus {
  /** Records that could not be written yet; they are kept and tried again. */
  readonly waiting: number;
  readonly last_error: string | null;
}

/** Records that wait, in the home folder: a gateway that is killed meanwhile has not lost them, the next one writes them. */
export const unsavedFile = (home: string): string => path.join(gatewayDir(home), 'unsaved.jsonl');

/** A record that is written at the end of this turn. */
interface Due extends Waiting {
  readonly record: LedgerRecord;
  readonly onWritten: () => void;
}

/**
 * Writes one record a request, before the request's answer ends: a gateway that is killed has lost no finished request. Records
 * of requests that end in the same turn of the event loop are one write. Where a ledger cannot be written the request passes all
 * the same, and its record is kept and tried again. A record that is written twice after a crash counts once: readers know it by
 * its id.
 */
export class Journal {
  readonly #home: string;
  readonly #logs = new Map<string, LineLog>();
  readonly #unsaved: LineLog;
  readonly #onAppended: (file: string, append: OwnAppend) => void;
  #due: Due[] = [];
  #waiting: Waiting[];
  #linesSinceLook = LINES_BETWEEN_LOOKS;
  #lastError: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param onAppended told of records as soon as they are in their ledger, but not of those that had to wait */
  constructor(home: string, onAppended: (file: string, append: OwnAppend) => void = () => {}) {
    this.#home = home;
    this.#onAppended = onAppended;
    this.#unsaved = new LineLog(unsavedFile(home), ownerOnly);
    this.#waiting = readUnsaved(home);
    if (this.#waiting.length > 0) this.#retry();
  }

  /** Resolves at the end of this turn: the record is in its ledger then, or kept until it can be. */
  write(file: string, finished: LedgerRecord): Promise<void> {
    const record = withEscalationReason(file, finished);
    return new Promise((onWritten) => {
      if (this.#due.push({ file, record, line: `${JSON.stringify(record)}\n`, onWritten }) === 1)
        afterTurn(() => this.#flush());
    });
  }

  #flush(): void {
    const due = this.#due;
    this.#due = [];
    for (const [file, ofFile] of byFile(due)) {
      const lines = ofFile.map(({ line }) => line);
      // Behind those that wait, so that a ledger keeps its order.
      const place = this.isWaiting(file) ? undefined : this.#append(file, lines);
      if (place === undefined) this.#postpone(file, lines);
      else this.#onAppended(file, { ...place, lines: ofFile.map(ownLine) });
    }
    for (const { onWritten } of due) onWritten();
  }

  #postpone(file: string, lines: readonly string[]): void {
    for (const line of lines) {
      this.#waiting.push({ file, line });
      this.#keep({ file, line });
    }
    this.#timer ??= setTimeout(() => this.#retry(), RETRY_MS).unref();
  }

  /** Whether records of this ledger could not be written yet. */
  isWaiting(file: string): boolean {
    return this.#waiting.some((other) => other.file === file);
  }

  status(): JournalStatus {
    return { waiting: this.#waiting.length, last_error: this.#waiting.length === 0 ? null : this.#lastError };
  }

  /** Tries once more what waits, and closes. @returns the lines that could not be written */
  close(): readonly Waiting[] {
    this.#flush();
    clearTimeout(this.#timer);
    this.#drain();
    for (const log of this.#logs.values()) log.close();
    this.#logs.clear();
    this.#unsaved.close();
    return this.#waiting;
  }

  #retry(): void {
    this.#timer = undefined;
    this.#drain();
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#retry(), RETRY_MS).unref();
  }

  #drain(): void {
    const stuck = new Set<string>();
    this.#waiting = this.#waiting.filter(({ file, line }) => {
      if (stuck.has(file)) return true;
      if (this.#append(file, [line]) !== undefined) return false;
      stuck.add(file);
      return true;
    });
    if (this.#waiting.length === 0) this.#forget();
  }

  #forget(): void {
    this.#unsaved.close();
    try {
      rmSync(this.#unsaved.file, { force: true });
    } catch (error) {
      // Read again at the next start: then its records are there twice, and count once.
      this.#lastError = `${this.#unsaved.file}: ${messageOf(error)}`;
    }
  }

  #keep(waiting: Waiting): void {
    try {
      this.#unsaved.append(`${JSON.stringify(waiting)}\n`);
    } catch (error) {
      // The home folder is full or read-only too: it is kept in memory alone.
      this.#lastError = `${this.#unsaved.file}: ${messageOf(error)}`;
    }
  }

  /** @returns where, or `undefined` when it cannot be written */
  #append(file: string, lines: readonly string[]): Pick<OwnAppend, 'inode' | 'offset'> | undefined {
    try {
      // A new month or a full file is looked for now and then: it would cost each request a look at the disk.
      this.#linesSinceLook += lines.length;
      if (this.#linesSinceLook >= LINES_BETWEEN_LOOKS) {
        this.#linesSinceLook = 0;
        rotateIfDue(file);
      }
      return this.#logOf(file).append(lines.join(''));
    } catch (error) {
      this.#lastError = `${file}: ${messageOf(error)}`;
      this.#logs.get(file)?.close();
      return undefined;
    }
  }

  #logOf(file: string): LineLog {
    const known = this.#logs.get(file);
    if (known !== undefined) return known;
    if (this.#logs.size >= MOST_OPEN) {
      for (const log of this.#logs.values()) log.close();
      this.#logs.clear();
    }
    const log = new LineLog(file, isInside(this.#home, file) ? ownerOnly : {});
    this.#logs.set(file, log);
    return log;
  }
}

function byFile(due: readonly Due[]): ReadonlyMap<string, readonly Due[]> {
  const files = new Map<string, Due[]>();
  for (const one of due) {
    const others = files.get(one.file);
    if (others === undefined) files.set(one.file, [one]);
    else others.push(one);
  }
  return files;
}

function ownLine({ record, line }: Due): OwnLine {
  return { record, bytes: Buffer.byteLength(line) };
}

function readUnsaved(home: string): Waiting[] {
  try {
    return (readTextIfExists(unsavedFile(home)) ?? '').split('\n').flatMap((text) => parsed(text) ?? []);
  } catch {
    // No file that can be read: a gateway that cannot start would lose more.
    return [];
  }
}

/** @returns `undefined` for a line that a crash has torn */
function parsed(text: string): Waiting | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isWaiting =
      typeof value === 'object' &&
      value !== null &&
      'file' in value &&
      typeof value.file === 'string' &&
      path.isAbsolute(value.file) &&
      'line' in value &&
      typeof value.line === 'string';
    return isWaiting ? { file: String(value.file), line: String(value.line) } : undefined;
  } catch {
    return undefined;
  }
}
