import path from 'node:path';
import { readTextIfExists } from '../platform/files.ts';
import { CONFIG_FILE, type ProjectPaths } from './paths.ts';

// Hooks read budgets before each prompt: plain JSON, no schema library. What the schema refuses is not read here either.

export const budgetNames = ['day', 'month', 'session', 'ticket', 'gate'] as const;
/** What a budget is for: the current UTC day or month, one Claude Code session, one ticket, one gate of a ticket. */
export type BudgetName = (typeof budgetNames)[number];

/** What a limit counts: US dollars, or tokens of all kinds (input, output, cache reads and writes). */
export type BudgetUnit = 'usd' | 'tokens';

/** Share of a limit from which is warned. */
export const DEFAULT_WARN = 0.7;
/** Share of a limit from which is stopped. */
export const DEFAULT_HARD_STOP = 1;

/** One configured limit. A budget with a limit in USD and one in tokens is two of them. */
export interface BudgetLimit {
  readonly budget: BudgetName;
  readonly unit: BudgetUnit;
  /** 0 stops everything. */
  readonly limit: number;
  /** Share of the limit. */
  readonly warn: number;
  /** Share of the limit; `null`: it only warns. */
  readonly hardStop: number | null;
  /** Share of the limit below the hard stop that is kept for work on a ticket that is under way. */
  readonly reserve: number;
}

/**
 * The limits of a configuration's `llmOps`, parsed or raw. On a plan USD are only list-price equivalents: such a limit stops
 * nothing unless its `hardStop` is set. What is malformed is left out; reading the configuration as a whole says so.
 */
export function budgetLimits(llmOps: unknown): BudgetLimit[] {
  const { budgets, billing } = fieldsOf(llmOps);
  const all = fieldsOf(budgets);
  return budgetNames.flatMap((budget) => {
    const { limit, tokens, warn, hardStop } = fieldsOf(all[budget]);
    const reserve = ['day', 'month', 'session'].includes(budget) ? (amount(all.reserve) ?? 0) : 0;
    const set = amount(hardStop);
    const shares = { budget, warn: amount(warn) ?? DEFAULT_WARN, reserve };
    const limits: BudgetLimit[] = [];
    const usd = amount(limit);
    if (usd !== undefined)
      limits.push({
        ...shares,
        unit: 'usd',
        limit: usd,
        hardStop: set ?? (billing === 'plan' ? null : DEFAULT_HARD_STOP),
      });
    const count = amount(tokens);
    if (count !== undefined)
      limits.push({ ...shares, unit: 'tokens', limit: count, hardStop: set ?? DEFAULT_HARD_STOP });
    return limits;
  });
}

/** The file that says a project's budgets: the main worktree's, so that all worktrees have the same. */
export function budgetFile({ mainRoot, configFile }: ProjectPaths): string {
  const main = path.join(mainRoot, CONFIG_FILE);
  return readTextIfExists(main) === undefined ? configFile : main;
}

/** The limits in a configuration's text. @throws SyntaxError when it is no JSON */
export function budgetLimitsIn(text: string): BudgetLimit[] {
  const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  return budgetLimits(fieldsOf(value).llmOps);
}

/** A project's limits. @throws SyntaxError when the configuration is no JSON */
export function projectLimits(paths: ProjectPaths): BudgetLimit[] {
  const text = readTextIfExists(budgetFile(paths));
  return text === undefined ? [] : budgetLimitsIn(text);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function amount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}
