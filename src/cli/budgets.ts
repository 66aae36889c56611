import { ticketPlaces, verdictsOf } from '../gates/budget-block.ts';
import { readClaims } from '../gates/claims.ts';
import { placesOf } from '../ledger/check.ts';
import { type Verdict, verdictText } from '../ledger/verdict.ts';
import { messageOf } from '../platform/errors.ts';
import { backlogHome, type ProjectPaths } from '../project/paths.ts';
import type { Io } from './io.ts';

/** What a command shows of budgets. */
export interface ShownBudgets {
  readonly verdicts: readonly Verdict[];
  /** Why they could not be judged. */
  readonly problem: string | undefined;
}

/** How the budgets of a project stand: of today, this month, the calling session, and the tickets that are worked on. */
export function projectBudgets(paths: ProjectPaths, io: Io): ShownBudgets {
  try {
    const { claims } = readClaims(paths.opsDir);
    const held = claims.filter(({ owner }) => owner !== null);
    const subject = { sessionId: io.caller.sessionId ?? null, ticketId: null, gate: null };
    const places = [
      ...placesOf(subject, io.clock()),
      ...held.flatMap(({ ticket_id: id }) => ticketPlaces(id)),
    ];
    const world = { paths, home: backlogHome(io.env), clock: io.clock };
    return { verdicts: verdictsOf(world, places), problem: undefined };
  } catch (error) {
    // What else the command shows is not lost with them.
    return { verdicts: [], problem: messageOf(error) };
  }
}

/** One line a budget. */
export function budgetLines({ verdicts, problem }: ShownBudgets): string[] {
  const lines = verdicts.map((verdict) => {
    const fix = verdict.state === 'hard-stop' ? `; a person can raise it: ${verdict.raise}` : '';
    return `${verdict.state}: ${verdictText(verdict)}${fix}`;
  });
  return problem === undefined ? lines : [...lines, `warning: budgets cannot be checked: ${problem}`];
}
