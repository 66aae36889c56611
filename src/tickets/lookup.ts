import path from 'node:path';
import { BacklogError } from '../platform/errors.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import {
  type Backlog,
  contentOf,
  type Listing,
  readBacklog,
  type TicketPlace,
  ticketPlaces,
} from './backlog.ts';
import { BETWEEN, literally, textOfNames } from './names.ts';
import { beginsWithId, type FieldReader, ID_FIRST, idOfName, parseTicket } from './parse.ts';
import type { ListedTicket, Ticket } from './ticket.ts';

export interface LookUp {
  /** Where the files are, for those who have listed them already. */
  readonly places?: readonly TicketPlace[];
  /** A ticket that is about to be written: it is found as if its file were there. */
  readonly coming?: Ticket;
}

/** So many looks through all names take about as long as a table of them. */
const FEW = 32;

/**
 * A backlog for commands that are about one ticket: it finds tickets by the names of their files, and reads those alone. What
 * no name tells (a list of all, an id that no file is named by) is found by reading every file, as `openBacklog` does at once.
 *
 * Another file that has the id inside, against its own name, is not found where a file is named by it; `validate` tells of
 * those (`ticket-id-file`).
 */
export function lookUpBacklog(
  paths: ProjectPaths,
  config: BacklogConfig,
  reader: FieldReader,
  look: LookUp = {},
): Backlog {
  let all: Backlog | undefined;
  return lookUp(paths, config, reader, look, () => {
    all ??= readBacklog(paths, config, reader);
    return all;
  });
}

/** Thrown through all that looks up, up to `withListing`; nobody else may catch it. */
class ListingNeeded extends Error {}

/**
 * Runs work that asks a backlog for single tickets: as `lookUpBacklog`, but what no name tells is taken from the index of tickets.
 * It is run once more from its beginning when it has asked for such a thing.
 */
export async function withListing(
  paths: ProjectPaths,
  config: BacklogConfig,
  reader: FieldReader,
  look: LookUp,
  work: (backlog: Listing) => void,
): Promise<void> {
  let all: Listing | undefined;
  const backlog = lookUp<ListedTicket>(paths, config, reader, look, () => {
    if (all === undefined) throw new ListingNeeded();
    return all;
  });
  try {
    return work(backlog);
  } catch (error) {
    if (!(error instanceof ListingNeeded)) throw error;
  }
  // Most calls ask for nothing that a name does not tell.
  all = await (await import('./listing.ts')).listTickets(paths, config);
  work(backlog);
}

/** @param whole every ticket, asked for when names do not tell */
function lookUp<T extends ListedTicket>(
  paths: ProjectPaths,
  config: BacklogConfig,
  reader: FieldReader,
  { places = ticketPlaces(paths, config), coming }: LookUp,
  whole: () => Listing<T>,
): Listing<T | Ticket> {
  let names: Map<string, string[]> | undefined;
  // A command about one ticket asks for few; a table of all names costs more than looking through them so often.
  const filesOf = (id: string): readonly string[] => {
    if (names === undefined && read.size < FEW) return filesNamed(places, id);
    names ??= filesById(places);
    return names.get(id) ?? [];
  };
  const read = new Map<string, readonly Ticket[]>();
  if (coming !== undefined) read.set(coming.id, [coming]);
  const named = (id: string): readonly Ticket[] => {
    let found = read.get(id);
    if (found === undefined) {
      const files = filesOf(id.toUpperCase());
      found = files.flatMap((file) => readable(file, places, reader)).filter((ticket) => ticket.id === id);
      read.set(id, found);
    }
    return found;
  };
  return {
    get tickets() {
      return whole().tickets;
    },
    get broken() {
      return whole().broken;
    },
    byId: (id) => named(id)[0] ?? whole().byId(id),
    withId: (id) => {
      const found = named(id);
      return found.length > 0 ? found : whole().tickets.filter((ticket) => ticket.id === id);
    },
  };
}

/**
 * Ids of tickets whose files are not named by one: names tell all others. A file whose name has another id than its text
 * does not count; see `lookUpBacklog`.
 */
export function idsNotInNames(places: readonly TicketPlace[], reader: FieldReader): string[] {
  const strange = places.filter(({ names }) => names.length > 0 && WITHOUT_ID.test(textOfNames(names)));
  return strange.flatMap(({ folder, names }) =>
    names
      .filter((name) => !beginsWithId(name))
      .flatMap((name) => readable(path.join(folder, name), places, reader))
      .map(({ id }) => id),
  );
}

const WITHOUT_ID = new RegExp(`${BETWEEN}(?!${ID_FIRST}|$)`);

/** The files that are named by an id, which is given in capitals. */
function filesNamed(places: readonly TicketPlace[], id: string): string[] {
  const named = new RegExp(`(?<=${BETWEEN})${literally(id)}[^${BETWEEN}]*`, 'gi');
  return places.flatMap(({ folder, names }) =>
    (textOfNames(names).match(named) ?? [])
      .filter((name) => idOfName(name).toUpperCase() === id)
      .map((name) => `${folder}${path.sep}${name}`),
  );
}

function filesById(places: readonly TicketPlace[]): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const { folder, names } of places) {
    for (const name of names) {
      const id = idOfName(name).toUpperCase();
      const file = `${folder}${path.sep}${name}`;
      const others = files.get(id);
      if (others === undefined) files.set(id, [file]);
      else others.push(file);
    }
  }
  return files;
}

/** The ticket, if the file is one; a broken file is found by whoever then reads all of them. */
function readable(file: string, places: readonly TicketPlace[], reader: FieldReader): Ticket[] {
  const place = places.find(({ folder }) => folder === path.dirname(file));
  const ticket = place && ticketIn(place, path.basename(file), reader);
  return ticket === undefined ? [] : [ticket];
}

/** The ticket in a file of a folder; `undefined` when it has gone meanwhile, or is broken. */
export function ticketIn(place: TicketPlace, name: string, reader: FieldReader): Ticket | undefined {
  const file = `${place.folder}${path.sep}${name}`;
  try {
    const content = contentOf(file, place);
    return content && parseTicket(content, file, reader);
  } catch (error) {
    if (error instanceof BacklogError) return undefined;
    throw error;
  }
}
