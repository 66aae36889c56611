import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitWork } from '../../src/gates/commit.ts';
import { completeTicket } from '../../src/gates/complete.ts';
import { promiseDigest, promiseOf } from '../../src/gates/promise.ts';
import { costAccuracy } from '../../src/ledger/cost-accuracy.ts';
import { type CostEntry, readEntry } from '../../src/ledger/cost-entry.ts';
import { readCostHistory } from '../../src/ledger/cost-history.ts';
import { type EstimateFacts, estimateTicket } from '../../src/refinement/estimate.ts';
import { withEstimate } from '../../src/refinement/estimate-section.ts';
import { estimateRows } from '../../src/tickets/cost-estimate.ts';
import { readTicketFile } from '../../src/tickets/file.ts';
import { changeTicket, openBacklog } from '../../src/tickets/store.ts';
import { id, linted } from '../gates/support/journey.ts';
import { callIn } from '../gates/support/project.ts';
import { backlog } from '../support/cli.ts';
import { pending, project } from '../tickets/support.ts';

const text = `---
id: FEAT-001
title: a thing
status: pending
priority: low
updated: 2026-01-01
---

# FEAT-001: a thing

## Affected Files

| File | Action | Description |
|---|---|---|
| src/a.ts | modify | |
| src/b.ts | modify | |
| src/c.ts | create | |

## Test Strategy

- test: "one"
- test: "two"
- test: "three"

## History

| Date | Change | Author |
|---|---|---|
`;
const ticket = readTicketFile(text, '/p/pending/FEAT-001-a.md');
const at = '2026-11-21T00:00:00.000Z';
const facts = (parts: Partial<EstimateFacts> = {}): EstimateFacts => ({
  entries: [],
  models: [
    { tier: 'balanced', model: 'claude-sonnet-4-6' },
    { tier: 'frontier', model: 'a-model-nobody-knows' },
  ],
  pipeline: 'fast',
  leastTests: 1,
  at,
  ...parts,
});
const entry = (parts: Partial<CostEntry> = {}): CostEntry => ({
  ticket_id: 'FEAT-000',
  ticket_type: 'FEAT',
  complexity: 'simple',
  pipeline: 'fast',
  files_modified: 2,
  files_created: 1,
  tests_added: 3,
  total_tokens: 79_000,
  cost_usd: 1.2324,
  model_breakdown: { 'claude-sonnet-4-6': { requests: 1, tokens: 79_000, cost_usd: 1.2324 } },
  review_rounds: 1,
  gates_passed_first_try: 5,
  date: '2026-01-01',
  ...parts,
});
const times = (count: number, parts: Partial<CostEntry> = {}) =>
  Array.from({ length: count }, () => entry(parts));

describe('ticket estimate', () => {
  it('begins with the formula: 2 modified, 1 created, 3 tests', () => {
    // (2·8000 + 3000) + (2·2500 + 4000 + 3·1200) = 31,600; × 2.5 = 79,000; 60 % at 3 USD and 40 % at 15 USD a million.
    const { models, counts, confidence, source } = estimateTicket(ticket, facts());
    expect(counts).toEqual({ modified: 2, created: 1, tests: 3 });
    expect({ confidence, source }).toEqual({ confidence: 'none', source: 'default formula' });
    expect(models[0]).toMatchObject({
      tokens: 79_000,
      tokens_range: { low: 31_600, high: 197_500 },
      usd: 0.6162,
      // 37,920 of the 47,400 tokens of input at a tenth, the rest at 1.25 times.
      usd_cached: 0.520926,
      usd_batch: 0.3081,
    });
    expect(models[1]).toMatchObject({ tokens: 79_000, usd: null, usd_range: null, price_source: null });
  });

  it.each([
    ['fast tickets of its kind', times(5), 'simple FEAT, fast pipeline (5)', 'medium'],
    [
      'its kind, when too few of them were fast',
      [...times(4), ...times(4, { pipeline: 'full' })],
      'simple FEAT (8)',
      'medium',
    ],
    ['its type', times(20, { complexity: 'complex' }), 'FEAT (20)', 'medium'],
    ['whatever there is', times(9, { ticket_type: 'BUG' }), 'all tickets (9)', 'low'],
    ['the one like it', times(1), 'simple FEAT, fast pipeline (1)', 'low'],
    [
      'the newest twenty',
      [...times(30, { total_tokens: 1 }), ...times(20)],
      'simple FEAT, fast pipeline (20)',
      'high',
    ],
  ])('is corrected by %s', (_what, entries, source, confidence) => {
    const found = estimateTicket(ticket, facts({ entries }));
    expect(found).toMatchObject({ source, confidence });
    expect(found.models[0]).toMatchObject({ tokens: 79_000, usd: 1.2324 });
  });

  it('gives an interval in which four of five like tickets lie', () => {
    const entries = Array.from({ length: 11 }, (_, index) => entry({ total_tokens: 7_900 * (index + 5) }));
    expect(estimateTicket(ticket, facts({ entries })).models[0]).toMatchObject({
      tokens: 79_000,
      tokens_range: { low: 47_400, high: 110_600 },
    });
  });

  it('the interval holds the estimate, whatever was seen', () => {
    const any = fc.record({
      total_tokens: fc.nat(10_000_000),
      cost_usd: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
      files_modified: fc.nat(9),
      files_created: fc.nat(9),
      tests_added: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (all) => {
        for (const one of estimateTicket(ticket, facts({ entries: all.map(entry) })).models) {
          expect(one.tokens_range.low).toBeLessThanOrEqual(one.tokens + 1);
          expect(one.tokens_range.high).toBeGreaterThanOrEqual(one.tokens - 1);
          if (one.usd !== null) expect(one.usd_range?.low).toBeLessThanOrEqual(one.usd + 1e-6);
          if (one.usd !== null) expect(one.usd_range?.high).toBeGreaterThanOrEqual(one.usd - 1e-6);
        }
      }),
    );
  });
});

describe('the section Cost Estimate', () => {
  it('is read as it was written, is no part of the promise, and leaves every other byte', () => {
    const found = estimateTicket(ticket, facts());
    const written = withEstimate(text, found);
    const after = readTicketFile(written, ticket.file);
    expect(estimateRows(after)).toEqual([
      { model: 'claude-sonnet-4-6', tokens: 79_000, usd: 0.6162 },
      { model: 'a-model-nobody-knows', tokens: 79_000, usd: null },
    ]);
    expect(promiseDigest(promiseOf(after))).toBe(promiseDigest(promiseOf(ticket)));
    expect(withEstimate(written, found)).toBe(written);
    const section = after.sections.find(({ title }) => title === 'Cost Estimate');
    expect(written.replace(`## Cost Estimate\n${section?.text}`, '')).toBe(text);
  });

  it('is written by the command, which undo takes back', async () => {
    const paths = project({ [pending('FEAT-001-a.md')]: text });
    const run = (...args: string[]) => backlog(args, { cwd: paths.root });
    const { stdout, exitCode } = await run('ticket', 'estimate', 'FEAT-001', '--write', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      id: 'FEAT-001',
      confidence: 'none',
      models: [{ tier: 'cheap' }, { tier: 'balanced', price_source: expect.stringContaining('table@') }, {}],
    });
    const now = () => openBacklog(paths, callIn(paths.root).config).byId('FEAT-001');
    expect(now()?.sections.map(({ title }) => title)).toContain('Cost Estimate');
    expect(now()?.fields.updated).toBe('2026-01-01');
    expect(await run('undo')).toMatchObject({ exitCode: 0 });
    expect(now()?.text).toBe(text);
  });
});

describe('the loop', () => {
  it('a completed ticket keeps its estimate beside what it took, and cost accuracy compares them', async () => {
    const root = await linted({ config: { profile: 'light' } });
    const call = callIn(root);
    const rows = {
      ...estimateTicket(ticket, facts()),
      models: estimateTicket(ticket, facts()).models.slice(0, 1),
    };
    await changeTicket(call.paths, call.config, id, (now) => withEstimate(now, rows));
    const parts = { ticketId: id, type: 'feat', area: '', summary: '10 % off', include: [], reason: '' };
    await commitWork(call, parts);
    const by_model = { 'anthropic/claude-sonnet-4-6': { requests: 1, tokens: 100_000, cost_usd: 0.8 } };
    const spending = async () => ({
      requests: 1,
      cost_usd: 0.8,
      unpriced: 0,
      input_tokens: 90_000,
      output_tokens: 10_000,
      by_model,
    });
    await completeTicket(call, { ticketId: id, spending });
    const { entries } = readCostHistory(root);
    expect(entries).toMatchObject([
      { estimated_tokens: 79_000, estimated_cost_usd: 0.6162, total_tokens: 100_000 },
    ]);
    expect(costAccuracy(entries)).toMatchObject({
      usd: { sample_size: 1, median_error: 0.2298, bias: -0.2298 },
      tokens: { median_error: 0.21, bias: -0.21 },
      by_type: { FEAT: { tokens: { sample_size: 1 } } },
      without: 0,
    });
    const answer = await backlog(['cost', 'accuracy'], { cwd: root });
    expect(answer.stdout).toContain('USD: median error 23 %, 23 % too low (1)');
  });

  it('takes the middle of an even number, and leaves out what nobody knows', () => {
    const one = (estimated: number, actual: number | null) =>
      entry({ estimated_tokens: 1, estimated_cost_usd: estimated, cost_usd: actual });
    const all = [one(2, 1), one(1, 2), one(3, 1), one(1, 1), one(5, null), entry()];
    expect(costAccuracy(all)).toMatchObject({
      usd: { sample_size: 4, median_error: 0.75, bias: 0.5 },
      without: 1,
    });
    expect(costAccuracy([])).toMatchObject({ usd: { sample_size: 0, median_error: null, bias: null } });
  });

  it('an entry with an estimate is read again as it is, and nonsense in it is none', () => {
    expect(readEntry(entry({ estimated_tokens: 5, estimated_cost_usd: null }))).toMatchObject({
      estimated_tokens: 5,
      estimated_cost_usd: null,
    });
    expect(readEntry({ ...entry(), estimated_tokens: 'x' })).not.toHaveProperty('estimated_tokens');
  });
});
