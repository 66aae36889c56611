import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { logFile, runningGateway } from '../../src/gateway/daemon.ts';
import { prefixOf } from '../../src/gateway/prefix.ts';
import { changeRoutes } from '../../src/gateway/routes.ts';
import { backlogBin } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import {
  answered,
  ask,
  configText,
  headerOf,
  json,
  message,
  sse,
  streamEnd,
  streamStart,
  streamText,
  until,
  upstream,
} from './support.ts';

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly pid: number;
  readonly notes: () => string;
}

/** The built gateway in the foreground; what it prints first says where it listens. */
async function running(
  home: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Running> {
  const child = spawn(backlogBin, ['gateway', 'run', '--port', '0', ...args], {
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: home, BACKLOG_HOME: home, ...env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let [out, notes] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    out += part;
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    notes += part;
  });
  await until('the first line', () => out.includes('\n'));
  const { url } = JSON.parse(out.slice(0, out.indexOf('\n')));
  return {
    child,
    port: Number(new URL(url).port),
    pid: runningGateway(home)?.pid ?? 0,
    notes: () => notes,
  };
}

async function routed(
  home: string,
  url: string,
): Promise<{ readonly base: string; readonly ledger: string }> {
  const root = tempDir();
  writeFiles(root, { 'backlog.config.json': configText() });
  const prefix = prefixOf(root, 'shop');
  await changeRoutes(home, (routes) => ({
    ...routes,
    projects: { [prefix]: { prefix, root, upstream: url } },
  }));
  return { base: `/p/${prefix}`, ledger: path.join(root, '.backlog-ops', 'usage-ledger.jsonl') };
}

it('kill -9 under load loses no finished request: who saw the end finds the line', async () => {
  const home = tempDir();
  let count = 0;
  const { url } = await upstream((_request, response) => {
    count += 1;
    const id = ['request-id', `req_${count}`];
    if (count % 2 === 0) {
      const body = answered({ content: 'x'.repeat((count * 997) % 100_000) });
      response.writeHead(200, [...json, ...id, 'content-length', String(Buffer.byteLength(body))]);
      response.end(body);
    } else {
      response.writeHead(200, [...sse, ...id]);
      response.write(streamStart + streamText);
      setTimeout(() => response.end(streamEnd), count % 7);
    }
  });
  const { base, ledger } = await routed(home, url);
  const finished: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    const gateway = await running(home, []);
    const agent = new http.Agent({ keepAlive: true });
    let over = false;
    const client = async () => {
      while (!over) {
        const answer = await ask(gateway.port, { path: `${base}/v1/messages`, body: message(), agent }).catch(
          () => undefined,
        );
        const id = headerOf(answer?.headers ?? [], 'request-id');
        if (answer?.complete && answer.status === 200 && id !== undefined) finished.push(id);
      }
    };
    const clients = Array.from({ length: 24 }, client);
    const enough = finished.length + 150;
    await until('some requests', () => finished.length > enough, 30_000);
    process.kill(gateway.pid, 'SIGKILL');
    over = true;
    await Promise.all(clients);
    agent.destroy();
  }
  const ids = new Set<unknown>();
  let torn = 0;
  for (const line of readFileSync(ledger, 'utf8').split('\n')) {
    try {
      if (line !== '') ids.add(JSON.parse(line).request_id);
    } catch {
      torn += 1;
    }
  }
  expect(finished.filter((id) => !ids.has(id))).toEqual([]);
  expect(torn).toBeLessThanOrEqual(4);
  expect(finished.length).toBeGreaterThan(600);
}, 120_000);

it('SIGTERM lets the requests in flight finish, and leaves nothing behind', async () => {
  const home = tempDir();
  const { url, seen } = await upstream((_request, response) => {
    response.writeHead(200, sse);
    response.write(streamStart);
    setTimeout(() => response.end(streamText + streamEnd), 700);
  });
  const { base, ledger } = await routed(home, url);
  const gateway = await running(home, []);
  const ended = new Promise((resolve) => gateway.child.once('close', resolve));
  const asked = ask(gateway.port, { path: `${base}/v1/messages`, body: message({ stream: true }) });
  await until('upstream has it', () => seen.length === 1);
  process.kill(gateway.pid, 'SIGTERM');
  expect(await asked).toMatchObject({ status: 200, complete: true });
  expect(await ended).toBe(0);
  expect(readFileSync(ledger, 'utf8').split('\n')).toHaveLength(2);
  expect(runningGateway(home)).toBeUndefined();
});

it('run sends requests without a project where --upstream says, and its log has no credentials and no bodies', async () => {
  const home = tempDir();
  const { url, seen } = await upstream((_request, response) => {
    response.writeHead(200, json);
    response.end(answered({ content: 'BODY-SECRET' }));
  });
  const gateway = await running(home, ['--upstream', `${url}/base`], { BACKLOG_LOG_LEVEL: 'debug' });
  const headers = ['x-api-key', 'KEY-SECRET', 'authorization', 'Bearer KEY-SECRET'];
  const body = message({ messages: [{ role: 'user', content: 'BODY-SECRET' }] });
  expect((await ask(gateway.port, { path: '/v1/messages', body, headers })).status).toBe(200);
  expect(seen[0]?.url).toBe('/base/v1/messages');
  // A fault of ours has to reach the log, and nothing of the request with it.
  writeFileSync(path.join(home, 'contexts'), 'no folder');
  const session = ['x-claude-code-session-id', 's1', 'x-claude-code-agent-id', 'a1'];
  expect(
    (await ask(gateway.port, { path: '/v1/messages', body, headers: [...headers, ...session] })).status,
  ).toBe(200);
  await sleep(50);
  const texts = [logFile(home), path.join(home, 'usage-ledger.jsonl')].map((file) =>
    readFileSync(file, 'utf8'),
  );
  for (const text of [...texts, gateway.notes()]) expect(text).not.toContain('SECRET');
  expect(texts[1]?.trim().split('\n')).toHaveLength(2);
  for (const name of ['usage-ledger.jsonl', 'gateway/gateway.log', 'gateway/gateway.json'])
    expect([name, statSync(path.join(home, name)).mode & 0o777]).toEqual([name, 0o600]);
});

it.each([
  ['another address', ['--host', '0.0.0.0'], {}],
  ['another address without a token', ['--host', '0.0.0.0', '--allow-remote'], {}],
  ['a short token', ['--host', '0.0.0.0', '--allow-remote'], { BACKLOG_GATEWAY_TOKEN: 'short' }],
  ['a token without the flag', ['--host', '0.0.0.0'], { BACKLOG_GATEWAY_TOKEN: 'long-enough-for-a-token' }],
  ['an upstream that is none', ['--upstream', 'file:///etc/passwd'], {}],
  ['an upstream with a password', ['--upstream', 'http://user:pass@127.0.0.1/'], {}],
])('run refuses %s', async (_name, args, env) => {
  const home = tempDir();
  const child = spawn(backlogBin, ['gateway', 'run', '--port', '0', ...args], {
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: home, BACKLOG_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(2);
  expect(text).toContain('fix:');
  expect(text).not.toContain('pass@');
});

// Node's own way of making folders never comes back from there.
it.skipIf(!existsSync('/proc/self'))('a home where no folder can be made is named at once', () => {
  const home = '/proc/backlog-test/home';
  const env = { PATH: process.env.PATH, HOME: '/proc/backlog-test', BACKLOG_HOME: home };
  const options = { cwd: tempDir(), env, encoding: 'utf8', timeout: 20_000 } as const;
  const start = spawnSync(backlogBin, ['gateway', 'start'], options);
  expect([start.status, start.stderr]).toEqual([4, expect.stringContaining(`cannot write ${home}/gateway`)]);
  const input = JSON.stringify({ session_id: 's1', cwd: options.cwd, hook_event_name: 'SessionStart' });
  expect(spawnSync(backlogBin, ['hook', 'SessionStart'], { ...options, input }).status).toBe(0);
});
