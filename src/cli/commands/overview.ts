import { sessionRegistered } from '../../attribution/session.ts';
import { type Overview, overviewOf } from '../../gates/overview.ts';
import { ledgerFile } from '../../ledger/append.ts';
import { costReport } from '../../ledger/report.ts';
import { ExitCode } from '../../platform/errors.ts';
import { gatewayPrefix } from '../../project/gateway-address.ts';
import { backlogHome } from '../../project/paths.ts';
import { wholeTicket } from '../../tickets/listing.ts';
import { budgetLines, projectBudgets } from '../budgets.ts';
import type { Io } from '../io.ts';
import { listing, settled } from '../open-tickets.ts';
import { printResult } from '../output.ts';
import { runnable } from '../program-name.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenLine } from '../ticket-output.ts';

const hooksFix =
  'start Claude Code with the plugin: `claude --plugin-dir <its folder>`, or `/plugin install backlog-toolkit@backlog-agents`, then a new session';

/** `backlog`: one screen. */
export const overview: CommandFunction = async (_call, io) => {
  const { paths, config } = await settled(io);
  const backlog = await listing(paths, config, io);
  const broken = brokenFrom(backlog.broken, paths.mainRoot, io.cwd);
  const shown = await overviewOf(
    paths.opsDir,
    { ...backlog, broken },
    { config, now: io.clock(), whole: (one) => wholeTicket(one, paths, config) },
  );
  const home = backlogHome(io.env);
  const spent = new Map<string, number>();
  if (shown.held.length > 0) {
    const { by_ticket } = await costReport({ ledger: ledgerFile(paths.opsDir, home) });
    for (const { name, cost_usd } of by_ticket) if (name !== null) spent.set(name, cost_usd);
  }
  const active = hooksActive(io, home);
  const { verdicts, problem } = projectBudgets(paths, io);
  const budgets = verdicts.filter(({ state }) => state !== 'ok');
  const spoken = budgetLines({ verdicts: budgets, problem });
  printResult(io, {
    json: {
      held: shown.held.map((one) => ({
        ticket_id: one.ticketId,
        title: one.title,
        holder: one.holder,
        lease: one.lease,
        gate: one.gate,
        cost_usd: spent.get(one.ticketId) ?? 0,
      })),
      ready: shown.ready.map(({ id, title, priority }) => ({ id, title, priority })),
      blocked: shown.blocked.map(({ ticket, reasons }) => ({ id: ticket.id, title: ticket.title, reasons })),
      needs_investigation: shown.unclear.map(({ ticket, question }) => ({
        id: ticket.id,
        title: ticket.title,
        question,
      })),
      broken: shown.broken,
      budgets,
      next: shown.next,
      hooks_active: active,
      // The client hands its base URL to its shells.
      routed: io.caller.insideClaudeCode ? gatewayPrefix(io.env.ANTHROPIC_BASE_URL) !== undefined : null,
      ...(active === false ? { fix: hooksFix } : {}),
    },
    text: [
      ...spoken,
      ...(spoken.length > 0 ? [''] : []),
      screen({ ...shown, next: runnable(shown.next, io.env) }, spent),
    ].join('\n'),
  });
  if (active === false && !io.json)
    io.note(`warning: this session has no backlog hooks; nothing is recorded\nfix: ${hooksFix}`);
  return shown.broken.length > 0 ? ExitCode.ProjectUnusable : ExitCode.Ok;
};

/** Inside Claude Code: whether SessionStart left its stamp; `null` outside. */
function hooksActive(io: Io, home: string): boolean | null {
  const { insideClaudeCode, sessionId } = io.caller;
  if (!insideClaudeCode) return null;
  return sessionId !== undefined && sessionRegistered(home, sessionId);
}

/** Most tickets of a kind on the screen; the rest is counted. */
const MOST = 8;

function screen(
  { held, ready, blocked, unclear, broken, next }: Overview,
  spent: ReadonlyMap<string, number>,
): string {
  const part = (title: string, rows: readonly string[]): string[] =>
    rows.length === 0
      ? []
      : [
          `${title} (${rows.length})`,
          ...rows.slice(0, MOST).map((row) => `  ${row}`.slice(0, 80)),
          ...(rows.length > MOST ? [`  … and ${rows.length - MOST} more`] : []),
          '',
        ];
  return [
    ...part(
      'held',
      held.map(
        (one) =>
          `${one.ticketId}  ${one.lease}, ${one.gate ?? 'before the plan'}, $${(spent.get(one.ticketId) ?? 0).toFixed(2)}, ${one.holder}`,
      ),
    ),
    ...part(
      'ready',
      ready.map(({ id, priority, title }) => `${id}  ${priority.padEnd(8)}  ${title}`),
    ),
    ...part(
      'blocked',
      blocked.map(({ ticket, reasons }) => `${ticket.id}  ${reasons.join('; ')}`),
    ),
    ...part(
      'to investigate',
      unclear.map(({ ticket, question }) => `${ticket.id}  ${question || ticket.title}`),
    ),
    ...part('broken', broken.map(brokenLine)),
    ...(held.length + ready.length + blocked.length + unclear.length + broken.length === 0
      ? ['no open tickets', '']
      : []),
    `next: ${next}`,
  ].join('\n');
}
