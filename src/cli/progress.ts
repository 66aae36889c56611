import type { Onlookers } from '../platform/watch.ts';
import { allOrNothing } from './interruption.ts';
import type { Io } from './io.ts';

/** What a long piece of work tells of itself. */
export interface Progress {
  /** So many more of `total` are done. */
  advance(by?: number): void;
  /** Takes the bar away; safe to call twice. Call it in `finally`, before anything else is printed. */
  end(): void;
}

/** Work that is done sooner shows no bar, in ms. */
const PATIENCE = 500;
/** Least time between two pictures, in ms. */
const PAUSE = 100;
const WIDTH = 24;

const silent: Progress = { advance: () => {}, end: () => {} };

/**
 * A bar on stderr for work that takes more than a moment. It is drawn on a terminal only: never into a pipe, nor with `--json`,
 * nor where the terminal cannot take a line back.
 * @param label what is being done, such as `reading tickets`
 * @param total how many steps there are; 0 when nobody knows, then only the steps are counted
 */
export function progress(
  io: Pick<Io, 'json' | 'env' | 'live'>,
  label: string,
  total: number,
  now: () => number = () => performance.now(),
): Progress {
  const { live } = io;
  if (live === undefined || io.json || io.env.TERM === 'dumb') return silent;
  let done = 0;
  let due = now() + PATIENCE;
  let drawn = false;
  return {
    advance: (by = 1) => {
      done += by;
      const time = now();
      if (time < due) return;
      due = time + PAUSE;
      drawn = true;
      live(`\r\u001b[2K${pictureOf(label, done, total)}`);
    },
    end: () => {
      if (drawn) live('\r\u001b[2K');
      drawn = false;
      due = Number.POSITIVE_INFINITY;
    },
  };
}

/** Runs work of several parts, each with a bar of its own where it takes long. */
export async function withBars<T>(
  io: Pick<Io, 'json' | 'env' | 'live' | 'signal'>,
  work: (onlookers: Onlookers) => Promise<T>,
  now?: () => number,
): Promise<T> {
  let bar = silent;
  const begin = (label: string, total: number): void => {
    bar.end();
    bar = progress(io, label, total, now);
  };
  try {
    return await work({ watch: { begin, advance: (by) => bar.advance(by) }, signal: io.signal });
  } finally {
    bar.end();
  }
}

/** As {@link withBars}, for work that changes files, all of them or none: it heeds every signal that asks it to end. */
export function changingWithBars<T>(
  io: Pick<Io, 'json' | 'env' | 'live' | 'signal'>,
  work: (onlookers: Onlookers) => Promise<T>,
): Promise<T> {
  return allOrNothing(() => withBars(io, work));
}

function pictureOf(label: string, done: number, total: number): string {
  const count = done.toLocaleString('en');
  if (total <= 0) return `${label}  ${count}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * WIDTH);
  const bar = `${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}`;
  return `${label}  [${bar}] ${Math.floor(share * 100)} %  ${count} of ${total.toLocaleString('en')}`;
}
