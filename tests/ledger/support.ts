import { isDeepStrictEqual } from 'node:util';
import { newRecord } from '../../src/ledger/append.ts';
import { readLedger } from '../../src/ledger/read.ts';
import type { LedgerRecord, PartialRecord } from '../../src/ledger/record.ts';

/** A record as a gateway would write it, 0.5 USD unless said otherwise. */
export function record(known: Partial<PartialRecord> = {}): LedgerRecord {
  return newRecord({
    source: 'gateway',
    ts: '2026-11-21T10:00:00.000Z',
    model: 'claude-opus-5-5',
    input_tokens: 100,
    output_tokens: 20,
    cost_usd: 0.5,
    billing: 'api',
    ...known,
  });
}

/** A request, or a line that is none. */
export type LedgerItem =
  | { readonly record: LedgerRecord }
  | { readonly badLine: { readonly line: number; readonly reason: string } }
  | { readonly otherLine: { readonly line: number; readonly reason: string } };

/** What is in a ledger: each request once, at the place of its newest line. */
export async function itemsOf(file: string): Promise<LedgerItem[]> {
  const items: LedgerItem[] = [];
  readLedger(file, {
    add: (record) => items.push({ record }),
    remove: (record) => {
      const at = items.findIndex((item) => 'record' in item && isDeepStrictEqual(item.record, record));
      if (at === -1) throw new Error(`removed, but was never added: ${JSON.stringify(record)}`);
      items.splice(at, 1);
    },
    bad: ({ line, reason }) => items.push({ badLine: { line, reason } }),
    other: ({ line, reason }) => items.push({ otherLine: { line, reason } }),
  });
  return items;
}

export async function recordsOf(file: string): Promise<LedgerRecord[]> {
  return (await itemsOf(file)).flatMap((item) => ('record' in item ? [item.record] : []));
}

/** Lines of a JSONL file. */
export function jsonl(...values: readonly unknown[]): string {
  return values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');
}
