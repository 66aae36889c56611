import { ExitCode } from '../../platform/errors.ts';
import type { CommandFunction } from '../table.ts';

/** `backlog hook <event>` with further flags; hooks.json's own form does not load the command parser at all. */
export const hook: CommandFunction = async (call, io) => {
  const event = call.requiredArg(0, 'event');
  if (event.startsWith('git-')) {
    const { gitHook } = await import('./git-hook.ts');
    return gitHook(event, call.args(1), io);
  }
  const [{ runHook }, { allEvents }, { gatewayDoor }] = await Promise.all([
    import('../../hooks/run.ts'),
    import('../../hooks/events.ts'),
    import('../gateway-door.ts'),
  ]);
  await runHook(event, allEvents, gatewayDoor(process.env));
  return ExitCode.Ok;
};
