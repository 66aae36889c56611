import type { Clock } from '../platform/clock.ts';
import { inPeriod, type Period } from './period.ts';
import { foldLedger, GroupedSum, type LedgerFaults, Sum } from './stats.ts';
import { isUnpriced } from './unpriced.ts';

/** Without a configured budget; USD. */
export const DEFAULT_BUDGET_USD = 1000;
/** Shares of the budget from which on there is a warning and a hard stop. */
export const DEFAULT_WARN = 0.7;
export const DEFAULT_HARD_STOP = 1;

export interface Budget {
  /** USD; 0 stops everything. */
  readonly limit: number;
  readonly warn: number;
  readonly hardStop: number;
}

export interface GuardQuery {
  readonly ledger: string;
  readonly budget: Budget;
  readonly period: Period;
  /** Only this ticket's requests. */
  readonly ticket?: string | undefined;
  readonly clock: Clock;
}

type GuardState = 'ok' | 'warning' | 'hard-stop';

export interface GuardAnswer extends LedgerFaults {
  /** What was spent, as far as prices are known; USD. */
  readonly cost_usd: number;
  readonly budget: number;
  /** `cost_usd / budget`; 1 with a budget of 0, which is spent before anything is. */
  readonly ratio: number;
  readonly state: GuardState;
  readonly period: Period;
  readonly ticket: string | null;
  readonly requests: number;
  /** Requests without a known price, and their models: they are missing in `cost_usd`. */
  readonly unpriced: number;
  readonly unpriced_models: readonly string[];
  /** Share of `cost_usd` that a plan pays: list-price equivalent. */
  readonly plan_usd: number;
}

/** Compares what was spent with a budget. An empty or absent ledger is `ok`, unless the budget is 0. */
export function guard({ ledger, budget, period, ticket, clock }: GuardQuery): GuardAnswer {
  const [spent, onPlan, unpricedModels] = [new Sum(), new Sum(), new GroupedSum()];
  const inTime = inPeriod(period, clock);
  const faults = foldLedger(ledger, (record, sign) => {
    if (!inTime(record.ts) || (ticket !== undefined && record.ticket_id !== ticket)) return;
    spent.add(record, sign);
    if (record.billing === 'plan') onPlan.add(record, sign);
    if (isUnpriced(record)) unpricedModels.add(record.model ?? 'unknown', record, sign);
  });
  const { cost_usd, requests, unpriced } = spent.totals();
  const ratio = budget.limit === 0 ? 1 : cost_usd / budget.limit;
  return {
    cost_usd,
    budget: budget.limit,
    ratio,
    state: stateOf(ratio, budget),
    period,
    ticket: ticket ?? null,
    requests,
    unpriced,
    unpriced_models: unpricedModels
      .rows()
      .map(({ name }) => name ?? 'unknown')
      .sort(),
    plan_usd: onPlan.totals().cost_usd,
    ...faults,
  };
}

function stateOf(ratio: number, { limit, warn, hardStop }: Budget): GuardState {
  if (limit === 0 || ratio >= hardStop) return 'hard-stop';
  return ratio >= warn ? 'warning' : 'ok';
}
