import { isoOf } from '../platform/clock.ts';
import type { BudgetLimit, BudgetName } from '../project/budgets.ts';
import { type Raises, raisedLimit, readRaises } from './raises.ts';
import { RunningSums } from './sums.ts';
import { usedOf } from './used.ts';
import { isStopped, judge, type Used, type Verdict, worstFirst } from './verdict.ts';

/** What a request or a question is about; `null` where it is for none. */
export interface BudgetSubject {
  readonly sessionId: string | null;
  readonly ticketId: string | null;
  readonly gate: string | null;
}

/** A budget and which of its kind. */
export interface BudgetPlace {
  readonly budget: BudgetName;
  readonly id: string;
}

/** The budgets that something is counted in, the inner ones first: a stop of another ticket, gate or session does not reach it. */
export function placesOf({ sessionId, ticketId, gate }: BudgetSubject, now: Date): BudgetPlace[] {
  const day = isoOf(now).slice(0, 10);
  const places: BudgetPlace[] = [];
  if (ticketId) places.push({ budget: 'ticket', id: ticketId });
  if (ticketId && gate) places.push({ budget: 'gate', id: `${ticketId}/${gate}` });
  if (sessionId) places.push({ budget: 'session', id: sessionId });
  places.push({ budget: 'day', id: day }, { budget: 'month', id: day.slice(0, 7) });
  return places;
}

/** Whether any limit stops, for those who ask with each request: nearly always none does, and nothing need be worded. */
export function anyStopped(
  limits: readonly BudgetLimit[],
  raises: Raises,
  places: readonly BudgetPlace[],
  used: (place: BudgetPlace) => Used,
): boolean {
  for (const place of places) {
    let amounts: Used | undefined;
    for (const rule of limits) {
      if (rule.budget !== place.budget) continue;
      amounts ??= used(place);
      if (isStopped(raisedLimit(rule, place.id, raises), amounts)) return true;
    }
  }
  return false;
}

/** Judges every limit that holds for these places. */
export function judgeAll(
  limits: readonly BudgetLimit[],
  raises: Raises,
  places: readonly BudgetPlace[],
  used: (place: BudgetPlace) => Used,
): Verdict[] {
  return places.flatMap((place) => {
    const own = limits.filter(({ budget }) => budget === place.budget);
    if (own.length === 0) return [];
    const amounts = used(place);
    return own.map((rule) => judge(raisedLimit(rule, place.id, raises), place.id, amounts));
  });
}

export interface BudgetQuery {
  readonly limits: readonly BudgetLimit[];
  readonly ledger: string;
  /** `.backlog-ops` of the project. */
  readonly opsDir: string;
  /** The user's own folder. */
  readonly home: string;
  /** What to judge: {@link placesOf} a request. */
  readonly places: readonly BudgetPlace[];
  readonly now: Date;
}

/** Bytes of new ledger lines from which on what was read is kept for the next reader. */
const WORTH_SAVING = 256 * 1024;

/**
 * How the budgets of a project stand, from its ledger as it is on disk; nothing is read where nothing is limited.
 * @returns the worst first
 * @throws BacklogError `ledger-read-failed` (exit 3)
 */
export function checkBudgets({ limits, ledger, opsDir, home, places, now }: BudgetQuery): Verdict[] {
  const limited = places.filter(({ budget }) => limits.some((limit) => limit.budget === budget));
  if (limited.length === 0) return [];
  const sums = RunningSums.open(ledger, home);
  if (!sums.refresh(WORTH_SAVING)) {
    sums.refresh();
    saveQuietly(sums);
  }
  return worstFirst(
    judgeAll(limits, readRaises(opsDir), limited, ({ budget, id }) =>
      usedOf(sums.spent({ kind: budget, id }, now)),
    ),
  );
}

function saveQuietly(sums: RunningSums): void {
  try {
    sums.save();
  } catch {
    // Where the checkpoint cannot be written, the next reader reads the lines once more.
  }
}
