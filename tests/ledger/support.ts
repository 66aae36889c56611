import { newRecord } from '../../src/ledger/append.ts';
import { type LedgerItem, readLedger } from '../../src/ledger/read.ts';
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

export async function itemsOf(file: string): Promise<LedgerItem[]> {
  const items: LedgerItem[] = [];
  for await (const item of readLedger(file)) items.push(item);
  return items;
}

export async function recordsOf(file: string): Promise<LedgerRecord[]> {
  return (await itemsOf(file)).flatMap((item) => ('record' in item ? [item.record] : []));
}

/** Lines of a JSONL file. */
export function jsonl(...values: readonly unknown[]): string {
  return values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');
}
