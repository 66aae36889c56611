import { readdirSync, readFileSync } from 'node:fs';
import { type ClientOptions, type ClientRun, runClient } from './client.ts';
import type { ScriptedApi } from './scripted-api.ts';
import type { Sandbox } from './session.ts';
import { acceptDialogs } from './terminal.ts';

const LONGEST_MS = 40_000;

/** Runs a prompt in a session that the client's service keeps in the background, until enough is answered; then it is stopped. */
export function inBackground(
  sandbox: Sandbox,
  prompt: string,
  until: (api: ScriptedApi) => boolean,
): (options: ClientOptions & { readonly api: ScriptedApi }) => Promise<ClientRun> {
  return async (options) => {
    acceptDialogs(sandbox);
    try {
      const run = await runClient({ ...options, args: ['--bg', prompt, ...(options.args ?? [])] });
      const [id] = /\b[0-9a-f]{8}\b/.exec(run.stdout) ?? [];
      if (id === undefined) throw new Error(`no session began:\n${run.stdout}${run.stderr}`);
      for (const end = Date.now() + LONGEST_MS; !until(options.api) && Date.now() < end; ) await pause(100);
      await runClient({ ...options, args: ['stop', id] });
      return run;
    } finally {
      endService(sandbox);
    }
  };
}

/** The service outlives its sessions: what runs with the sandbox's HOME is ended, by its id. */
function endService({ home }: Sandbox): void {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !isOfClient(name, home)) continue;
    try {
      process.kill(Number(name), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

function isOfClient(pid: string, home: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return (
      environment.includes(`HOME=${home}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('claude')
    );
  } catch {
    return false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
