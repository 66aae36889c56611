import { ensureGateway, misplaced, REPLACE } from '../gateway/daemon.ts';
import { isEnabled, rootOf } from '../gateway/enable.ts';
import type { GatewayDoor } from '../hooks/world.ts';
import { BacklogError, messageOf } from '../platform/errors.ts';
import { backlogHome } from '../project/paths.ts';

/** The client gives a hook up after ten seconds, and then nobody hears why requests are not routed. */
const WAIT_MS = 5000;

/** Lets SessionStart start the gateway: the two rooms know nothing of each other. */
export function gatewayDoor(env: NodeJS.ProcessEnv): GatewayDoor {
  const home = backlogHome(env);
  return {
    isEnabled: (root) => isEnabled(home, root),
    rootOf: (prefix) => rootOf(home, prefix),
    start: async () => {
      try {
        const gateway = await ensureGateway({ home, env, version: __BACKLOG_VERSION__, waitMs: WAIT_MS });
        const problem = misplaced(home, gateway);
        return problem === undefined ? undefined : `${problem}; run \`${REPLACE}\``;
      } catch (error) {
        return error instanceof BacklogError ? `${error.message}; ${error.fix}` : messageOf(error);
      }
    },
  };
}
