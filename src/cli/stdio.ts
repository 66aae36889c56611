import { fstatSync, statSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { devNull } from 'node:os';
import type { WriteStream } from 'node:tty';
import { ExitCode, errnoOf, messageOf } from '../platform/errors.ts';

/**
 * So many characters go out without a stream, whose modules take Node as long to load as a short command runs. What is longer
 * may have to wait for its reader, and Ctrl-C must be heard then.
 */
const MOST_DIRECT = 8192;

/** stdout or stderr, where people and programs read what a command has to say. */
class Output {
  readonly #number: 1 | 2;
  #isTerminal: boolean | undefined;
  #direct = MOST_DIRECT;

  constructor(number: 1 | 2) {
    this.#number = number;
  }

  get isTerminal(): boolean {
    this.#isTerminal ??= isTerminal(this.#number);
    return this.#isTerminal;
  }

  /** Node's own stream. What it cannot write ends nothing. */
  get stream(): WriteStream {
    this.#direct = 0;
    const stream = this.#number === 1 ? process.stdout : process.stderr;
    if (!stream.listeners('error').includes(this.#failed)) stream.on('error', this.#failed);
    return stream;
  }

  write(text: string): void {
    if (text.length > this.#direct || this.isTerminal) {
      this.stream.write(text);
      return;
    }
    this.#direct -= text.length;
    const bytes = Buffer.from(text, 'utf8');
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#number, bytes, written);
    } catch (error) {
      // A pipe that takes no more for now: the stream waits for its reader.
      if (errnoOf(error) === 'EAGAIN') this.stream.write(bytes.subarray(written));
      else this.#failed(error);
    }
  }

  /** Whoever read our output has seen enough (`| head`). All else loses data: the exit code has to say so, whatever the command did. */
  readonly #failed = (error: unknown): void => {
    // Where nothing can be said any more, the exit code still is.
    if (this.#number === 2 || errnoOf(error) === 'EPIPE') return;
    stderr.write(
      `error: the output cannot be written: ${messageOf(error)}\n` +
        'fix: free some disk space, or send it elsewhere; what the command has changed stands\n',
    );
    process.once('exit', () => {
      process.exitCode = ExitCode.Outside;
    });
  };
}

export const stdout = new Output(1);
export const stderr = new Output(2);

/**
 * Asked by number: to make a stream of it takes time. Where it is no device, or the one that agents give their commands
 * for stdin, Node's own module need not be asked, which brings the network's with it.
 */
export function isTerminal(number: number): boolean {
  try {
    if (process.platform !== 'win32') {
      const stats = fstatSync(number);
      if (!stats.isCharacterDevice() || stats.rdev === nullDevice()) return false;
    }
  } catch {
    // It is closed.
    return false;
  }
  return tty().isatty(number);
}

function nullDevice(): number | undefined {
  return statSync(devNull, { throwIfNoEntry: false })?.rdev;
}

function tty(): typeof import('node:tty') {
  return createRequire(import.meta.url)('node:tty');
}
