import { runEventCommand } from '../../gates/events.ts';
import { ExitCode } from '../../platform/errors.ts';
import { openProject } from '../project.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog events run <json>`: what `sendEvent` starts in the background. */
export const run: CommandFunction = async (call, io) => {
  await runEventCommand({ ...openProject(io), env: io.env }, call.requiredArg(0, 'event'), io.signal);
  return ExitCode.Ok;
};
