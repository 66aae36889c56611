import path from 'node:path';
import { type Clock, utcDay } from '../platform/clock.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import type { FileChange } from './apply.ts';
import { dataFolder, requireTicket } from './backlog.ts';
import { editFrontMatter, readTicketFile } from './file.ts';
import { changeTickets, type Journalled, replacing } from './store.ts';
import { closedStatuses, type Ticket, type TicketStatus } from './ticket.ts';

/** What a ticket is to become. */
export interface Rewriting {
  readonly id: string;
  /**
   * The text that it gets. It may be asked more than once, and has to give the same for the same ticket.
   * @returns `undefined` where the ticket is another one now than it was when it was looked at: it is left for the next run
   */
  readonly rewrite: (now: Ticket) => string | undefined;
}

/**
 * Gives tickets other texts, and puts each where its status belongs: all of them as one change, which `undo` takes back as one.
 * @returns ids of those that were changed by somebody else meanwhile; they are as they were
 * @throws BacklogError what `requireTicket`, reading and `changeTickets` throw; then nothing was written
 */
export function rewriteTickets(
  paths: ProjectPaths,
  config: BacklogConfig,
  journal: Journalled,
  wanted: readonly Rewriting[],
): Promise<string[]> {
  return changeTickets(paths, config, journal, async (backlog) => {
    const changes: FileChange[] = [];
    const skipped: string[] = [];
    for (const { id, rewrite } of wanted) {
      const now = requireTicket(backlog, id);
      const text = rewrite(now);
      if (text === undefined) skipped.push(now.id);
      else changes.push(...placed(now, text, dataFolder(paths, config)));
    }
    return { changes, result: skipped };
  });
}

/** A ticket's text with another status, and with this day in `updated` where it has that. */
export function withStatus(
  text: string,
  ticket: Pick<Ticket, 'fields'>,
  status: TicketStatus,
  clock: Clock,
): string {
  const updated = Object.hasOwn(ticket.fields, 'updated') ? { updated: utcDay(clock) } : {};
  return editFrontMatter(text, { status, ...updated });
}

function placed(ticket: Ticket, text: string, data: string): FileChange[] {
  const { status } = readTicketFile(text, ticket.file);
  const folder = closedStatuses.has(status) ? 'completed' : 'pending';
  return replacing(ticket, path.join(data, folder, path.basename(ticket.file)), text);
}
