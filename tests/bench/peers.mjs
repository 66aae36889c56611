// Other gateways beside ours, where they are installed: the same upstream, the same load. Neither is a dependency.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { closedLoop, quantile, start, streams } from './gateway.mjs';

const parts = fileURLToPath(new URL('gateway-parts.mjs', import.meta.url));
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'backlog-toolkit-ci');

/** What the upstream of the bench is told by headers, which both peers pass on only when they are asked to. */
const paceHeaders = ['x-pace-ms', 'x-events'];

/**
 * @typedef {import('./gateway.mjs').Target} Target
 * @typedef {{ command: string[], env: NodeJS.ProcessEnv, target: Target }} Launch
 * @typedef {{ name: string, install: string, launch: (port: number, upstream: number, sandbox: string) => Launch | undefined }} Peer
 */

/** @type {Peer[]} */
const peers = [
  {
    name: 'Portkey',
    install: 'npm install --prefix <folder> @portkey-ai/gateway, then BACKLOG_BENCH_PORTKEY=<folder>',
    launch: (port, upstream) => {
      const folder = process.env.BACKLOG_BENCH_PORTKEY;
      const server = folder && path.join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
      if (!server || !existsSync(server)) return undefined;
      return {
        command: ['node', '--import', freshResponses, server, `--port=${port}`, '--headless'],
        env: {},
        target: {
          port,
          path: '/v1/messages',
          headers: {
            'x-portkey-provider': 'anthropic',
            'x-portkey-custom-host': `http://127.0.0.1:${upstream}/v1`,
            'x-portkey-forward-headers': paceHeaders.join(','),
          },
        },
      };
    },
  },
  {
    name: 'LiteLLM',
    install: `python3 -m venv ${cache}/litellm-<version>, then its bin/pip install 'litellm[proxy]' (npm test does both)`,
    launch: (port, upstream, sandbox) => {
      const names = existsSync(cache) ? readdirSync(cache).sort() : [];
      const programs = names.map((name) => path.join(cache, name, 'bin/litellm'));
      const program = programs.filter((file) => existsSync(file)).at(-1);
      if (program === undefined) return undefined;
      const config = path.join(sandbox, 'litellm.yaml');
      const model = {
        model_name: 'claude-sonnet-4-5',
        litellm_params: {
          model: 'anthropic/claude-sonnet-4-5',
          api_base: `http://127.0.0.1:${upstream}`,
          api_key: 'sk-ant-dummy',
        },
      };
      // It refuses to start without a key; this one lives as long as the bench.
      const key = `sk-${randomUUID()}`;
      // JSON is YAML.
      const general_settings = { forward_client_headers_to_llm_api: true };
      writeFileSync(config, JSON.stringify({ model_list: [model], general_settings }));
      return {
        command: [program, '--config', config, '--host', '127.0.0.1', '--port', String(port)],
        // Else the price list is fetched from the internet.
        env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_LOG: 'ERROR', LITELLM_MASTER_KEY: key },
        target: { port, path: '/v1/messages', headers: { authorization: `Bearer ${key}` } },
      };
    },
  },
];

/** Portkey's build writes to the headers of what `fetch` answered, which are immutable; a response of one's own is not. */
const freshResponses = `data:text/javascript,${encodeURIComponent(
  'const real = globalThis.fetch; globalThis.fetch = async (...args) => { const r = await real(...args); return new Response(r.body, r); };',
)}`;

/**
 * A row for each peer: what it adds to an event (p50, p95) and to the first byte (p50) of 50 streams, and its requests a second.
 * @param {{ sandbox: string, env: NodeJS.ProcessEnv }} where
 * @returns {Promise<string[][]>}
 */
export async function peerRows({ sandbox, env }) {
  const upstream = await start('node', [parts, 'upstream'], env);
  try {
    const rows = [];
    for (const peer of peers) rows.push([peer.name, ...(await rowOf(peer, upstream.port, sandbox, env))]);
    return [['peer', 'event p50', 'event p95', 'first byte p50', 'requests/s, 16 at once'], ...rows];
  } finally {
    process.kill(upstream.pid);
  }
}

/** @param {Peer} peer @param {number} upstream @param {string} sandbox @param {NodeJS.ProcessEnv} env @returns {Promise<string[]>} */
async function rowOf(peer, upstream, sandbox, env) {
  const port = await freePort();
  const launch = peer.launch(port, upstream, sandbox);
  if (launch === undefined) return [`not installed: ${peer.install}`];
  const [program = '', ...args] = launch.command;
  const child = spawn(program, args, { env: { ...env, ...launch.env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.on('error', (error) => {
    said = error.message;
  });
  child.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(-500);
  });
  try {
    await answers(launch.target, child);
    await closedLoop(launch.target, 200);
    const direct = { port: upstream, path: '/v1/messages' };
    const [floor, through] = [await streams(direct), await streams(launch.target)];
    /** @param {'event' | 'first'} what @param {number} share */
    const added = (what, share) =>
      `${Math.max(0, quantile(through[what], share) - quantile(floor[what], share)).toFixed(2)} ms`;
    const rate = await closedLoop(launch.target, 1000);
    return [added('event', 0.5), added('event', 0.95), added('first', 0.5), rate.toFixed(0)];
  } catch (error) {
    return [`failed: ${error instanceof Error ? error.message : error}; it said: ${said.trim()}`];
  } finally {
    child.kill();
  }
}

/** @param {Target} target @param {import('node:child_process').ChildProcess} child */
async function answers(target, child) {
  for (const until = Date.now() + 90_000; ; await sleep(250)) {
    try {
      await closedLoop(target, 1);
      return;
    } catch (error) {
      if (Date.now() > until || child.exitCode !== null) throw error;
    }
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
