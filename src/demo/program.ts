import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { runInGroup } from '../platform/process.ts';
import { installRoot } from '../project/install-root.ts';

/** What a call of the program answered. */
export interface Answer {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Call {
  readonly args: readonly string[];
  readonly input?: string | undefined;
}

/** Runs `bin/backlog` of this installation, as a user or an agent would: the demo has no way in of its own. */
export class Program {
  readonly #cwd: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #signal: AbortSignal;

  constructor(cwd: string, env: NodeJS.ProcessEnv, signal: AbortSignal) {
    this.#cwd = cwd;
    this.#env = env;
    this.#signal = signal;
  }

  run(call: Call): Promise<Answer> {
    return this.#start(path.join(installRoot(), 'bin', 'backlog'), call);
  }

  /** Any other program: git, npm. */
  other(file: string, args: readonly string[]): Promise<Answer> {
    return this.#start(file, { args });
  }

  /** A call that has to succeed. @throws BacklogError `demo-step-failed` (exit 1) with what it printed */
  async succeed(call: Call): Promise<Answer> {
    const answer = await this.run(call);
    if (answer.exitCode === 0) return answer;
    throw stepFailed(`backlog ${call.args.join(' ')}`, answer);
  }

  async succeedOther(file: string, args: readonly string[]): Promise<Answer> {
    const answer = await this.other(file, args);
    if (answer.exitCode === 0) return answer;
    throw stepFailed(`${file} ${args.join(' ')}`, answer);
  }

  /** A call that prints one JSON document, whatever its exit code. */
  async json(call: Call): Promise<{ readonly answer: Answer; readonly document: Record<string, unknown> }> {
    const answer = await this.run({ ...call, args: [...call.args, '--json'] });
    const document = jsonObject(answer.stdout);
    if (document === undefined) throw stepFailed(`backlog ${call.args.join(' ')}`, answer);
    return { answer, document };
  }

  /** Leads a group, so that an interruption leaves nobody behind who writes into a folder that is being taken away. */
  async #start(file: string, call: Call): Promise<Answer> {
    const answer = await runInGroup(file, call.args, {
      cwd: this.#cwd,
      env: this.#env,
      input: call.input ?? '',
      signal: this.#signal,
    });
    this.#signal.throwIfAborted();
    if (answer.startFailure === undefined) return answer;
    return { ...answer, stderr: answer.startFailure };
  }
}

/** The object that a JSON text holds, `undefined` for anything else. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}

function stepFailed(command: string, answer: Answer): BacklogError {
  const said = (answer.stderr || answer.stdout).trim();
  return new BacklogError({
    code: 'demo-step-failed',
    message: `\`${command}\` exited ${answer.exitCode}:\n${said}`,
    fix: 'run `backlog demo --dir <folder>` to keep the sample project, then the command in it',
    exitCode: ExitCode.CheckFailed,
  });
}
