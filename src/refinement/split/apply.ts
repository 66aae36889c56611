import path from 'node:path';
import { type Clock, utcDay } from '../../platform/clock.ts';
import { BacklogError, ExitCode } from '../../platform/errors.ts';
import { withLock } from '../../platform/lock.ts';
import { appendHistory, editFrontMatter, readTicketFile } from '../../tickets/file.ts';
import {
  changeTicket,
  closeTicket,
  createTicketFile,
  openBacklog,
  requireTicket,
} from '../../tickets/store.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { isUntouched, openTickets } from '../open-tickets.ts';
import type { World } from '../world.ts';
import type { Part } from './plan.ts';
import { partText, partTitle, redirected } from './render.ts';

type Place = Pick<World, 'paths' | 'config'>;

export interface SplitResult {
  readonly parts: readonly Ticket[];
  /** Ids of tickets that depended on the whole and now depend on its last parts. */
  readonly redirected: readonly string[];
}

/**
 * Writes the parts, lets those who depended on the whole depend on its last parts, and closes it as `split`. Everything is made
 * once without writing first, so that what cannot be edited is refused before anything is. A run that was killed is finished by
 * the next one: parts say in `split_from` whose they are, and the whole is closed last.
 * @throws BacklogError `split-not-needed`, `split-begun`, `split-unfinished` (exit 1) and what the writers of tickets throw
 */
export async function applySplit(
  place: Place,
  ticket: Ticket,
  parts: readonly Part[],
  clock: Clock,
): Promise<SplitResult> {
  const { paths, config } = place;
  const done = splitInto(ticket);
  if (done.length > 0) {
    const { tickets } = openBacklog(paths, config);
    return { parts: tickets.filter(({ id }) => done.includes(id)), redirected: [] };
  }
  refuse(ticket, parts);
  return withLock(path.join(paths.opsDir, 'split.lock'), async () => {
    const backlog = openBacklog(paths, config);
    const now = requireTicket(backlog, ticket.id);
    if (now.text !== ticket.text || now.folder !== ticket.folder) throw changed(ticket);
    const there = partsThere(backlog.tickets, ticket, parts);
    const date = utcDay(clock);
    const others = openTickets(backlog).filter(
      (one) => one.dependsOn.includes(ticket.id) && one.fields.split_from !== ticket.id,
    );
    rehearse(ticket, parts, others, date);
    const made: Ticket[] = [];
    for (const [index, part] of parts.entries()) {
      const after = part.after.map((at) => made[at]?.id ?? '');
      const found = there.get(index);
      made.push(
        found ??
          (await createTicketFile(paths, config, {
            prefix: ticket.prefix,
            title: partTitle(ticket, index, parts),
            render: (id) => partText(ticket, index, parts, { id, after, date }),
          })),
      );
    }
    const last = lastParts(parts).map((index) => made[index]?.id ?? '');
    for (const one of others)
      await changeTicket(paths, config, one.id, (text) =>
        redirected(readTicketFile(text, one.file), ticket.id, last),
      );
    await closeTicket(paths, config, ticket.id, (text) => {
      if (text !== ticket.text) throw changed(ticket);
      return closed(
        ticket,
        made.map(({ id }) => id),
        date,
      );
    });
    return { parts: made, redirected: others.map(({ id }) => id) };
  });
}

/** Ids that a ticket was split into before: to do it again changes nothing. */
function splitInto({ status, fields }: Ticket): string[] {
  const into = status === 'split' && Array.isArray(fields.split_into) ? fields.split_into : [];
  return into.filter((id): id is string => typeof id === 'string');
}

/** Parts that no other part waits for. */
function lastParts(parts: readonly Part[]): number[] {
  const waitedFor = new Set(parts.flatMap(({ after }) => after));
  return parts.flatMap((_part, index) => (waitedFor.has(index) ? [] : [index]));
}

function closed(ticket: Ticket, ids: readonly string[], date: string): string {
  const updated = Object.hasOwn(ticket.fields, 'updated') ? { updated: date } : {};
  const text = editFrontMatter(
    ticket.text,
    { status: 'split', split_into: [...ids], ...updated },
    ticket.file,
  );
  return appendHistory(text, { date, change: `Split into ${ids.join(', ')}`, author: 'backlog' });
}

function rehearse(ticket: Ticket, parts: readonly Part[], others: readonly Ticket[], date: string): void {
  const id = ticket.id;
  for (const [index, part] of parts.entries())
    readTicketFile(
      partText(ticket, index, parts, { id, after: part.after.map(() => id), date }),
      ticket.file,
    );
  for (const one of others) readTicketFile(redirected(one, id, [id, `${id}0`]), one.file);
  readTicketFile(closed(ticket, [id], date), ticket.file);
}

/** Parts that a run before this one has written, by index. */
function partsThere(tickets: readonly Ticket[], ticket: Ticket, parts: readonly Part[]): Map<number, Ticket> {
  const files = (some: Pick<Ticket, 'affectedFiles'>): string => key(some.affectedFiles);
  const found = new Map<number, Ticket>();
  for (const one of tickets) {
    if (one.fields.split_from !== ticket.id) continue;
    const index = parts.findIndex((part) => key(part.files) === files(one));
    if (index < 0 || found.has(index))
      throw new BacklogError({
        code: 'split-unfinished',
        message: `${one.file} is a part of ${ticket.id} from a run that was cut off, and the plan is another one now; nothing was written`,
        fix: `delete ${one.file} (or its line \`split_from\`), and split again`,
        exitCode: ExitCode.CheckFailed,
        file: one.file,
      });
    found.set(index, one);
  }
  return found;
}

function key(files: Ticket['affectedFiles']): string {
  return files
    .map(({ path: file }) => file)
    .sort()
    .join('\n');
}

function refuse(ticket: Ticket, parts: readonly Part[]): void {
  // One that was moved and not yet marked lies in completed/: a run that was killed there goes on.
  if (!isUntouched(ticket))
    throw new BacklogError({
      code: 'split-begun',
      message: `${ticket.id} is ${ticket.status}: only a ticket that nobody has begun can be split`,
      fix: `finish it, or take it back first: backlog ticket move ${ticket.id} pending`,
      exitCode: ExitCode.CheckFailed,
      file: ticket.file,
    });
  if (parts.length > 1) return;
  throw new BacklogError({
    code: 'split-not-needed',
    message: `${ticket.id} passes the scope gate as it is; nothing was written`,
    fix: 'implement it, or lower ticketConstraints.maxAffectedFiles or maxEstimatedTokens when it is too large all the same',
    exitCode: ExitCode.CheckFailed,
    file: ticket.file,
  });
}

function changed(ticket: Ticket): BacklogError {
  return new BacklogError({
    code: 'split-changed',
    message: `${ticket.id} was changed while it was being split`,
    fix: `run it again: backlog ticket split ${ticket.id} --plan`,
    exitCode: ExitCode.CheckFailed,
    file: ticket.file,
  });
}
