// Figures of the gateway with everything on (attribution, metering, ledger), beside a bare pass-through of Node's own http, on
// the same upstream in the same run. What a proxy adds is its figure less that of calls without any.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const body = JSON.stringify({
  model: 'claude-sonnet-4-5',
  stream: true,
  max_tokens: 1000,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(40_000) }] }],
});

/** @typedef {{ port: number, path: string, headers?: http.OutgoingHttpHeaders }} Target */
/** @typedef {{ name: string, value: number, unit: string, floor: number, ratio: number | null, limit: string, met: boolean }} Figure */

/**
 * @param {{ sandbox: string, project: string, env: NodeJS.ProcessEnv }} where
 * @returns {Promise<Figure[]>}
 */
export async function gatewayFigures({ sandbox, project, env }) {
  const home = path.join(sandbox, 'gateway-home');
  const upstream = await start('node', [path.join(here, 'gateway-parts.mjs'), 'upstream'], env);
  const bare = await start(
    'node',
    [path.join(here, 'gateway-parts.mjs'), 'bare', String(upstream.port)],
    env,
  );
  mkdirSync(path.join(home, 'gateway'), { recursive: true });
  writeFileSync(
    path.join(home, 'gateway/routes.json'),
    JSON.stringify({
      v: 1,
      port: null,
      projects: {
        'bench-1': { prefix: 'bench-1', root: project, upstream: `http://127.0.0.1:${upstream.port}` },
      },
    }),
  );
  const gateway = await startGateway(home, env);
  try {
    const direct = { port: upstream.port, path: '/v1/messages' };
    const floor = { port: bare.port, path: '/v1/messages' };
    const ours = { port: gateway.port, path: '/p/bench-1/v1/messages' };
    for (const target of [direct, floor, ours]) await closedLoop(target, 400);
    return [
      ...(await paced(direct, floor, ours)),
      ...(await throughput(floor, ours)),
      await memory(ours, gateway.pid),
    ];
  } finally {
    for (const part of [gateway, bare, upstream]) process.kill(part.pid);
  }
}

/** 50 streams at once, an event every 20 ms. @param {Target} direct @param {Target} floor @param {Target} ours */
async function paced(direct, floor, ours) {
  /** @type {Record<'direct' | 'floor' | 'ours', { event: number[], first: number[] }>[]} */
  const rounds = [];
  // In turn, so that a drifting machine slows all of them.
  for (let round = 0; round < 3; round += 1)
    rounds.push({ direct: await streams(direct), floor: await streams(floor), ours: await streams(ours) });
  /** @param {'direct' | 'floor' | 'ours'} who @param {'event' | 'first'} what @param {number} share */
  const of = (who, what, share) =>
    quantile(
      rounds.flatMap((round) => round[who][what]),
      share,
    );
  /** @param {'floor' | 'ours'} who @param {'event' | 'first'} what @param {number} share */
  const added = (who, what, share) => Math.max(0, of(who, what, share) - of('direct', what, share));
  /** @param {string} name @param {number} share @param {number} most */
  const figure = (name, share, most) => {
    const [value, floorValue] = [added('ours', 'event', share), added('floor', 'event', share)];
    const ratio = value / floorValue;
    return { name, value, unit: 'ms', floor: floorValue, ratio, limit: `${most} x`, met: ratio <= most };
  };
  const first = added('ours', 'first', 0.5);
  return [
    figure('gateway: added per event, p50', 0.5, 1.5),
    figure('gateway: added per event, p95', 0.95, 2),
    {
      name: 'gateway: added to the first byte, p50',
      value: first,
      unit: 'ms',
      floor: added('floor', 'first', 0.5),
      ratio: null,
      limit: '2 ms',
      met: first <= 2,
    },
  ];
}

/** @param {Target} target */
export async function streams(target) {
  /** @type {{ event: number[], first: number[] }} */
  const seen = { event: [], first: [] };
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 7));
      const begun = process.hrtime.bigint();
      let isFirst = true;
      await call(target, { 'x-pace-ms': '20', 'x-events': '60' }, (chunk) => {
        const now = process.hrtime.bigint();
        if (isFirst) seen.first.push(Number(now - begun) / 1e6);
        isFirst = false;
        for (const match of chunk.toString('latin1').matchAll(/"at":"(\d+)"/g))
          seen.event.push(Number(now - BigInt(match[1] ?? '0')) / 1e6);
      });
    }),
  );
  return seen;
}

/** 16 at once, each as soon as the one before has ended. @param {Target} floor @param {Target} ours */
async function throughput(floor, ours) {
  const pairs = [];
  for (let round = 0; round < 5; round += 1) {
    const bare = await closedLoop(floor, 2000);
    pairs.push({ bare, ours: await closedLoop(ours, 2000) });
  }
  const ratio = quantile(
    pairs.map((pair) => pair.ours / pair.bare),
    0.5,
  );
  return [
    {
      name: 'gateway: requests a second, 16 at once',
      value: quantile(
        pairs.map((pair) => pair.ours),
        0.5,
      ),
      unit: '/s',
      floor: quantile(
        pairs.map((pair) => pair.bare),
        0.5,
      ),
      ratio,
      limit: '0.7 x',
      met: ratio >= 0.7,
    },
  ];
}

/** Growth of memory over 100,000 requests (BENCH_REQUESTS for another number). @param {Target} ours @param {number} pid */
async function memory(ours, pid) {
  const requests = Number(process.env.BENCH_REQUESTS ?? 100_000);
  await closedLoop(ours, 10_000);
  const before = residentMiB(pid);
  await closedLoop(ours, requests - 10_000);
  const after = residentMiB(pid);
  return {
    name: `gateway: memory after ${requests.toLocaleString('en')} requests`,
    value: after,
    unit: 'MiB',
    floor: before,
    ratio: after / before,
    limit: '1.25 x',
    met: after / before <= 1.25,
  };
}

/** @param {number} pid */
export function residentMiB(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** @param {Target} target @param {number} total @returns {Promise<number>} requests a second */
export async function closedLoop(target, total) {
  let left = total;
  const begun = process.hrtime.bigint();
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (left > 0) {
        left -= 1;
        await call(target, {}, () => {});
      }
    }),
  );
  return total / (Number(process.hrtime.bigint() - begun) / 1e9);
}

const agent = new http.Agent({ keepAlive: true });

/** @param {Target} target @param {http.OutgoingHttpHeaders} headers @param {(chunk: Buffer) => void} onChunk @returns {Promise<void>} */
function call({ port, path: to, headers: own = {} }, headers, onChunk) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        path: to,
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'x-api-key': 'sk-ant-dummy',
          'x-claude-code-session-id': '11111111-2222-4333-8444-555555555555',
          ...own,
          ...headers,
        },
      },
      (response) => {
        if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode}`));
        response.on('data', onChunk);
        response.on('end', () => resolve());
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** @param {string} program @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<{ port: number, pid: number }>} */
export function start(program, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    child.on('error', reject);
    child.stdout.once('data', (text) => resolve({ port: Number(text), pid: child.pid ?? 0 }));
  });
}

/** @param {string} home @param {NodeJS.ProcessEnv} env @returns {Promise<{ port: number, pid: number }>} */
export async function startGateway(home, env) {
  const child = spawn(path.join(root, 'bin/backlog'), ['gateway', 'run', '--port', '0'], {
    env: { ...env, BACKLOG_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let said = '';
    // A gateway that does not say where it listens must not hang the rest.
    setTimeout(() => reject(new Error(`the gateway does not start: ${said}`)), 20_000).unref();
    child.on('error', reject);
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        said += text;
        const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
        if (port) resolve({ port: Number(port), pid: child.pid ?? 0 });
      });
    child.on('exit', () => reject(new Error(said)));
  });
}

/** @param {number[]} values @param {number} share */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
