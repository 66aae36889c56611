import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { BoundedText } from './bounded-text.ts';
import { ProcessGroup } from './process-group.ts';

export interface RunOptions {
  readonly cwd: string;
  /** The whole environment of the child; without it, ours. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly input?: string | Uint8Array | undefined;
  readonly timeoutMs?: number | undefined;
  /** How stdout is decoded; `latin1` keeps each byte apart, as a character of its own. */
  readonly encoding?: 'utf8' | 'latin1' | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RunResult {
  /** `null` when it could not be started, timed out, or was ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it never ran (missing program, not executable), or `undefined`. */
  readonly startFailure: string | undefined;
  readonly timedOut: boolean;
  readonly signal: string | undefined;
  readonly durationMs: number;
}

export interface UserRunResult extends RunResult {
  /** stdout and stderr in the order in which they were written. */
  readonly all: string;
  /** SHA-256 of every byte of the output, also of those that were left out. */
  readonly outputSha256: string;
}

/** Most bytes that are kept of each output of a user's command: its beginning and its end. */
const KEPT_BYTES = 8 * 1024 * 1024;

/**
 * Runs a program with an argument array: no shell, nothing is interpreted. Never throws for what the program does, nor when it
 * cannot be started.
 */
export async function run(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  // Loaded here and not above: commands that start no program must not pay for it.
  const { execa } = await import('execa');
  const started = performance.now();
  const child = execa(file, [...args], {
    ...common(options),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  const stdout = whole(child.stdout, options.encoding);
  const stderr = whole(child.stderr);
  const result = await child;
  return {
    ...outcomeOf(result, { started, timedOut: result.timedOut }),
    stdout: stdout(),
    stderr: stderr(),
  };
}

/** Reads an output to its end. Execa would take twice the time for a short program like git: a gate starts it a hundred times. */
function whole(
  stream: NodeJS.ReadableStream | null,
  encoding: RunOptions['encoding'] = 'utf8',
): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  // Every byte counts, a byte order mark too: what git prints of a file is compared with the file.
  return () => Buffer.concat(chunks).toString(encoding);
}

/**
 * Runs a command line of the user's own (a gate command of the config) by `sh -c`, as npm runs scripts. It leads a process
 * group: on a timeout, on `signal`, on Ctrl-C, and when it ends, everything that it has started is ended too. However much it
 * prints, memory is bounded: the middle of a long output is left out.
 */
export function runUserCommand(command: string, options: RunOptions): Promise<UserRunResult> {
  return runInGroup('sh', ['-c', command], options);
}

/** As {@link runUserCommand}, for a program with an argument array: no shell. */
export async function runInGroup(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<UserRunResult> {
  const { execa } = await import('execa');
  const started = performance.now();
  const group = new ProcessGroup();
  const child = execa(file, [...args], {
    ...common(options),
    detached: true,
    cleanup: false,
  });
  group.lead(child.pid);
  const output = collect(child);
  let timedOut = false;
  let ending: Promise<void> | undefined;
  const stop = (): void => {
    ending = group.end();
  };
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          stop();
        }, options.timeoutMs);
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  // What it has left in the background would keep our pipes open.
  child.once('exit', () => {
    stop();
    ending = ending?.then(() => closeOutputs(child));
  });
  try {
    const result = await child;
    await ending;
    return { ...outcomeOf(result, { started, timedOut }), ...output() };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
    group.release();
  }
}

/** How long the outputs may stay open when everything that we could end has ended, in ms. */
const DRAIN_MS = 1_000;

/** A process that has made itself a group of its own (setsid, a daemon) can hold the outputs open for as long as it lives. */
async function closeOutputs(child: Pick<ChildProcess, 'stdout' | 'stderr'>): Promise<void> {
  const outputs = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const ended = outputs.map((stream) => (stream.closed ? undefined : once(stream, 'close')));
  const timer = new AbortController();
  // An output that fails has ended too; the command's own result says what became of it.
  await Promise.race([Promise.all(ended), sleep(DRAIN_MS, undefined, { signal: timer.signal })]).catch(
    () => {},
  );
  timer.abort();
  for (const stream of outputs) stream.destroy();
}

type Output = Pick<UserRunResult, 'stdout' | 'stderr' | 'all' | 'outputSha256'>;

/** Reads both outputs as they come; the answer gives what was kept. */
function collect(child: {
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
}): () => Output {
  const hash = createHash('sha256');
  const all = new BoundedText(KEPT_BYTES);
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    const own = new BoundedText(KEPT_BYTES);
    const writers = [own.writer(), all.writer()];
    stream?.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      for (const writer of writers) writer.write(chunk);
    });
    return () => {
      for (const writer of writers) writer.end();
      return own.text();
    };
  });
  return () => ({
    stdout: stdout?.() ?? '',
    stderr: stderr?.() ?? '',
    all: all.text(),
    outputSha256: hash.digest('hex'),
  });
}

function common(options: RunOptions) {
  return {
    cwd: options.cwd,
    reject: false,
    buffer: false,
    ...(options.env ? { env: options.env, extendEnv: false } : {}),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  } as const;
}

interface Ended {
  readonly exitCode?: number | undefined;
  readonly isTerminated: boolean;
  readonly isCanceled: boolean;
  readonly timedOut: boolean;
  readonly originalMessage?: string | undefined;
  readonly signal?: string | undefined;
}

function outcomeOf(
  result: Ended,
  own: { readonly started: number; readonly timedOut: boolean },
): Omit<RunResult, 'stdout' | 'stderr'> {
  const { exitCode, isTerminated, isCanceled } = result;
  const ran = exitCode !== undefined || result.timedOut || isTerminated || isCanceled;
  return {
    exitCode: own.timedOut ? null : (exitCode ?? null),
    startFailure: ran ? undefined : (result.originalMessage ?? 'it could not be started'),
    timedOut: own.timedOut,
    signal: result.signal,
    durationMs: Math.round(performance.now() - own.started),
  };
}
