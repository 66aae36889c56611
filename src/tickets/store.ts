import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { type Backlog, readBacklog } from './backlog.ts';
import { editFrontMatter } from './edit-front-matter.ts';
import { readFields } from './front-matter.ts';
import { useLibrary } from './library.ts';
import { lookUpBacklog } from './lookup.ts';

// Whoever comes by here has the YAML library, and nothing is done twice for its sake.
useLibrary({ readFields, editFrontMatter });

export { type Backlog, requireTicket } from './backlog.ts';
export {
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
 * Every ticket of the main worktree. Files that cannot be read are in `broken`, each with file, line, code, message and fix.
 * @throws BacklogError `data-dir-outside`, `file-read-failed` (exit 3)
 */
export function openBacklog(paths: ProjectPaths, config: BacklogConfig): Backlog {
  return readBacklog(paths, config, readFields);
}
