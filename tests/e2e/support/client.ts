import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { TestContext } from 'vitest';
import { z } from 'zod';
import type { ScriptedApi } from './scripted-api.ts';

const clientEvent = z.looseObject({ type: z.string(), subtype: z.string().optional() });
type ClientEvent = z.infer<typeof clientEvent>;

export interface ClientRun {
  readonly events: readonly ClientEvent[];
  readonly stdout: string;
  readonly stderr: string;
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** Wall clock, milliseconds. */
  readonly durationMs: number;
}

export interface ClientOptions {
  /** Another client than the pinned one, e.g. the oldest supported. */
  readonly binary?: string | undefined;
  readonly cwd: string;
  /** The HOME of the run; made when absent. Never the HOME of the machine. */
  readonly home: string;
  readonly api?: ScriptedApi;
  readonly args?: readonly string[];
  /** Added last, so it may replace anything below, PATH too. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders that come first on PATH. */
  readonly pathFirst?: readonly string[];
  readonly timeoutMs?: number;
  /** Called for each event as it arrives, with the client's pid: to end the client at a chosen moment. */
  readonly onEvent?: (event: ClientEvent, pid: number) => void;
}

/**
 * The client's native binary: the optional platform package, which `bin/claude.exe` is only a link to (and not even that
 * after `npm ci --ignore-scripts`). `undefined` where npm has none for this machine.
 */
function findClient(
  foldersOf = (name: string) => createRequire(import.meta.url).resolve.paths(name) ?? [],
): string | undefined {
  const platform = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;
  for (const name of [platform, `${platform}-musl`]) {
    for (const folder of foldersOf(name)) {
      const binary = join(folder, name, process.platform === 'win32' ? 'claude.exe' : 'claude');
      if (existsSync(binary)) return binary;
    }
  }
  return undefined;
}

export const client = findClient();

const OLDEST = '2.1.197';
const oldestFolder = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  `backlog-toolkit-ci/claude-code-${OLDEST}`,
);

/** The oldest client that we support, kept between runs outside the checkout. */
export const oldestClient = findClient(() => [join(oldestFolder, 'node_modules')]);

/** Skips a test where the oldest client is not installed; `.ci/run` installs it. */
export function needsOldestClient(test: TestContext): void {
  test.skip(
    oldestClient === undefined,
    `no Claude Code ${OLDEST}: npm install --no-save --prefix ${oldestFolder} @anthropic-ai/claude-code@${OLDEST}`,
  );
}

/** Skips a test, with the reason in the run's summary, on a machine for which there is no client: `beforeEach(needsClient)`. */
export function needsClient(test: TestContext): void {
  test.skip(
    client === undefined,
    `no Claude Code for ${process.platform}-${process.arch}: npm ci installs the optional package`,
  );
}

/** An environment made from nothing: no credential, setting or proxy of the machine gets in, and nothing but `api` is reachable. */
export function cleanEnvironment(
  options: Pick<ClientOptions, 'home' | 'api' | 'env' | 'pathFirst'>,
): Record<string, string> {
  const unreachable = 'http://127.0.0.1:9'; // discard: nothing listens there
  const url = options.api?.url ?? unreachable;
  return {
    HOME: options.home,
    PATH: [
      ...(options.pathFirst ?? []),
      dirname(process.execPath),
      '/usr/local/bin',
      '/usr/bin',
      '/bin',
    ].join(delimiter),
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: join(options.home, 'tmp'),
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'sk-ant-dummy-for-tests',
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    NO_PROXY: '127.0.0.1,localhost',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    // npm asks its registry for news of itself after a gate's `npm test`.
    npm_config_update_notifier: 'false',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    CLAUDE_CODE_MAX_RETRIES: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.invalid',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.invalid',
    ...options.env,
  };
}

/** One `-p` session of the real client. The prompt goes before the other arguments, because `--allowedTools` swallows what follows. */
export async function runClaude(
  options: ClientOptions & { readonly prompt: string; readonly api: ScriptedApi },
): Promise<ClientRun> {
  return runClient({
    ...options,
    args: ['-p', options.prompt, '--output-format', 'stream-json', '--verbose', ...(options.args ?? [])],
  });
}

/** Any call of the client, e.g. `plugin validate`. After `timeoutMs` (60 s) the process group it leads is killed, by its id. */
export async function runClient(options: ClientOptions): Promise<ClientRun> {
  await mkdir(join(options.home, 'tmp'), { recursive: true });
  const started = performance.now();
  const binary = options.binary ?? client;
  if (binary === undefined) throw new Error('needsClient comes first');
  const child = spawn(binary, options.args ?? [], {
    cwd: options.cwd,
    env: cleanEnvironment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  const events: ClientEvent[] = [];
  let stdout = '';
  let stderr = '';
  let unread = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    const lines = (unread + chunk).split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines) {
      const event = parseEvent(line);
      if (event === undefined) continue;
      events.push(event);
      if (pid !== undefined) options.onEvent?.(event, pid);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    if (pid !== undefined) killGroup(pid);
  }, options.timeoutMs ?? 60_000);
  const exitCode = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  }).finally(() => clearTimeout(timer));
  return { events, stdout, stderr, exitCode, timedOut, durationMs: performance.now() - started };
}

function parseEvent(line: string): ClientEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return clientEvent.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // it ended between the timer and here
  }
}

const initEvent = z.looseObject({
  type: z.literal('system'),
  subtype: z.literal('init'),
  session_id: z.string(),
  slash_commands: z.array(z.string()).default([]),
  agents: z.array(z.string()).default([]),
  skills: z.array(z.string()).default([]),
  plugins: z.array(z.looseObject({ name: z.string() })).default([]),
  plugin_errors: z.array(z.unknown()).default([]),
});
export type InitEvent = z.infer<typeof initEvent>;

/** What the client loaded; throws when the session did not start. */
export function initOf(run: ClientRun): InitEvent {
  for (const event of run.events) {
    const parsed = initEvent.safeParse(event);
    if (parsed.success) return parsed.data;
  }
  throw new Error(`no init event; exit ${run.exitCode}\n${run.stderr}\n${run.stdout}`);
}

const resultEvent = z.looseObject({
  type: z.literal('result'),
  is_error: z.boolean(),
  result: z.string().optional(),
  session_id: z.string(),
  total_cost_usd: z.number(),
  permission_denials: z.array(z.unknown()).default([]),
  modelUsage: z.record(z.string(), z.looseObject({ costUSD: z.number() })).default({}),
});
export type ResultEvent = z.infer<typeof resultEvent>;

/** One a turn (a background agent's report starts a turn of its own); all of them come at the end. */
export function resultsOf(run: ClientRun): ResultEvent[] {
  return run.events.flatMap((event) => resultEvent.safeParse(event).data ?? []);
}
