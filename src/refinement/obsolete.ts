import type { Ticket } from '../tickets/ticket.ts';
import type { Obsolete } from './refine/types.ts';

/**
 * Tickets that change or delete files of which none is there any more.
 * @param has whether a path, relative to the project, is a file of it
 */
export function withoutFiles(tickets: readonly Ticket[], has: (file: string) => boolean): Obsolete[] {
  return tickets.flatMap((ticket) => {
    const files = ticket.affectedFiles;
    const old = files.filter(({ action }) => action !== 'create');
    if (old.length === 0 || old.length < files.length || old.some(({ path }) => has(path))) return [];
    const named = old
      .slice(0, 3)
      .map(({ path }) => path)
      .join(', ');
    return [{ id: ticket.id, reason: `none of its files is there: ${named}${old.length > 3 ? ', …' : ''}` }];
  });
}
