import type { Attribution } from '../../attribution/attribution.ts';
import { onceInSession } from '../../gates/budget-warnings.ts';
import { checkBudgets, placesOf } from '../../ledger/check.ts';
import { stopFor, stopText, verdictText } from '../../ledger/verdict.ts';
import { BacklogError, ExitCode } from '../../platform/errors.ts';
import { projectLimits } from '../../project/budgets.ts';
import type { ProjectPaths } from '../../project/paths.ts';
import type { Io } from '../io.ts';

export interface BudgetedCall {
  readonly project: ProjectPaths | undefined;
  readonly attribution: Attribution;
  readonly ledger: string;
  /** The user's own folder. */
  readonly home: string;
}

/**
 * Judges a call by the budgets that it is counted in, as the gateway judges a request; says each warning once in a session. What
 * other calls have in flight is not known here: calls that begin together may go over by what they cost.
 * @returns why it may not be made
 * @throws BacklogError `ledger-read-failed` (exit 3)
 */
export function spentBudget(
  { project, attribution, ledger, home }: BudgetedCall,
  io: Io,
): BacklogError | undefined {
  if (project === undefined) return undefined;
  const { ticket_id: ticketId = null, gate = null } = attribution.context ?? {};
  const sessionId = io.caller.sessionId ?? null;
  const now = io.clock();
  const verdicts = checkBudgets({
    limits: projectLimits(project),
    ledger,
    opsDir: project.opsDir,
    home,
    places: placesOf({ sessionId, ticketId, gate }, now),
    now,
  });
  const stop = stopFor(verdicts, Boolean(ticketId));
  if (stop !== undefined)
    return new BacklogError({
      code: 'budget-spent',
      message: stopText(stop),
      fix: `in a terminal of your own: ${stop.raise}; then make the call again`,
      exitCode: ExitCode.CheckFailed,
      details: { budget: stop },
    });
  const warnings = verdicts.filter(({ state }) => state !== 'ok');
  const fresh = sessionId === null ? warnings : onceInSession(warnings, home, sessionId);
  for (const warning of fresh) io.note(`warning: ${verdictText(warning)}`);
  return undefined;
}
