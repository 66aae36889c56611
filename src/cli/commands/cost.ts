import {
  type Budget,
  DEFAULT_BUDGET_USD,
  DEFAULT_HARD_STOP,
  DEFAULT_WARN,
  guard as guardBudget,
} from '../../ledger/budget.ts';
import { type Period, periods } from '../../ledger/period.ts';
import { ExitCode } from '../../platform/errors.ts';
import { findProject, type ProjectPaths } from '../../project/paths.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { faultNotes, guardText } from './cost-text.ts';
import { ledgerOf } from './ledgers.ts';

/** `cost guard`: needs neither a project nor a configuration; exit 1 on a hard stop. */
export async function guard(call: Invocation, io: Io): Promise<ExitCode> {
  const project = findProject(io.cwd);
  const { budget, period } = await budgetOf(call, project, io);
  const ledger = ledgerOf(call, io);
  const answer = await guardBudget({ ledger, budget, period, ticket: call.text('ticket'), clock: io.clock });
  for (const note of faultNotes(answer)) io.note(note);
  printResult(io, { json: { ...answer, ledger }, text: guardText(answer) });
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
): Promise<{ readonly budget: Budget; readonly period: Period }> {
  const limit = call.number('budget', { min: 0 });
  const warn = call.number('warn', { min: 0 });
  const hardStop = call.number('hardStop', { min: 0 });
  const period = call.choice('period', periods);
  // A call with a budget works beside a broken configuration; one without must not quietly fall back to 1000.
  const configured = limit === undefined && project ? await configuredBudget(call, project, period, io) : {};
  const { budget, period: own } = configured;
  return {
    period: period ?? own ?? 'all',
    budget: {
      limit: limit ?? budget?.limit ?? DEFAULT_BUDGET_USD,
      warn: warn ?? budget?.warn ?? DEFAULT_WARN,
      hardStop: hardStop ?? budget?.hardStop ?? DEFAULT_HARD_STOP,
    },
  };
}

async function configuredBudget(
  call: Invocation,
  project: ProjectPaths,
  period: Period | undefined,
  io: Io,
): Promise<{ readonly budget?: Budget | undefined; readonly period?: Period }> {
  const { loadConfig } = await import('../../project/config.ts');
  const budgets = loadConfig(project, io.cwd).config.llmOps?.budgets;
  if (call.text('ticket') !== undefined) return { budget: budgets?.ticket };
  if (period === 'all') return {};
  if (period !== undefined) return { budget: budgets?.[period] };
  if (budgets?.month) return { budget: budgets.month, period: 'month' };
  return budgets?.day ? { budget: budgets.day, period: 'day' } : {};
}
