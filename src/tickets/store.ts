import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { type Backlog, type Listing, readBacklog, requireTicket } from './backlog.ts';
import { editFrontMatter } from './edit-front-matter.ts';
import { readFields } from './front-matter.ts';
import { useLibrary } from './library.ts';
import { listTickets, wholeTicket } from './listing.ts';
import { lookUpBacklog } from './lookup.ts';
import type { Ticket } from './ticket.ts';

// Whoever comes by here has the YAML library, and nothing is done twice for its sake.
useLibrary({ readFields, editFrontMatter });

export { type Backlog, requireTicket } from './backlog.ts';
export {
  type ChangePlan,
  changeTicket,
  changeTickets,
  closeTicket,
  createTicketFile,
  type Journalled,
  moveTicket,
  replacing,
  settleChanges,
  slug,
} from './write.ts';

/** As `openBacklog`, for what is about one ticket: its file is found by name. */
export function openTickets(paths: ProjectPaths, config: BacklogConfig): Backlog {
  return lookUpBacklog(paths, config, readFields);
}

/**
 * The ticket with this id whole, for what decides: every file is asked for its id, so that a second one with it, under whatever
 * name, is not overlooked.
 * @throws BacklogError as `requireTicket` (exit 3)
 */
export async function requireOnly(
  paths: ProjectPaths,
  config: BacklogConfig,
  id: string,
): Promise<{ readonly ticket: Ticket; readonly backlog: Listing }> {
  const backlog = await listTickets(paths, config);
  const ticket = await wholeTicket(requireTicket(backlog, id), paths, config);
  // Gone or broken meanwhile: whoever reads it now says so.
  return { ticket: ticket ?? requireTicket(openBacklog(paths, config), id), backlog };
}

/**
 * Every ticket of the main worktree. Files that cannot be read are in `broken`, each with file, line, code, message and fix.
 * @throws BacklogError `data-dir-outside`, `file-read-failed` (exit 3)
 */
export function openBacklog(paths: ProjectPaths, config: BacklogConfig): Backlog {
  return readBacklog(paths, config, readFields);
}
