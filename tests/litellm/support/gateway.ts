import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openGateway } from '../../../src/gateway/open-gateway.ts';
import { changeRoutes } from '../../../src/gateway/routes.ts';
import type { LedgerRecord } from '../../../src/ledger/record.ts';
import { type LiteLLM, MASTER_KEY } from './proxy.ts';

export interface GatewayInFront {
  /** What a client takes for its base URL: the gateway, with the project's prefix. */
  readonly url: string;
  /** Ledger lines of the project, oldest first. */
  lines(): LedgerRecord[];
  close(): Promise<unknown>;
}

/** Opens our gateway in this process, in front of LiteLLM, for the project in a folder. */
export async function gatewayInFront(
  litellm: LiteLLM,
  project: { readonly home: string; readonly root: string },
): Promise<GatewayInFront> {
  const { home, root } = project;
  const prefix = 'shop-0123abcd';
  await changeRoutes(home, (routes) => ({
    ...routes,
    projects: { ...routes.projects, [prefix]: { prefix, root, upstream: litellm.url } },
  }));
  const gateway = await openGateway({
    home,
    env: { LITELLM_BASE_URL: litellm.url, LITELLM_MASTER_KEY: MASTER_KEY },
    port: 0,
    version: 'test',
  });
  return {
    url: `http://127.0.0.1:${gateway.port}/p/${prefix}`,
    lines: () =>
      readFileSync(path.join(root, '.backlog-ops/usage-ledger.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as LedgerRecord),
    close: () => gateway.close(1000),
  };
}
