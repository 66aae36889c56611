import { DEFAULT_BUDGET_USD, guard as guardBudget } from '../../ledger/budget.ts';
import { type Period, periods } from '../../ledger/period.ts';
import { raisedLimit, readRaises } from '../../ledger/raises.ts';
import { utcDay } from '../../platform/clock.ts';
import { ExitCode } from '../../platform/errors.ts';
import {
  type BudgetLimit,
  type BudgetName,
  budgetLimits,
  DEFAULT_HARD_STOP,
  DEFAULT_WARN,
} from '../../project/budgets.ts';
import { findProject, type ProjectPaths } from '../../project/paths.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { runnable } from '../program-name.ts';
import { faultNotes, guardText } from './cost-text.ts';
import { ledgerOf } from './ledgers.ts';

/** `cost guard`: needs neither a project nor a configuration; exit 1 on a hard stop. */
export async function guard(call: Invocation, io: Io): Promise<ExitCode> {
  const project = findProject(io.cwd);
  const { limits, period, configured } = await budgetOf(call, project, io);
  const ledger = ledgerOf(call, io);
  const judged = guardBudget({ ledger, limits, period, ticket: call.text('ticket'), clock: io.clock });
  const answer = configured ? judged : { ...judged, raise: null };
  for (const note of faultNotes(answer)) io.note(note);
  printResult(io, { json: { ...answer, ledger }, text: runnable(guardText(answer), io.env) });
  return answer.state === 'hard-stop' ? ExitCode.CheckFailed : ExitCode.Ok;
}

/**
 * `--budget`, else what the configuration says for the period or the ticket, else 1000 USD. Without `--period` a configured
 * monthly (else daily) budget is compared with its own month (day), never with all history.
 */
async function budgetOf(
  call: Invocation,
  project: ProjectPaths | undefined,
  io: Io,
): Promise<{
  readonly limits: readonly BudgetLimit[];
  readonly period: Period;
  readonly configured: boolean;
}> {
  const limit = call.number('budget', { min: 0 });
  const period = call.choice('period', periods);
  // A call with a budget works beside a broken configuration; one without must not quietly fall back to 1000.
  const configured = limit === undefined && project ? await configuredBudget(call, project, period, io) : {};
  const typed = { warn: call.number('warn', { min: 0 }), hardStop: call.number('hardStop', { min: 0 }) };
  const limits = configured.limits ?? [];
  const usual: BudgetLimit = {
    budget: 'month',
    unit: 'usd',
    limit: limit ?? DEFAULT_BUDGET_USD,
    warn: DEFAULT_WARN,
    hardStop: DEFAULT_HARD_STOP,
    reserve: 0,
  };
  return {
    period: period ?? configured.period ?? 'all',
    configured: limits.length > 0,
    limits: (limits.length > 0 ? limits : [usual]).map((rule) => ({
      ...rule,
      warn: typed.warn ?? rule.warn,
      hardStop: typed.hardStop ?? rule.hardStop,
    })),
  };
}

async function configuredBudget(
  call: Invocation,
  project: ProjectPaths,
  period: Period | undefined,
  io: Io,
): Promise<{ readonly limits?: readonly BudgetLimit[]; readonly period?: Period }> {
  const { loadConfig } = await import('../../project/config.ts');
  const all = budgetLimits(loadConfig(project, io.cwd).config.llmOps);
  const raises = readRaises(project.opsDir);
  const of = (name: BudgetName, id: string): readonly BudgetLimit[] =>
    all.filter(({ budget }) => budget === name).map((rule) => raisedLimit(rule, id, raises));
  const ticket = call.text('ticket');
  if (ticket !== undefined) return { limits: of('ticket', ticket) };
  const day = utcDay(io.clock);
  const [ofDay, ofMonth] = [of('day', day), of('month', day.slice(0, 7))];
  if (period === 'all') return {};
  if (period !== undefined) return { limits: period === 'day' ? ofDay : ofMonth };
  if (ofMonth.length > 0) return { limits: ofMonth, period: 'month' };
  return ofDay.length > 0 ? { limits: ofDay, period: 'day' } : {};
}
