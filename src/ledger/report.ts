import { always, type TimeFilter } from './period.ts';
import {
  BillingSum,
  type ByBilling,
  foldLedger,
  GroupedSum,
  type LedgerFaults,
  Sum,
  type Totals,
} from './stats.ts';
import { isUnpriced } from './unpriced.ts';

/** A line of a report; `name` is `null` on the line of what is not attributed, which is always there. */
export type ReportRow = Totals & { readonly name: string | null };

export interface CostReport extends LedgerFaults {
  readonly ticket: string | null;
  /** Times of the first and the last request, RFC 3339; `null` without any. */
  readonly from: string | null;
  readonly to: string | null;
  readonly total: Totals;
  /** What `total.cost_usd` is: money that was paid, or what a plan's requests would have cost. */
  readonly heading: CostHeading;
  readonly by_billing: ByBilling;
  readonly by_ticket: readonly ReportRow[];
  readonly by_gate: readonly ReportRow[];
  readonly by_agent: readonly ReportRow[];
  readonly by_model: readonly ReportRow[];
  /** Models without a known price, with the requests that are missing in the sums. */
  readonly unpriced_models: readonly ReportRow[];
  /** Requests of the scripted provider; their prices are made up. */
  readonly demo_requests: number;
}

type CostHeading = 'cost' | 'list-price equivalent' | 'cost and list-price equivalent';

export interface ReportQuery {
  readonly ledger: string;
  readonly ticket?: string | undefined;
  /** Which times count; without it all. */
  readonly inTime?: TimeFilter | undefined;
}

/** What tickets, gates, agents and models cost. The ledger is read as a stream; memory grows with the names, not the requests. */
export function costReport({ ledger, ticket, inTime = always }: ReportQuery): CostReport {
  const [total, billing, unpriced] = [new Sum(), new BillingSum(), new GroupedSum()];
  const [tickets, gates] = [new GroupedSum(null), new GroupedSum(null)];
  const [agents, models] = [new GroupedSum(null), new GroupedSum()];
  let [from, to, demo] = ['', '', 0];
  const faults = foldLedger(ledger, (record, sign) => {
    if (!inTime(record.ts) || (ticket !== undefined && record.ticket_id !== ticket)) return;
    total.add(record, sign);
    billing.add(record, sign);
    tickets.add(record.ticket_id, record, sign);
    gates.add(record.gate, record, sign);
    agents.add(record.agent_type, record, sign);
    models.add(record.model, record, sign);
    if (isUnpriced(record)) unpriced.add(record.model, record, sign);
    if (record.price_source === 'demo') demo += sign;
    if (record.ts !== '' && (from === '' || record.ts < from)) from = record.ts;
    if (record.ts > to) to = record.ts;
  });
  const byBilling = billing.totals();
  return {
    ticket: ticket ?? null,
    from: from || null,
    to: to || null,
    total: total.totals(),
    heading: headingOf(byBilling),
    by_billing: byBilling,
    by_ticket: tickets.rows(),
    by_gate: gates.rows(),
    by_agent: agents.rows(),
    by_model: models.rows(),
    unpriced_models: unpriced.rows(),
    demo_requests: demo,
    ...faults,
  };
}

/** A plan's requests have no price of their own: their sum is what the list would ask, and is called so. */
function headingOf({ api, plan, unknown }: ByBilling): CostHeading {
  if (plan.requests === 0) return 'cost';
  return api.requests + unknown.requests === 0 ? 'list-price equivalent' : 'cost and list-price equivalent';
}

/** What one ticket has cost so far, for its completion and for the overview. */
export function ticketCost(ledger: string, ticket: string): CostReport {
  return costReport({ ledger, ticket });
}
