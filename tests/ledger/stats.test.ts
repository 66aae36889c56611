import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../src/ledger/histogram.ts';
import type { PartialRecord } from '../../src/ledger/record.ts';
import { type StatsQuery, usageStats } from '../../src/ledger/usage-stats.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';
import { jsonl, record } from './support.ts';

function ledgerOf(...lines: readonly (Partial<PartialRecord> | string)[]): string {
  const file = path.join(tempDir(), 'usage-ledger.jsonl');
  writeFileSync(file, jsonl(...lines.map((line) => (typeof line === 'string' ? line : record(line)))));
  return file;
}
const stats = (lines: readonly (Partial<PartialRecord> | string)[], query: Partial<StatsQuery> = {}) =>
  usageStats({ ledgers: [ledgerOf(...lines)], scope: 'global', ...query });

describe('usage statistics', () => {
  it('of nothing are zeros, without averages or shares', () =>
    expect(stats([])).toMatchObject({
      period: { from: null, to: null },
      summary: {
        requests: 0,
        cost_usd: 0,
        latency_ms: { measured: 0, average: null, p50: null, p99: null },
        cache_hit_rate: null,
        attributed_share: null,
      },
      groups: [],
    }));

  it('count each outcome, tokens, cost and shares', () => {
    const { summary } = stats([
      {
        ticket_id: 'FEAT-001',
        input_tokens: 10,
        cache_read_tokens: 60,
        cache_write_5m_tokens: 30,
        cost_usd: 1,
      },
      { status: 'error', input_tokens: 0, output_tokens: 0, cost_usd: null },
      { status: 'cancelled', input_tokens: 0, output_tokens: 0, cost_usd: null },
      { status: 'blocked', input_tokens: 0, output_tokens: 0, cost_usd: null },
    ]);
    expect(summary).toMatchObject({
      requests: 4,
      success: 1,
      failed: 1,
      cancelled: 1,
      blocked: 1,
      tokens: 120,
      cost_usd: 1,
      unpriced: 0,
      cache_hit_rate: 0.6,
      attributed_share: 0.25,
    });
  });

  it('average latencies over the requests that have one, a latency of 0 included', () =>
    expect(
      stats([{ latency_ms: 1000 }, { latency_ms: 0 }, { latency_ms: null }]).summary.latency_ms,
    ).toMatchObject({ measured: 2, average: 500 }));

  it('count a request once, at its last state', () =>
    expect(
      stats(
        [
          { request_id: 'r', status: 'cancelled', latency_ms: 5_000, model: 'a' },
          { request_id: 'r', latency_ms: 9_000, model: 'b' },
        ],
        { groupBy: 'model' },
      ),
    ).toMatchObject({
      summary: { requests: 1, success: 1, cancelled: 0, latency_ms: { measured: 1, average: 9_000 } },
      groups: [{ name: 'b', requests: 1 }],
    }));

  it.each([
    ['project', 'shop', 1],
    ['chat', 's1', 2],
    ['session', 's1', 2],
    ['ticket', 'FEAT-001', 2],
    ['gate', 'plan', 2],
    ['gate', 'FEAT-001/plan', 1],
    ['agent', 'backend', 2],
    ['agent', 'a1', 1],
    ['model', 'm', 1],
    ['ticket', 'FEAT-404', 0],
    ['global', undefined, 3],
  ] as const)('of the %s %s', (scope, id, requests) => {
    const lines = [
      { ticket_id: 'FEAT-001', gate: 'plan', session_id: 's1', agent_type: 'backend', project: 'shop' },
      { ticket_id: 'FEAT-001', gate: 'lint', session_id: 's1', agent_type: 'backend', agent_id: 'a1' },
      { ticket_id: 'FEAT-002', gate: 'plan', session_id: 's2', model: 'm' },
    ];
    expect(stats(lines, { scope, id }).summary.requests).toBe(requests);
  });

  const times = [
    '2026-03-01T02:00:00.000Z',
    '2026-02-28T23:59:59.999Z',
    '2026-03-02T00:00:00.000Z',
    '2027-01-01T00:00:00.000Z',
  ].map((ts) => ({ ts }));

  it.each([
    ['day', ['2026-02-28', '2026-03-01', '2026-03-02', '2027-01-01']],
    ['week', ['2026-W09', '2026-W10', '2026-W53']],
    ['month', ['2026-02', '2026-03', '2027-01']],
  ] as const)('group by the %s of UTC, in their order', (groupBy, names) =>
    expect(stats(times, { groupBy }).groups.map(({ name }) => name)).toEqual(names),
  );

  it.each([
    ['2026-03-01', undefined, 3],
    [undefined, '2026-02-28', 1],
    ['2026-03-01', '2026-03-01', 1],
    ['2026-03-01T02:00:00Z', '2026-03-01T02:00:00Z', 1],
    ['2026-03-01T02:00:01Z', '2026-03-01', 0],
  ])('from %s to %s, both inclusive', (from, to, requests) =>
    expect(stats(times, { from, to }).summary.requests).toBe(requests),
  );

  it('refuse a time that is none', () =>
    expect(() => stats([], { from: 'yesterday' })).toThrowError(
      expect.objectContaining({ code: 'invalid-time', exitCode: 2 }),
    ));

  it('count what cannot be read, and go on', () =>
    expect(stats([{}, 'oops', '{"v":1', {}])).toMatchObject({ summary: { requests: 2 }, bad_lines: 2 }));

  it('read several ledgers, and one that is not there', () =>
    expect(
      usageStats({ ledgers: [ledgerOf({}), ledgerOf({}, {}), '/nowhere/l.jsonl'], scope: 'global' }).summary,
    ).toMatchObject({ requests: 3 }));
});

describe('percentiles', () => {
  it('are within 2 % of the true ones (law)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3_600_000 }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.9, 0.95, 0.99),
        (all, rank) => {
          const histogram = new Histogram();
          for (const ms of all) histogram.add(ms);
          const sorted = all.toSorted((a, b) => a - b);
          const exact = sorted[Math.ceil(rank * all.length) - 1] ?? 0;
          expect(Math.abs((histogram.percentile(rank) ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.02 + 1);
        },
      ),
    );
  });
});

describe('backlog stats', () => {
  it('prints one document with --json', async () => {
    const ledger = ledgerOf({ ticket_id: 'FEAT-001', gate: 'plan' }, { ticket_id: 'FEAT-001' });
    const args = ['stats', '--ledger', ledger, '--scope', 'ticket', '--id', 'FEAT-001', '--group-by', 'gate'];
    const result = await backlog([...args, '--json'], { cwd: tempDir() });
    expect(result.exitCode).toBe(0);
    expect(jsonOf(result)).toMatchObject({
      schemaVersion: 1,
      scope: { type: 'ticket', id: 'FEAT-001' },
      summary: { requests: 2, cost_usd: 1 },
      groups: [
        { name: 'plan', requests: 1 },
        { name: null, requests: 1 },
      ],
    });
  });

  it('prints plain lines when piped, bad lines on stderr', async () => {
    const ledger = ledgerOf({ latency_ms: 100 }, 'oops');
    const result = await backlog(['stats', '--ledger', ledger, '--group-by', 'day'], { cwd: tempDir() });
    expect(result.stdout).toContain('project: 1 request, $0.5000');
    expect(result.stdout).toMatch(/2026-11-21 +1 +0 +120 +0\.5000/);
    expect(result.stdout).not.toContain('█');
    expect(result.stderr).toContain(`${ledger}:2 is no JSON object`);
  });

  it('asks which ticket is meant', async () => {
    const result = await backlog(['stats', '--scope', 'ticket'], { cwd: tempDir() });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('--id <ticket>');
  });
});
