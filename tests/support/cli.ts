import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitEnv } from './temp.ts';

export const repositoryRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const backlogBin = path.join(repositoryRoot, 'bin/backlog');

export const pathWithProgram = `${path.dirname(backlogBin)}${path.delimiter}${process.env.PATH}`;

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  /** Added to a clean environment: PATH with the program, a HOME that does not exist, a git identity; nothing of the caller's. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Told the process id, to end it at a chosen moment. */
  readonly onStart?: (pid: number) => void;
}

/** Runs the built program (`bin/backlog`, so `npm run build` first) as a user would, in a clean environment. */
export function backlog(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(backlogBin, args, {
      cwd: options.cwd,
      env: { ...gitEnv(), PATH: pathWithProgram, NO_COLOR: '1', ...options.env },
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/** The one JSON document that a `--json` call printed. */
export function jsonOf(result: CliResult): Record<string, unknown> {
  const value: unknown = JSON.parse(result.stdout);
  if (typeof value !== 'object' || value === null) throw new Error(`no JSON object: ${result.stdout}`);
  return Object.fromEntries(Object.entries(value));
}
