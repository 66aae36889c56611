import { type Clock, timestamp } from '../platform/clock.ts';
import { inFolder, readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import { type BudgetLimit, type BudgetName, type BudgetUnit, budgetNames } from '../project/budgets.ts';
import { amountIn, type Fields, objectOf, parseObject } from './fields.ts';

/** Limits that a person has raised for one day, month, session, ticket or gate, by budget and id. */
export type Raises = Readonly<Record<BudgetName, Fields>>;

export interface Raise {
  readonly budget: BudgetName;
  readonly id: string;
  readonly unit: BudgetUnit;
  /** The new limit, in `unit`. */
  readonly limit: number;
  /** `human:<name>`. */
  readonly by: string;
}

/** The raises of a project; none outside one, and none where the file is missing or spoilt, which is the safe side. */
export function readRaises(opsDir: string | undefined): Raises {
  const text = opsDir === undefined ? undefined : readTextIfExists(raisesFile(opsDir));
  const stored = objectOf(parseObject(text ?? '')?.raises);
  const of = (name: BudgetName): Fields => objectOf(stored?.[name]) ?? {};
  return {
    day: of('day'),
    month: of('month'),
    session: of('session'),
    ticket: of('ticket'),
    gate: of('gate'),
  };
}

/** A rule with the limit that holds for `id`. A raise never lowers one that the configuration has raised since. */
export function raisedLimit(rule: BudgetLimit, id: string, raises: Raises): BudgetLimit {
  const own = raises[rule.budget];
  const raised = Object.hasOwn(own, id) ? amountIn(objectOf(own[id]), rule.unit) : null;
  return raised === null ? rule : { ...rule, limit: Math.max(rule.limit, raised) };
}

/**
 * Keeps a raise in `.backlog-ops/budgets.json`.
 * @throws BacklogError `lock-timeout`, `file-write-failed` (exit 4)
 */
export async function writeRaise(opsDir: string, raise: Raise, clock: Clock): Promise<void> {
  const { budget, id, unit, limit, by } = raise;
  const file = raisesFile(opsDir);
  await withLock(`${file}.lock`, () => {
    const before = readRaises(opsDir);
    const raises = Object.fromEntries(budgetNames.map((name) => [name, Object.entries(before[name])]));
    const known = Object.hasOwn(before[budget], id) ? objectOf(before[budget][id]) : undefined;
    const entry = { ...known, [unit]: limit, by, at: timestamp(clock) };
    raises[budget] = [...Object.entries(before[budget]).filter(([other]) => other !== id), [id, entry]];
    const value = {
      v: 1,
      raises: Object.fromEntries(
        Object.entries(raises).map(([name, all]) => [name, Object.fromEntries(all)]),
      ),
    };
    writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`);
  });
}

export function raisesFile(opsDir: string): string {
  return inFolder(opsDir, 'budgets.json');
}
