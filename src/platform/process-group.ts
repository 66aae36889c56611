import { setTimeout as sleep } from 'node:timers/promises';

/** How long a group may take to end by itself after SIGTERM, in ms. */
const GRACE_MS = 2_000;
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The groups that run now. They share their listeners: a process that runs many programs at once would be warned of a leak. */
const groups = new Set<ProcessGroup>();
/** The signals that are the program's own business (it answers 130); it takes its listener away before ours is called. */
let handled: ReadonlySet<NodeJS.Signals> = new Set();

function forward(signal: NodeJS.Signals): void {
  const all = [...groups];
  for (const group of all) group.send(signal);
  for (const group of all) group.release();
  if (handled.has(signal)) return;
  // A shell lets its background processes ignore SIGINT, and nobody will be left to look after them.
  for (const group of all) group.send('SIGTERM');
  // Our listener has replaced what the signal does by itself.
  process.kill(process.pid, signal);
}

function endAllAtExit(): void {
  for (const group of groups) group.send('SIGKILL');
}

function listen(): void {
  handled = new Set(forwarded.filter((signal) => process.listenerCount(signal) > 0));
  for (const signal of forwarded) process.on(signal, forward);
  process.on('exit', endAllAtExit);
}

function stopListening(): void {
  for (const signal of forwarded) process.removeListener(signal, forward);
  process.removeListener('exit', endAllAtExit);
}

/**
 * A child that leads a process group of its own (`detached`), with everything that it starts. Ending only the child would
 * leave what it started running, and holding our pipes, so that a timeout would not end the wait.
 */
export class ProcessGroup {
  #leader: number | undefined;

  /**
   * From now on the signals that end us reach the group as well, as they would in our own. Made before the child is: a signal
   * that comes while it starts would otherwise end us alone.
   */
  constructor() {
    if (groups.size === 0) listen();
    groups.add(this);
  }

  /** The child that leads the group; `undefined` when it could not be started. */
  lead(pid: number | undefined): void {
    this.#leader = pid;
  }

  /** Ends what is left of the group: asked first, then forced. Nothing happens when all of it has ended. */
  async end(): Promise<void> {
    if (!this.send('SIGTERM')) return;
    for (let waited = 0, pause = 5; waited < GRACE_MS; waited += pause, pause = Math.min(pause * 2, 100)) {
      await sleep(pause);
      if (!this.send(0)) return;
    }
    this.send('SIGKILL');
  }

  release(): void {
    if (groups.delete(this) && groups.size === 0) stopListening();
  }

  /** @returns whether there was anyone to send it to */
  send(signal: NodeJS.Signals | 0): boolean {
    if (this.#leader === undefined) return false;
    try {
      return process.kill(-this.#leader, signal);
    } catch {
      return false;
    }
  }
}
