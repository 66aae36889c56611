import { resolve } from '../../attribution/resolve.ts';
import { objectOf, parseObject, textIn } from '../../ledger/fields.ts';
import { ledgerFile } from '../../ledger/ledger-file.ts';
import { raisedLimit, readRaises } from '../../ledger/raises.ts';
import { RunningSums, type Spent } from '../../ledger/sums.ts';
import { ExitCode, messageOf } from '../../platform/errors.ts';
import { type BudgetLimit, projectLimits } from '../../project/budgets.ts';
import { projectName } from '../../project/name.ts';
import { backlogHome, findProject, type ProjectPaths } from '../../project/paths.ts';
import { type Io, processIo } from '../io.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';
import { plain, usd } from './figures.ts';

// The client runs this after every message and waits for it: part of the fast bundle, so no schema, YAML or process library.

/** Most bytes of the ledger to read in one call, some 30 ms; the next call goes on. */
const MOST_BYTES = 8 * 1024 * 1024;
/** So many bytes of the ledger, and the checkpoint is written: a write takes longer than reading them again. */
const WORTH_SAVING = 128 * 1024;

/** `backlog statusline`, started without the command parser. */
export function plainStatusline(): Promise<ExitCode> {
  const { signal } = new AbortController();
  const common = { session: undefined, agent: undefined, stamp: undefined, signal };
  return show(processIo({ ...common, cwd: process.cwd(), json: false, noColor: true }));
}

/** The same through the command parser. */
export const statusline: CommandFunction = (_call, io) => show(io);

/** Ticket, gate, what the ticket has cost and may cost, and what belongs to no ticket. It never fails: a status line is no place for it. */
async function show(io: Io): Promise<ExitCode> {
  try {
    const status = statusOf(await io.stdin(), io);
    printResult(io, { json: status, text: inWords(status) });
  } catch (error) {
    io.out(`backlog: what this costs cannot be read: ${plain(messageOf(error))}`);
  }
  return ExitCode.Ok;
}

interface Status {
  readonly ticket_id: string | null;
  readonly gate: string | null;
  /** What the ticket has cost so far, its gate and this session; USD, as far as prices are known. */
  readonly ticket: Spent | null;
  readonly session: Spent | null;
  /** What the ticket may cost: `llmOps.budgets.ticket.limit`, or what a person has raised it to; USD. */
  readonly ticket_budget_usd: number | null;
  /** Requests of today (UTC) that belong to no ticket. */
  readonly unattributed_today: Spent;
  /** `false` while the ledger is still being read for the first time. */
  readonly complete: boolean;
}

function statusOf(input: string, io: Io): Status {
  const fields = parseObject(input);
  const workspace = objectOf(fields?.workspace);
  const sessionId = textIn(fields, 'session_id') ?? io.caller.sessionId;
  const cwd =
    textIn(workspace, 'project_dir') ?? textIn(workspace, 'current_dir') ?? textIn(fields, 'cwd') ?? io.cwd;
  const home = backlogHome(io.env);
  const project = findProject(cwd);
  const root = project?.root ?? cwd;
  const { context } = resolve({
    home,
    opsDir: project?.opsDir,
    env: io.env,
    project: projectName(root).name,
    sessionId,
    clock: io.clock,
  });
  const sums = RunningSums.open(ledgerFile(project?.opsDir, home), home);
  const complete = sums.refresh(MOST_BYTES);
  if (!complete || sums.folded > WORTH_SAVING) sums.save();
  const now = io.clock();
  const ticket = context?.ticket_id || null;
  return {
    ticket_id: ticket,
    gate: context?.gate || null,
    ticket: ticket === null ? null : sums.spent({ kind: 'ticket', id: ticket }, now),
    session: sessionId === undefined ? null : sums.spent({ kind: 'session', id: sessionId }, now),
    ticket_budget_usd: project === undefined ? null : ticketBudget(project, ticket),
    unattributed_today: sums.spent({ kind: 'unattributed' }, now),
    complete,
  };
}

function ticketBudget(project: ProjectPaths, ticket: string | null): number | null {
  const rule = limitsOf(project).find(({ budget, unit }) => budget === 'ticket' && unit === 'usd');
  if (rule === undefined) return null;
  return (ticket === null ? rule : raisedLimit(rule, ticket, readRaises(project.opsDir))).limit;
}

/** A broken configuration is what other commands complain about. */
function limitsOf(project: ProjectPaths): readonly BudgetLimit[] {
  try {
    return projectLimits(project);
  } catch {
    return [];
  }
}

function inWords({
  ticket_id,
  gate,
  ticket,
  session,
  ticket_budget_usd: budget,
  unattributed_today,
  complete,
}: Status): string {
  const parts: string[] = [];
  if (ticket_id !== null && ticket !== null) {
    const of =
      budget === null
        ? ''
        : ` of ${usd(budget)}${budget > 0 ? ` (${Math.round((ticket.usd / budget) * 100)} %)` : ''}`;
    parts.push(
      gate === null ? plain(ticket_id) : `${plain(ticket_id)} ${plain(gate)}`,
      `${money(ticket)}${of}`,
    );
  } else parts.push('no ticket');
  if (ticket_id === null && session !== null) parts.push(`session ${money(session)}`);
  if (unattributed_today.requests > 0) parts.push(`unattributed today ${money(unattributed_today)}`);
  if (!complete) parts.push('reading the ledger …');
  return parts.join(' · ');
}

/** With a sign that a price is missing. */
function money({ usd: amount, unpriced }: Spent): string {
  return `${usd(amount)}${unpriced > 0 ? '+?' : ''}`;
}
