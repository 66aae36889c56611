import type { GuardAnswer } from '../../ledger/budget.ts';
import type { LedgerFaults } from '../../ledger/stats.ts';
import { count, is, plain, tokens, usd } from './figures.ts';

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
  const { state, period, ticket, cost_usd, estimated_usd, budget, ratio, unpriced, plan_usd } = answer;
  const when = period === 'all' ? 'in all' : `this ${period} (UTC)`;
  const whose = ticket === null ? '' : ` for ${plain(ticket)}`;
  const spent = [
    ...(budget === null ? [] : [`${usd(cost_usd)} of ${usd(budget)}`]),
    ...(answer.budget_tokens === null
      ? []
      : [`${tokens(answer.tokens)} of ${tokens(answer.budget_tokens)} tokens`]),
  ];
  const lines = [`${state}: ${spent.join(' and ')} spent${whose} ${when}, ${(ratio * 100).toFixed(1)} %`];
  if (budget === 0 || answer.budget_tokens === 0) lines.push('a budget of 0 stops everything');
  if (answer.raise !== null) lines.push(`a person can raise it: ${answer.raise}`);
  if (plan_usd > 0) lines.push(`${usd(plan_usd)} of it is list-price equivalent: a plan pays for it`);
  if (unpriced > 0)
    lines.push(
      `${count(unpriced, 'request')} without a known price (${answer.unpriced_models.map(plain).join(', ')}) ${unpriced === 1 ? 'counts' : 'count'} as ${usd(estimated_usd)}, at the dearest price that is known`,
    );
  return lines.join('\n');
}
