import path from 'node:path';
import { migrateState, readState, STATE_FILE } from '../../gates/state.ts';
import { type StatePlace, statePlace } from '../../gates/state-change.ts';
import { ExitCode } from '../../platform/errors.ts';
import { findProject } from '../../project/paths.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
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

/** `backlog state show`: the state as it is on disk. */
export const show: CommandFunction = async (_call, io) => {
  const state = readState(placeOf(io).folder);
  printResult(io, { json: { file: STATE_FILE, state }, text: JSON.stringify(state, null, 2) });
  return ExitCode.Ok;
};

/** State lies in the main worktree of a project; anywhere else in the folder of the call. */
function placeOf(io: Io): StatePlace {
  const project = findProject(io.cwd);
  return project === undefined
    ? { folder: io.cwd, lockFile: path.join(io.cwd, '.claude', 'implementer-state.lock') }
    : statePlace(project);
}
