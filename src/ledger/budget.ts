import type { Clock } from '../platform/clock.ts';
import type { BudgetLimit } from '../project/budgets.ts';
import { inPeriod, type Period } from './period.ts';
import { foldLedger, GroupedSum, type LedgerFaults, Sum } from './stats.ts';
import { isUnpriced } from './unpriced.ts';
import { dearest } from './used.ts';
import { type BudgetState, judge, worstFirst } from './verdict.ts';

/** Without a configured budget; USD. */
export const DEFAULT_BUDGET_USD = 1000;

export interface GuardQuery {
  readonly ledger: string;
  /** What to compare with: limits in USD, in tokens or both. What is counted, `period` and `ticket` say. */
  readonly limits: readonly BudgetLimit[];
  readonly period: Period;
  /** Only this ticket's requests. */
  readonly ticket?: string | undefined;
  readonly clock: Clock;
}

export interface GuardAnswer extends LedgerFaults {
  /** What was spent, as far as prices are known; USD. */
  readonly cost_usd: number;
  /** Requests without a known price at the dearest one that is known; USD. Counts against the budget. */
  readonly estimated_usd: number;
  /** Of all kinds. */
  readonly tokens: number;
  /** USD; `null` when the budget is in tokens alone. */
  readonly budget: number | null;
  readonly budget_tokens: number | null;
  /** Of the limit that is nearer: spent / limit; 1 with a budget of 0, which is spent before anything is. */
  readonly ratio: number;
  readonly state: BudgetState;
  /** At a hard stop: the command by which a person raises the configured budget. */
  readonly raise: string | null;
  readonly period: Period;
  readonly ticket: string | null;
  readonly requests: number;
  /** Requests without a known price, and their models: they are missing in `cost_usd`. */
  readonly unpriced: number;
  readonly unpriced_models: readonly string[];
  /** Share of `cost_usd` that a plan pays: list-price equivalent. */
  readonly plan_usd: number;
}

/**
 * Compares what was spent with a budget, by the same judge as the gateway and the hooks. An empty or absent ledger is `ok`,
 * unless the budget is 0.
 */
export function guard({ ledger, limits, period, ticket, clock }: GuardQuery): GuardAnswer {
  const [spent, unpriced, onPlan, unpricedModels] = [new Sum(), new Sum(), new Sum(), new GroupedSum()];
  const inTime = inPeriod(period, clock);
  const faults = foldLedger(ledger, (record, sign) => {
    if (!inTime(record.ts) || (ticket !== undefined && record.ticket_id !== ticket)) return;
    spent.add(record, sign);
    if (record.billing === 'plan') onPlan.add(record, sign);
    if (!isUnpriced(record)) return;
    unpriced.add(record, sign);
    unpricedModels.add(record.model ?? 'unknown', record, sign);
  });
  const { cost_usd, requests, ...sums } = spent.totals();
  const without = unpriced.totals();
  const estimatedUsd = dearest(inputTokens(without), without.output_tokens);
  const tokens = inputTokens(sums) + sums.output_tokens;
  const used = { usd: cost_usd + estimatedUsd, tokens, estimatedUsd, inFlight: { usd: 0, tokens: 0 } };
  const [worst] = worstFirst(limits.map((rule) => judge(rule, ticket ?? period, used)));
  const limitIn = (unit: BudgetLimit['unit']) => limits.find((rule) => rule.unit === unit)?.limit ?? null;
  return {
    cost_usd,
    estimated_usd: estimatedUsd,
    tokens,
    budget: limitIn('usd'),
    budget_tokens: limitIn('tokens'),
    ratio: worst?.ratio ?? 0,
    state: worst?.state ?? 'ok',
    raise: worst?.state === 'hard-stop' ? worst.raise : null,
    period,
    ticket: ticket ?? null,
    requests,
    unpriced: sums.unpriced,
    unpriced_models: unpricedModels
      .rows()
      .map(({ name }) => name ?? 'unknown')
      .sort(),
    plan_usd: onPlan.totals().cost_usd,
    ...faults,
  };
}

function inputTokens(sum: {
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
}): number {
  return sum.input_tokens + sum.cache_read_tokens + sum.cache_write_tokens;
}
