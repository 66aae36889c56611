import path from 'node:path';
import { queuesOf, withQueues } from '../../gates/queues.ts';
import { migrateState, readState, STATE_FILE } from '../../gates/state.ts';
import { type StatePlace, statePlace } from '../../gates/state-change.ts';
import { BacklogError, ExitCode } from '../../platform/errors.ts';
import { findProject } from '../../project/paths.ts';
import { listTickets } from '../../tickets/listing.ts';
import type { ListedTicket } from '../../tickets/ticket.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog state migrate`: works in any folder, with or without a project. */
export const migrate: CommandFunction = async (_call, io) => {
  const { folder, lockFile } = placeOf(io);
  const done = await migrateState(folder, lockFile, io.clock);
  const setAside = done.setAside === undefined ? null : path.relative(folder, done.setAside);
  if (setAside !== null)
    io.note(
      `warning: ${done.what === 'created' ? 'the file could not be read' : `wrong kind of value in ${done.replaced.join(', ')}`}; the old file is kept as ${setAside}`,
    );
  const { version, what, added, replaced } = done;
  printResult(io, {
    json: { file: STATE_FILE, version, what, added, replaced, set_aside: setAside },
    text: `State ready: ${STATE_FILE}`,
  });
  return ExitCode.Ok;
};

/** `backlog state show`: the state as it is on disk, its queues as the tickets say now. */
export const show: CommandFunction = async (_call, io) => {
  const stored = readState(placeOf(io).folder);
  const tickets = await ticketsOf(io);
  const state = tickets === undefined ? stored : withQueues(stored, tickets);
  printResult(io, {
    json: { file: STATE_FILE, state, queues: tickets === undefined ? null : queuesOf(tickets) },
    text: JSON.stringify(state, null, 2),
  });
  return ExitCode.Ok;
};

/** The project's tickets; `undefined` outside one, and where its configuration cannot be read. */
async function ticketsOf(io: Io): Promise<readonly ListedTicket[] | undefined> {
  if (findProject(io.cwd) === undefined) return undefined;
  try {
    const { paths, config } = openProject(io);
    return (await listTickets(paths, config)).tickets;
  } catch (error) {
    if (!(error instanceof BacklogError)) throw error;
    io.note(`warning: the queues are as they were written down: ${error.message}`);
    return undefined;
  }
}

/** State lies in the main worktree of a project; anywhere else in the folder of the call. */
function placeOf(io: Io): StatePlace {
  const project = findProject(io.cwd);
  return project === undefined
    ? { folder: io.cwd, lockFile: path.join(io.cwd, '.claude', 'implementer-state.lock') }
    : statePlace(project);
}
