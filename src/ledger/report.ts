import type { Watch } from '../platform/watch.ts';
import { type Kpi, KpiSum } from './kpis.ts';
import { Money } from './money.ts';
import { always, type TimeFilter } from './period.ts';
import type { LedgerRecord } from './record.ts';
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
  /** Of requests that come straight from transcripts, where no ledger is; empty otherwise. */
  readonly by_branch: readonly ReportRow[];
  /** What belongs to no ticket: always there, also when it is nothing. */
  readonly unattributed: ReportRow;
  readonly kpis: readonly Kpi[];
  /** What a ticket's gate cost after it had first failed. */
  readonly rework: Totals;
  /** What the gates plan, lint, review and commit cost: our own, beside the work itself. */
  readonly overhead: Totals;
  /** Requests that a budget has stopped. */
  readonly blocked_requests: number;
  /** Claude Code's own totals beside ours, of the sessions that have one; `null` when none has. */
  readonly reconciliation: {
    readonly sessions: number;
    readonly claude_code_usd: number;
    readonly ledger_usd: number;
    readonly difference_usd: number;
  } | null;
  /** Models without a known price, with the requests that are missing in the sums. */
  readonly unpriced_models: readonly ReportRow[];
  /** Requests of the scripted provider; their prices are made up. */
  readonly demo_requests: number;
}

type CostHeading = 'cost' | 'list-price equivalent' | 'cost and list-price equivalent';

export interface ReportQuery {
  /** `undefined` where there is none. */
  readonly ledger: string | undefined;
  readonly ticket?: string | undefined;
  /** Which times count; without it all. */
  readonly inTime?: TimeFilter | undefined;
  /** When a gate of a ticket first failed, RFC 3339 by `<ticket>/<gate>`: what it cost after that is rework. */
  readonly failures?: ReadonlyMap<string, string> | undefined;
  /** What Claude Code says its sessions have cost, USD by session. */
  readonly claudeTotals?: ReadonlyMap<string, number> | undefined;
  /** Told of the ledger as it is read. */
  readonly watch?: Watch | undefined;
  /** Requests that are in no ledger, with their branches. */
  readonly further?: readonly { readonly record: LedgerRecord; readonly branch: string | null }[] | undefined;
}

/** What tickets, gates, agents and models cost. The ledger is read as a stream; memory grows with the names, not the requests. */
export function costReport({
  ledger,
  ticket,
  inTime = always,
  failures = new Map(),
  claudeTotals,
  further = [],
  watch,
}: ReportQuery): CostReport {
  const [billing, unpriced] = [new BillingSum(), new GroupedSum()];
  const [tickets, gates] = [new GroupedSum(null), new GroupedSum(null)];
  const [agents, models, branches] = [new GroupedSum(null), new GroupedSum(), new GroupedSum()];
  const [rework, reconciled, kpis] = [new Sum(), new Sum(), new KpiSum()];
  let [from, to, demo, blocked] = ['', '', 0, 0];
  const each = (record: LedgerRecord, sign: 1 | -1): void => {
    if (claudeTotals?.has(record.session_id ?? '')) reconciled.add(record, sign);
    if (!inTime(record.ts) || (ticket !== undefined && record.ticket_id !== ticket)) return;
    billing.add(record, sign);
    tickets.add(record.ticket_id, record, sign);
    gates.add(record.gate, record, sign);
    agents.add(record.agent_type, record, sign);
    models.add(record.model, record, sign);
    kpis.add(record, sign);
    if (failures.size > 0 && isRework(record, failures)) rework.add(record, sign);
    if (record.status === 'blocked') blocked += sign;
    if (isUnpriced(record)) unpriced.add(record.model, record, sign);
    if (record.price_source === 'demo') demo += sign;
    if (record.ts !== '' && (from === '' || record.ts < from)) from = record.ts;
    if (record.ts > to) to = record.ts;
  };
  const faults = ledger === undefined ? noFaults : foldLedger(ledger, each, watch);
  for (const { record, branch } of further) {
    each(record, 1);
    if (inTime(record.ts)) branches.add(branch, record);
  }
  const byBilling = billing.totals();
  const byTicket = tickets.rows();
  return {
    ticket: ticket ?? null,
    from: from || null,
    to: to || null,
    total: billing.total(),
    unattributed: byTicket.at(-1) ?? { name: null, ...new Sum().totals() },
    heading: headingOf(byBilling),
    by_billing: byBilling,
    by_ticket: byTicket,
    by_gate: gates.rows(),
    by_agent: agents.rows(),
    by_model: models.rows(),
    by_branch: branches.rows(),
    kpis: kpis.kpis(),
    rework: rework.totals(),
    overhead: gates.totalsOf(ourGates),
    blocked_requests: blocked,
    reconciliation: reconciliationOf(claudeTotals, reconciled),
    unpriced_models: unpriced.rows(),
    demo_requests: demo,
    ...faults,
  };
}

const noFaults: LedgerFaults = { bad_lines: 0, bad: [], other_lines: 0, undated: 0 };

/** Gates that are there because of this tool: what they cost is its price beside the work itself. */
const ourGates: readonly string[] = ['plan', 'lint', 'review', 'commit'];

function isRework({ ticket_id, gate, ts }: LedgerRecord, failures: ReadonlyMap<string, string>): boolean {
  const failed = ticket_id === null || gate === null ? undefined : failures.get(`${ticket_id}/${gate}`);
  return failed !== undefined && ts > failed;
}

function reconciliationOf(
  totals: ReadonlyMap<string, number> | undefined,
  ours: Sum,
): CostReport['reconciliation'] {
  if (totals === undefined || totals.size === 0) return null;
  const claude = new Money();
  for (const usd of totals.values()) claude.add(usd);
  const { cost_usd } = ours.totals();
  const difference = new Money();
  difference.add(cost_usd);
  difference.subtract(claude.usd);
  return {
    sessions: totals.size,
    claude_code_usd: claude.usd,
    ledger_usd: cost_usd,
    difference_usd: difference.usd,
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
