import path from 'node:path';
import { type Clock, utcDay } from '../../platform/clock.ts';
import { BacklogError, ExitCode } from '../../platform/errors.ts';
import { dataFolder } from '../../tickets/backlog.ts';
import { appendHistory, editFrontMatter, readTicketFile } from '../../tickets/file.ts';
import { nextId } from '../../tickets/ids.ts';
import { changeTickets, openBacklog, replacing, requireTicket, slug } from '../../tickets/store.ts';
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
 * Writes the parts, lets those who depended on the whole depend on its last parts, and closes it as `split`: all of it or
 * nothing, and `undo` takes it back as one.
 * @throws BacklogError `split-not-needed`, `split-begun`, `split-changed` (exit 1) and what the writers of tickets throw
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
  const journal = { what: `split ${ticket.id}`, clock };
  return changeTickets(paths, config, journal, async (backlog, taken) => {
    const now = requireTicket(backlog, ticket.id);
    if (now.text !== ticket.text || now.folder !== ticket.folder) throw changed(ticket);
    const data = dataFolder(paths, config);
    const date = utcDay(clock);
    const names = await taken();
    const made: Ticket[] = [];
    for (const [index, part] of parts.entries()) {
      const id = nextId(ticket.prefix, [...names, ...made.map((one) => one.id)]);
      const after = part.after.map((at) => made[at]?.id ?? '');
      const file = path.join(data, 'pending', `${id}-${slug(partTitle(ticket, index, parts))}.md`);
      made.push(readTicketFile(partText(ticket, index, parts, { id, after, date }), file));
    }
    const ids = made.map(({ id }) => id);
    const last = lastParts(parts).map((index) => ids[index] ?? '');
    const others = openTickets(backlog).filter((one) => one.dependsOn.includes(ticket.id));
    const whole = path.join(data, 'completed', path.basename(ticket.file));
    return {
      changes: [
        ...made.map(({ file, text }) => ({ file, before: null, after: text })),
        ...others.flatMap((one) => replacing(one, one.file, redirected(one, ticket.id, last))),
        ...replacing(now, whole, closed(ticket, ids, date)),
      ],
      result: { parts: made, redirected: others.map(({ id }) => id) },
    };
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

function refuse(ticket: Ticket, parts: readonly Part[]): void {
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
