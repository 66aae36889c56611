import { raisedLimit, readRaises, writeRaise } from '../ledger/raises.ts';
import { amountText } from '../ledger/verdict.ts';
import { utcDay } from '../platform/clock.ts';
import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { type BudgetName, type BudgetUnit, projectLimits } from '../project/budgets.ts';
import type { GateCall } from './call.ts';
import { requirePerson } from './person.ts';

export interface WantedRaise {
  readonly budget: BudgetName;
  /** Session, ticket, or `<ticket>/<gate>`; a day or month is the current one (UTC) when it is left out. */
  readonly id: string | undefined;
  readonly unit: BudgetUnit;
  /** The new limit. */
  readonly limit: number;
}

export interface Raised {
  readonly id: string;
  /** The limit that held until now. */
  readonly before: number;
  /** `human:<name>`. */
  readonly by: string;
}

/**
 * Lets a person raise one budget, for one day, month, session, ticket or gate; what holds for all others stays.
 * @throws BacklogError `usage`, `budget-not-set` (exit 2), `person-needed`, `person-declined` (exit 1)
 */
export async function raiseBudget(call: GateCall, wanted: WantedRaise): Promise<Raised> {
  const { paths, clock } = call;
  const { budget, unit, limit } = wanted;
  const id = idOf(wanted, call);
  const rule = projectLimits(paths).find((one) => one.budget === budget && one.unit === unit);
  if (rule === undefined) throw notSet(budget, unit);
  const before = raisedLimit(rule, id, readRaises(paths.opsDir)).limit;
  const name = `${budget} ${id}`;
  if (limit <= before)
    throw usageError(
      `the budget of ${name} is ${amountText(before, unit)} already`,
      `pass more than that; what holds for every ${budget} is llmOps.budgets.${budget} in backlog.config.json`,
    );
  const by = await requirePerson(call, {
    purpose: 'raise',
    question: `Raise the budget of ${name} from ${amountText(before, unit)} to ${amountText(limit, unit)}?`,
    command: `backlog cost raise ${name} --${unit} ${limit}`,
  });
  await writeRaise(paths.opsDir, { budget, id, unit, limit, by }, clock);
  return { id, before, by };
}

function idOf({ budget, id }: WantedRaise, { clock }: GateCall): string {
  if (budget === 'gate' && id !== undefined && !/^[^/]+\/[^/]+$/.test(id))
    throw usageError(`${id} is no gate of a ticket`, 'pass <ticket>/<gate>, such as FEAT-001/implement');
  const day = utcDay(clock);
  const current = budget === 'day' ? day : budget === 'month' ? day.slice(0, 7) : undefined;
  const found = id ?? current;
  if (found !== undefined && found !== '') return found;
  throw usageError(
    `which ${budget}?`,
    `name it: backlog cost raise ${budget} ${budget === 'gate' ? '<ticket>/<gate>' : '<id>'} --usd <limit>`,
  );
}

function notSet(budget: BudgetName, unit: BudgetUnit): BacklogError {
  const [what, key] = unit === 'usd' ? ['USD', 'limit'] : ['tokens', 'tokens'];
  return new BacklogError({
    code: 'budget-not-set',
    message: `there is no budget per ${budget} in ${what}, so nothing to raise`,
    fix: `set llmOps.budgets.${budget}.${key} in backlog.config.json, if you want one`,
    exitCode: ExitCode.Usage,
  });
}
