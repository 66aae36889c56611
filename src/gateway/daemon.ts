import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { makeFolders, readTextIfExists, writeFailure, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import { isAlive, type Owner, self } from '../platform/owner.ts';
import { installRoot } from '../project/install-root.ts';
import type { Health } from './open-gateway.ts';
import { gatewayDir, readRoutes } from './routes.ts';

export const DEFAULT_PORT = 4141;

/** `gateway/gateway.json` in the home folder, while a gateway runs. */
export interface GatewayProcess {
  readonly pid: number;
  /** Tells the process from a later one with its number. */
  readonly started: string;
  readonly host: string;
  readonly port: number;
  readonly version: string;
}

const processFile = (home: string): string => path.join(gatewayDir(home), 'gateway.json');
export const logFile = (home: string): string => path.join(gatewayDir(home), 'gateway.log');

/** The gateway that runs now; `undefined` when none does (its process is gone, or its number is another's). */
export function runningGateway(home: string): GatewayProcess | undefined {
  try {
    const value: unknown = JSON.parse(readTextIfExists(processFile(home)) ?? 'null');
    if (!isGatewayProcess(value)) return undefined;
    const owner: Owner = { pid: value.pid, started: value.started };
    return isAlive(owner) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isGatewayProcess(value: unknown): value is GatewayProcess {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    // 0 and -1 would be signals to whole groups of processes.
    Number.isSafeInteger(value.pid) &&
    Number(value.pid) > 1 &&
    'started' in value &&
    typeof value.started === 'string' &&
    'port' in value &&
    typeof value.port === 'number' &&
    'host' in value &&
    typeof value.host === 'string'
  );
}

/**
 * Runs `serve` as this user's only gateway: its place is held by a lock for as long as it runs.
 * @throws BacklogError `gateway-running` (exit 1) when there is one
 */
export async function asOnlyGateway<T>(home: string, serve: () => Promise<T>): Promise<T> {
  makeFolder(home);
  try {
    return await withLock(path.join(gatewayDir(home), 'run.lock'), serve, { timeoutMs: 0 });
  } catch (error) {
    if (!(error instanceof BacklogError && error.code === 'lock-timeout')) throw error;
    const running = runningGateway(home);
    throw new BacklogError({
      code: 'gateway-running',
      message: running
        ? `a gateway runs already: process ${running.pid}, http://${running.host}:${running.port}`
        : 'a gateway is just being started',
      fix: '`backlog gateway status` shows it, `backlog gateway stop` ends it',
      exitCode: ExitCode.CheckFailed,
    });
  }
}

/** Says where this process answers, until {@link forget}. */
export function announce(home: string, gateway: Omit<GatewayProcess, 'pid' | 'started'>): void {
  writeFileAtomic(processFile(home), `${JSON.stringify({ ...self(), ...gateway }, null, 2)}\n`, {
    mode: 0o600,
    dirMode: 0o700,
  });
}

export function forget(home: string): void {
  rmSync(processFile(home), { force: true });
}

/** A gateway that answers where no project sends its requests. @returns `undefined` when it is where the settings say */
export function misplaced(home: string, { port }: Pick<GatewayProcess, 'port'>): string | undefined {
  const named = readRoutes(home).port;
  return named === null || named === port
    ? undefined
    : `it answers on port ${port}, but requests are sent to port ${named}`;
}

/** Puts a misplaced gateway where the settings say. */
export const REPLACE = 'backlog gateway stop && backlog gateway start';

/** @throws BacklogError `file-write-failed` (exit 4) */
function makeFolder(home: string): void {
  try {
    makeFolders(gatewayDir(home), 0o700);
  } catch (error) {
    throw writeFailure(gatewayDir(home), error);
  }
}

/** What a gateway says of itself; `undefined` when nothing answers there, or something else does. */
export function askHealth(host: string, port: number, timeoutMs = 1000): Promise<Health | undefined> {
  return new Promise((resolve) => {
    const call = http.get({ host, port, path: '/health', timeout: timeoutMs, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        if (text.length < 65_536) text += part;
      });
      answer.on('end', () => resolve(healthIn(text)));
      answer.on('error', () => resolve(undefined));
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(undefined));
  });
}

function healthIn(text: string): Health | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const ours =
      typeof value === 'object' &&
      value !== null &&
      'service' in value &&
      value.service === 'backlog-gateway';
    return ours ? (value as Health) : undefined; // our own server's answer
  } catch {
    return undefined;
  }
}

/** How long a gateway may take until it answers, in ms. */
const START_MS = 10_000;

export interface StartOptions {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** Without it the port that is fixed since a project was enabled, else 4141. */
  readonly port?: number | undefined;
  /** How long it may take until it answers, in ms; 10 s when left out. */
  readonly waitMs?: number;
}

/**
 * Starts a gateway in the background unless one answers already, and waits until it does. A gateway of another version that has
 * nothing to do is replaced.
 * @throws BacklogError `gateway-start-failed` (exit 4) with the last lines of its log
 */
export async function ensureGateway(
  options: StartOptions,
): Promise<GatewayProcess & { readonly fresh: boolean }> {
  const { home, version, waitMs = START_MS } = options;
  const running = runningGateway(home);
  if (running !== undefined) {
    const health = await askHealth(running.host, running.port);
    const replace = health !== undefined && health.version !== version && health.in_flight === 0;
    if (health !== undefined && !replace) return { ...running, fresh: false };
    if (replace) await stopGateway(home);
  }
  const port = options.port ?? readRoutes(home).port ?? DEFAULT_PORT;
  const began = Date.now();
  const child = spawnGateway(options, port);
  const deadline = began + waitMs;
  while (Date.now() < deadline) {
    const started = runningGateway(home);
    if (started !== undefined && (await askHealth(started.host, started.port)) !== undefined)
      return { ...started, fresh: true };
    // The one that we started may have ended because another was quicker.
    if (child.ended() && started === undefined && Date.now() > began + 500) break;
    await sleep(25);
  }
  throw new BacklogError({
    code: 'gateway-start-failed',
    message: `the gateway does not answer on 127.0.0.1:${port}${lastWords(home)}`,
    fix: `run \`backlog gateway run\` to see why; when another program has the port: \`backlog gateway enable --port <another>\`, which moves it for all projects`,
    exitCode: ExitCode.Outside,
    file: logFile(home),
  });
}

/**
 * As {@link ensureGateway}, on this port: one that answers on another ends after its requests in flight. When the port cannot be
 * had, it comes back where it was.
 */
export async function gatewayOn(
  port: number,
  options: Omit<StartOptions, 'port'>,
): Promise<GatewayProcess & { readonly fresh: boolean }> {
  const running = runningGateway(options.home);
  if (running === undefined || running.port === port) return ensureGateway({ ...options, port });
  await stopGateway(options.home);
  try {
    return await ensureGateway({ ...options, port });
  } catch (error) {
    // What is said is why it could not move; without it `status` says that none runs.
    await ensureGateway({ ...options, port: running.port }).catch(() => undefined);
    throw error;
  }
}

function spawnGateway({ home, env }: StartOptions, port: number): { readonly ended: () => boolean } {
  makeFolder(home);
  const output = openSync(path.join(gatewayDir(home), 'start.log'), 'w', 0o600);
  // Nothing of the session that starts it: the gateway outlives it, and serves others.
  const own = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(CLAUDE|BACKLOG_CONTEXT_FILE)/.test(name)),
  );
  const child = spawn(
    path.join(installRoot(), 'bin', 'backlog'),
    ['gateway', 'run', '--port', String(port), '--background'],
    {
      cwd: '/',
      env: { ...own, BACKLOG_HOME: home },
      detached: true,
      stdio: ['ignore', output, output],
    },
  );
  closeSync(output);
  let ended = false;
  child.on('error', () => {
    ended = true;
  });
  child.on('exit', () => {
    ended = true;
  });
  child.unref();
  return { ended: () => ended };
}

function lastWords(home: string): string {
  const text = readTextIfExists(path.join(gatewayDir(home), 'start.log'))?.trim();
  return text ? `; it said: ${text.split('\n').slice(-3).join(' ').slice(-600)}` : '';
}

/** Longest wait for requests in flight when it is stopped, in ms. */
export const STOP_MS = 30_000;

/** Ends the gateway after the requests in flight. @returns `undefined` when none ran */
export async function stopGateway(home: string): Promise<GatewayProcess | undefined> {
  const running = runningGateway(home);
  if (running === undefined) return undefined;
  process.kill(running.pid, 'SIGTERM');
  const deadline = Date.now() + STOP_MS + 5000;
  while (Date.now() < deadline) {
    if (!isAlive({ pid: running.pid, started: running.started })) return running;
    await sleep(25);
  }
  throw new BacklogError({
    code: 'gateway-stop-failed',
    message: `process ${running.pid} has not ended ${(STOP_MS + 5000) / 1000} s after it was asked to`,
    fix: `kill ${running.pid}`,
    exitCode: ExitCode.Outside,
  });
}
