import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { averagesOf, classifierAccuracy, estimateCost } from '../../src/ledger/cost-averages.ts';
import type { CostEntry } from '../../src/ledger/cost-entry.ts';
import { addToCostHistory, COST_HISTORY_FILE, readCostHistory } from '../../src/ledger/cost-history.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const entry = (parts: Partial<CostEntry> = {}): CostEntry => ({
  ticket_id: 'FEAT-001',
  ticket_type: 'FEAT',
  complexity: 'simple',
  pipeline: 'fast',
  files_modified: 2,
  files_created: 0,
  tests_added: 1,
  total_tokens: 1000,
  cost_usd: 0.5,
  model_breakdown: {},
  review_rounds: 1,
  gates_passed_first_try: 5,
  gates_run: 5,
  date: '2026-11-21',
  ...parts,
});
const many = (count: number, parts: (index: number) => Partial<CostEntry>) =>
  Array.from({ length: count }, (_, index) => entry({ ticket_id: `FEAT-${index}`, ...parts(index) }));

const placeOf = (mainRoot: string) => ({
  mainRoot,
  lockFile: path.join(mainRoot, '.ops/cost-history.lock'),
  clock: () => new Date('2026-11-21T04:13:00.000Z'),
});
const stored = (root: string) => JSON.parse(readFileSync(path.join(root, COST_HISTORY_FILE), 'utf8'));

describe('averages', () => {
  it('are those of the last 20 of each group', () => {
    const { by_type, by_complexity, by_pipeline } = averagesOf([
      ...many(5, () => ({ cost_usd: 100, gates_passed_first_try: 1 })),
      ...many(20, (index) => ({
        cost_usd: 1,
        total_tokens: 3000,
        files_modified: 1,
        files_created: 2,
        gates_passed_first_try: index < 5 ? 4 : 5,
      })),
    ]);
    expect(by_type.FEAT).toEqual({ avg_cost: 1, avg_tokens: 3000, avg_files: 3, sample_size: 20 });
    expect(by_complexity.simple).toEqual({ avg_cost: 1, sample_size: 20 });
    expect(by_pipeline.fast).toEqual({ avg_cost: 1, success_rate: 0.75 });
  });

  it('take an unknown cost for unknown, never for nothing', () => {
    expect(averagesOf([entry({ cost_usd: null }), entry({ cost_usd: 3 })]).by_type.FEAT?.avg_cost).toBe(3);
    expect(averagesOf([entry({ cost_usd: null })]).by_type.FEAT?.avg_cost).toBeNull();
  });

  it('call a ticket of three gates a success too, and an older one only with all five', () => {
    const rate = (parts: Partial<CostEntry>) => averagesOf([entry(parts)]).by_pipeline.fast?.success_rate;
    expect(rate({ gates_run: 3, gates_passed_first_try: 3 })).toBe(1);
    const { gates_run: _, ...older } = entry({ gates_passed_first_try: 3 });
    expect(averagesOf([older]).by_pipeline.fast?.success_rate).toBe(0);
  });
});

describe('an estimate', () => {
  const wanted = { type: 'FEAT', complexity: 'simple', files: 6 };

  it('is the mean cost by the share of files', () => {
    expect(estimateCost([entry({ cost_usd: 1 }), entry({ cost_usd: 2 })], wanted)).toEqual({
      estimated_cost_usd: 4.5,
      confidence: 'low',
      sample_size: 2,
      mean_cost_usd: 1.5,
      avg_files: 2,
    });
    expect(estimateCost([entry({ files_modified: 0 })], wanted).estimated_cost_usd).toBe(0.5);
  });

  it.each([
    [0, 'none'],
    [1, 'low'],
    [4, 'low'],
    [5, 'medium'],
    [19, 'medium'],
    [20, 'high'],
    [30, 'high'],
  ])('of %s tickets has confidence %s', (count, confidence) => {
    expect(
      estimateCost(
        many(count, () => ({})),
        wanted,
      ).confidence,
    ).toBe(confidence);
  });

  it('goes by tickets of that type and complexity alone, with a known cost', () => {
    const others = [
      entry({ ticket_type: 'BUG' }),
      entry({ complexity: 'complex' }),
      entry({ cost_usd: null }),
    ];
    expect(estimateCost(others, wanted)).toMatchObject({ confidence: 'none', estimated_cost_usd: null });
  });
});

it('counts a small ticket that ran the full pipeline as classified wrongly', () => {
  expect(classifierAccuracy([])).toBe(0);
  expect(
    classifierAccuracy([
      entry(),
      entry({ complexity: 'trivial', pipeline: 'full' }),
      entry({ pipeline: 'full' }),
      entry({ complexity: 'complex', pipeline: 'full' }),
    ]),
  ).toBe(0.5);
});

describe('the file', () => {
  it('has a ticket once, brought up to date, with its first day', async () => {
    const root = tempDir();
    await addToCostHistory(placeOf(root), entry());
    await addToCostHistory(placeOf(root), entry({ cost_usd: 0.7, date: '2026-11-30' }));
    expect(stored(root)).toMatchObject({
      version: '1.0',
      entries: [{ ticket_id: 'FEAT-001', cost_usd: 0.7, date: '2026-11-21' }],
      averages: { by_type: { FEAT: { avg_cost: 0.7, sample_size: 1 } } },
    });
  });

  it('keeps all that older programs wrote into it, and reads their entries', async () => {
    const root = tempDir();
    const old = {
      version: '0.9',
      owner: 'us',
      entries: [
        {
          ticket_id: 'BUG-001',
          files_modified: ['a.ts', 'b.ts'],
          actual_cost_usd: 2,
          note: 'mine',
          date: '2026-01-01',
        },
        { note: 'no ticket' },
      ],
      averages: { tokens_per_file_modified: 8000, overhead_multiplier: 2.3, by_type: { X: 1 } },
    };
    writeFiles(root, { [COST_HISTORY_FILE]: JSON.stringify(old) });
    expect(readCostHistory(root)).toMatchObject({
      entries: [
        { ticket_id: 'BUG-001', ticket_type: 'BUG', files_modified: 2, cost_usd: 2, complexity: null },
      ],
      unreadable: 1,
      further_averages: { tokens_per_file_modified: 8000, overhead_multiplier: 2.3 },
    });
    await addToCostHistory(placeOf(root), entry());
    expect(stored(root)).toMatchObject({
      version: '0.9',
      owner: 'us',
      entries: [...old.entries, { ticket_id: 'FEAT-001' }],
      averages: { tokens_per_file_modified: 8000, overhead_multiplier: 2.3 },
    });
    expect(stored(root).averages.by_type).toEqual({
      BUG: { avg_cost: 2, avg_tokens: 0, avg_files: 2, sample_size: 1 },
      FEAT: { avg_cost: 0.5, avg_tokens: 1000, avg_files: 2, sample_size: 1 },
    });
  });

  it('that has averages alone, as the ticket skill wrote it, begins a list', async () => {
    const root = tempDir();
    writeFiles(root, { [COST_HISTORY_FILE]: '{"averages":{"tokens_per_test":1200}}' });
    expect(readCostHistory(root).entries).toEqual([]);
    await addToCostHistory(placeOf(root), entry());
    expect(stored(root)).toMatchObject({ averages: { tokens_per_test: 1200 }, entries: [{}] });
  });

  it.each(['{"entries": [', '[]', '{"entries": {}}'])('that is broken (%s) is set aside', async (text) => {
    const root = tempDir();
    writeFiles(root, { [COST_HISTORY_FILE]: text });
    expect(() => readCostHistory(root)).toThrow(expect.objectContaining({ code: 'cost-history-broken' }));
    const aside = await addToCostHistory(placeOf(root), entry());
    expect(readFileSync(path.join(root, aside ?? ''), 'utf8')).toBe(text);
    expect(readdirSync(path.join(root, '.claude'))).toHaveLength(2);
    expect(stored(root).entries).toHaveLength(1);
  });

  it('loses nothing when many tickets are completed at once', async () => {
    const root = tempDir();
    await Promise.all(many(15, () => ({})).map((one) => addToCostHistory(placeOf(root), one)));
    expect(readCostHistory(root).entries).toHaveLength(15);
  });
});
