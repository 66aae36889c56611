import path from 'node:path';
import { breathing } from '../platform/breathe.ts';
import { type Clock, systemClock, utcDay } from '../platform/clock.ts';
import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { isInside, realPlace, removeLeftovers, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import type { Onlookers } from '../platform/watch.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { createFile, type FileChange, moveFile } from './apply.ts';
import {
  type Backlog,
  dataFolder,
  type Listing,
  readBacklog,
  requireTicket,
  type TicketFolder,
  type TicketPlace,
  ticketFolders,
  ticketNamesOf,
  ticketPlaces,
} from './backlog.ts';
import { applyChanges, changeIsOpen, recoverChanges } from './changes.ts';
import { nextId, ticketIdsElsewhere } from './ids.ts';
import { lazyEdit, lazyFields, lazyTicket, withLibrary } from './library.ts';
import { idsNotInNames, lookUpBacklog, withListing } from './lookup.ts';
import { closedStatuses, type Ticket, type TicketStatus } from './ticket.ts';

// Front matter is read by `lazyFields`: these are the doors of commands that have to be instant. All others go by store.ts.

/** For what is about one ticket: its file is found by name. Only inside `withLibrary`. */
export function lazyTickets(paths: ProjectPaths, config: BacklogConfig): Backlog {
  return lookUpBacklog(paths, config, lazyFields);
}

export interface NewTicketFile {
  /** `FEAT`, one of the config's. */
  readonly prefix: string;
  /** Words for the file name; the title. */
  readonly title: string;
  /** The whole text of the ticket with this id. */
  readonly render: (id: string) => string;
  /**
   * Looks at the ticket before it is written, in a backlog that it is part of; what it throws means that nothing is written. It
   * may be called twice.
   * `pending` is the folder with the files that are there.
   */
  readonly check?: (ticket: Ticket, backlog: Listing, pending: TicketPlace | undefined) => void;
  /** Keeps the change in the journal, so that `undo` can take it back. */
  readonly journal?: Clock;
}

/** A change that a person asked for: it is kept in the journal, so that `undo` can take it back. */
export interface Journalled extends Onlookers {
  /** In words: `edit FEAT-001`. */
  readonly what: string;
  readonly clock: Clock;
}

/**
 * Makes a ticket file with the next free id. It never replaces a file.
 * @throws BacklogError `ticket-prefix`, `usage` (exit 2), `ticket-id-mismatch` (exit 3), what reading the text throws, and
 * `lock-timeout`, `git-failed`, `file-write-failed` (exit 4)
 */
export async function createTicketFile(
  paths: ProjectPaths,
  config: BacklogConfig,
  wanted: NewTicketFile,
): Promise<Ticket> {
  const prefixes = config.backlog.ticketPrefixes;
  if (!prefixes.includes(wanted.prefix))
    throw usageError(
      `${wanted.prefix || 'an empty prefix'} is no ticket prefix of this project`,
      `use one of ${prefixes.join(', ')}, or add it to backlog.ticketPrefixes in backlog.config.json`,
      'ticket-prefix',
    );
  return underLock(paths, config, async (places) => {
    const id = nextId(wanted.prefix, ...(await takenNames(paths, config, places)));
    const file = path.join(folderOf(paths, config, 'pending'), `${id}-${slug(wanted.title)}.md`);
    const text = wanted.render(id);
    const ticket = lazyTicket(text, file);
    sameId(ticket, id);
    const pending = places.find(({ name }) => name === 'pending');
    await withListing(paths, config, lazyFields, { places, coming: ticket }, (backlog) =>
      wanted.check?.(ticket, backlog, pending),
    );
    const { journal } = wanted;
    if (journal === undefined) createFile(file, text);
    else {
      const files = [{ file, before: null, after: text }];
      await applyChanges(paths, { what: `new ${id}`, clock: journal, files });
    }
    return ticket;
  });
}

/**
 * Changes a ticket's text: under the lock, from what is on disk, as one step, and only if the result can be read as the same
 * ticket, in the same folder.
 * @throws BacklogError what `requireTicket` and reading throw, `ticket-id-mismatch` (exit 3), `ticket-completed` (exit 1),
 * `ticket-status-moves` (exit 2)
 */
export async function changeTicket(
  paths: ProjectPaths,
  config: BacklogConfig,
  id: string,
  change: (text: string) => string,
  journal?: Journalled,
): Promise<Ticket> {
  return underLock(paths, config, async (places) => {
    const ticket = requireTicket(lookUpBacklog(paths, config, lazyFields, { places }), id);
    const changed = changedTicket(ticket, change);
    refuseOtherFolder(ticket, changed.status);
    const { file, text: before } = ticket;
    if (journal !== undefined)
      await applyChanges(paths, { ...journal, files: [{ file, before, after: changed.text }] });
    else if (changed.text !== before) writeFileAtomic(file, changed.text);
    return changed;
  });
}

/**
 * Sets the status, and `updated` where the ticket has it; `obsolete` and `split` tickets go to `completed/`, reopened ones
 * back to `pending/`.
 * @throws BacklogError `ticket-move-completed` (exit 1): completion needs evidence and has a command of its own;
 * `ticket-completed` (exit 1): it is not taken back
 */
export async function moveTicket(
  paths: ProjectPaths,
  config: BacklogConfig,
  id: string,
  status: TicketStatus,
  clock: Clock = systemClock,
  { journal }: { readonly journal: boolean } = { journal: false },
): Promise<Ticket> {
  if (status === 'completed')
    throw new BacklogError({
      code: 'ticket-move-completed',
      message: `${id} is not completed by moving it: completion needs a commit and the evidence of its gates`,
      fix: `backlog ticket complete ${id}`,
      exitCode: ExitCode.CheckFailed,
    });
  const change = (text: string, ticket: Ticket): string => {
    refuseReopening(ticket, status);
    const updated = Object.hasOwn(ticket.fields, 'updated') && status !== ticket.status;
    return lazyEdit(text, { status, ...(updated ? { updated: utcDay(clock) } : {}) });
  };
  return placeTicket(
    paths,
    config,
    id,
    change,
    journal ? { what: `move ${id} ${status}`, clock } : undefined,
  );
}

/**
 * The door for completion: changes the text and puts the file where its new status belongs. It can be repeated, also after a
 * crash between its steps; a different file in its place is never replaced.
 * @throws BacklogError `ticket-file-exists`, `ticket-id-mismatch` (exit 3), `ticket-not-closed` (exit 1)
 */
export async function closeTicket(
  paths: ProjectPaths,
  config: BacklogConfig,
  id: string,
  change: (text: string) => string,
): Promise<Ticket> {
  return placeTicket(paths, config, id, (text) => {
    const changed = change(text);
    const { status } = lazyTicket(changed, id);
    if (closedStatuses.has(status)) return changed;
    throw new BacklogError({
      code: 'ticket-not-closed',
      message: `${id} would be moved to completed/ with the status ${status || '(none)'}`,
      fix: `set its status to one of ${[...closedStatuses].join(', ')}`,
      exitCode: ExitCode.CheckFailed,
    });
  });
}

/** First the move, then the text: a crash between leaves the whole old text, and the same call goes on from there. */
function placeTicket(
  paths: ProjectPaths,
  config: BacklogConfig,
  id: string,
  change: (text: string, ticket: Ticket) => string,
  journal?: Journalled,
): Promise<Ticket> {
  return underLock(paths, config, async (places) => {
    const ticket = requireTicket(lookUpBacklog(paths, config, lazyFields, { places }), id);
    const { text, status } = changedTicket(ticket, (now) => change(now, ticket));
    const folder = folderOf(paths, config, closedStatuses.has(status) ? 'completed' : 'pending');
    const file = path.join(folder, path.basename(ticket.file));
    if (journal !== undefined)
      await applyChanges(paths, { ...journal, files: replacing(ticket, file, text) });
    else {
      if (file !== ticket.file) moveFile(ticket.file, file);
      if (text !== ticket.text) writeFileAtomic(file, text);
    }
    return lazyTicket(text, file);
  });
}

/** The change that gives a ticket another text, another file, or both. */
export function replacing(
  { file: from, text: before }: Pick<Ticket, 'file' | 'text'>,
  file: string,
  text: string,
): FileChange[] {
  if (file === from) return [{ file, before, after: text }];
  return [
    { file, before: null, after: text, from },
    { file: from, before, after: null },
  ];
}

/** What a change of several tickets is to do. */
export interface ChangePlan<T> {
  /** Drawn one by one, each when the text of the one before has been written: thousands need not be in memory at once. */
  readonly changes: Iterable<FileChange> | AsyncIterable<FileChange>;
  /** How many files are written or deleted, for those who look on; known by itself of an array. */
  readonly total?: number;
  /** May be filled while the changes are drawn. */
  readonly result: T;
  /** Name of the journal's entry that it takes back. */
  readonly undoes?: string;
  /** The changes are drawn and looked at, and nothing is written. */
  readonly isTrial?: boolean;
}

/**
 * The door for a change of several tickets at once: `plan` says from what is on disk, under the lock, which file becomes what;
 * all of it happens or nothing, also when the process is killed, and `undo` takes all of it back.
 * @param plan every text must be readable as a ticket, and lie in a folder of tickets
 * @throws BacklogError what `plan` and reading throw, `ticket-file-exists`, `ticket-id-mismatch` (exit 3)
 */
export async function changeTickets<T>(
  paths: ProjectPaths,
  config: BacklogConfig,
  { what, clock, watch, signal }: Journalled,
  plan: (backlog: Backlog, taken: () => Promise<string[]>) => Promise<ChangePlan<T>>,
): Promise<T> {
  return underLock(paths, config, async (places) => {
    const folders = foldersOf(paths, config);
    const backlog = readWhenAsked(() => readBacklog(paths, config, lazyFields, watch));
    const { changes, total, result, undoes, isTrial } = await plan(backlog, async () =>
      (await takenNames(paths, config, places)).flat(),
    );
    const breathe = breathing(signal);
    const checked = async function* (): AsyncGenerator<FileChange> {
      for await (const change of changes) {
        await breathe();
        if (!folders.includes(path.dirname(change.file)))
          throw new Error(`${change.file} is in no folder of tickets`);
        if (isTicket(change)) yield change;
      }
    };
    if (isTrial) {
      for await (const _change of checked());
      return result;
    }
    watch?.begin('writing tickets', total ?? (Array.isArray(changes) ? writtenBy(changes) : 0));
    await applyChanges(
      paths,
      { what, clock, files: checked(), undoes },
      { onFile: watch && (() => watch.advance()), signal },
    );
    return result;
  });
}

/** @throws BacklogError what reading the text throws, where nobody else is told of it */
function isTicket({ file, after, refuse }: FileChange): boolean {
  try {
    if (after !== null) lazyTicket(after, file);
    return true;
  } catch (error) {
    if (refuse === undefined || !(error instanceof BacklogError)) throw error;
    refuse(error);
    return false;
  }
}

/** How many files are written or deleted: a renamed one is written. */
function writtenBy(changes: readonly FileChange[]): number {
  const renamed = new Set(changes.map(({ from }) => from));
  return changes.filter(({ file }) => !renamed.has(file)).length;
}

/** A backlog that is read as soon as something of it is asked for. */
function readWhenAsked(read: () => Backlog): Backlog {
  let all: Backlog | undefined;
  const backlog = (): Backlog => {
    all ??= read();
    return all;
  };
  return {
    get tickets() {
      return backlog().tickets;
    },
    get broken() {
      return backlog().broken;
    },
    byId: (id) => backlog().byId(id),
  };
}

/** Takes back a change that a killed writer has left half done, for those who only read. */
export async function settleChanges(paths: ProjectPaths, config: BacklogConfig): Promise<void> {
  if (changeIsOpen(paths)) await underLock(paths, config, () => undefined);
}

/** What was completed on evidence stays so: the fields, the commit and the evidence of it would no longer be true. */
function refuseReopening({ id, status, folder, file }: Ticket, wanted: string): void {
  if (status !== 'completed' || folder !== 'completed' || wanted === status) return;
  throw new BacklogError({
    code: 'ticket-completed',
    message: `${id} is completed and stays so: its commit and its evidence are on record`,
    fix: `write what is left to do as a ticket of its own: backlog ticket new --type ${id.split('-')[0]} --title "<what is to be done>"`,
    exitCode: ExitCode.CheckFailed,
    file,
  });
}

/** A status lives in one of the folders; changing it where the file stays would make the two disagree. */
function refuseOtherFolder(ticket: Ticket, status: string): void {
  if (status === ticket.status) return;
  refuseReopening(ticket, status);
  if (closedStatuses.has(status) === (ticket.folder === 'completed')) return;
  throw usageError(
    `${ticket.id} lies in ${ticket.folder}/, where no ticket is ${status}; nothing was written`,
    `backlog ticket move ${ticket.id} ${status}`,
    'ticket-status-moves',
  );
}

function changedTicket(ticket: Ticket, change: (text: string) => string): Ticket {
  const changed = lazyTicket(change(ticket.text), ticket.file);
  sameId(changed, ticket.id);
  return changed;
}

function sameId(ticket: Ticket, id: string): void {
  if (ticket.id === id) return;
  throw new BacklogError({
    code: 'ticket-id-mismatch',
    message: `the text says ${ticket.id || 'no id'} where the ticket is ${id}; nothing was written`,
    fix: `keep \`id: ${id}\`: an id never changes`,
    exitCode: ExitCode.ProjectUnusable,
    file: ticket.file,
    line: 1,
  });
}

/** Names and ids that are in use: broken files by their names, tickets by both, and what other branches hold. */
async function takenNames(
  paths: ProjectPaths,
  config: BacklogConfig,
  places: readonly TicketPlace[],
): Promise<(readonly string[])[]> {
  return [
    ...places.map(({ names }) => names),
    idsNotInNames(places, lazyFields),
    [...(await ticketIdsElsewhere(paths, config))],
  ];
}

/**
 * One writer of tickets at a time. What one that was killed has left behind would count as a change of the working tree.
 * @param work is given the folders as they were listed under the lock: to list ten thousand names takes longer than the rest
 */
function underLock<T>(
  paths: ProjectPaths,
  config: BacklogConfig,
  work: (places: readonly TicketPlace[]) => T | Promise<T>,
): Promise<T> {
  return withLock(path.join(paths.opsDir, 'tickets.lock'), async () => {
    await recoverChanges(paths, () => foldersOf(paths, config));
    foldersOf(paths, config);
    const places = ticketPlaces(paths, config, (folder) => ticketNamesOf(removeLeftovers(folder)));
    return withLibrary(() => work(places));
  });
}

function foldersOf(paths: ProjectPaths, config: BacklogConfig): string[] {
  return ticketFolders.map((name) => folderOf(paths, config, name));
}

/** A folder of tickets, which may be missing; never one that is a link out of the data folder. */
function folderOf(paths: ProjectPaths, config: BacklogConfig, name: TicketFolder): string {
  const data = dataFolder(paths, config);
  const folder = path.join(data, name);
  if (isInside(realPlace(data), realPlace(folder))) return folder;
  throw new BacklogError({
    code: 'data-dir-outside',
    message: `${folder} is a link out of the ticket folder`,
    fix: `replace ${folder} by a real folder`,
    exitCode: ExitCode.ProjectUnusable,
    file: folder,
  });
}

/** A file name is for people: at most 60 characters, letters and digits of the title. */
export function slug(title: string): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .slice(0, 500)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  let name = '';
  for (const word of words) {
    if (name.length + word.length > 60) break;
    name += name === '' ? word : `-${word}`;
  }
  return name || words[0]?.slice(0, 60) || 'ticket';
}
