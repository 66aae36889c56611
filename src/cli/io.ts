import path from 'node:path';
import { type CommandLine, hasAncestor } from '../platform/ancestors.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Globals } from './globals.ts';
import { runnable } from './program-name.ts';
import { isTerminal, stderr, stdout } from './stdio.ts';

/** Who makes this call. The CLI cannot see it by itself: our PreToolUse hook hands the ids over. */
export interface Caller {
  /** `CLAUDECODE` is set: an agent's shell, in which only people's decisions that a hook has stamped count. */
  readonly insideClaudeCode: boolean;
  readonly sessionId: string | undefined;
  /** Absent on the main thread. */
  readonly agentId: string | undefined;
  /** One-time token of a hook that let a person decide. */
  readonly stamp: string | undefined;
}

/** The world as a command sees it. Only `cli/` and `hooks/` print or exit. */
export interface Io {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly caller: Caller;
  /** One JSON document on stdout instead of text. */
  readonly json: boolean;
  /** A person can be asked: stdin and stderr are terminals, and no agent's shell. */
  readonly interactive: boolean;
  /** stdout is a terminal, for progress. */
  readonly terminal: boolean;
  /** Most characters of a printed line: those of the terminal, at most 80. `undefined` where stdout is none: then nothing is cut. */
  readonly columns: number | undefined;
  readonly color: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** All of stdin, once. @throws what `signal` was aborted with */
  stdin(): Promise<string>;
  /** Data, to stdout. */
  out(text: string): void;
  /** Data that comes in pieces, to stdout: no more of it is made than whoever reads it takes. The last piece ends its line. */
  pieces(text: AsyncIterable<string>): Promise<void>;
  /** A picture of how things stand, to a terminal: each takes the place of the one before it. */
  redraw(text: string): void;
  /** To stderr as it stands, without a line end, for bars; only where stderr is a terminal. */
  readonly live?: ((text: string) => void) | undefined;
  /** Progress, notes and warnings, to stderr; commands of ours in it are put as they have to be typed here. */
  note(text: string): void;
}

/** What every command takes, and what ends it. */
export interface IoOptions extends Globals {
  readonly signal: AbortSignal;
}

export function processIo(options: IoOptions): Io {
  const { env } = process;
  const hasPerson = isTerminal(0) && stderr.isTerminal;
  // Whoever has a terminal made, and takes the variable off, is still no person.
  const insideClaudeCode = Boolean(env.CLAUDECODE) || (hasPerson && hasAncestor(isClient));
  return {
    cwd: options.cwd,
    env,
    clock: systemClock,
    caller: {
      insideClaudeCode,
      sessionId: options.session ?? (env.CLAUDE_CODE_SESSION_ID || undefined),
      agentId: options.agent,
      stamp: options.stamp,
    },
    json: options.json,
    interactive: hasPerson && !insideClaudeCode && !env.CI,
    terminal: stdout.isTerminal,
    // A terminal that does not know its width says 0.
    columns: stdout.isTerminal ? Math.min(80, stdout.stream.columns || 80) : undefined,
    color: stdout.isTerminal && !options.noColor && !env.NO_COLOR && env.TERM !== 'dumb',
    signal: options.signal,
    stdin: () => readAll(process.stdin, options.signal),
    out: (text) => write(stdout, text),
    pieces: (text) => writePieces(stdout, text),
    redraw: redrawer(),
    live: stderr.isTerminal ? (text) => stderr.write(text) : undefined,
    note: (text) => write(stderr, runnable(text, env)),
  };
}

/** Claude Code's own process: the program, or a script of that name that an interpreter runs. */
function isClient([program = '', script = '']: CommandLine): boolean {
  const name = path.basename(program);
  return (
    name === 'claude' || (/^(?:node|bun|sh|bash|dash|zsh)$/.test(name) && path.basename(script) === 'claude')
  );
}

async function readAll(stream: NodeJS.ReadStream, signal: AbortSignal): Promise<string> {
  if (stream.isTTY) return '';
  const { addAbortSignal } = await import('node:stream');
  const chunks: Uint8Array[] = [];
  // A writer that never ends must not keep the program after Ctrl-C.
  for await (const chunk of addAbortSignal(signal, stream))
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Draws on stdout; lines that a terminal breaks by itself are counted, too. */
function redrawer(): (text: string) => void {
  let drawn = 0;
  return (text) => {
    // Up to the first line that was drawn, and clear from there (ECMA-48, CUU and ED).
    if (drawn > 0) stdout.write(`\u001b[${drawn}A\u001b[J`);
    const width = (stdout.isTerminal && stdout.stream.columns) || 80;
    drawn = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0);
    write(stdout, text);
  };
}

function write(output: typeof stdout, text: string): void {
  const shown = output.isTerminal ? forTerminal(text) : text;
  if (shown !== '') output.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

async function writePieces(output: typeof stdout, text: AsyncIterable<string>): Promise<void> {
  const { inBlocks } = await import('../platform/streamed-file.ts');
  for await (const block of inBlocks(text)) {
    const failure = await new Promise<Error | null | undefined>((resolve) => {
      output.stream.write(output.isTerminal ? forTerminal(block) : block, resolve);
    });
    // Nobody reads any more, or the disk is full, which has been said.
    if (failure) return;
  }
}

/**
 * Text as a terminal may have it: a ticket that somebody else wrote must not move its cursor, clear it or type for its user.
 * Colours stay. Where the output is no terminal, data goes out byte for byte.
 */
export function forTerminal(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replaceAll(/\u001b\[[0-9;]*m|(?![\n\t])\p{Cc}/gu, (found) =>
    found.length > 1 ? found : found === '\r' ? '' : '\ufffd',
  );
}
