import type { LedgerRecord } from '../ledger/record.ts';
import { messageOf } from '../platform/errors.ts';
import { isInside } from '../platform/files.ts';
import { LineLog } from '../platform/line-log.ts';

/** How often a record that could not be written is tried again, in ms. */
const RETRY_MS = 1000;
/** Most ledgers that are kept open. */
const MOST_OPEN = 64;

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

/**
 * Writes one record a request, before the request's answer ends: a gateway that is killed has lost no finished request. Where
 * a ledger cannot be written the request passes all the same, and its record is kept and tried again.
 */
export class Journal {
  readonly #home: string;
  readonly #logs = new Map<string, LineLog>();
  #waiting: Waiting[] = [];
  #lastError: string | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(home: string) {
    this.#home = home;
  }

  write(file: string, record: LedgerRecord): void {
    const line = `${JSON.stringify(record)}\n`;
    // Behind those that wait, so that a ledger keeps its order.
    if (!this.#waiting.some((other) => other.file === file) && this.#append(file, line)) return;
    this.#waiting.push({ file, line });
    this.#timer ??= setTimeout(() => this.#retry(), RETRY_MS).unref();
  }

  status(): JournalStatus {
    return { waiting: this.#waiting.length, last_error: this.#waiting.length === 0 ? null : this.#lastError };
  }

  /** Tries once more what waits, and closes. @returns the lines that could not be written */
  close(): readonly Waiting[] {
    clearTimeout(this.#timer);
    this.#drain();
    for (const log of this.#logs.values()) log.close();
    this.#logs.clear();
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
      if (this.#append(file, line)) return false;
      stuck.add(file);
      return true;
    });
  }

  #append(file: string, line: string): boolean {
    try {
      this.#logOf(file).append(line);
      return true;
    } catch (error) {
      this.#lastError = `${file}: ${messageOf(error)}`;
      this.#logs.get(file)?.close();
      return false;
    }
  }

  #logOf(file: string): LineLog {
    const known = this.#logs.get(file);
    if (known !== undefined) return known;
    if (this.#logs.size >= MOST_OPEN) {
      for (const log of this.#logs.values()) log.close();
      this.#logs.clear();
    }
    const log = new LineLog(file, isInside(this.#home, file) ? { mode: 0o600, dirMode: 0o700 } : {});
    this.#logs.set(file, log);
    return log;
  }
}
