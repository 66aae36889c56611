import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mergeRecords } from '../../src/ledger/merge.ts';
import type { LedgerRecord, PartialRecord } from '../../src/ledger/record.ts';
import { LineLookup } from '../../src/ledger/scan.ts';
import { RunningSums } from '../../src/ledger/sums.ts';
import { tempDir } from '../support/temp.ts';
import { jsonl, record, recordsOf } from './support.ts';

afterEach(() => vi.restoreAllMocks());

const LINES = 2000;

function ledgerOf(lines: readonly LedgerRecord[]): string {
  const file = path.join(tempDir(), 'usage-ledger.jsonl');
  writeFileSync(file, jsonl(...lines));
  return file;
}

function lines(known: (line: number) => Partial<PartialRecord>): LedgerRecord[] {
  return Array.from({ length: LINES }, (_, line) => record({ output_tokens: line, ...known(line) }));
}

/** How many lines are read up again, for each line of the ledger, as it is read whole and as its sums are kept. */
async function readAgain(all: readonly LedgerRecord[]): Promise<{ report: number; sums: number }> {
  const file = ledgerOf(all);
  const looked = vi.spyOn(LineLookup.prototype, 'recordAt');
  await recordsOf(file);
  const report = looked.mock.calls.length / all.length;
  looked.mockClear();
  RunningSums.open(file, '/nowhere').refresh();
  return { report, sums: looked.mock.calls.length / all.length };
}

describe('a ledger in which the same comes thousands of times', () => {
  it.each([
    ['request', () => ({ request_id: 'r', message_id: 'm' })],
    ['message, of as many requests', (line: number) => ({ request_id: `r${line}`, message_id: 'm' })],
    ['message, in lines of a transcript', () => ({ request_id: null, message_id: 'm' })],
  ])('is read with a few looks back a line: one %s', async (_, known) => {
    const { report, sums } = await readAgain(lines(known));
    // One for each of its three ids, and at the start the few lines that are added up.
    expect(report).toBeLessThan(4);
    expect(report).toBeGreaterThan(0.9);
    expect(sums).toBeLessThan(4);
  });

  it('adds each request up as its lines do one by one (law)', async () => {
    const line = fc.record({
      request: fc.nat(2),
      tokens: fc.nat(3),
      ended: fc.boolean(),
      ticket: fc.constantFrom(null, 'T-1', 'T-2'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 30, maxLength: 120 }), async (all) => {
        const records = all.map(({ request, tokens, ended, ticket }) =>
          record({
            request_id: `r${request}`,
            output_tokens: tokens,
            failure_type: ended ? null : 'pending',
            ticket_id: ticket,
            attributed_by: ticket === null ? 'none' : 'agent',
          }),
        );
        const expected = new Map<string | null, LedgerRecord>();
        for (const one of records) {
          const before = expected.get(one.request_id);
          expected.set(one.request_id, before === undefined ? one : mergeRecords(before, one));
        }
        const read = await recordsOf(ledgerOf(records));
        const byRequest = new Map(read.map((one) => [one.request_id, one]));
        expect(byRequest).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});
