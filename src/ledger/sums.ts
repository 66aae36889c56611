import { readSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import {
  isInside,
  makeFolders,
  readBytesIfExists,
  writeFailure,
  writeFileAtomic,
} from '../platform/files.ts';
import { tryWithLock, withLock } from '../platform/lock.ts';
import { objectOf, parseObject } from './fields.ts';
import { type EarlierLines, RequestIndex } from './identity.ts';
import { Money } from './money.ts';
import { type OwnAppend, OwnLines } from './own-lines.ts';
import type { LedgerRecord } from './record.ts';
import { RequestStates } from './request-states.ts';
import { LineLookup, LineScan } from './scan.ts';
import { closeSegments, openSegments, type Segment } from './segments.ts';
import { isUnpriced } from './unpriced.ts';

/** How long the files of a ledger are taken for all there are, by one that keeps them open; in ms. */
const LOOK_MS = 1000;

/** What is asked for. Without an `id` a day or month is the current one (UTC), a ticket is "no ticket". */
export interface SpentScope {
  /** The id of a gate is `<ticket>/<gate>`; that of `unattributed` is a day, and means the requests of that day without a ticket. */
  readonly kind: 'day' | 'month' | 'session' | 'ticket' | 'gate' | 'unattributed' | 'all';
  readonly id?: string | undefined;
}

export interface Spent {
  /** As far as prices are known. */
  readonly usd: number;
  /** All tokens: input, output, cache reads and writes. */
  readonly tokens: number;
  readonly requests: number;
  /** Requests that used tokens without a known price, and their tokens; they are missing in `usd`. */
  readonly unpriced: number;
  readonly unpriced_input_tokens: number;
  readonly unpriced_output_tokens: number;
}

/** Requests whose later lines are recognised across two runs: several turns of many agents. */
const RECENT_LINES = 4096;
/** A session that was silent for so long is forgotten. */
const SESSION_DAYS = 90;
const HEAD_BYTES = 512;
const LINE_END = Buffer.from('\n');
/** Positions are `segment number × 2⁴⁰ + offset`. */
const SEGMENT = 2 ** 40;

/**
 * What was spent so far, by day, month, session, ticket and gate, without reading the ledger again: a checkpoint
 * (`cache/sums.bin` beside the ledger: a line of JSON, then the index of recent requests) holds the sums and how far each file was read; `refresh` folds what came since, from
 * whichever file it is in after a rotation. A later line of a request replaces what its earlier lines added. Across runs that
 * holds for requests among the last 4096 lines; one that is older counts twice until `rebuild` (which `cost sync` calls), so
 * sums are never too low. Without a usable checkpoint, and when a file was cut or removed, the whole ledger is read, exactly.
 */
export class RunningSums {
  readonly #ledger: string;
  readonly #home: string;
  #segments: SegmentState[] = [];
  #index: RequestIndex | undefined;
  #savedIndex: Uint8Array | undefined;
  #handles = new Map<number, number>();
  readonly #states = new RequestStates((position) => this.#recordAt(position));
  #lines = new LineLookup();
  readonly #own = new OwnLines();
  #sums = noSums();
  /** What the live file looked like when everything was folded; empty when something is left. */
  #live = '';
  #changed = false;
  #folded = 0;
  /** How often the whole ledger was read for the checkpoint that these sums go back to. */
  #generation = 0;
  #open: OpenLedger = notOpen;
  readonly #keepsOpen: boolean;

  private constructor(ledger: string, home: string, keepsOpen: boolean) {
    this.#ledger = ledger;
    this.#home = home;
    this.#keepsOpen = keepsOpen;
  }

  /**
   * Reads the checkpoint; a missing or unreadable one is the start.
   * @param home the user's own folder
   * @param keepsOpen for one that asks all the time: the files stay open between two refreshes, until `close`
   */
  static open(ledger: string, home: string, { keepsOpen = false } = {}): RunningSums {
    const sums = new RunningSums(ledger, home, keepsOpen);
    sums.#load();
    return sums;
  }

  /**
   * Folds what was appended since. One `stat` when nothing was.
   * @param maxBytes most bytes to read in this call
   * @returns whether nothing is left to read
   * @throws BacklogError `ledger-read-failed` (exit 3)
   */
  refresh(maxBytes = Number.POSITIVE_INFINITY): boolean {
    const stat = statSync(this.#ledger, { throwIfNoEntry: false });
    const live = stampOf(stat);
    if (live === this.#live) return true;
    try {
      if (this.#foldOwn(stat)) {
        this.#live = live;
        return true;
      }
      const files = this.#files(stat);
      const states = files.states ?? this.#match(files.segments);
      this.#open = { ...files, states };
      const whole = this.#fold(files.segments, states, maxBytes);
      this.#live = whole ? live : '';
      return whole;
    } catch (error) {
      // Half of a chunk may be in the sums.
      this.#forget();
      this.close();
      throw error;
    } finally {
      this.#own.clear();
      if (!this.#keepsOpen) this.close();
    }
  }

  /** Says what this process has just appended to the live file: it is counted without being read, where nobody wrote between. */
  appended(append: OwnAppend): void {
    if (this.#open.states !== undefined) this.#own.add(append);
  }

  /** Closes the files; the sums stay. */
  close(): void {
    const { segments } = this.#open;
    this.#open = notOpen;
    this.#own.clear();
    this.#handles.clear();
    // Its files are closed, and others may get their numbers.
    this.#lines = new LineLookup();
    closeSegments(segments);
  }

  /** Counts what the live file has more, where all of it was written by this process. @returns whether it was */
  #foldOwn(live: Stats | undefined): boolean {
    const files = this.#grown(live);
    const segment = files?.segments.at(-1);
    const number = files?.states?.at(-1);
    const state = number === undefined ? undefined : this.#segments[number];
    if (files === undefined || segment === undefined || number === undefined || state === undefined)
      return false;
    // The beginning of a short file is hashed when it is read.
    if (state.head < HEAD_BYTES) return false;
    const lines = this.#own.between(segment.inode, state.offset, segment.size);
    if (lines === undefined) return false;
    const requests = this.#requests(files.segments);
    let at = state.offset;
    for (const { record, bytes } of lines) {
      this.#take(record, requests.add(record, number * SEGMENT + at));
      at += bytes;
    }
    this.#folded += at - state.offset;
    this.#changed = true;
    this.#segments[number] = { ...state, offset: at };
    this.#open = files;
    this.#boundIndex();
    return true;
  }

  /** The files that are open, where the live one has only grown since; else as they are found now. */
  #files(live: Stats | undefined): OpenLedger {
    const grown = this.#grown(live);
    if (grown !== undefined) return grown;
    this.close();
    this.#open = { segments: openSegments(this.#ledger), states: undefined, since: performance.now() };
    return this.#open;
  }

  #grown(live: Stats | undefined): OpenLedger | undefined {
    const { segments, since } = this.#open;
    const last = segments.at(-1);
    const hasGrown =
      live !== undefined && last !== undefined && live.ino === last.inode && live.size >= last.size;
    if (!hasGrown || performance.now() - since >= LOOK_MS) return undefined;
    return { ...this.#open, segments: [...segments.slice(0, -1), { ...last, size: live.size }] };
  }

  /** Bytes that were read since the checkpoint: whether writing the next one is worth it. */
  get folded(): number {
    return this.#folded;
  }

  /** Reads the whole ledger, exactly: requests whose lines lie far apart count once. */
  rebuild(): void {
    this.close();
    this.#forget();
    this.refresh();
  }

  spent({ kind, id }: SpentScope, now: Date): Spent {
    return spentOf(this.#sums[kind].get(id ?? currentId(kind, now)));
  }

  /**
   * Writes the checkpoint, if anything came since it was read and no other process is writing it. Where another has read the
   * whole ledger since, or has read further, its checkpoint stays, and these sums go on from there.
   * @throws BacklogError `file-write-failed`, `ledger-read-failed`
   */
  save(): void {
    if (!this.#changed) return;
    this.#makeFolder();
    tryWithLock(this.#lock, () => this.#saveOrAdopt());
  }

  /** As {@link save}, after another process that is writing it. */
  async saveSurely(): Promise<void> {
    if (!this.#changed) return;
    this.#makeFolder();
    await withLock(this.#lock, () => this.#saveOrAdopt());
  }

  #saveOrAdopt(): void {
    const other = RunningSums.open(this.#ledger, this.#home);
    const ahead = other.#generation - this.#generation || other.#bytesRead - this.#bytesRead;
    if (ahead <= 0) {
      this.#write();
      return;
    }
    this.#adopt(other);
    // What the other had not read yet.
    this.refresh();
  }

  get #bytesRead(): number {
    return this.#segments.reduce((sum, { offset }) => sum + offset, 0);
  }

  get #lock(): string {
    return `${checkpointFile(this.#ledger)}.lock`;
  }

  #makeFolder(): void {
    const folder = path.dirname(checkpointFile(this.#ledger));
    try {
      makeFolders(folder, isInside(this.#home, this.#ledger) ? 0o700 : undefined);
    } catch (error) {
      throw writeFailure(folder, error);
    }
  }

  #adopt(other: RunningSums): void {
    // Positions and files are numbered as the other has them.
    this.close();
    this.#segments = other.#segments;
    this.#index = undefined;
    this.#states.forget();
    this.#savedIndex = other.#savedIndex;
    this.#sums = other.#sums;
    this.#live = other.#live;
    this.#generation = other.#generation;
    this.#changed = false;
    this.#folded = 0;
  }

  #write(): void {
    if (this.#index && (this.#index.lines > 2 * RECENT_LINES || this.#index.isRoomyFor(2 * RECENT_LINES)))
      this.#index = this.#index.newest(RECENT_LINES);
    const index = this.#index?.save() ?? this.#savedIndex ?? new Uint8Array();
    const newest = [...this.#sums.day.keys()].sort().at(-1) ?? '';
    const checkpoint = {
      v: 1,
      file: path.basename(this.#ledger),
      generation: this.#generation,
      segments: this.#segments,
      live: this.#live,
      sums: Object.fromEntries(
        Object.entries(this.#sums).map(([kind, entries]) => [kind, stored(entries, kind, newest)]),
      ),
    };
    const modes = isInside(this.#home, this.#ledger) ? { mode: 0o600, dirMode: 0o700 } : {};
    const head = Buffer.from(JSON.stringify(checkpoint));
    writeFileAtomic(checkpointFile(this.#ledger), Buffer.concat([head, LINE_END, index]), {
      ...modes,
      // The checkpoint before it is as good after a crash, and requests wait while a folder is synchronised.
      fleeting: true,
    });
    this.#changed = false;
    this.#folded = 0;
  }

  #load(): void {
    const bytes = readBytesIfExists(checkpointFile(this.#ledger));
    const headEnd = bytes?.indexOf(LINE_END) ?? -1;
    if (bytes === undefined || headEnd === -1) return;
    const stored = parseObject(bytes.toString('utf8', 0, headEnd));
    if (stored?.v !== 1 || stored.file !== path.basename(this.#ledger)) return;
    const segments = Array.isArray(stored.segments) ? stored.segments.map(segmentState) : [];
    const sums = objectOf(stored.sums);
    const index = bytes.subarray(headEnd + 1);
    if (segments.includes(undefined) || sums === undefined || !RequestIndex.isSaved(index)) return;
    this.#segments = segments.filter((segment) => segment !== undefined);
    this.#savedIndex = index;
    for (const [kind, entries] of Object.entries(this.#sums))
      for (const [id, parts] of Object.entries(objectOf(sums[kind]) ?? {}))
        if (isParts(parts)) entries.set(id, new Entry(parts));
    this.#live = typeof stored.live === 'string' ? stored.live : '';
    this.#generation = typeof stored.generation === 'number' ? stored.generation : 0;
  }

  #forget(): void {
    this.#generation += 1;
    this.#segments = [];
    this.#index = undefined;
    this.#states.forget();
    this.#savedIndex = undefined;
    this.#sums = noSums();
    this.#live = '';
    this.#changed = true;
  }

  /** The state of each open file. When one that was read is gone or cut, everything is forgotten. */
  #match(segments: readonly Segment[]): number[] {
    const unused = new Set(this.#segments.keys());
    const take = (fits: (state: SegmentState) => boolean): number | undefined => {
      const number = [...unused].find((candidate) => fits(this.#segments[candidate] ?? noSegment));
      if (number !== undefined) unused.delete(number);
      return number;
    };
    const found = segments.map((segment) => take((state) => isSame(segment, state)));
    if ([...unused].some((number) => this.#segments[number]?.offset !== 0)) {
      this.#forget();
      return this.#match(segments);
    }
    return found.map(
      (number) => number ?? take(({ offset }) => offset === 0) ?? this.#segments.push(noSegment) - 1,
    );
  }

  #fold(segments: readonly Segment[], states: readonly number[], maxBytes: number): boolean {
    for (const [index, { handle }] of segments.entries()) this.#handles.set(states[index] ?? 0, handle);
    let left = maxBytes;
    for (const [index, segment] of segments.entries()) {
      const number = states[index] ?? 0;
      const state = this.#segments[number];
      if (state === undefined || state.offset >= segment.size) continue;
      if (left <= 0) return false;
      const requests = this.#requests(segments);
      const scan = new LineScan(segment.handle, state.offset, segment.size, {
        record: (record, offset, named) =>
          this.#take(record, named ? requests.add(record, number * SEGMENT + offset) : undefined),
        bad: () => {},
        other: () => {},
      });
      const from = state.offset;
      while (scan.offset - from < left && scan.step());
      left -= scan.offset - from;
      this.#folded += scan.offset - from;
      this.#changed ||= scan.offset > from;
      const head = Math.min(HEAD_BYTES, scan.offset);
      this.#segments[number] = {
        offset: scan.offset,
        head,
        // What a file begins with stays, once it is all there.
        digest: head === state.head ? state.digest : headDigest(segment.handle, head),
      };
      if (scan.offset < segment.size && left <= 0) return false;
    }
    this.#boundIndex();
    return true;
  }

  #boundIndex(): void {
    if (this.#index === undefined || this.#index.lines <= 8 * RECENT_LINES) return;
    this.#index = this.#index.newest(RECENT_LINES);
    this.#states.forget();
  }

  /** A request's line: what its earlier lines came to is taken away, what all of them come to is added. */
  #take(record: LedgerRecord, before: EarlierLines | undefined): void {
    const { earlier, now } = this.#states.with(record, before);
    if (earlier !== undefined) this.#count(earlier, -1);
    this.#count(now, 1);
  }

  #count(record: LedgerRecord, sign: 1 | -1): void {
    const { ticket_id: ticket, gate, session_id: session, ts } = record;
    const day = ts.slice(0, 10);
    const change = changeOf(record, sign, day);
    const sums = this.#sums;
    entryIn(sums.all, '').count(change);
    if (day !== '') {
      entryIn(sums.day, day).count(change);
      entryIn(sums.month, day.slice(0, 7)).count(change);
      if (ticket === null) entryIn(sums.unattributed, day).count(change);
    }
    if (session !== null) entryIn(sums.session, session).count(change);
    entryIn(sums.ticket, ticket ?? '').count(change);
    if (ticket !== null && gate !== null) entryIn(sums.gate, `${ticket}/${gate}`).count(change);
  }

  #requests(segments: readonly Segment[]): RequestIndex {
    if (this.#index !== undefined) return this.#index;
    if (this.#savedIndex === undefined) {
      const bytes = segments.reduce((sum, { size }) => sum + size, 0);
      this.#index = new RequestIndex(this.#idsAt, Math.ceil(bytes / BYTES_A_LINE));
    } else {
      this.#index = RequestIndex.restore(this.#idsAt, this.#savedIndex);
    }
    return this.#index;
  }

  #idsAt = (position: number): LedgerRecord | undefined => this.#recordAt(position);

  #recordAt(position: number): LedgerRecord | undefined {
    const handle = this.#handles.get(Math.floor(position / SEGMENT));
    return handle === undefined ? undefined : this.#lines.recordAt(handle, position % SEGMENT);
  }
}

const BYTES_A_LINE = 900;

/** The files of a ledger, held open, with the number of each one's state. */
interface OpenLedger {
  readonly segments: readonly Segment[];
  /** Not known until they were compared with what was read. */
  readonly states: readonly number[] | undefined;
  /** When the folder was looked at, on the monotonic clock, in ms. */
  readonly since: number;
}

const notOpen: OpenLedger = { segments: [], states: undefined, since: 0 };

/** What is meant where no id is named. */
function currentId(kind: SpentScope['kind'], now: Date): string {
  const day = now.toISOString().slice(0, 10);
  if (kind === 'month') return day.slice(0, 7);
  return kind === 'day' || kind === 'unattributed' ? day : '';
}

/** How far one file of the ledger was read. Files are known by how they begin: a rotation gives them another name. */
interface SegmentState {
  /** Byte offset behind the last whole line that was folded. */
  readonly offset: number;
  /** Length of the beginning that `digest` is of. */
  readonly head: number;
  readonly digest: number;
}

const noSegment: SegmentState = { offset: 0, head: 0, digest: 0 };

function segmentState(value: unknown): SegmentState | undefined {
  const fields = objectOf(value);
  const { offset, head, digest } = fields ?? {};
  return typeof offset === 'number' && typeof head === 'number' && typeof digest === 'number'
    ? { offset, head, digest }
    : undefined;
}

function isSame(segment: Segment, state: SegmentState): boolean {
  if (state.offset === 0 || segment.size < state.offset) return false;
  return headDigest(segment.handle, state.head) === state.digest;
}

/** A hash of a file's first bytes (FNV-1a, 32 bits): they hold the first record's id, so each file has its own. */
function headDigest(handle: number, length: number): number {
  const bytes = Buffer.alloc(length);
  readSync(handle, bytes, 0, length, 0);
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Tells whether the file that is written to is still the same, and as long. */
function stampOf(stat: Stats | undefined): string {
  return stat === undefined ? 'none' : `${stat.ino}-${stat.size}`;
}

function checkpointFile(ledger: string): string {
  return path.join(path.dirname(ledger), 'cache', 'sums.bin');
}

type Parts = readonly number[];
type Sums = Readonly<Record<SpentScope['kind'], Map<string, Entry>>>;

function noSums(): Sums {
  return {
    all: new Map(),
    day: new Map(),
    month: new Map(),
    session: new Map(),
    ticket: new Map(),
    gate: new Map(),
    unattributed: new Map(),
  };
}

/** What a record adds to each of its sums, or takes away. */
interface Change {
  readonly sign: 1 | -1;
  readonly usd: number | null;
  readonly input: number;
  readonly output: number;
  readonly unpriced: boolean;
  /** Days since 1970; `undefined` where the record does not say. */
  readonly day: number | undefined;
}

function changeOf(record: LedgerRecord, sign: 1 | -1, day: string): Change {
  return {
    sign,
    usd: record.cost_usd,
    input: inputTokens(record),
    output: record.output_tokens,
    unpriced: isUnpriced(record),
    day: day === '' ? undefined : dayNumber(day),
  };
}

function entryIn(entries: Map<string, Entry>, id: string): Entry {
  let entry = entries.get(id);
  if (entry === undefined) {
    entry = new Entry();
    // A copy: the id may be a part of a whole chunk's text, which it would keep in memory.
    entries.set(Buffer.from(id).toString(), entry);
  }
  return entry;
}

/** One sum. */
class Entry {
  readonly #money: Money;
  readonly #counts: number[];
  /** Days since 1970 of the last request. */
  #last: number;
  /** Worked out until the next change: budgets ask for the same few sums with each request. */
  #spent: Spent | undefined;

  constructor([carried = 0, units = 0, last = 0, ...counts]: Parts = []) {
    this.#money = new Money([carried, units]);
    this.#last = last;
    this.#counts = [0, 1, 2, 3, 4].map((index) => counts[index] ?? 0);
  }

  count({ sign, usd, input, output, unpriced, day }: Change): void {
    this.#spent = undefined;
    if (usd !== null) {
      if (sign === 1) this.#money.add(usd);
      else this.#money.subtract(usd);
    }
    this.#add(0, sign);
    this.#add(1, sign * (input + output));
    if (unpriced) {
      this.#add(2, sign);
      this.#add(3, sign * input);
      this.#add(4, sign * output);
    }
    if (day !== undefined) this.#last = Math.max(this.#last, day);
  }

  get last(): number {
    return this.#last;
  }

  parts(): Parts {
    return [...this.#money.parts(), this.#last, ...this.#counts];
  }

  spent(): Spent {
    this.#spent ??= this.#read();
    return this.#spent;
  }

  #read(): Spent {
    const [requests = 0, tokens = 0, unpriced = 0, input = 0, output = 0] = this.#counts;
    return {
      usd: this.#money.usd,
      tokens,
      requests,
      unpriced,
      unpriced_input_tokens: input,
      unpriced_output_tokens: output,
    };
  }

  #add(index: number, amount: number): void {
    this.#counts[index] = (this.#counts[index] ?? 0) + amount;
  }
}

function spentOf(entry: Entry | undefined): Spent {
  return (entry ?? new Entry()).spent();
}

function inputTokens(record: LedgerRecord): number {
  return (
    record.input_tokens +
    record.cache_read_tokens +
    record.cache_write_5m_tokens +
    record.cache_write_1h_tokens
  );
}

function dayNumber(day: string): number {
  return Math.floor(Date.parse(day) / 86_400_000);
}

/** @param newest the newest day in the ledger */
function stored(entries: Map<string, Entry>, kind: string, newest: string): Record<string, Parts> {
  const oldest = kind === 'session' && newest !== '' ? dayNumber(newest) - SESSION_DAYS : 0;
  return Object.fromEntries(
    [...entries].filter(([, entry]) => entry.last >= oldest).map(([id, entry]) => [id, entry.parts()]),
  );
}

function isParts(value: unknown): value is Parts {
  return Array.isArray(value) && value.every((part) => typeof part === 'number');
}
