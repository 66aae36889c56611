import path from 'node:path';
import { type Clock, utcDay } from '../platform/clock.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { changedSince, type FileChange } from './apply.ts';
import { dataFolder, requireTicket } from './backlog.ts';
import { editFrontMatter, readTicketFile } from './file.ts';
import { listTickets, wholeTickets } from './listing.ts';
import { changeTickets, type Journalled, replacing } from './store.ts';
import { closedStatuses, type Ticket, type TicketStatus } from './ticket.ts';

/** What a ticket is to become. */
export interface Rewriting {
  readonly id: string;
  /**
   * The text that it gets.
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
  return changeTickets(paths, config, journal, async () => {
    const backlog = await listTickets(paths, config);
    const data = dataFolder(paths, config);
    const listed = wanted.map(({ id }) => requireTicket(backlog, id));
    const rewriting = new Map(listed.map(({ file }, at) => [file, wanted[at]?.rewrite]));
    const skipped: string[] = [];
    const gone = (file: string): never => {
      throw changedSince(file);
    };
    async function* changes(): AsyncGenerator<FileChange> {
      for await (const now of wholeTickets(listed, paths, config, gone)) {
        const text = rewriting.get(now.file)?.(now);
        if (text === undefined) skipped.push(now.id);
        else yield* placed(now, text, data);
      }
    }
    return { changes: changes(), total: wanted.length, result: skipped };
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
