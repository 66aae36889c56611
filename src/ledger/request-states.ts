import { ownText } from '../platform/own-text.ts';
import type { EarlierLines } from './identity.ts';
import { mergeRecords } from './merge.ts';
import type { LedgerRecord } from './record.ts';

/** Requests with fewer lines are read again; what is kept of the others is then less than a tenth of their lines. */
const KEPT_FROM = 16;

/** A request before one of its lines, and with it. */
export interface RequestState {
  /** `undefined` where it is the request's first line. */
  readonly earlier: LedgerRecord | undefined;
  readonly now: LedgerRecord;
}

/**
 * What the lines of a request add up to. Most requests have two or three, which are read up in the ledger; of one with many,
 * as a retry without end leaves, the sum is kept: its thousandth line costs what its second does.
 */
export class RequestStates {
  readonly #recordAt: (position: number) => LedgerRecord | undefined;
  /** By the position of the request's first line. */
  readonly #kept = new Map<number, LedgerRecord>();

  /** @param recordAt reads the line at a position */
  constructor(recordAt: (position: number) => LedgerRecord | undefined) {
    this.#recordAt = recordAt;
  }

  /**
   * Takes in a line of a request.
   * @param before its earlier lines, as the index has found them
   */
  with(record: LedgerRecord, before: EarlierLines | undefined): RequestState {
    // Nearly always: the request's only line so far.
    if (before === undefined) return { earlier: undefined, now: record };
    const kept = this.#kept.get(before.first);
    const positions = kept === undefined ? before.positions() : [];
    const earlier =
      kept ??
      positions
        .flatMap((position) => this.#recordAt(position) ?? [])
        .reduce<LedgerRecord | undefined>(
          (sum, next) => (sum === undefined ? next : mergeRecords(sum, next)),
          undefined,
        );
    const now = earlier === undefined ? record : mergeRecords(earlier, record);
    if (kept !== undefined || positions.length >= KEPT_FROM) this.#kept.set(before.first, ownText(now));
    return { earlier, now };
  }

  /** Drops what is kept: it is read up again where it is needed. */
  forget(): void {
    this.#kept.clear();
  }
}
