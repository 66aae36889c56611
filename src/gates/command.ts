import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { runUserCommand } from '../platform/process.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import type { GateCall } from './call.ts';
import { changedFiles } from './difference.ts';
import { plainEnv, type RepositoryPlace } from './repository.ts';
import { startFailureIn } from './start-failure.ts';
import { codeTree } from './tree.ts';

/** Longest that one gate command may take, in ms: an hour. A command that waits for a terminal would never end. */
const TIMEOUT_MS = 60 * 60 * 1000;

export interface CommandRun {
  readonly command: string;
  /** `null` when it timed out or a signal ended it. */
  readonly exitCode: number | null;
  readonly output: string;
  readonly outputSha256: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** In words, when it did not end by itself or never began; `undefined` when it ran to its end. */
  readonly trouble: string | undefined;
}

/**
 * Runs one gate command in a folder. It is run as it is written; nothing of ours is put into it.
 * @throws the reason of `call.signal` when a person interrupted it
 */
export async function runGateCommand(
  call: Pick<GateCall, 'env' | 'clock' | 'signal'>,
  command: string,
  cwd: string,
  timeoutMs: number = TIMEOUT_MS,
): Promise<CommandRun> {
  const startedAt = timestamp(call.clock);
  const result = await runUserCommand(command, {
    cwd,
    env: plainEnv(call.env),
    signal: call.signal,
    timeoutMs,
  });
  call.signal.throwIfAborted();
  return {
    command,
    exitCode: result.exitCode,
    output: result.all,
    outputSha256: result.outputSha256,
    startedAt,
    durationMs: result.durationMs,
    trouble: troubleOf(result, timeoutMs),
  };
}

/** sh answers 127 for a command that is not there and 126 for one that cannot be executed (POSIX, 2.8.2). */
function troubleOf(
  result: Awaited<ReturnType<typeof runUserCommand>>,
  timeoutMs: number,
): string | undefined {
  if (result.startFailure !== undefined) return `it could not be started: ${result.startFailure}`;
  if (result.timedOut) return `it did not end within ${Math.round(timeoutMs / 60_000)} minutes`;
  if (result.signal !== undefined) return `it was ended by ${result.signal}`;
  if (result.exitCode === 127) return 'it could not be started: command not found (exit 127)';
  if (result.exitCode === 126) return 'it could not be started: not executable (exit 126)';
  const failure = result.exitCode === 0 ? undefined : startFailureIn(result.all);
  return failure === undefined ? undefined : `it could not be started: ${failure}`;
}

/**
 * Runs `work` on the code tree and looks again afterwards: evidence is for one tree only.
 * @throws BacklogError `tree-changed` (exit 1) with the files that changed meanwhile
 */
export async function onSteadyTree<T>(
  place: RepositoryPlace,
  books: Bookkeeping,
  before: string,
  work: () => Promise<T>,
): Promise<T> {
  const result = await work();
  const after = await codeTree(place, books);
  if (after === before) return result;
  const files = (await changedFiles(place, before, after)).map((file) => file.path);
  const shown = files.slice(0, 20).join(', ') + (files.length > 20 ? ` and ${files.length - 20} more` : '');
  throw new BacklogError({
    code: 'tree-changed',
    message: `the code changed while the gate ran: ${shown}; no evidence was stored`,
    fix: 'if the command writes these files, run it first or ignore them; else wait until nobody edits, and run the gate again',
    exitCode: ExitCode.CheckFailed,
    details: { files },
  });
}
