import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sessionBilling } from '../../src/ledger/billing.ts';
import { type GuardQuery, guard } from '../../src/ledger/budget.ts';
import type { BudgetLimit } from '../../src/project/budgets.ts';
import { tempDir } from '../support/temp.ts';
import { jsonl, record } from './support.ts';

const usd = (limit: number): BudgetLimit => ({
  budget: 'month',
  unit: 'usd',
  limit,
  warn: 0.7,
  hardStop: 1,
  reserve: 0,
});

function ask(lines: readonly unknown[], query: Partial<GuardQuery> = {}) {
  const ledger = path.join(tempDir(), 'usage-ledger.jsonl');
  writeFileSync(ledger, jsonl(...lines));
  return guard({
    ledger,
    limits: [usd(10)],
    period: 'all',
    clock: () => new Date('2026-11-21T10:00:00Z'),
    ...query,
  });
}
const spent = (cost_usd: number, more = {}) => record({ cost_usd, ...more });

describe('the budget guard', () => {
  it.each([
    [0, 'ok'],
    [6.999999, 'ok'],
    [7, 'warning'],
    [9.999999, 'warning'],
    [10, 'hard-stop'],
    [11, 'hard-stop'],
  ])('says of %f spent of 10: %s', async (cost, state) =>
    expect(await ask([spent(cost)])).toMatchObject({ cost_usd: cost, budget: 10, ratio: cost / 10, state }),
  );

  it('does not miss a limit by the noise of many small sums', async () =>
    expect(await ask(Array.from({ length: 100 }, () => spent(0.1)))).toMatchObject({
      cost_usd: 10,
      ratio: 1,
      state: 'hard-stop',
    }));

  it.each([
    ['nothing spent', []],
    ['something spent', [spent(1)]],
  ])('stops at a budget of 0, with %s', async (_name, lines) =>
    expect(await ask(lines, { limits: [{ ...usd(0), hardStop: 2 }] })).toMatchObject({
      state: 'hard-stop',
      ratio: 1,
    }),
  );

  it('takes an absent ledger for nothing spent', async () =>
    expect(await ask([], { ledger: path.join(tempDir(), 'none') })).toMatchObject({
      cost_usd: 0,
      state: 'ok',
      requests: 0,
    }));

  it.each([
    ['all', 7],
    ['month', 6],
    ['day', 4],
  ] as const)('counts in the period %s, by UTC', async (period, cost_usd) =>
    expect(
      await ask(
        [
          spent(4, { ts: '2026-11-21T00:00:00.000Z' }),
          spent(2, { ts: '2026-11-20T23:59:59.999Z' }),
          spent(1, { ts: '2026-10-31T23:59:59.999Z' }),
        ],
        { period },
      ),
    ).toMatchObject({ cost_usd, period }),
  );

  it('counts one ticket when asked for it', async () =>
    expect(
      await ask([spent(4, { ticket_id: 'FEAT-001' }), spent(2, { ticket_id: 'FEAT-0011' }), spent(1)], {
        ticket: 'FEAT-001',
      }),
    ).toMatchObject({ cost_usd: 4, ticket: 'FEAT-001', requests: 1 }));

  it('counts and shows bad lines and requests without a price', async () =>
    expect(
      await ask([
        'oops',
        spent(1),
        record({ cost_usd: null, model: 'gpt-99' }),
        record({ cost_usd: null, model: 'x', status: 'error', input_tokens: 0, output_tokens: 0 }),
      ]),
    ).toMatchObject({
      cost_usd: 1,
      bad_lines: 1,
      bad: [{ line: 1, reason: 'is no JSON object' }],
      unpriced: 1,
      unpriced_models: ['gpt-99'],
    }));

  it('counts requests without a known price at the dearest one, and says how much that is', async () => {
    const many = { input_tokens: 100_000, output_tokens: 20_000 };
    const answer = await ask([record({ ...many, cost_usd: null, model: 'gpt-99' }), spent(7.5)]);
    // 15 and 75 USD a million, the dearest of the table.
    expect(answer).toMatchObject({ cost_usd: 7.5, estimated_usd: 3, ratio: 1.05, state: 'hard-stop' });
  });

  it('takes the limit that is nearer, of USD and tokens', async () => {
    const tokens: BudgetLimit = { ...usd(240), unit: 'tokens' };
    const answer = await ask([spent(1), spent(1)], { limits: [usd(10), tokens] });
    expect(answer).toMatchObject({
      budget: 10,
      budget_tokens: 240,
      tokens: 240,
      state: 'hard-stop',
      ratio: 1,
    });
  });

  it('counts lines without a time in the whole only, and says how many', async () => {
    const undated = { ticket_id: 'FEAT-3', pipeline: 'fast', model: 'm', cost_usd: 3 };
    expect(await ask([undated])).toMatchObject({ cost_usd: 3, undated: 1 });
    expect(await ask([undated], { period: 'month' })).toMatchObject({ cost_usd: 0, undated: 1 });
  });

  it('says how much of it a plan pays', async () =>
    expect(await ask([spent(1), spent(2, { billing: 'plan' })])).toMatchObject({ cost_usd: 3, plan_usd: 2 }));
});

describe('how a session is paid', () => {
  it.each([
    ['plan', { ANTHROPIC_API_KEY: 'k' }, 'plan'],
    ['unknown', { ANTHROPIC_API_KEY: 'k' }, 'api'],
    [undefined, { ANTHROPIC_API_KEY: 'k' }, 'api'],
    [undefined, { ANTHROPIC_API_KEY: '' }, 'unknown'],
    ['unknown', {}, 'unknown'],
  ] as const)('configured %s with %o: %s', (configured, env, expected) =>
    expect(sessionBilling(configured, env)).toBe(expected),
  );
});
