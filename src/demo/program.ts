import { spawn } from 'node:child_process';
import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
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

  #start(file: string, call: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const child = spawn(file, call.args, { cwd: this.#cwd, env: this.#env, signal: this.#signal });
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
      // A program that ends without reading closes the pipe; its exit code tells the story.
      child.stdin.on('error', () => {});
      child.stdin.end(call.input ?? '');
    });
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
