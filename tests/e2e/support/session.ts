import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ApiRequest } from './api-request.ts';
import { type ClientOptions, type ClientRun, runClaude } from './client.ts';
import { type Scenario, type Story, scenario } from './scenario.ts';
import { type Answered, type ScriptedApi, startScriptedApi } from './scripted-api.ts';

/** A throw-away place: an empty git repository and a HOME of its own. */
export interface Sandbox {
  readonly root: string;
  /** A git repository on branch `main`, without a commit. */
  readonly project: string;
  readonly home: string;
  remove(): Promise<void>;
}

export async function makeSandbox(): Promise<Sandbox> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'backlog-e2e-')));
  const project = join(root, 'project');
  const home = join(root, 'home');
  await Promise.all([mkdir(project), mkdir(home)]);
  await promisify(execFile)('git', ['init', '-q', '-b', 'main'], { cwd: project });
  // the client may still be writing its last rows when it is killed
  return {
    root,
    project,
    home,
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
}

export interface Played {
  readonly run: ClientRun;
  readonly requests: readonly ApiRequest[];
  readonly answers: readonly Answered[];
  /** The story's problems and every request that left the Messages API, to the internet for one: [] when all went as told. */
  readonly problems: readonly string[];
  /** Agent ids whose prompt matched the given pattern of the story. */
  agentIds(prompt: string | RegExp): readonly string[];
}

/** One `-p` session of the real client in the sandbox, its model playing the story. */
export async function playSession(
  sandbox: Sandbox,
  session: {
    readonly prompt: string;
    /** What the model says: turn by turn, or as actors. */
    readonly story: Story | Scenario;
    readonly pluginDir?: string;
    /** Runs when the API answers and before the client starts, e.g. to put a gateway between them. */
    readonly before?: (api: ScriptedApi) => Promise<void>;
    /** Another way to run the client than with `-p`; the API answers until it is over. */
    readonly run?: (options: ClientOptions & { readonly api: ScriptedApi }) => Promise<ClientRun>;
  } & Partial<Omit<ClientOptions, 'api'>>,
): Promise<Played> {
  const { prompt, story, pluginDir, before, args = [], run: runs, ...options } = session;
  const told = 'answer' in story ? story : scenario(story);
  const api = await startScriptedApi(told.answer);
  try {
    await before?.(api);
    const plugin = pluginDir === undefined ? [] : ['--plugin-dir', pluginDir];
    const call = {
      cwd: sandbox.project,
      home: sandbox.home,
      ...options,
      api,
      args: [...plugin, ...args],
    };
    const run = await (runs === undefined ? runClaude({ ...call, prompt }) : runs(call));
    const late = run.timedOut ? ['the client was killed after its time'] : [];
    return {
      run,
      requests: api.requests,
      answers: api.answers,
      problems: [...told.problems(), ...api.strays.map((each) => `stray: ${each}`), ...late],
      agentIds: told.agentIds,
    };
  } finally {
    await api.close();
  }
}

/** How a client ended, for the message of a check that fails: the last that it said tells why. */
export function endOf({ exitCode, stdout, stderr }: ClientRun): string {
  return `the client exited with ${exitCode}: ${stderr.slice(-1000)} ${stdout.slice(-2000)}`;
}
