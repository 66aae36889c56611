import type { Kpi } from '../../ledger/kpis.ts';
import type { CostReport, ReportRow } from '../../ledger/report.ts';
import { bar, count, padded, percent, plain, tableRoom, tokens, usd, wrapped } from './figures.ts';
import type { ReportExtras } from './report-extras.ts';

/** @param width most characters of a line; without it names are printed whole */
export function reportText(report: CostReport, extras: ReportExtras, width: number | undefined): string {
  const { total, by_billing: billing } = report;
  const title = {
    cost: 'Cost',
    'list-price equivalent': 'List-price equivalent',
    'cost and list-price equivalent': 'Cost and list-price equivalent',
  }[report.heading];
  const lines = [
    plain(`${title}${report.ticket === null ? '' : ` of ${report.ticket}`}: ${usd(total.cost_usd)}`),
    `${count(total.requests, 'request')}${total.failed > 0 ? `, ${total.failed} of them failed` : ''}${range(report)}`,
    `tokens: ${tokens(total.input_tokens)} in, ${tokens(total.output_tokens)} out, ${tokens(total.cache_read_tokens)} from cache, ${tokens(total.cache_write_tokens)} to cache`,
  ];
  if (billing.plan.requests > 0)
    lines.push(
      `on a plan: ${usd(billing.plan.cost_usd)} (list-price equivalent)${billing.api.requests > 0 ? `; paid by request: ${usd(billing.api.cost_usd)}` : ''}`,
    );
  if (billing.unknown.requests > 0)
    lines.push(
      `not known how it is paid: ${usd(billing.unknown.cost_usd)} at list prices (set llmOps.billing)`,
    );
  if (report.demo_requests > 0)
    lines.push(`${count(report.demo_requests, 'request')} at demo prices: nothing was paid for them`);
  lines.push(...firstScreen(report, extras));
  lines.push(...table('by ticket', report.by_ticket, width, 'unattributed'));
  lines.push(...table('by gate', report.by_gate, width, 'no gate'));
  lines.push(...table('by agent', report.by_agent, width, 'no agent'));
  lines.push(...table('by model', report.by_model, width, 'no model'));
  if (report.by_branch.length > 0) lines.push(...table('by branch', report.by_branch, width, 'no branch'));
  if (report.unpriced_models.length > 0) {
    lines.push('', 'no known price, missing in the sums (set them in llmOps.prices):');
    for (const { name, requests } of report.unpriced_models)
      lines.push(`  ${count(requests, 'request')} to ${plain(name ?? 'no model')}`);
  }
  return lines.flatMap((line) => (line.startsWith(NEXT) ? [line] : wrapped(line, width))).join('\n');
}

/** A command is copied: it stays whole. */
const NEXT = 'next: ';

/** What is worth knowing before any table: what nobody asked for, what was done twice, what this tool itself costs. */
function firstScreen(
  report: CostReport,
  { estimates, failed_gate_runs, source, next }: ReportExtras,
): string[] {
  const { total, unattributed, rework, overhead, reconciliation, kpis } = report;
  const of = (part: number) => percent(total.cost_usd === 0 ? null : part / total.cost_usd);
  const lines = [
    `unattributed: ${usd(unattributed.cost_usd)} (${of(unattributed.cost_usd)}) in ${count(unattributed.requests, 'request')}`,
    failed_gate_runs === null
      ? 'rework: not known without the evidence of a project'
      : `rework, after a gate had first failed: ${usd(rework.cost_usd)} (${of(rework.cost_usd)})`,
    `our own gates (plan, lint, review, commit): ${usd(overhead.cost_usd)} (${of(overhead.cost_usd)}); stopped: ${count(failed_gate_runs ?? 0, 'gate run')}, ${count(report.blocked_requests, 'request')}`,
    estimates === null
      ? 'estimate against actual: no ticket with an estimate has cost anything'
      : `estimate against actual: ${tokens(estimates.estimated_tokens)} estimated, ${tokens(estimates.actual_tokens)} used, ${count(estimates.tickets, 'ticket')}`,
  ];
  if (reconciliation !== null)
    lines.push(
      `Claude Code says ${usd(reconciliation.claude_code_usd)} for ${count(reconciliation.sessions, 'session')}, we ${usd(reconciliation.ledger_usd)}: ${signed(reconciliation.difference_usd)}`,
    );
  if (source === 'transcripts') lines.push('read from transcripts: there is no ledger here yet');
  return [...lines, '', ...kpis.map(kpiLine), '', `${NEXT}${next}`];
}

function kpiLine({ name, value, target, wanted, met }: Kpi): string {
  const figure = (amount: number | null) =>
    amount === null ? '-' : name === 'cost_per_ticket_usd' ? usd(amount) : percent(amount);
  const sign = wanted === 'at least' ? '>=' : '<';
  const verdict = met === null ? 'not known' : met ? 'met' : 'missed';
  return `${kpiNames[name].padEnd(16)}${figure(value).padStart(9)}  ${sign.padEnd(2)} ${figure(target).padEnd(6)} ${verdict}`;
}

const kpiNames: Readonly<Record<Kpi['name'], string>> = {
  cache_hit_rate: 'cache hit rate',
  cheap_calls: 'cheap calls',
  batch_rate: 'batch calls',
  escalation_rate: 'escalations',
  cost_per_ticket_usd: 'cost per ticket',
};

function signed(amount: number): string {
  return Math.abs(amount) < 0.00005 ? 'no difference' : `${amount > 0 ? '+' : '-'}${usd(Math.abs(amount))}`;
}

const FIGURES = 8 + 10 + 10 + 13;
const BAR = 10;
/** Most rows of a table on a terminal; piped, all are there. */
const ROWS = 10;

function table(
  title: string,
  all: readonly ReportRow[],
  width: number | undefined,
  unnamed: string,
): string[] {
  const shown = all.filter(({ name }, index) => width === undefined || index < ROWS || name === null);
  const names = shown.map((row) => plain(row.name ?? unnamed));
  const { room, bar: bars } = tableRoom([`${title} `, ...names], width, { figures: FIGURES, bars: BAR });
  const sum = all.reduce((total, { cost_usd }) => total + cost_usd, 0);
  const share = ({ cost_usd }: ReportRow) =>
    bars === 0 || sum === 0 ? '' : `  ${bar(cost_usd / sum, bars)}`.trimEnd();
  const line = (name: string, ...cells: readonly [string, string, string, string]) =>
    padded(name, room) +
    cells[0].padStart(8) +
    cells[1].padStart(10) +
    cells[2].padStart(10) +
    cells[3].padStart(13);
  return [
    '',
    line(title, 'requests', 'in', 'out', 'USD'),
    ...shown.map(
      (row, index) =>
        `${line(
          names[index] ?? '',
          String(row.requests),
          tokens(row.input_tokens + row.cache_read_tokens + row.cache_write_tokens),
          tokens(row.output_tokens),
          `${row.cost_usd.toFixed(4)}${row.unpriced > 0 ? '+?' : ''}`,
        )}${share(row)}`,
    ),
    ...(shown.length < all.length ? [`and ${all.length - shown.length} more: pipe it, or add --json`] : []),
  ];
}

function range({ from, to }: CostReport): string {
  if (from === null || to === null) return '';
  const [first, last] = [from.slice(0, 10), to.slice(0, 10)];
  return first === last ? `, ${first}` : `, ${first} to ${last}`;
}
