import type { BudgetLimit, BudgetName, BudgetUnit } from '../project/budgets.ts';

export type BudgetState = 'ok' | 'warning' | 'hard-stop';

/** What was used, in both units. */
export interface Amounts {
  readonly usd: number;
  readonly tokens: number;
}

/** What counts against a budget. */
export interface Used extends Amounts {
  /** USD for requests without a known price, at the dearest one known; part of `usd`. */
  readonly estimatedUsd: number;
  /** What requests in flight may come to; not in `usd` and `tokens`. */
  readonly inFlight: Amounts;
}

/** How a budget stands. Amounts are in `unit`. */
export interface Verdict {
  readonly state: BudgetState;
  readonly budget: BudgetName;
  /** The day, month, session, ticket or `<ticket>/<gate>` that it is about. */
  readonly id: string;
  readonly unit: BudgetUnit;
  /** What counts as spent, requests in flight not included. */
  readonly spent: number;
  /** The part of `spent` that is an estimate, because its price is not known. */
  readonly estimated: number;
  readonly in_flight: number;
  readonly limit: number;
  /** `(spent + in_flight) / limit`; 1 with a limit of 0, which is spent before anything is. */
  readonly ratio: number;
  /** At a hard stop: what is left for work on a ticket that is under way. */
  readonly reserve_left: number;
  /** The command by which a person raises it. */
  readonly raise: string;
}

/** Compares what was used with one limit. */
export function judge(rule: BudgetLimit, id: string, used: Used): Verdict {
  const { budget, unit, limit, warn, hardStop } = rule;
  const [spent, inFlight] = [used[unit], used.inFlight[unit]];
  const ratio = ratioOf(rule, used);
  const stops = hardStop !== null && isStopped(rule, used);
  return {
    state: stops ? 'hard-stop' : ratio >= warn ? 'warning' : 'ok',
    budget,
    id,
    unit,
    spent,
    estimated: unit === 'usd' ? used.estimatedUsd : 0,
    in_flight: inFlight,
    limit,
    ratio,
    reserve_left: stops ? Math.max(0, hardStop * limit - spent - inFlight) : 0,
    raise: raiseCommand(budget, id, unit, Math.max(limit, spent)),
  };
}

/** Whether a limit is at its hard stop, or has only its reserve left: what {@link judge} says, without the words. */
export function isStopped(rule: BudgetLimit, used: Used): boolean {
  const { limit, hardStop, reserve } = rule;
  return hardStop !== null && (limit === 0 || ratioOf(rule, used) >= hardStop - reserve);
}

function ratioOf({ limit, unit }: BudgetLimit, used: Used): number {
  return limit === 0 ? 1 : (used[unit] + used.inFlight[unit]) / limit;
}

/**
 * The stop that holds for a request: the first one that is spent to the end, else, for what is not work on a ticket, the first
 * that has only its reserve left.
 * @param underWay the request is for a ticket whose work is under way, which may go on to be parked
 */
export function stopFor(verdicts: readonly Verdict[], underWay: boolean): Verdict | undefined {
  return verdicts.find(({ state, reserve_left }) => state === 'hard-stop' && !(underWay && reserve_left > 0));
}

/** The worst first: stops, warnings, then by how much is used. */
export function worstFirst(verdicts: readonly Verdict[]): Verdict[] {
  const rank: Readonly<Record<BudgetState, number>> = { 'hard-stop': 0, warning: 1, ok: 2 };
  return verdicts.toSorted((a, b) => rank[a.state] - rank[b.state] || b.ratio - a.ratio);
}

/** One sentence: `the budget of ticket FEAT-001 is spent: $5.02 of $5.00`. */
export function verdictText(verdict: Verdict): string {
  const { state, spent, limit, unit, estimated, in_flight: inFlight, ratio } = verdict;
  const amount = (value: number) => amountText(value, unit);
  const share = limit === 0 ? '' : ` (${Math.floor(ratio * 100)} %)`;
  const notes = [
    ...(estimated > 0 ? [`${amount(estimated)} of it estimated at the dearest known price`] : []),
    ...(inFlight > 0 ? [`and ${amount(inFlight)} held for requests in flight`] : []),
  ];
  const warned = ratio < 1 ? 'is nearly spent:' : 'is over, and only warns:';
  const stopped = inFlight > 0 && spent < limit ? 'is taken by requests in flight:' : 'is spent:';
  const said = { ok: 'stands at', warning: warned, 'hard-stop': stopped }[state];
  return `the budget of ${nameText(verdict)} ${said} ${amount(spent)} of ${amount(limit)}${share}${notes.map((note) => `, ${note}`).join('')}`;
}

/** What is said to whoever is refused: the budget, what was spent, and the command that raises it. */
export function stopText(verdict: Verdict): string {
  const { reserve_left: left, unit, raise } = verdict;
  const parking =
    left > 0 ? `; the ${amountText(left, unit)} left are for work on a ticket that is under way` : '';
  return `backlog: ${verdictText(verdict)}${parking}. A person can raise it: \`${raise}\``;
}

/** Takes everything that could end a sentence's line, or a shell's word, out of an id that somebody else has made. */
function plain(id: string): string {
  return id.replaceAll(/[^\w@./:+-]/g, '?');
}

function nameText({ budget, id }: Verdict): string {
  return budget === 'day' || budget === 'month' ? `${budget} ${id} (UTC)` : `${budget} ${plain(id)}`;
}

function raiseCommand(budget: BudgetName, id: string, unit: BudgetUnit, from: number): string {
  const which = budget === 'day' || budget === 'month' ? budget : `${budget} ${plain(id)}`;
  return `backlog cost raise ${which} --${unit} ${roundedUp(2 * from) || (unit === 'usd' ? 10 : 1_000_000)}`;
}

/** Two digits that count: 10.04 → 11. */
function roundedUp(value: number): number {
  if (value <= 0) return 0;
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((Math.ceil(Number((value / step).toFixed(6))) * step).toPrecision(2));
}

/** `$5.02`, or `12,000 tokens`. Small sums need their digits, large ones do not. */
export function amountText(value: number, unit: BudgetUnit): string {
  if (unit === 'tokens') return `${Math.round(value).toLocaleString('en-US')} tokens`;
  return `$${value.toFixed(value !== 0 && Math.abs(value) < 1 ? 4 : 2)}`;
}
