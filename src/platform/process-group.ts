import { setTimeout as sleep } from 'node:timers/promises';

/** How long a group may take to end by itself after SIGTERM, in ms. */
const GRACE_MS = 2_000;
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A child that leads a process group of its own (`detached`), with everything that it starts. Ending only the child would
 * leave what it started running, and holding our pipes, so that a timeout would not end the wait.
 */
export class ProcessGroup {
  readonly #leader: number;
  readonly #forward = (signal: NodeJS.Signals): void => {
    this.#send(signal);
    this.release();
    // A listener of ours has replaced what the signal does by itself. Ctrl-C has one of the program's own.
    if (signal !== 'SIGINT' || process.listenerCount('SIGINT') === 0) process.kill(process.pid, signal);
  };
  readonly #atExit = (): void => {
    this.#send('SIGKILL');
  };

  /** From now on the signals that end us reach the group as well, as they would in our own. */
  constructor(leader: number) {
    this.#leader = leader;
    for (const signal of forwarded) process.once(signal, this.#forward);
    process.once('exit', this.#atExit);
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
    try {
      return process.kill(-this.#leader, signal);
    } catch {
      return false;
    }
  }
}
