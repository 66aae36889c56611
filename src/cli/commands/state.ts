import { migrateState, readState, STATE_FILE } from '../../gates/state.ts';
import { BacklogError, ExitCode } from '../../platform/errors.ts';
import { findProject } from '../../project/paths.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog state migrate`: in any folder, without a configuration. */
export const migrate: CommandFunction = async (_call, io) => {
  const { state, what, corrupt } = await migrateState(rootOf(io), io.clock);
  if (corrupt !== undefined) io.note(`warning: the old file was no state; it was set aside as ${corrupt}`);
  printResult(io, {
    json: { file: STATE_FILE, what, corrupt: corrupt ?? null, state },
    text: `State ready: ${STATE_FILE}`,
  });
  return ExitCode.Ok;
};

/** `backlog state show` */
export const show: CommandFunction = async (_call, io) => {
  const state = readState(rootOf(io));
  if (state === undefined)
    throw new BacklogError({
      code: 'state-missing',
      message: `there is no ${STATE_FILE} that can be read`,
      fix: 'backlog state migrate',
      exitCode: ExitCode.ProjectUnusable,
    });
  printResult(io, { json: { state }, text: JSON.stringify(state, null, 2) });
  return ExitCode.Ok;
};

function rootOf(io: Io): string {
  return findProject(io.cwd)?.mainRoot ?? io.cwd;
}
