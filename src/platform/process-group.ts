import { setTimeout as sleep } from 'node:timers/promises';

/** How long a group may take to end by itself after SIGTERM, in ms. */
const GRACE_MS = 2_000;
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A child that leads a process group of its own (`detached`), with everything that it starts. Ending only the child would
 * leave what it started running, and holding our pipes, so that a timeout would not end the wait.
 */
export class ProcessGroup {
  #leader: number | undefined;
  /** Ctrl-C is the program's own business (it answers 130); it takes its listener away before ours is called. */
  readonly #interruptIsHandled = process.listenerCount('SIGINT') > 0;
  readonly #forward = (signal: NodeJS.Signals): void => {
    this.#send(signal);
    this.release();
    if (signal === 'SIGINT' && this.#interruptIsHandled) return;
    // A shell lets its background processes ignore SIGINT, and nobody will be left to look after them.
    this.#send('SIGTERM');
    // Our listener has replaced what the signal does by itself.
    process.kill(process.pid, signal);
  };
  readonly #atExit = (): void => {
    this.#send('SIGKILL');
  };

  /**
   * From now on the signals that end us reach the group as well, as they would in our own. Made before the child is: a signal
   * that comes while it starts would otherwise end us alone.
   */
  constructor() {
    for (const signal of forwarded) process.once(signal, this.#forward);
    process.once('exit', this.#atExit);
  }

  /** The child that leads the group; `undefined` when it could not be started. */
  lead(pid: number | undefined): void {
    this.#leader = pid;
  }

  /** Ends what is left of the group: asked first, then forced. Nothing happens when all of it has ended. */
  async end(): Promise<void> {
    if (!this.#send('SIGTERM')) return;
    for (let waited = 0, pause = 5; waited < GRACE_MS; waited += pause, pause = Math.min(pause * 2, 100)) {
      await sleep(pause);
      if (!this.#send(0)) return;
    }
    this.#send('SIGKILL');
  }

  release(): void {
    for (const signal of forwarded) process.removeListener(signal, this.#forward);
    process.removeListener('exit', this.#atExit);
  }

  /** @returns whether there was anyone to send it to */
  #send(signal: NodeJS.Signals | 0): boolean {
    if (this.#leader === undefined) return false;
    try {
      return process.kill(-this.#leader, signal);
    } catch {
      return false;
    }
  }
}
