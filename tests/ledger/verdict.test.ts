import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeAll, placesOf } from '../../src/ledger/check.ts';
import { readRaises } from '../../src/ledger/raises.ts';
import { judge, stopFor, stopText, type Used, verdictText, worstFirst } from '../../src/ledger/verdict.ts';
import { type BudgetLimit, budgetLimits, budgetNames } from '../../src/project/budgets.ts';
import { tempDir } from '../support/temp.ts';

const limitOf = (more: Partial<BudgetLimit> = {}): BudgetLimit => ({
  budget: 'ticket',
  unit: 'usd',
  limit: 5,
  warn: 0.7,
  hardStop: 1,
  reserve: 0,
  ...more,
});
const used = (usd: number, more: Partial<Used> = {}): Used => ({
  usd,
  tokens: 0,
  estimatedUsd: 0,
  inFlight: { usd: 0, tokens: 0 },
  ...more,
});

const share = fc.double({ min: 0, max: 2, noNaN: true });
const anyLimit = fc.record({
  budget: fc.constantFrom(...budgetNames),
  unit: fc.constantFrom('usd' as const, 'tokens' as const),
  limit: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1e6, noNaN: true })),
  warn: share,
  hardStop: fc.option(share),
  reserve: fc.double({ min: 0, max: 1, noNaN: true }),
});
const anyUsed = fc.record({
  usd: fc.double({ min: 0, max: 1e6, noNaN: true }),
  tokens: fc.nat(1e9),
  estimatedUsd: fc.double({ min: 0, max: 10, noNaN: true }),
  inFlight: fc.record({ usd: fc.double({ min: 0, max: 100, noNaN: true }), tokens: fc.nat(1e6) }),
});

describe('the judge of budgets', () => {
  it('never gets milder when more is spent, held or kept in reserve', () => {
    const rank = { ok: 0, warning: 1, 'hard-stop': 2 };
    fc.assert(
      fc.property(anyLimit, anyUsed, fc.double({ min: 0, max: 100, noNaN: true }), (rule, before, more) => {
        const state = (amounts: Used, limit = rule) => rank[judge(limit, 'x', amounts).state];
        const spent = { ...before, usd: before.usd + more, tokens: before.tokens + Math.ceil(more) };
        const held = {
          ...before,
          inFlight: { usd: before.inFlight.usd + more, tokens: before.inFlight.tokens + Math.ceil(more) },
        };
        expect(state(spent)).toBeGreaterThanOrEqual(state(before));
        expect(state(held)).toBeGreaterThanOrEqual(state(before));
        expect(state(before, { ...rule, reserve: rule.reserve + 0.1 })).toBeGreaterThanOrEqual(state(before));
      }),
    );
  });

  it('stops at a limit of 0 whatever was spent, never where no hard stop is set', () => {
    fc.assert(
      fc.property(anyLimit, anyUsed, (rule, amounts) => {
        expect(judge({ ...rule, limit: 0, hardStop: 2 }, 'x', amounts).state).toBe('hard-stop');
        expect(judge({ ...rule, hardStop: null }, 'x', amounts).state).not.toBe('hard-stop');
      }),
    );
  });

  it('leaves the reserve to work under way, and no more than it', () => {
    fc.assert(
      fc.property(anyLimit, anyUsed, (rule, amounts) => {
        const verdict = judge(rule, 'x', amounts);
        const total = amounts[rule.unit] + amounts.inFlight[rule.unit];
        const stop = (rule.hardStop ?? Number.POSITIVE_INFINITY) * rule.limit;
        if (stopFor([verdict], false) === undefined) expect(stopFor([verdict], true)).toBeUndefined();
        if (verdict.state === 'hard-stop' && stopFor([verdict], true) === undefined)
          expect(total).toBeLessThan(stop);
        expect(verdict.reserve_left).toBeLessThanOrEqual(rule.reserve * rule.limit + 1e-6);
      }),
    );
  });

  it.each([
    [3.4999, 'ok'],
    [3.5, 'warning'],
    [4.9999, 'warning'],
    [5, 'hard-stop'],
  ])('says of %f of 5: %s', (usd, state) =>
    expect(judge(limitOf(), 'FEAT-001', used(usd)).state).toBe(state),
  );

  it('tells what was spent, what of it is estimated, what is in flight, and the command that raises it', () => {
    const amounts = used(5.02, { estimatedUsd: 0.5, inFlight: { usd: 1.2, tokens: 0 } });
    expect(stopText(judge(limitOf(), 'FEAT-001', amounts))).toBe(
      'backlog: the budget of ticket FEAT-001 is spent: $5.02 of $5.00 (124 %), $0.5000 of it estimated at the dearest known price, and $1.20 held for requests in flight. A person can raise it: `backlog cost raise ticket FEAT-001 --usd 11`',
    );
    const day = judge(limitOf({ budget: 'day', reserve: 0.1, limit: 10 }), '2026-11-21', used(9.5));
    expect(stopText(day)).toBe(
      'backlog: the budget of day 2026-11-21 (UTC) is spent: $9.50 of $10.00 (95 %); the $0.5000 left are for work on a ticket that is under way. A person can raise it: `backlog cost raise day --usd 20`',
    );
    const tokens = judge(
      limitOf({ unit: 'tokens', limit: 1_000_000 }),
      'FEAT-1',
      used(0, { tokens: 800_000 }),
    );
    expect(verdictText(tokens)).toBe(
      'the budget of ticket FEAT-1 is nearly spent: 800,000 tokens of 1,000,000 tokens (80 %)',
    );
  });

  it('puts nothing of an id into the command that a shell or a terminal would read', () => {
    const { raise } = judge(limitOf({ budget: 'session' }), 'a`rm -rf`\u001b[31m $(x)\n', used(5));
    expect(raise).toMatch(/^backlog cost raise session [\w@./:+?-]+ --usd 10$/);
  });

  it('names the worst first', () => {
    const verdicts = [1, 5, 4, 6].map((usd) => judge(limitOf(), String(usd), used(usd)));
    expect(worstFirst(verdicts).map(({ id }) => id)).toEqual(['6', '5', '4', '1']);
  });
});

describe('which budgets reach a request', () => {
  const none = readRaises('/nowhere');
  const rules = budgetNames.map((budget) => limitOf({ budget }));

  it('are those of its own ticket, gate, session, day and month', () => {
    const now = new Date('2026-12-31T23:59:59.999Z');
    const subject = { sessionId: 's', ticketId: 'FEAT-1', gate: 'plan' };
    const asked = judgeAll(rules, none, placesOf(subject, now), () => used(0));
    expect(asked.map(({ budget, id }) => `${budget} ${id}`)).toEqual([
      'ticket FEAT-1',
      'gate FEAT-1/plan',
      'session s',
      'day 2026-12-31',
      'month 2026-12',
    ]);
    const later = placesOf({ sessionId: null, ticketId: null, gate: 'plan' }, new Date(now.getTime() + 1));
    expect(later).toEqual([
      { budget: 'day', id: '2027-01-01' },
      { budget: 'month', id: '2027-01' },
    ]);
  });
});

describe('limits in a configuration', () => {
  it('hold in USD, in tokens or in both; the reserve is for day, month and session', () => {
    const budgets = {
      day: { limit: 20, hardStop: 1.5 },
      ticket: { tokens: 1000, limit: 3, warn: 0.5 },
      reserve: 0.05,
    };
    expect(budgetLimits({ budgets })).toEqual([
      { budget: 'day', unit: 'usd', limit: 20, warn: 0.7, hardStop: 1.5, reserve: 0.05 },
      { budget: 'ticket', unit: 'usd', limit: 3, warn: 0.5, hardStop: 1, reserve: 0 },
      { budget: 'ticket', unit: 'tokens', limit: 1000, warn: 0.5, hardStop: 1, reserve: 0 },
    ]);
  });

  it('in USD only warn on a plan, until their hard stop is set', () => {
    const budgets = { day: { limit: 20 }, month: { limit: 99, hardStop: 1 }, gate: { tokens: 10 } };
    expect(budgetLimits({ billing: 'plan', budgets }).map(({ hardStop }) => hardStop)).toEqual([null, 1, 1]);
  });

  it.each([
    undefined,
    null,
    7,
    [],
    { budgets: 'x' },
    { budgets: { day: 5, month: { limit: '5' }, gate: { limit: -1 } } },
  ])('that are none: %j', (llmOps) => expect(budgetLimits(llmOps)).toEqual([]));
});

describe('raises', () => {
  it('none where nobody has raised anything', () =>
    expect(readRaises(tempDir())).toEqual({ day: {}, month: {}, session: {}, ticket: {}, gate: {} }));
});
