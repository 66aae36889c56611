import { raiseBudget } from '../../gates/raise.ts';
import { amountText } from '../../ledger/verdict.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { type BudgetName, type BudgetUnit, budgetNames } from '../../project/budgets.ts';
import { gateCallOf } from '../gate-call.ts';
import type { Invocation } from '../invocation.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog cost raise`: a person raises one budget. */
export const raise: CommandFunction = async (call, io) => {
  const budget = budgetNamed(call.requiredArg(0, 'budget'));
  const { unit, limit } = wantedOf(call);
  const { id, before, by } = await raiseBudget(gateCallOf(io), { budget, id: call.arg(1), unit, limit });
  const ticket = budget === 'ticket' || budget === 'gate' ? id.split('/')[0] : undefined;
  const next = ticket === undefined ? null : `backlog ticket start ${ticket}`;
  printResult(io, {
    json: { budget, id, unit, before, limit, by, next },
    text: `the budget of ${budget} ${id} is ${amountText(limit, unit)} now${next === null ? '' : `; if the ticket is budget-blocked: ${next}`}`,
  });
  return ExitCode.Ok;
};

function budgetNamed(name: string): BudgetName {
  const found = budgetNames.find((one) => one === name);
  if (found === undefined) throw usageError(`${name} is no budget`, `pass one of ${budgetNames.join(', ')}`);
  return found;
}

function wantedOf(call: Invocation): { readonly unit: BudgetUnit; readonly limit: number } {
  const usd = call.number('usd', { min: 0 });
  const tokens = call.number('tokens', { min: 0, integer: true });
  if (usd !== undefined && tokens === undefined) return { unit: 'usd', limit: usd };
  if (tokens !== undefined && usd === undefined) return { unit: 'tokens', limit: tokens };
  throw usageError('it says no new limit, or two', 'pass either --usd <limit> or --tokens <limit>');
}
