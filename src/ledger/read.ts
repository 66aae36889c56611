import type { Watch } from '../platform/watch.ts';
import { RequestIndex } from './identity.ts';
import { saysTheSame } from './merge.ts';
import type { LedgerRecord } from './record.ts';
import { RequestStates } from './request-states.ts';
import { LineLookup, LineScan } from './scan.ts';
import { closeSegments, openSegments, readFailure, type Segment } from './segments.ts';

/** A line that could not be read, for people: it is counted and shown, never skipped in silence. */
export interface BadLine {
  /** The file of the ledger in which it stands. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** `is no JSON object`, to be put behind "line 7 ". */
  readonly reason: string;
}

/** What is told of a ledger. */
export interface RequestSink {
  /** A request as it is known so far. */
  add(record: LedgerRecord): void;
  /**
   * A request that was added, whose later line came: what it adds up to now is added next. Neither is told of a line that
   * says nothing new, as most rows of a transcript do about a request of the gateway.
   */
  remove(record: LedgerRecord): void;
  bad(line: BadLine): void;
  /** A line of an earlier tool that is about something else than a request. */
  other(line: BadLine): void;
}

const BYTES_A_LINE = 800;
const MIB = 2 ** 20;
/** Positions are `segment number × 2⁴⁰ + offset`. */
const SEGMENT = 2 ** 40;

/**
 * Reads the requests of a ledger, each once, in one pass over all of its files: lines of the same request (its `request_id`,
 * else `message_id`, else `id`) become one record. Only a request that comes again is looked up a second time. The files are
 * read as long as they were at the start; without a file there are no requests.
 * @param watch told of the bytes that were read, in MiB
 * @throws BacklogError `ledger-read-failed` (exit 3)
 */
export function readLedger(ledger: string, sink: RequestSink, watch?: Watch): void {
  const segments = openSegments(ledger);
  const lines = new LineLookup();
  let last: { readonly position: number; readonly record: LedgerRecord | undefined } | undefined;
  // One line is asked for several times in a row: for each of its ids, and then as a whole.
  const lookUp = (position: number): LedgerRecord | undefined => {
    if (last?.position === position) return last.record;
    const segment = segments[Math.floor(position / SEGMENT)];
    last = { position, record: segment && lines.recordAt(segment.handle, position % SEGMENT) };
    return last.record;
  };
  const bytes = segments.reduce((sum, { size }) => sum + size, 0);
  const requests = new RequestIndex(lookUp, Math.ceil(bytes / BYTES_A_LINE));
  const states = new RequestStates(lookUp);
  watch?.begin('reading the ledger, MiB', Math.floor(bytes / MIB));
  let read = 0;
  const advance = (more: number): void => {
    const before = Math.floor(read / MIB);
    read += more;
    if (Math.floor(read / MIB) > before) watch?.advance(Math.floor(read / MIB) - before);
  };
  try {
    for (const [number, segment] of segments.entries())
      readSegment(ledger, segment, sink, advance, (record, offset, named) => {
        const before = named ? requests.add(record, number * SEGMENT + offset) : undefined;
        const { earlier, now } = states.with(record, before);
        if (earlier === undefined) return sink.add(now);
        if (saysTheSame(earlier, now)) return undefined;
        sink.remove(earlier);
        return sink.add(now);
      });
  } finally {
    closeSegments(segments);
  }
}

function readSegment(
  ledger: string,
  { file, handle, size }: Segment,
  sink: RequestSink,
  advance: (bytes: number) => void,
  record: (record: LedgerRecord, offset: number, named: boolean) => void,
): void {
  const scan = new LineScan(handle, 0, size, {
    record,
    bad: (reason, line) => sink.bad({ file, line, reason }),
    other: (reason, line) => sink.other({ file, line, reason }),
  });
  try {
    for (let before = 0; scan.step(); before = scan.offset) advance(scan.offset - before);
    scan.rest();
  } catch (error) {
    throw readFailure(ledger, file, error);
  }
}
