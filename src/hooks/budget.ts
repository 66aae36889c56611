import { findMarker } from '../attribution/marker.ts';
import { resolve } from '../attribution/resolve.ts';
import { onceInSession } from '../gates/budget-warnings.ts';
import { ledgerFile } from '../ledger/append.ts';
import { checkBudgets, placesOf } from '../ledger/check.ts';
import { stopFor, stopText, type Verdict, verdictText } from '../ledger/verdict.ts';
import { projectLimits } from '../project/budgets.ts';
import { findProject } from '../project/paths.ts';
import { type HookInput, textOf } from './input.ts';
import { nameOfProject } from './join.ts';
import type { HookWorld } from './world.ts';

/**
 * The refusal of a prompt or a new agent; it leaves the reader to write down that a ticket is budget-blocked, which takes
 * longer than the client should wait.
 */
export async function refusedBy(
  { stop }: BudgetWord,
  input: HookInput,
  world: HookWorld,
): Promise<string | undefined> {
  if (stop === undefined) return undefined;
  const isTicket = stop.budget === 'ticket' || stop.budget === 'gate';
  if (isTicket && input.transcript_path !== '') (await import('./spawn-reader.ts')).spawnReader(input, world);
  return stopText(stop);
}

/** What budgets have to say about a prompt or a new agent; both empty when all is well. */
export interface BudgetWord {
  /** Why it is refused. */
  readonly stop: Verdict | undefined;
  /** What the model should know: each warning once in a session; that only the reserve is left, each time. */
  readonly context: string | undefined;
}

/**
 * Judges a prompt or an Agent call by the budgets that it is counted in: the ticket and gate of its marker, else of whoever
 * calls, its session, day and month. Work on a ticket may use the reserve, a new agent may not.
 */
export function budgetWord(input: HookInput, world: HookWorld): BudgetWord {
  const verdicts = verdictsOf(input, world);
  const isAgent = input.tool_name !== '';
  const underWay = !isAgent && verdicts.subject.ticketId !== null;
  const stop = stopFor(verdicts.list, underWay);
  if (stop !== undefined) return { stop, context: undefined };
  const parking = verdicts.list.filter(({ state }) => state === 'hard-stop').map(parkText);
  const warnings = onceInSession(
    verdicts.list.filter(({ state }) => state === 'warning'),
    world.home,
    input.session_id,
  ).map((verdict) => `${verdictText(verdict)}. Tell the user once.`);
  const lines = [...parking, ...warnings];
  return { stop: undefined, context: lines.length === 0 ? undefined : `backlog: ${lines.join('\n')}` };
}

function verdictsOf(input: HookInput, { home, env, clock }: HookWorld) {
  const project = findProject(input.cwd);
  const limits = project === undefined ? [] : projectLimits(project);
  const subject = { sessionId: input.session_id, ticketId: null, gate: null };
  if (project === undefined || limits.length === 0) return { subject, list: [] };
  const { opsDir } = project;
  const context =
    findMarker(textOf(input.tool_input.prompt)) ??
    resolve({
      home,
      opsDir,
      env,
      project: nameOfProject(input.cwd),
      sessionId: input.session_id,
      agentId: input.agent_id,
      clock,
    }).context;
  const own = { ...subject, ticketId: context?.ticket_id || null, gate: context?.gate || null };
  const now = clock();
  const query = { limits, ledger: ledgerFile(opsDir, home), opsDir, home, places: placesOf(own, now), now };
  return { subject: own, list: checkBudgets(query) };
}

function parkText(verdict: Verdict): string {
  return `${stopText(verdict).replace(/^backlog: /, '')}. Begin nothing new: put this ticket's work where it can be found again (commit what its gates let pass, note the rest in the ticket), run \`backlog ticket release <id>\`, and tell the user.`;
}
