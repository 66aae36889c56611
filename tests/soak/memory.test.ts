import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { closedLoop, residentMiB, start, startGateway } from '../bench/gateway.mjs';
import { tempDir } from '../support/temp.ts';

const parts = fileURLToPath(new URL('../bench/gateway-parts.mjs', import.meta.url));

// A process of its own: what this one keeps of a hundred thousand answers is not the gateway's.
it('the gateway needs no more memory after 100,000 requests than after 10,000', async () => {
  const project = tempDir();
  const home = path.join(tempDir(), 'home');
  const env = { PATH: process.env.PATH, HOME: home, BACKLOG_HOME: home };
  const upstream = await start('node', [parts, 'upstream'], env);
  onTestFinished(() => void process.kill(upstream.pid));
  mkdirSync(path.join(home, 'gateway'), { recursive: true });
  const route = { prefix: 'soak-1', root: project, upstream: `http://127.0.0.1:${upstream.port}` };
  writeFileSync(
    path.join(home, 'gateway/routes.json'),
    JSON.stringify({ v: 1, port: null, projects: { 'soak-1': route } }),
  );
  const gateway = await startGateway(home, env);
  onTestFinished(() => void process.kill(gateway.pid));
  const target = { port: gateway.port, path: '/p/soak-1/v1/messages' };

  const resident: Record<number, number> = {};
  let done = 0;
  for (const requests of [10_000, 50_000, 100_000]) {
    await closedLoop(target, requests - done);
    done = requests;
    resident[requests] = Math.round(residentMiB(gateway.pid));
  }
  process.stdout.write(`MiB after so many requests: ${JSON.stringify(resident)}\n`);
  expect(resident[100_000]).toBeLessThanOrEqual(1.25 * (resident[10_000] ?? 0));
});
