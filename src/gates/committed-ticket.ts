import path from 'node:path';
import { readTicketFile } from '../tickets/file.ts';
import type { Ticket } from '../tickets/ticket.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import { fileAt, namesAt, type RepositoryPlace } from './repository.ts';

/** Where pending tickets lie, from the worktree's root. */
export function pendingFolder({ prefix, dataDir }: Bookkeeping): string {
  return path.posix.join(prefix, dataDir, 'pending');
}

/** A pending ticket as a commit has it; `undefined` when it is not there, or cannot be read. */
export async function ticketAt(
  place: RepositoryPlace,
  { prefix, dataDir }: Bookkeeping,
  commit: string,
  id: string,
): Promise<Ticket | undefined> {
  const folder = pendingFolder({ prefix, dataDir });
  for (const name of await namesAt(place, commit, folder)) {
    if (name !== `${id}.md` && !name.startsWith(`${id}-`)) continue;
    const file = `${folder}/${name}`;
    try {
      const ticket = readTicketFile((await fileAt(place, commit, file)) ?? '', file);
      if (ticket.id === id) return ticket;
    } catch {
      // What cannot be read promises nothing: the caller goes by what it sees.
    }
  }
  return undefined;
}
