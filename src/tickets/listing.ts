import { lstatSync } from 'node:fs';
import path from 'node:path';
import { ownText } from '../platform/own-text.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import {
  brokenTicket,
  byFirstId,
  contentOf,
  type Listing,
  needsLibrary,
  type TicketFolder,
  type TicketPlace,
  ticketPlaces,
} from './backlog.ts';
import {
  type BrokenRow,
  type FileState,
  type IndexRow,
  type IndexRows,
  IndexWriter,
  indexFile,
  isBroken,
  isSame,
  readIndex,
  stateOf,
  type TicketRow,
} from './index-file.ts';
import { type FieldReader, parseTicket, prefixOf } from './parse.ts';
import type { BrokenTicket, ListedTicket, Ticket } from './ticket.ts';

export interface ListingOptions {
  /** Told once how many files have to be read, when there are many; what it returns, after each of them. */
  readonly reading?: (total: number) => () => void;
  /** So many files that had to be read, and the index is written anew: reading a few costs less than writing it. */
  readonly worthWriting?: number;
  /** How far apart two changes have to be for the file system to tell them apart, in ms. */
  readonly grain?: number;
}

/** A file as it was found: read before, or still to be read. */
interface Found {
  readonly place: TicketPlace;
  readonly name: string;
  readonly row: IndexRow | undefined;
}

/**
 * Every ticket as lists need it: what the index holds of files that are as they were, everything else from the files. Gives what
 * `loadBacklog` gives, whatever the state of the index.
 * @throws BacklogError `data-dir-outside`, `file-read-failed` (exit 3)
 */
export async function listTickets(
  paths: ProjectPaths,
  config: BacklogConfig,
  { reading, worthWriting = 32, grain }: ListingOptions = {},
): Promise<Listing> {
  const file = indexFile(paths.opsDir);
  const places = ticketPlaces(paths, config);
  const key = keyOf(paths, places);
  const known = readIndex(file, key);
  const found = places.flatMap((place) => filesIn(place, known));
  const unread = found.filter(({ row }) => row === undefined).length;
  const writer = unread >= worthWriting ? IndexWriter.begin(file) : undefined;
  const told = unread >= worthWriting ? reading?.(unread) : undefined;
  let library: FieldReader | undefined;
  const rows: Record<TicketFolder, IndexRow[]> = { pending: [], completed: [] };
  const tickets: ListedTicket[] = [];
  const broken: BrokenTicket[] = [];
  let learnt = 0;
  try {
    for (const one of found) {
      let fresh: Reading = one.row === undefined ? read(one, paths.mainRoot, library) : undefined;
      if (fresh === needsLibrary) {
        library = (await import('./front-matter.ts')).readFields;
        fresh = read(one, paths.mainRoot, library);
      }
      if (fresh === needsLibrary) continue;
      if (fresh !== undefined) told?.();
      const content = one.row?.[5] ?? fresh?.content;
      // It has gone since its folder was read.
      if (content === undefined) continue;
      const where = path.join(one.place.folder, one.name);
      if (isBroken(content)) broken.push(brokenOf(content, path.relative(paths.mainRoot, where)));
      else tickets.push(listed(content, where, one.place.name));
      if (one.row !== undefined) rows[one.place.name].push(one.row);
      else if (fresh?.state !== undefined && writer?.isSettled(fresh.state, grain)) {
        rows[one.place.name].push([one.name, ...fresh.state, content]);
        learnt += 1;
      }
    }
    if (learnt >= worthWriting) writer?.finish(key, rows);
  } finally {
    writer?.abandon();
  }
  return { tickets, broken, ...byFirstId(tickets) };
}

/**
 * The tickets of a listing whole, one after the other: read, handed out and let go, so that thousands take no more memory than
 * one. A file that has gone or broken meanwhile is left out.
 * @param onLost told of each that is left out: why it cannot be read, or `undefined` when it has gone
 */
export async function* wholeTickets(
  listed: readonly Pick<ListedTicket, 'file' | 'folder'>[],
  paths: ProjectPaths,
  config: BacklogConfig,
  onLost?: OnLost,
): AsyncGenerator<Ticket> {
  const places = ticketPlaces(paths, config);
  let library: FieldReader | undefined;
  for (const { file, folder } of listed) {
    const place = places.find(({ name }) => name === folder);
    try {
      const bytes = place && contentOf(file, place);
      if (bytes === undefined) {
        onLost?.(file, undefined);
        continue;
      }
      let ticket = parseTicket(bytes, file, library);
      if (ticket === undefined) {
        library = (await import('./front-matter.ts')).readFields;
        ticket = parseTicket(bytes, file, library);
      }
      yield ticket;
    } catch (error) {
      const broken = brokenTicket(error, file, paths.mainRoot);
      onLost?.(file, broken);
    }
  }
}

/** @param file absolute */
export type OnLost = (file: string, broken: BrokenTicket | undefined) => void;

/** One ticket of a listing whole; `undefined` when its file has gone or broken meanwhile. */
export async function wholeTicket(
  listed: ListedTicket,
  paths: ProjectPaths,
  config: BacklogConfig,
): Promise<Ticket | undefined> {
  for await (const ticket of wholeTickets([listed], paths, config)) return ticket;
  return undefined;
}

/** What rows depend on beside the files themselves: the code that reads, and where the files lie. */
function keyOf(paths: ProjectPaths, places: readonly TicketPlace[]): string {
  return JSON.stringify([__BACKLOG_READER__, paths.mainRoot, places.map(({ folder }) => folder)]);
}

function filesIn(place: TicketPlace, known: IndexRows | undefined): Found[] {
  const rows = known?.[place.name];
  const found: Found[] = [];
  for (const name of place.names) {
    const stats = lstatSync(`${place.folder}${path.sep}${name}`, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const row = place.realData === undefined ? undefined : rows?.get(name);
    found.push({ place, name, row: row !== undefined && isSame(row, stats) ? row : undefined });
  }
  return found;
}

interface Fresh {
  readonly content: TicketRow | BrokenRow;
  /** Of the file before it was read; `undefined` for what depends on more than the file itself, such as a link. */
  readonly state: FileState | undefined;
}

type Reading = Fresh | typeof needsLibrary | undefined;

/** Reads one file. @returns `undefined` when it has gone, `needsLibrary` for front matter that `library` has to read */
function read({ place, name }: Found, root: string, library: FieldReader | undefined): Reading {
  const file = path.join(place.folder, name);
  let state: FileState | undefined;
  try {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    const bytes = contentOf(file, place, stats);
    if (bytes === undefined || stats === undefined) return undefined;
    if (stats.isFile()) state = stateOf(stats);
    const ticket = parseTicket(bytes, file, library);
    return ticket === undefined ? needsLibrary : { content: rowOf(ticket), state };
  } catch (error) {
    const { line, code, message, fix } = brokenTicket(error, file, root);
    return { content: [line, code, message, fix], state };
  }
}

function rowOf(ticket: Ticket): TicketRow {
  const { id, title, status, priority, tags, dependsOn, otherBlockers, splitInto } = ticket;
  return ownText<TicketRow>([id, title, status, priority, tags, dependsOn, otherBlockers, splitInto]);
}

function listed(row: TicketRow, file: string, folder: TicketFolder): ListedTicket {
  const [id, title, status, priority, tags, dependsOn, otherBlockers, splitInto] = row;
  return {
    id,
    prefix: prefixOf(id),
    title,
    status,
    priority,
    tags,
    dependsOn,
    otherBlockers,
    splitInto,
    file,
    folder,
  };
}

function brokenOf([line, code, message, fix]: BrokenRow, file: string): BrokenTicket {
  return { file, line, code, message, fix };
}
