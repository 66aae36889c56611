import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, errnoOf, messageOf } from '../platform/errors.ts';
import { inOrder, isInside, readBytesIfExists, realPlace } from '../platform/files.ts';
import type { Watch } from '../platform/watch.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { MAX_TICKET, tooLarge } from './front-matter-block.ts';
import { BETWEEN, textOfNames } from './names.ts';
import { type FieldReader, idOfName, parseTicket } from './parse.ts';
import type { BrokenTicket, ListedTicket, Ticket } from './ticket.ts';

/** Tickets as lists need them, or (`Backlog`) whole. */
export interface Listing<T extends ListedTicket = ListedTicket> {
  /** Those of `pending/` first, each folder by file name. Two files with one id are both here. */
  readonly tickets: readonly T[];
  /** Files that could not be read as tickets: always shown and counted. */
  readonly broken: readonly BrokenTicket[];
  /** The ticket with this id; of several the first. */
  byId(id: string): T | undefined;
  /** All tickets with this id, where that can be told without reading every file; see `sameId`. */
  withId?(id: string): readonly T[];
}

export type Backlog = Listing<Ticket>;

export type TicketFolder = 'pending' | 'completed';
export const ticketFolders: readonly TicketFolder[] = ['pending', 'completed'];

/** The data folder of the main worktree. @throws BacklogError `data-dir-outside` (exit 3) */
export function dataFolder(paths: Pick<ProjectPaths, 'mainRoot'>, config: BacklogConfig): string {
  const folder = path.resolve(paths.mainRoot, config.backlog.dataDir);
  if (isInside(paths.mainRoot, folder) && isInside(realPlace(paths.mainRoot), realPlace(folder)))
    return folder;
  throw new BacklogError({
    code: 'data-dir-outside',
    message: `the ticket folder ${folder} lies outside the project ${paths.mainRoot}`,
    fix: 'set backlog.dataDir in backlog.config.json to a folder inside the project that is no link out of it',
    exitCode: ExitCode.ProjectUnusable,
    file: folder,
  });
}

/** Names that count as ticket files: `*.md`, but no hidden file and no README. */
export function isTicketName(name: string): boolean {
  return TICKET_NAME.test(name);
}

/** One expression: ten thousand names are a part of every call that makes a ticket. */
const TICKET_NAME = /^(?!\.|[Rr][Ee][Aa][Dd][Mm][Ee]\.md$).*\.md$/s;

/** Of the sorted names in a folder those of ticket files. Mostly that is all of them, which one look tells. */
export function ticketNamesOf(sorted: readonly string[]): readonly string[] {
  // A `.gitkeep` or the like is there more often than not, and comes first.
  const hidden = sorted.findIndex((name) => !name.startsWith('.'));
  const rest = hidden > 0 ? sorted.slice(hidden) : sorted;
  return OTHER_NAME.test(textOfNames(rest)) ? rest.filter(isTicketName) : rest;
}

const OTHER_NAME = new RegExp(
  `${BETWEEN}(?:\\.|[Rr][Ee][Aa][Dd][Mm][Ee]\\.md${BETWEEN})|(?<!\\.md|^)${BETWEEN}`,
);

/** Names in a ticket folder, sorted; none when there is no such folder (git keeps no empty ones). */
export function ticketNames(folder: string): readonly string[] {
  try {
    return ticketNamesOf(inOrder(readdirSync(folder)));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new BacklogError({
      code: 'file-read-failed',
      message: `cannot read ${folder}: ${messageOf(error)}`,
      fix: `check that ${folder} is a folder and that you may read it`,
      exitCode: ExitCode.ProjectUnusable,
      file: folder,
      cause: error,
    });
  }
}

/** A file whose front matter needs the library, while none was given. */
export const needsLibrary = Symbol('needs the YAML library');

/**
 * Reads every ticket file.
 * @param reader for front matter that is not simple; without it the first such file ends the reading
 */
export function readBacklog(
  paths: ProjectPaths,
  config: BacklogConfig,
  reader: FieldReader,
  watch?: Watch,
): Backlog;
export function readBacklog(
  paths: ProjectPaths,
  config: BacklogConfig,
  reader: FieldReader | undefined,
  watch?: Watch,
): Backlog | typeof needsLibrary;
export function readBacklog(
  paths: ProjectPaths,
  config: BacklogConfig,
  reader: FieldReader | undefined,
  watch?: Watch,
): Backlog | typeof needsLibrary {
  const tickets: Ticket[] = [];
  const broken: BrokenTicket[] = [];
  const places = ticketPlaces(paths, config);
  watch?.begin(
    'reading tickets',
    places.reduce((sum, { names }) => sum + names.length, 0),
  );
  for (const place of places) {
    for (const name of place.names) {
      watch?.advance();
      const file = path.join(place.folder, name);
      try {
        const content = contentOf(file, place);
        if (content === undefined) continue;
        const ticket = parseTicket(content, file, reader);
        if (ticket === undefined) return needsLibrary;
        tickets.push(ticket);
      } catch (error) {
        broken.push(brokenTicket(error, file, paths.mainRoot));
      }
    }
  }
  return { tickets, broken, ...byFirstId(tickets) };
}

/** Finds by id; of several tickets with one id the first. */
export function byFirstId<T extends ListedTicket>(tickets: readonly T[]): Pick<Listing<T>, 'byId'> {
  const first = new Map<string, T>();
  for (const ticket of tickets) if (!first.has(ticket.id)) first.set(ticket.id, ticket);
  return { byId: (id) => first.get(id) };
}

/** One of the folders of tickets. */
export interface TicketPlace {
  readonly name: TicketFolder;
  /** Absolute. */
  readonly folder: string;
  /** Where the data folder really is; `undefined` when `folder` is a link out of it: then none of its files is read. */
  readonly realData: string | undefined;
  /** Names of the ticket files, sorted. */
  readonly names: readonly string[];
}

/**
 * @param list the ticket names of a folder, sorted; for those who have listed it already
 * @throws BacklogError `data-dir-outside`, `file-read-failed` (exit 3)
 */
export function ticketPlaces(
  paths: Pick<ProjectPaths, 'mainRoot'>,
  config: BacklogConfig,
  list: (folder: string) => readonly string[] = ticketNames,
): TicketPlace[] {
  const data = dataFolder(paths, config);
  const realData = realPlace(data);
  return ticketFolders.map((name) => {
    const folder = path.join(data, name);
    const inside = isInside(realData, realPlace(folder));
    return { name, folder, realData: inside ? realData : undefined, names: list(folder) };
  });
}

/** All tickets with this id; more than one is a mistake. */
export function sameId<T extends ListedTicket>(id: string, backlog: Listing<T>): readonly T[] {
  const told = backlog.withId?.(id);
  if (told !== undefined) return told;
  const first = backlog.byId(id);
  return first !== undefined && shared(backlog).has(id)
    ? backlog.tickets.filter((ticket) => ticket.id === id)
    : first === undefined
      ? []
      : [first];
}

/** Ids that more than one ticket has, found once for each backlog. */
function shared(backlog: Listing): ReadonlySet<string> {
  let ids = sharedIds.get(backlog);
  if (ids === undefined) {
    const seen = new Set<string>();
    ids = new Set();
    for (const { id } of backlog.tickets) (seen.has(id) ? ids : seen).add(id);
    sharedIds.set(backlog, ids);
  }
  return ids;
}

const sharedIds = new WeakMap<Listing, Set<string>>();

/**
 * The ticket with this id, for a command that was given it.
 * @throws BacklogError `ticket-not-found`, `ticket-broken`, `ticket-duplicate-id` (exit 3)
 */
export function requireTicket<T extends ListedTicket>(backlog: Listing<T>, id: string): T {
  const found = sameId(id, backlog);
  const [ticket, second] = found;
  if (ticket && second)
    throw new BacklogError({
      code: 'ticket-duplicate-id',
      message: `${found.length} files have the id ${id}: ${found.map(({ file }) => file).join(', ')}`,
      fix: `give one of them another id (\`backlog ticket renumber --duplicates\`), or delete the one that is a copy: ${second.file}`,
      exitCode: ExitCode.ProjectUnusable,
      file: ticket.file,
      line: 1,
    });
  if (ticket) return ticket;
  const broken = backlog.broken.find(({ file }) => idOfName(file) === id);
  if (broken) throw unreadable(id, broken);
  const other = backlog.tickets.find((one) => one.id.toLowerCase() === id.toLowerCase());
  throw new BacklogError({
    code: 'ticket-not-found',
    message: `there is no ticket ${id}`,
    fix: other ? `did you mean ${other.id}?` : '`backlog ticket list` shows those that are there',
    exitCode: ExitCode.ProjectUnusable,
  });
}

/** What is said where a ticket is needed whose file is broken: `ticket-broken` (exit 3). */
export function unreadable(id: string, { message, fix, file, line, code }: BrokenTicket): BacklogError {
  return new BacklogError({
    code: 'ticket-broken',
    message: `the file of ${id} cannot be read: ${message}`,
    fix,
    exitCode: ExitCode.ProjectUnusable,
    file,
    line,
    details: { reason: code },
  });
}

/**
 * The bytes of a ticket file.
 * @returns `undefined` when it has gone meanwhile
 * @throws BacklogError `ticket-link-outside`, `ticket-not-a-file`, `ticket-too-large`, `file-read-failed` (exit 3)
 */
export function contentOf(
  file: string,
  { realData }: Pick<TicketPlace, 'realData'>,
  entry = lstatSync(file, { throwIfNoEntry: false }),
): Buffer | undefined {
  if (!entry) return undefined;
  if (realData === undefined || (entry.isSymbolicLink() && !isInside(realData, realPlace(file))))
    throw fileProblem(file, 'ticket-link-outside', 'a link that leads out of the ticket folder');
  const target = entry.isSymbolicLink() ? lstatSync(realPlace(file), { throwIfNoEntry: false }) : entry;
  if (!target?.isFile())
    throw fileProblem(
      file,
      'ticket-not-a-file',
      target ? 'not a file' : 'a link to a file that is not there',
    );
  // Before it is read: a file of gigabytes would take the memory first.
  if (target.size > MAX_TICKET) throw tooLarge(file, target.size);
  return readBytesIfExists(file);
}

function fileProblem(file: string, code: string, what: string): BacklogError {
  return new BacklogError({
    code,
    message: `${file}:1: ${what}`,
    fix: `replace ${file} by the ticket file itself, or delete it`,
    exitCode: ExitCode.ProjectUnusable,
    file,
    line: 1,
  });
}

/** @throws what is no BacklogError */
export function brokenTicket(error: unknown, file: string, root: string): BrokenTicket {
  if (!(error instanceof BacklogError)) throw error;
  const name = path.relative(root, file);
  return {
    file: name,
    line: error.line ?? 1,
    code: error.code,
    message: error.message.replaceAll(file, name),
    fix: error.fix.replaceAll(file, name),
  };
}
