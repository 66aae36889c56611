import path from 'node:path';
import type { Watch } from '../platform/watch.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { type Backlog, brokenTicket, contentOf, needsLibrary, readBacklog, ticketPlaces } from './backlog.ts';
import { type FieldReader, parseTicket } from './parse.ts';
import type { BrokenTicket, Ticket } from './ticket.ts';

/** As `openBacklog`, for commands that read many tickets: the YAML library is loaded only when a file needs it. */
export async function loadBacklog(
  paths: ProjectPaths,
  config: BacklogConfig,
  watch?: Watch,
): Promise<Backlog> {
  const backlog = readBacklog(paths, config, undefined, watch);
  if (backlog !== needsLibrary) return backlog;
  const { readFields } = await import('./front-matter.ts');
  return readBacklog(paths, config, readFields, watch);
}

/**
 * The tickets of `loadBacklog` one after the other: read, handed out and let go, so that thousands take no more memory than one.
 * @param broken is given the files that cannot be read as tickets, as they are met
 * @throws BacklogError `data-dir-outside`, `file-read-failed` (exit 3)
 */
export async function* eachTicket(
  paths: ProjectPaths,
  config: BacklogConfig,
  broken: BrokenTicket[],
  watch?: Watch,
): AsyncGenerator<Ticket> {
  const places = ticketPlaces(paths, config);
  watch?.begin(
    'reading tickets',
    places.reduce((sum, { names }) => sum + names.length, 0),
  );
  let library: FieldReader | undefined;
  for (const place of places) {
    for (const name of place.names) {
      watch?.advance();
      const file = path.join(place.folder, name);
      let ticket: Ticket | undefined;
      try {
        const content = contentOf(file, place);
        if (content === undefined) continue;
        ticket = parseTicket(content, file, library);
        if (ticket === undefined) {
          library = (await import('./front-matter.ts')).readFields;
          ticket = parseTicket(content, file, library);
        }
      } catch (error) {
        broken.push(brokenTicket(error, file, paths.mainRoot));
        continue;
      }
      yield ticket;
    }
  }
}
