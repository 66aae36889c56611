import { breathing } from '../platform/breathe.ts';
import type { Clock } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { Onlookers } from '../platform/watch.ts';
import type { BacklogConfig } from '../project/config.ts';
import type { ProjectPaths } from '../project/paths.ts';
import type { FileChange } from './apply.ts';
import { changesMade, reversed } from './changes.ts';
import { readTicketFile } from './file.ts';
import { changeTickets } from './store.ts';
import type { Ticket } from './ticket.ts';

/** A ticket as it is, and as it would be again; `undefined` is none. */
export interface Undone {
  readonly now: Ticket | undefined;
  readonly before: Ticket | undefined;
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
    const [last] = changesMade(paths);
    if (last === undefined) throw nothing();
    const breathe = breathing(onlookers.signal);
    onlookers.watch?.begin('reading what is undone', last.files.length);
    const changes: FileChange[] = [];
    for (const change of reversed(paths, last)) {
      changes.push(change);
      onlookers.watch?.advance();
      await breathe();
    }
    for (const undone of ticketsOf(changes)) {
      await breathe();
      refuseCompleted(last.what, undone);
      await allow(undone);
    }
    const files = changes.map(({ file }) => file);
    return { changes, result: { what: last.what, at: last.at, files }, undoes: last.name };
  });
}

/** By id, since a moved ticket has two files. */
function ticketsOf(changes: readonly FileChange[]): Undone[] {
  const byId = new Map<string, Undone>();
  for (const change of changes) {
    const now = change.before === null ? undefined : readTicketFile(change.before, change.file);
    const before = change.after === null ? undefined : readTicketFile(change.after, change.file);
    const id = now?.id ?? before?.id ?? change.file;
    const known = byId.get(id);
    byId.set(id, { now: now ?? known?.now, before: before ?? known?.before });
  }
  return [...byId.values()];
}

/** What was completed on evidence stays so. An imported ticket has none. */
function refuseCompleted(what: string, { now }: Undone): void {
  if (now?.status !== 'completed' || typeof now.fields.imported_from === 'string') return;
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
