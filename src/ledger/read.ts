import { RequestIndex } from './identity.ts';
import { parseLedgerLine } from './line-shapes.ts';
import { type Line, MAX_LINE_BYTES, type OpenLedger, openLedger } from './lines.ts';
import { mergeRecords } from './merge.ts';
import type { LedgerRecord } from './record.ts';

/** A line that could not be read, for people: it is counted and shown, never skipped in silence. */
export interface BadLine {
  /** 1-based. */
  readonly line: number;
  /** `is no JSON object`, to be put behind "line 7 ". */
  readonly reason: string;
}

export type LedgerItem =
  | { readonly record: LedgerRecord }
  | { readonly badLine: BadLine }
  /** A line of an earlier tool that is about something else than a request. */
  | { readonly otherLine: BadLine };

/**
 * The requests of a ledger, each once: lines of the same request (its `request_id`, else `message_id`, else `id`) become one
 * record. The file is read as a stream and as long as it was at the start; without a file there are no requests.
 * @throws BacklogError `ledger-read-failed` (exit 3)
 */
export async function* readLedger(file: string): AsyncGenerator<LedgerItem> {
  const ledger = await openLedger(file);
  if (ledger === undefined) return;
  try {
    yield* merged(ledger, await indexOf(ledger));
  } finally {
    await ledger.close();
  }
}

interface LedgerIndex {
  readonly requests: RequestIndex;
  /** The request's number by line number. */
  readonly byLine: Uint32Array;
}

/** First reading: which lines are about the same request. */
async function indexOf(ledger: OpenLedger): Promise<LedgerIndex> {
  const requests = new RequestIndex();
  let byLine = new Uint32Array(1024);
  for await (const lines of ledger.lines()) {
    for (const line of lines) {
      const parsed = parse(line);
      if (parsed === undefined || !('record' in parsed)) continue;
      if (line.number >= byLine.length) {
        const longer = new Uint32Array(line.number * 2);
        longer.set(byLine);
        byLine = longer;
      }
      byLine[line.number] = parsed.named ? requests.add(parsed.record) : requests.addUnnamed();
    }
  }
  return { requests, byLine };
}

/** Second reading: a request is given out with its last line, so only what lies between its lines is kept. */
async function* merged(ledger: OpenLedger, index: LedgerIndex): AsyncGenerator<LedgerItem> {
  const open = new Map<number, { readonly record: LedgerRecord; readonly seen: number }>();
  for await (const lines of ledger.lines()) {
    for (const line of lines) {
      const parsed = parse(line);
      if (parsed === undefined) continue;
      if ('bad' in parsed) {
        yield { badLine: { line: line.number, reason: parsed.bad } };
      } else if ('other' in parsed) {
        yield { otherLine: { line: line.number, reason: parsed.other } };
      } else {
        const request = index.byLine[line.number] ?? 0;
        const earlier = open.get(request);
        const record = earlier ? mergeRecords(earlier.record, parsed.record) : parsed.record;
        const seen = (earlier?.seen ?? 0) + 1;
        if (seen < index.requests.recordsOf(request)) {
          open.set(request, { record, seen });
        } else {
          open.delete(request);
          yield { record };
        }
      }
    }
  }
}

/** `undefined` for a blank line, which two writers that healed the same torn line may leave. */
function parse({ text, number }: Line) {
  if (text === undefined) return { bad: `is longer than ${MAX_LINE_BYTES} bytes` };
  return text.trim() === '' ? undefined : parseLedgerLine(text, number);
}
