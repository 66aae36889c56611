import path from 'node:path';
import { readTicketFile } from '../tickets/file.ts';
import type { Ticket } from '../tickets/ticket.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import { fileAt, type RepositoryPlace, tryPlumb } from './repository.ts';

/** A pending ticket as a commit has it; `undefined` when it is not there, or cannot be read. */
export async function ticketAt(
  place: RepositoryPlace,
  { prefix, dataDir }: Bookkeeping,
  commit: string,
  id: string,
): Promise<Ticket | undefined> {
  const folder = `${path.posix.join(prefix, dataDir, 'pending')}/`;
  const listed = await tryPlumb(place, ['ls-tree', '-z', '--name-only', commit, '--', folder]);
  for (const file of listed.stdout.split('\0')) {
    const name = path.posix.basename(file);
    if (name !== `${id}.md` && !name.startsWith(`${id}-`)) continue;
    try {
      const ticket = readTicketFile((await fileAt(place, commit, file)) ?? '', file);
      if (ticket.id === id) return ticket;
    } catch {
      // What cannot be read promises nothing: the caller goes by what it sees.
    }
  }
  return undefined;
}
