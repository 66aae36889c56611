import { performance } from 'node:perf_hooks';
import type { Options } from 'execa';

export interface RunOptions {
  readonly cwd: string;
  /** The whole environment of the child; without it, ours. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly input?: string | Uint8Array | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RunResult {
  /** `null` when it could not be started, timed out, or was ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout and stderr in the order in which they were written. */
  readonly all: string;
  /** Why it never ran (missing program, not executable), or `undefined`. */
  readonly startFailure: string | undefined;
  readonly timedOut: boolean;
  readonly signal: string | undefined;
  readonly durationMs: number;
}

/** Runs a program with an argument array: no shell, nothing is interpreted. Never throws for what the program does. */
export function run(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return execute(file, args, options);
}

/** Runs a command line of the user's own (a gate command of the config) by `sh -c`, as npm runs scripts. */
export function runUserCommand(command: string, options: RunOptions): Promise<RunResult> {
  return execute('sh', ['-c', command], options);
}

async function execute(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  // Loaded here and not above: commands that start no program must not pay for it.
  const { execa } = await import('execa');
  const started = performance.now();
  const settings: Options = {
    cwd: options.cwd,
    reject: false,
    all: true,
    stripFinalNewline: false,
    ...(options.env ? { env: options.env, extendEnv: false } : {}),
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  };
  const result = await execa(file, [...args], settings);
  const startFailure =
    result.exitCode === undefined && !result.timedOut && !result.isTerminated && !result.isCanceled
      ? result.originalMessage
      : undefined;
  return {
    exitCode: result.exitCode ?? null,
    stdout: text(result.stdout),
    stderr: text(result.stderr),
    all: text(result.all),
    startFailure,
    timedOut: result.timedOut,
    signal: result.signal,
    durationMs: Math.round(performance.now() - started),
  };
}

function text(output: unknown): string {
  return typeof output === 'string' ? output : '';
}
