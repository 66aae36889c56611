import type { GuardAnswer } from '../../ledger/budget.ts';
import type { CostReport, ReportRow } from '../../ledger/report.ts';
import type { LedgerFaults } from '../../ledger/stats.ts';
import { count, is, padded, plain, shortened, tokens, usd } from './figures.ts';

const LINES_SHOWN = 5;

/** What could not be counted, one line each, for stderr. */
export function faultNotes(faults: LedgerFaults): string[] {
  const notes = faults.bad
    .slice(0, LINES_SHOWN)
    .map(({ file, line, reason }) => plain(`${file}:${line} ${reason}`));
  const more = faults.bad_lines - notes.length;
  if (more > 0) notes.push(`and ${more} more lines that cannot be read`);
  if (faults.bad_lines > 0)
    notes.push(
      `warning: ${count(faults.bad_lines, 'line')} of the ledger cannot be read and ${is(faults.bad_lines)} missing in the sums`,
    );
  if (faults.undated > 0)
    notes.push(
      `note: ${count(faults.undated, 'request')} without a time ${is(faults.undated)} in no month or day`,
    );
  return notes;
}

export function guardText(answer: GuardAnswer): string {
  const { state, period, ticket, cost_usd, budget, ratio, unpriced, unpriced_models, plan_usd } = answer;
  const when = period === 'all' ? 'in all' : `this ${period} (UTC)`;
  const whose = ticket === null ? '' : ` for ${plain(ticket)}`;
  const lines = [
    `${state}: ${usd(cost_usd)} of ${usd(budget)} spent${whose} ${when}, ${(ratio * 100).toFixed(1)} %`,
  ];
  if (budget === 0) lines.push('a budget of 0 stops everything');
  if (plan_usd > 0) lines.push(`${usd(plan_usd)} of it is list-price equivalent: a plan pays for it`);
  if (unpriced > 0)
    lines.push(
      `not in it: ${count(unpriced, 'request')} without a known price (${unpriced_models.map(plain).join(', ')})`,
    );
  return lines.join('\n');
}

/** @param width most characters of a line; without it names are printed whole */
export function reportText(report: CostReport, width: number | undefined): string {
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
  lines.push(...table('by ticket', report.by_ticket, width, 'unattributed'));
  lines.push(...table('by gate', report.by_gate, width, 'no gate'));
  lines.push(...table('by agent', report.by_agent, width, 'no agent'));
  lines.push(...table('by model', report.by_model, width, 'no model'));
  if (report.unpriced_models.length > 0) {
    lines.push('', 'no known price, missing in the sums (set them in llmOps.prices):');
    for (const { name, requests } of report.unpriced_models)
      lines.push(`  ${count(requests, 'request')} to ${plain(name ?? 'no model')}`);
  }
  return lines.map((line) => (width === undefined ? line : shortened(line, width))).join('\n');
}

const FIGURES = 8 + 10 + 10 + 13;

function table(
  title: string,
  rows: readonly ReportRow[],
  width: number | undefined,
  unnamed: string,
): string[] {
  const names = rows.map((row) => plain(row.name ?? unnamed));
  const longest = Math.max(title.length, ...names.map((name) => name.length));
  const room = width === undefined ? longest : Math.min(longest, width - FIGURES);
  const line = (name: string, ...cells: readonly [string, string, string, string]) =>
    padded(name, room) +
    cells[0].padStart(8) +
    cells[1].padStart(10) +
    cells[2].padStart(10) +
    cells[3].padStart(13);
  return [
    '',
    line(title, 'requests', 'in', 'out', 'USD'),
    ...rows.map((row, index) =>
      line(
        names[index] ?? '',
        String(row.requests),
        tokens(row.input_tokens + row.cache_read_tokens + row.cache_write_tokens),
        tokens(row.output_tokens),
        `${row.cost_usd.toFixed(4)}${row.unpriced > 0 ? '+?' : ''}`,
      ),
    ),
  ];
}

function range({ from, to }: CostReport): string {
  if (from === null || to === null) return '';
  const [first, last] = [from.slice(0, 10), to.slice(0, 10)];
  return first === last ? `, ${first}` : `, ${first} to ${last}`;
}
