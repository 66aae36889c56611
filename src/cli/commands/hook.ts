import { allEvents } from '../../hooks/events.ts';
import { runHook } from '../../hooks/run.ts';
import { ExitCode } from '../../platform/errors.ts';
import { gatewayDoor } from '../gateway-door.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog hook <event>` with further flags; hooks.json's own form does not load the command parser at all. */
export const hook: CommandFunction = async (call) => {
  await runHook(call.requiredArg(0, 'event'), allEvents, gatewayDoor(process.env));
  return ExitCode.Ok;
};
