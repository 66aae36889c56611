import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newRecord } from '../../src/ledger/append.ts';
import { canonicalEnd, canonicalRecord } from '../../src/ledger/canonical.ts';
import { parseLedgerLine } from '../../src/ledger/line-shapes.ts';
import { record } from './support.ts';

const text = fc.oneof(fc.constant(null), fc.string({ unit: 'binary' }), fc.string());
// The decimals are those of prices: few digits, which the reader converts by itself.
const decimal = fc.tuple(fc.maxSafeNat(), fc.nat(15)).map(([digits, places]) => digits / 10 ** places);
const amount = fc.oneof(fc.constant(null), fc.nat(), decimal, fc.double({ min: 0, max: 1e6, noNaN: true }));
const anyRecord = fc
  .record({
    request_id: text,
    ticket_id: text,
    gate: text,
    model: text,
    cost_usd: amount,
    latency_ms: amount,
    input_tokens: fc.nat(),
    cache_write_1h_tokens: fc.nat(),
    stream: fc.boolean(),
    status: fc.constantFrom('success', 'error', 'cancelled', 'blocked'),
    source: fc.constantFrom('gateway', 'llm-call', 'transcript', 'litellm', 'import'),
    billing: fc.constantFrom('api', 'plan', 'local', 'unknown'),
  })
  .map((known) => newRecord({ ...known, ts: '2026-11-21T10:00:00.000Z' }));

describe('the fast reader of our own lines', () => {
  it('reads what a writer writes', () => {
    const written = record({ ticket_id: 'FEAT-001', cost_usd: 1.5e-7, latency_ms: 12 });
    const line = JSON.stringify(written);
    expect(canonicalRecord(`x\n${line}\ny`, 2)).toEqual(written);
    expect(canonicalEnd()).toBe(line.length + 2);
  });

  it('says what the full reader says, or nothing (law)', () => {
    fc.assert(
      fc.property(anyRecord, (written) => {
        const line = JSON.stringify(written);
        const fast = canonicalRecord(line, 0);
        if (fast !== undefined) expect(parseLedgerLine(line, 1)).toEqual({ record: fast, named: true });
      }),
      { numRuns: 500 },
    );
  });

  it('takes no damaged line for a record (law)', () => {
    const line = JSON.stringify(record({ ticket_id: 'FEAT-001' }));
    fc.assert(
      fc.property(
        fc.nat(line.length - 1),
        fc.constantFrom('', '"', '\\', ',', '0', '-', '}', 'x'),
        (at, put) => {
          const damaged = line.slice(0, at) + put + line.slice(at + 1);
          const fast = canonicalRecord(damaged, 0);
          if (fast !== undefined) expect(parseLedgerLine(damaged, 1)).toEqual({ record: fast, named: true });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('knows every day of the calendar, but leaves leap days to the full reader', () => {
    for (const day = new Date('2027-01-01'); day < new Date('2029-01-01'); day.setDate(day.getDate() + 1)) {
      const ts = day.toISOString();
      const fast = canonicalRecord(JSON.stringify(record({ ts })), 0);
      expect(fast?.ts ?? 'none').toBe(ts.slice(5, 10) === '02-29' ? 'none' : ts);
    }
  });

  it.each(['2026-02-30', '2026-11-31', '2026-13-01'])('knows no %s', (day) =>
    expect(canonicalRecord(JSON.stringify(record({ ts: `${day}T10:00:00.000Z` })), 0)).toBeUndefined(),
  );
});
