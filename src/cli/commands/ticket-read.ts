import path from 'node:path';
import { holderOf, type Lease, leaseState, readClaims } from '../../gates/claims.ts';
import { reservations } from '../../gates/reservations.ts';
import { ExitCode } from '../../platform/errors.ts';
import type { BacklogConfig } from '../../project/config.ts';
import { type Listing, requireTicket } from '../../tickets/backlog.ts';
import { loadBacklog } from '../../tickets/open.ts';
import { compareIds } from '../../tickets/order.ts';
import { isReady, readyTickets } from '../../tickets/ready.ts';
import { type ListedTicket, ticketPriorities, ticketStatuses } from '../../tickets/ticket.ts';
import { type Invocation, noSuchWord } from '../invocation.ts';
import type { Io } from '../io.ts';
import { listing, settled, tickets } from '../open-tickets.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';
import { brokenFrom, brokenText, ticketJson, ticketTable } from '../ticket-output.ts';

/** `backlog ticket list`: pending tickets, or all of them; broken files are always shown. */
export const list: CommandFunction = (call, io) => printList(call, io, call.flag('ready'));

/** `backlog ticket ready`: what can be started now. */
export const ready: CommandFunction = (call, io) => printList(call, io, true);

async function printList(call: Invocation, io: Io, onlyReady: boolean): Promise<ExitCode> {
  const { paths, config } = await settled(io);
  const text = call.text('text')?.toLowerCase();
  // Only a search for words needs more of the tickets than the index holds.
  const texts = text === undefined ? undefined : await loadBacklog(paths, config);
  const backlog = texts ?? (await listing(paths, config, io));
  const broken = brokenFrom(backlog.broken, paths.mainRoot, io.cwd);
  checkFilters(call, backlog, config);
  const holding = new Set(
    texts?.tickets.filter((one) => one.text.toLowerCase().includes(text ?? '')).map(({ file }) => file),
  );
  const readyOnes = readyTickets(backlog);
  const ids = new Set(readyOnes.map(({ id }) => id));
  const pool = onlyReady ? readyOnes : inOrder(backlog, call);
  const tickets = pool.filter(
    (ticket) => isWanted(ticket, call) && (texts === undefined || holding.has(ticket.file)),
  );
  const held = heldTickets(paths.opsDir, io.clock());
  // Only what is printed is made: either takes as long as reading the index.
  const items = (): object[] =>
    tickets.map((ticket) => ({
      ...ticketJson(ticket, io.cwd, ids.has(ticket.id)),
      ...holderJson(held.get(ticket.id)),
    }));
  const lines = (): string[] => [ticketTable(tickets, ids, new Set(held.keys())), ...brokenText(broken)];
  printResult(io, {
    json: { items: io.json ? items() : [], broken, total: tickets.length },
    text: io.json ? '' : lines().join('\n'),
  });
  return broken.length > 0 ? ExitCode.ProjectUnusable : ExitCode.Ok;
}

/** Leases that keep others away now: of open work, and of reservations. */
function heldTickets(opsDir: string, now: Date): Map<string, Lease> {
  const claims = readClaims(opsDir).claims.filter((claim) => leaseState(claim, now) === 'held');
  return new Map<string, Lease>([
    ...reservations(opsDir, now),
    ...claims.map((claim) => [claim.ticket_id, claim] as const),
  ]);
}

function holderJson(lease: Lease | undefined): object {
  return lease === undefined ? {} : { held_by: holderOf(lease), held_until: lease.expires_at };
}

/** `backlog ticket show`: the ticket as it is written; with `--json` its parts. */
export const show: CommandFunction = async (call, io) => {
  const { paths, config } = await settled(io);
  const backlog = await tickets(paths, config);
  const ticket = requireTicket(backlog, call.requiredArg(0, 'id'));
  printResult(io, {
    json: {
      ...ticketJson(ticket, io.cwd, isReady(ticket, backlog)),
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

function inOrder(backlog: Listing, call: Invocation): ListedTicket[] {
  // A status that only closed tickets have asks for those.
  const all = call.flag('all') || call.texts('status').length > 0;
  return backlog.tickets
    .filter(({ folder }) => all || folder === 'pending')
    .toSorted((a, b) => compareIds(a.id, b.id) || path.basename(a.file).localeCompare(path.basename(b.file)));
}

/** A word that is none of the known ones, and that no ticket has, is a slip: an empty list would hide it. */
function checkFilters(call: Invocation, backlog: Listing, config: BacklogConfig): void {
  const check = (name: string, known: readonly string[], used: (ticket: ListedTicket) => string): void => {
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
function isWanted(ticket: ListedTicket, call: Invocation): boolean {
  const oneOf = (name: string, values: readonly string[]): boolean => {
    const wanted = call.texts(name).map((value) => value.toLowerCase());
    return wanted.length === 0 || values.some((value) => wanted.includes(value.toLowerCase()));
  };
  return (
    oneOf('status', [ticket.status]) &&
    oneOf('type', [ticket.prefix]) &&
    oneOf('priority', [ticket.priority]) &&
    oneOf('tag', ticket.tags)
  );
}
