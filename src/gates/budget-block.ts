import { ledgerFile } from '../ledger/append.ts';
import { type BudgetPlace, checkBudgets } from '../ledger/check.ts';
import { stopText, type Verdict } from '../ledger/verdict.ts';
import { BacklogError, ExitCode, messageOf } from '../platform/errors.ts';
import { projectLimits } from '../project/budgets.ts';
import type { BacklogConfig } from '../project/config.ts';
import { gates } from '../project/gates.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { moveTicket, openTickets, requireTicket } from '../tickets/store.ts';
import { closedStatuses, type Ticket } from '../tickets/ticket.ts';
import type { GateCall } from './call.ts';
import { readClaims } from './claims.ts';
import { settleStatus } from './settle.ts';

/** Where budgets of tickets are looked up. */
export interface BudgetWorld {
  readonly paths: ProjectPaths;
  readonly config: BacklogConfig;
  /** The user's own folder. */
  readonly home: string;
  readonly clock: () => Date;
}

/** Everything of a ticket that may have a budget of its own. */
export function ticketPlaces(ticketId: string): BudgetPlace[] {
  return [
    { budget: 'ticket', id: ticketId },
    ...gates.map((gate): BudgetPlace => ({ budget: 'gate', id: `${ticketId}/${gate}` })),
  ];
}

/** @throws BacklogError `ledger-read-failed` (exit 3) */
export function verdictsOf(
  { paths, home, clock }: Omit<BudgetWorld, 'config'>,
  places: readonly BudgetPlace[],
) {
  const { opsDir } = paths;
  const ledger = ledgerFile(opsDir, home);
  return checkBudgets({ limits: projectLimits(paths), ledger, opsDir, home, places, now: clock() });
}

/**
 * Gives an open ticket the status `budget-blocked` when its budget, or that of one of its gates, is spent.
 * @returns the stop that holds
 */
export async function blockSpentTicket(world: BudgetWorld, ticket: Ticket): Promise<Verdict | undefined> {
  const stop = verdictsOf(world, ticketPlaces(ticket.id)).find(({ state }) => state === 'hard-stop');
  if (stop === undefined || closedStatuses.has(ticket.status) || ticket.status === 'budget-blocked')
    return stop;
  await moveTicket(world.paths, world.config, ticket.id, 'budget-blocked');
  await settleStatus(world, ticket.id);
  return stop;
}

/** The same for every ticket that is worked on. @returns the ids of those that are blocked now, and what went wrong */
export async function blockSpentTickets(
  world: BudgetWorld,
): Promise<{ blocked: string[]; problems: string[] }> {
  const { paths, config } = world;
  const claimed = limitsTickets(paths)
    ? readClaims(paths.opsDir).claims.filter(({ owner }) => owner !== null)
    : [];
  const backlog = claimed.length === 0 ? undefined : openTickets(paths, config);
  const [blocked, problems]: [string[], string[]] = [[], []];
  for (const { ticket_id: id } of claimed) {
    const ticket = backlog?.byId(id);
    if (ticket?.status !== 'in_progress') continue;
    try {
      if ((await blockSpentTicket(world, ticket)) !== undefined) blocked.push(id);
    } catch (error) {
      // One ticket that cannot be changed keeps no other from being told.
      problems.push(`${id}: ${messageOf(error)}`);
    }
  }
  return { blocked, problems };
}

/** Gates cost nothing, so what is done may still be proven; but the ticket says how it stands, and so does a note. */
export async function warnSpent(call: GateCall, ticketId: string): Promise<void> {
  const { paths, config } = call;
  if (!limitsTickets(paths)) return;
  const stop = await blockSpentTicket(call, requireTicket(openTickets(paths, config), ticketId));
  if (stop !== undefined) call.note(`warning: ${stopText(stop)}. ${ticketId} is budget-blocked`);
}

function limitsTickets(paths: ProjectPaths): boolean {
  return projectLimits(paths).some(({ budget }) => budget === 'ticket' || budget === 'gate');
}

/** @throws BacklogError `budget-spent` (exit 1): more work on it would be refused request by request */
export async function refuseSpent(world: BudgetWorld, ticket: Ticket): Promise<void> {
  const stop = await blockSpentTicket(world, ticket);
  if (stop === undefined) return;
  throw new BacklogError({
    code: 'budget-spent',
    message: `${stopText(stop)}. ${ticket.id} is budget-blocked until then`,
    fix: `in a terminal of your own: ${stop.raise}; then backlog ticket start ${ticket.id}`,
    exitCode: ExitCode.CheckFailed,
    details: { budget: stop },
  });
}
