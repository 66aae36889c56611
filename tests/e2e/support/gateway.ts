import { createServer } from 'node:net';
import { jsonOf } from '../../support/cli.ts';
import type { ScriptedApi } from './scripted-api.ts';
import type { Sandbox } from './session.ts';
import { byHand } from './shop.ts';

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Puts the gateway between the client and the API, by the command that a user types. */
export function routeThroughGateway(sandbox: Sandbox): (api: ScriptedApi) => Promise<void> {
  return async (api) => {
    // Of a session before: its upstream is gone.
    await byHand(sandbox, ['gateway', 'disable']);
    await stopGateway(sandbox);
    const port = String(await freePort());
    const enabled = await byHand(sandbox, ['gateway', 'enable', '--port', port, '--json'], '', {
      ANTHROPIC_BASE_URL: api.url,
    });
    if (enabled.exitCode !== 0) throw new Error(enabled.stderr);
    const { upstream } = jsonOf(enabled);
    if (upstream !== api.url) throw new Error(`upstream is ${String(upstream)}`);
  };
}

export async function stopGateway(sandbox: Sandbox): Promise<void> {
  await byHand(sandbox, ['gateway', 'stop']);
}
