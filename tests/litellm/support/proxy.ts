import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import { stringify } from 'yaml';
import { z } from 'zod';
import { repositoryRoot } from '../../support/cli.ts';

export const litellmFolder = path.join(repositoryRoot, 'config/litellm');
/** What callers show to the proxies of the tests. */
export const MASTER_KEY = 'sk-litellm-of-the-tests';

const START_TIMEOUT_MS = 90_000;

/** What the recorder writes of each request: LiteLLM's standard logging payload, as far as tests ask. */
const logged = z.object({
  outcome: z.enum(['success', 'failure']),
  payload: z.looseObject({
    id: z.string(),
    litellm_call_id: z.string().nullish(),
    trace_id: z.string().nullish(),
    request_tags: z.array(z.string()).nullish(),
    end_user: z.string().nullish(),
    model_group: z.string().nullish(),
    model: z.string(),
    metadata: z.looseObject({
      spend_logs_metadata: z.record(z.string(), z.unknown()).nullish(),
      requester_custom_headers: z.record(z.string(), z.string()).nullish(),
    }),
  }),
});
export type Logged = z.infer<typeof logged>;

export interface LiteLLM {
  readonly url: string;
  /** A folder of its own: its home, where the tagger looks for contexts too. */
  readonly home: string;
  /** Requests that were logged, in the order of their ends; needs the recorder among the callbacks. */
  logged(): Logged[];
  /** Waits until so many requests are logged: callbacks run after the answer. */
  loggedAtLeast(count: number): Promise<Logged[]>;
  /** Everything that the proxy has printed. */
  output(): string;
  stop(): Promise<void>;
}

export interface LiteLLMOptions {
  /** Folder with the `litellm` program. */
  readonly bin: string;
  /** A configuration file, or what to write into one. */
  readonly config: string | object;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the real proxy on a free port of loopback, with nothing of this machine's environment but PATH. */
export async function startLiteLLM({ bin, config, env }: LiteLLMOptions): Promise<LiteLLM> {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'backlog-litellm-')));
  const home = path.join(root, 'home');
  mkdirSync(home);
  const log = path.join(root, 'log.jsonl');
  const file = typeof config === 'string' ? config : path.join(root, 'config.yaml');
  if (typeof config !== 'string') writeFileSync(file, stringify(config));
  const port = await freePort();
  const child = spawn(
    path.join(bin, 'litellm'),
    ['--config', file, '--host', '127.0.0.1', '--port', `${port}`],
    {
      cwd: root,
      // A group of its own, so that its workers end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
        HOME: home,
        PYTHONPATH: [
          path.join(litellmFolder, 'callbacks'),
          path.join(repositoryRoot, 'tests/fixtures/litellm'),
        ].join(path.delimiter),
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONUNBUFFERED: '1',
        // Else the price list is fetched from the internet.
        LITELLM_LOCAL_MODEL_COST_MAP: 'True',
        LITELLM_MASTER_KEY: MASTER_KEY,
        BACKLOG_HOME: path.join(home, '.backlog-toolkit'),
        BACKLOG_TEST_LOG: log,
        ...env,
      },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const stop = async () => {
    await ended(child);
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await alive(url, child, () => output);
  } catch (error) {
    await stop();
    throw error;
  }
  const read = () =>
    (existsSync(log) ? readFileSync(log, 'utf8') : '')
      .split('\n')
      .slice(0, -1)
      .map((line) => logged.parse(JSON.parse(line)));
  return {
    url,
    home,
    logged: read,
    loggedAtLeast: (count) =>
      vi.waitUntil(() => read().length >= count && read(), { timeout: 15_000, interval: 50 }),
    output: () => output,
    stop,
  };
}

/** Never `/health`: it calls the models. */
async function alive(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${url}/health/liveliness`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`LiteLLM did not start:\n${output().slice(-4000)}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await closed;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}
