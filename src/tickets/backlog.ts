import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, errnoOf, messageOf } from '../platform/errors.ts';
import { isInside, readBytesIfExists, realPlace } from '../platform/files.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { type FieldReader, idOfName, parseTicket } from './parse.ts';
import type { BrokenTicket, Ticket } from './ticket.ts';

export interface Backlog {
  /** Those of `pending/` first, each folder by file name. Two files with one id are both here. */
  readonly tickets: readonly Ticket[];
  /** Files that could not be read as tickets: always shown and counted. */
  readonly broken: readonly BrokenTicket[];
  /** The ticket with this id; of several the first. */
  byId(id: string): Ticket | undefined;
}

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
  return name.endsWith('.md') && !name.startsWith('.') && name.toLowerCase() !== 'readme.md';
}

/** Names in a ticket folder, sorted; none when there is no such folder (git keeps no empty ones). */
export function ticketNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isTicketName).sort();
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
export function readBacklog(paths: ProjectPaths, config: BacklogConfig, reader: FieldReader): Backlog;
export function readBacklog(
  paths: ProjectPaths,
  config: BacklogConfig,
  reader: FieldReader | undefined,
): Backlog | typeof needsLibrary;
export function readBacklog(
  paths: ProjectPaths,
  config: BacklogConfig,
  reader: FieldReader | undefined,
): Backlog | typeof needsLibrary {
  const data = dataFolder(paths, config);
  const realData = realPlace(data);
  const tickets: Ticket[] = [];
  const broken: BrokenTicket[] = [];
  for (const folder of ticketFolders) {
    const place = path.join(data, folder);
    const outside = !isInside(realData, realPlace(place));
    for (const name of ticketNames(place)) {
      const file = path.join(place, name);
      try {
        const content = contentOf(file, outside ? undefined : realData);
        if (content === undefined) continue;
        const ticket = parseTicket(content, file, reader);
        if (ticket === undefined) return needsLibrary;
        tickets.push(ticket);
      } catch (error) {
        broken.push(brokenTicket(error, file, paths.mainRoot));
      }
    }
  }
  const byId = new Map<string, Ticket>();
  for (const ticket of tickets) if (!byId.has(ticket.id)) byId.set(ticket.id, ticket);
  return { tickets, broken, byId: (id) => byId.get(id) };
}

/**
 * The ticket with this id, for a command that was given it.
 * @throws BacklogError `ticket-not-found`, `ticket-broken`, `ticket-duplicate-id` (exit 3)
 */
export function requireTicket(backlog: Backlog, id: string): Ticket {
  const found = backlog.tickets.filter((ticket) => ticket.id === id);
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
  if (broken)
    throw new BacklogError({
      code: 'ticket-broken',
      message: `the file of ${id} cannot be read: ${broken.message}`,
      fix: broken.fix,
      exitCode: ExitCode.ProjectUnusable,
      file: broken.file,
      line: broken.line,
      details: { reason: broken.code },
    });
  const other = backlog.tickets.find((one) => one.id.toLowerCase() === id.toLowerCase());
  throw new BacklogError({
    code: 'ticket-not-found',
    message: `there is no ticket ${id}`,
    fix: other ? `did you mean ${other.id}?` : '`backlog ticket list` shows those that are there',
    exitCode: ExitCode.ProjectUnusable,
  });
}

/** @param realData where the data folder really is; `undefined` when the file's own folder is a link out of it */
function contentOf(file: string, realData: string | undefined): Buffer | undefined {
  const entry = lstatSync(file, { throwIfNoEntry: false });
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

function brokenTicket(error: unknown, file: string, root: string): BrokenTicket {
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
