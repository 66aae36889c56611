import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'vitest';
import { writeFiles } from '../../support/temp.ts';
import { type ClientOptions, cleanEnvironment, client, killGroup } from './client.ts';
import { type Story, scenario } from './scenario.ts';
import { type ScriptedApi, startScriptedApi } from './scripted-api.ts';
import type { Played, Sandbox } from './session.ts';

/** `script` of util-linux runs a program on a terminal of its own. */
const script = '/usr/bin/script';

/** Skips a test where there is nothing to make a terminal with. */
export function needsTerminal(test: TestContext): void {
  test.skip(
    process.platform !== 'linux' || !existsSync(script),
    'no terminal: install util-linux, whose `script` makes one',
  );
}

/**
 * One session of the real client on a terminal: the prompts are typed one after another, each when the session's hooks have
 * begun and `ready` says so; then the client is ended.
 */
export async function playOnTerminal(
  sandbox: Sandbox,
  session: {
    readonly story: Story;
    readonly prompts: readonly { readonly text: string; readonly until: (api: ScriptedApi) => boolean }[];
    readonly pluginDir?: string;
    readonly before?: (api: ScriptedApi) => Promise<void>;
  } & Pick<ClientOptions, 'env' | 'args' | 'timeoutMs' | 'binary'>,
): Promise<Played & { readonly screen: string }> {
  const { story, prompts, pluginDir, before, args = [], timeoutMs = 60_000 } = session;
  acceptDialogs(sandbox);
  const told = scenario(story);
  const api = await startScriptedApi(told.answer);
  const started = performance.now();
  let screen = '';
  let timedOut = false;
  try {
    await before?.(api);
    const words = [
      session.binary ?? client ?? '',
      ...(pluginDir === undefined ? [] : ['--plugin-dir', pluginDir]),
      ...args,
    ];
    const child = spawn(script, ['-qfec', words.map(quoted).join(' '), '/dev/null'], {
      cwd: sandbox.project,
      env: {
        ...cleanEnvironment({ home: sandbox.home, api, env: session.env ?? {} }),
        TERM: 'xterm-256color',
        COLUMNS: '120',
        LINES: '40',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
    });
    const ended = new Promise<number | null>((done, fail) => {
      child.on('error', fail);
      child.on('close', done);
    });
    const waitFor = async (holds: () => boolean) => {
      while (!holds() && !timedOut) {
        timedOut = performance.now() - started > timeoutMs;
        await pause(50);
      }
    };
    await waitFor(() => screen.includes('❯'));
    for (const { text, until } of prompts) {
      await pause(500);
      child.stdin.write(text);
      // A return in the same portion would be a pasted line end.
      await pause(300);
      child.stdin.write('\r');
      await waitFor(() => until(api));
    }
    await pause(500);
    child.stdin.write('\u0003');
    await pause(200);
    child.stdin.write('\u0003');
    const killer = setTimeout(() => child.pid !== undefined && killGroup(child.pid), 5_000);
    const exitCode = await ended.finally(() => clearTimeout(killer));
    const late = timedOut ? [`not reached in time; the screen ends with:\n${screen.slice(-2000)}`] : [];
    return {
      run: {
        events: [],
        stdout: screen,
        stderr: '',
        exitCode,
        timedOut,
        durationMs: performance.now() - started,
      },
      screen,
      requests: api.requests,
      answers: api.answers,
      // On a terminal the client looks for updates and plugins too; the API lets nothing through.
      problems: [...told.problems(), ...api.strays.filter((each) => !each.startsWith('CONNECT ')), ...late],
      agentIds: told.agentIds,
    };
  } finally {
    await api.close();
  }
}

/** Answers the questions of a first start: theme, key, trust. */
export function acceptDialogs({ home, project }: Sandbox): void {
  if (existsSync(path.join(home, '.claude.json'))) return;
  writeFiles(home, {
    '.claude.json': JSON.stringify({
      hasCompletedOnboarding: true,
      theme: 'dark',
      customApiKeyResponses: { approved: ['sk-ant-dummy-for-tests'.slice(-20)], rejected: [] },
      projects: { [project]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
    }),
  });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
