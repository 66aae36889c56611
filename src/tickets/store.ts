import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { readTicketFile } from './file.ts';
import type { BrokenTicket, Ticket, TicketStatus } from './ticket.ts';

/** Minimal store until the room of tickets lands; the signatures are the agreed ones. */
export interface Backlog {
  readonly tickets: readonly Ticket[];
  readonly broken: readonly BrokenTicket[];
  byId(id: string): Ticket | undefined;
}

export function openBacklog(paths: ProjectPaths, config: BacklogConfig): Backlog {
  const tickets: Ticket[] = [];
  for (const folder of ['pending', 'completed']) {
    const place = path.join(paths.mainRoot, config.backlog.dataDir, folder);
    for (const name of readdirSync(place)
      .filter((one) => one.endsWith('.md'))
      .sort())
      tickets.push(readTicketFile(readTextIfExists(path.join(place, name)) ?? '', path.join(place, name)));
  }
  return { tickets, broken: [], byId: (id) => tickets.find((ticket) => ticket.id === id) };
}

export function requireTicket(backlog: Backlog, id: string): Ticket {
  const ticket = backlog.byId(id);
  if (ticket) return ticket;
  throw new BacklogError({
    code: 'ticket-not-found',
    message: `there is no ticket ${id}`,
    fix: '`backlog ticket list --all` shows all of them',
    exitCode: ExitCode.ProjectUnusable,
  });
}

export async function changeTicket(
  paths: ProjectPaths,
  config: BacklogConfig,
  id: string,
  change: (text: string) => string,
): Promise<Ticket> {
  return withLock(path.join(paths.opsDir, 'tickets.lock'), () => {
    const ticket = requireTicket(openBacklog(paths, config), id);
    const text = change(ticket.text);
    if (text !== ticket.text) writeFileAtomic(ticket.file, text);
    return readTicketFile(text, ticket.file);
  });
}

export async function moveTicket(
  paths: ProjectPaths,
  config: BacklogConfig,
  id: string,
  status: TicketStatus,
): Promise<Ticket> {
  return changeTicket(paths, config, id, (text) => text.replace(/^status: .*$/m, `status: ${status}`));
}

/** Stand-in until the tickets' room lands. */
export async function closeTicket(
  paths: ProjectPaths,
  config: BacklogConfig,
  id: string,
  change: (text: string) => string,
): Promise<Ticket> {
  const ticket = requireTicket(openBacklog(paths, config), id);
  const file = ticket.file.replace('/pending/', '/completed/');
  writeFileAtomic(file, change(ticket.text));
  if (file !== ticket.file) rmSync(ticket.file);
  return readTicketFile(change(ticket.text), file);
}
