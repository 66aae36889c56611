import path from 'node:path';
import { ExitCode } from '../../platform/errors.ts';
import type { BacklogConfig } from '../../project/config.ts';
import type { Backlog } from '../../tickets/backlog.ts';
import { loadBacklog } from '../../tickets/open.ts';
import { readyTickets } from '../../tickets/ready.ts';
import { requireTicket, settleChanges } from '../../tickets/store.ts';
import { type Ticket, ticketPriorities, ticketStatuses } from '../../tickets/ticket.ts';
import { validateTicket } from '../../tickets/validate.ts';
import { type Invocation, noSuchWord } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { runnable } from '../program-name.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';
import {
  brokenFrom,
  brokenText,
  findingJson,
  findingText,
  ticketJson,
  ticketTable,
} from '../ticket-output.ts';

/** `backlog ticket list`: pending tickets, or all of them; broken files are always shown. */
export const list: CommandFunction = (call, io) => printList(call, io, call.flag('ready'));

/** `backlog ticket ready`: what can be started now. */
export const ready: CommandFunction = (call, io) => printList(call, io, true);

async function printList(call: Invocation, io: Io, onlyReady: boolean): Promise<ExitCode> {
  const { backlog, config, broken } = await open(io);
  checkFilters(call, backlog, config);
  const readyOnes = readyTickets(backlog);
  const ids = new Set(readyOnes.map(({ id }) => id));
  const pool = onlyReady ? readyOnes : inOrder(backlog, call);
  const tickets = pool.filter((ticket) => isWanted(ticket, call));
  printResult(io, {
    json: {
      items: tickets.map((ticket) => ticketJson(ticket, io.cwd, ids.has(ticket.id))),
      broken,
      total: tickets.length,
    },
    text: [ticketTable(tickets, ids), ...brokenText(broken)].join('\n'),
  });
  return broken.length > 0 ? ExitCode.ProjectUnusable : ExitCode.Ok;
}

/** `backlog ticket show`: the ticket as it is written; with `--json` its parts. */
export const show: CommandFunction = async (call, io) => {
  const { backlog } = await open(io);
  const ticket = requireTicket(backlog, call.requiredArg(0, 'id'));
  const isReady = readyTickets(backlog).some(({ id }) => id === ticket.id);
  printResult(io, {
    json: {
      ...ticketJson(ticket, io.cwd, isReady),
      tests: ticket.tests,
      affected_files: ticket.affectedFiles,
      criteria: ticket.criteria,
      verification_commands: ticket.verificationCommands,
      sections: ticket.sections.map(({ title, text, line }) => ({ title, text, line })),
      fields: ticket.fields,
    },
    text: ticket.text,
  });
  return ExitCode.Ok;
};

/** `backlog ticket validate`: findings with file, line and fix. */
export const validate: CommandFunction = async (call, io) => {
  const { backlog, config, broken: unreadable } = await open(io);
  const ids = call.args(0);
  const tickets =
    ids.length > 0
      ? ids.map((id) => requireTicket(backlog, id))
      : backlog.tickets.filter(({ folder }) => folder === 'pending');
  const findings = tickets.flatMap((ticket) => validateTicket(ticket, backlog, config));
  const broken = ids.length > 0 ? [] : unreadable;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const clean = tickets.length - new Set(findings.map(({ file }) => file)).size;
  printResult(io, {
    json: {
      items: findings.map((finding) => findingJson(finding, io.cwd)),
      broken,
      checked: tickets.length,
      valid: clean,
      errors,
      warnings: findings.length - errors,
    },
    text: [
      ...findings.map((finding) => runnable(findingText(finding, io.cwd), io.env)),
      `${tickets.length} checked, ${errors} errors, ${findings.length - errors} warnings`,
      ...brokenText(broken),
    ].join('\n'),
  });
  if (broken.length > 0) return ExitCode.ProjectUnusable;
  return errors > 0 ? ExitCode.CheckFailed : ExitCode.Ok;
};

async function open(io: Io) {
  const { paths, config } = openProject(io);
  await settleChanges(paths, config);
  const backlog = await loadBacklog(paths, config);
  return { config, backlog, broken: brokenFrom(backlog.broken, paths.mainRoot, io.cwd) };
}

function inOrder(backlog: Backlog, call: Invocation): Ticket[] {
  // A status that only closed tickets have asks for those.
  const all = call.flag('all') || call.texts('status').length > 0;
  return backlog.tickets
    .filter(({ folder }) => all || folder === 'pending')
    .toSorted(
      (a, b) =>
        a.id.localeCompare(b.id, 'en', { numeric: true }) ||
        path.basename(a.file).localeCompare(path.basename(b.file)),
    );
}

/** A word that is none of the known ones, and that no ticket has, is a slip: an empty list would hide it. */
function checkFilters(call: Invocation, backlog: Backlog, config: BacklogConfig): void {
  const check = (name: string, known: readonly string[], used: (ticket: Ticket) => string): void => {
    const words = [...new Set([...known, ...backlog.tickets.map(used)])].filter((word) => word !== '');
    const lower = new Set(words.map((word) => word.toLowerCase()));
    for (const word of call.texts(name))
      if (!lower.has(word.toLowerCase())) throw noSuchWord(`--${name}`, word, words);
  };
  check('status', ticketStatuses, ({ status }) => status);
  check('priority', ticketPriorities, ({ priority }) => priority);
  check('type', config.backlog.ticketPrefixes, ({ prefix }) => prefix);
}

/** Filters of one kind are alternatives; all kinds have to fit. */
function isWanted(ticket: Ticket, call: Invocation): boolean {
  const oneOf = (name: string, values: readonly string[]): boolean => {
    const wanted = call.texts(name).map((value) => value.toLowerCase());
    return wanted.length === 0 || values.some((value) => wanted.includes(value.toLowerCase()));
  };
  const text = call.text('text')?.toLowerCase();
  return (
    oneOf('status', [ticket.status]) &&
    oneOf('type', [ticket.prefix]) &&
    oneOf('priority', [ticket.priority]) &&
    oneOf('tag', ticket.tags) &&
    (text === undefined || ticket.text.toLowerCase().includes(text))
  );
}
