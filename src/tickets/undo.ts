import { breathing } from '../platform/breathe.ts';
import type { Clock } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { ownText } from '../platform/own-text.ts';
import type { Onlookers } from '../platform/watch.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import type { FileChange } from './apply.ts';
import { lastChange, reversed } from './changes.ts';
import { readTicketFile } from './file.ts';
import { changeTickets } from './store.ts';

/** What is looked at before a change is undone; the texts of thousands of tickets are not held for it. */
export interface UndoneTicket {
  readonly id: string;
  readonly status: string;
  /** Absolute. */
  readonly file: string;
  readonly isImported: boolean;
}

/** A ticket as it is, and as it would be again; `undefined` is none. */
export interface Undone {
  readonly now: UndoneTicket | undefined;
  readonly before: UndoneTicket | undefined;
}

export interface UndoResult {
  /** In words: `edit FEAT-001`. */
  readonly what: string;
  /** When it had been done; RFC 3339, UTC. */
  readonly at: string;
  /** Absolute paths of the files that are as they were before. */
  readonly files: readonly string[];
}

/**
 * Takes back the last change that this tool made to tickets on a person's behalf, as a whole.
 * @param allow throws for what the caller may not do
 * @throws BacklogError `undo-nothing`, `undo-changed`, `undo-completed` (exit 1); then nothing was written
 */
export async function undoLast(
  paths: ProjectPaths,
  config: BacklogConfig,
  clock: Clock,
  allow: (undone: Undone) => Promise<void>,
  onlookers: Onlookers = {},
): Promise<UndoResult> {
  return changeTickets(paths, config, { what: 'undo', clock, ...onlookers }, async () => {
    const last = lastChange(paths);
    if (last === undefined) throw nothing();
    const breathe = breathing(onlookers.signal);
    onlookers.watch?.begin('reading what is undone', last.files.length);
    const tickets = new Map<string, Undone>();
    const files: string[] = [];
    for (const change of reversed(paths, last)) {
      noteUndone(change, tickets);
      files.push(change.file);
      onlookers.watch?.advance();
      await breathe();
    }
    for (const undone of tickets.values()) {
      await breathe();
      refuseCompleted(last.what, undone);
      await allow(undone);
    }
    return {
      // Each is read once more: together they may be the texts of thousands.
      changes: reversed(paths, last),
      total: files.length,
      result: { what: last.what, at: last.at, files },
      undoes: last.name,
    };
  });
}

/** By id, since a moved ticket has two files. */
function noteUndone({ file, before, after }: FileChange, tickets: Map<string, Undone>): void {
  const now = before === null ? undefined : undoneTicket(before, file);
  const then = after === null ? undefined : undoneTicket(after, file);
  const id = now?.id ?? then?.id ?? file;
  const known = tickets.get(id);
  tickets.set(id, { now: now ?? known?.now, before: then ?? known?.before });
}

function undoneTicket(text: string, file: string): UndoneTicket {
  const { id, status, fields } = readTicketFile(text, file);
  const isImported = typeof fields.imported_from === 'string';
  return { ...ownText({ id, status, isImported }), file };
}

/** What was completed on evidence stays so. An imported ticket has none. */
function refuseCompleted(what: string, { now }: Undone): void {
  if (now?.status !== 'completed' || now.isImported) return;
  throw new BacklogError({
    code: 'undo-completed',
    message: `"${what}" cannot be undone: ${now.id} is completed, and its evidence is on record`,
    fix: 'write what is left to do as a ticket of its own: backlog ticket new',
    exitCode: ExitCode.CheckFailed,
    file: now.file,
  });
}

function nothing(): BacklogError {
  return new BacklogError({
    code: 'undo-nothing',
    message: 'there is no change of this tool to tickets that could be undone',
    fix: '`git log -- backlog` shows what was committed; what gates write is never undone',
    exitCode: ExitCode.CheckFailed,
  });
}
