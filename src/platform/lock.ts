import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { BacklogError, ExitCode, errnoOf } from './errors.ts';
import { makeFolders, removeIfThere, writeFailure } from './files.ts';
import { temporaryName } from './ids.ts';
import { isAlive, self } from './owner.ts';

export interface LockOptions {
  /** How long to wait for a living owner, in ms. */
  readonly timeoutMs?: number;
}

/**
 * Runs `work` while holding the lock file `file`. A living owner is waited for; a dead one's lock (its process is gone, or
 * its number was given to another) is taken over. The lock is made by link(2), so it never exists half written. It is not
 * reentrant: taking it again inside `work` waits for itself.
 * @throws BacklogError `lock-timeout` (exit 4), `file-write-failed` (exit 4) where no lock can be made
 */
export async function withLock<T>(
  file: string,
  work: () => T | Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const mine = JSON.stringify({ ...self(), host: hostname(), token: temporaryName() });
  await acquire(file, mine, Date.now() + (options.timeoutMs ?? 30_000));
  try {
    return await work();
  } finally {
    release(file, mine);
  }
}

/**
 * Runs `work` under the lock if nobody else holds it, without waiting. A dead owner's lock is taken over.
 * @returns what `work` returned; `undefined` when another process has the lock
 * @throws BacklogError `file-write-failed` (exit 4) where no lock can be made
 */
export function tryWithLock<T>(file: string, work: () => T): T | undefined {
  const mine = JSON.stringify({ ...self(), host: hostname(), token: temporaryName() });
  if (!tryCreate(file, mine)) {
    const holder = readIfThere(file);
    if (holder === undefined || !isDead(holder)) return undefined;
    // As in `removeDead`: one successor only.
    const removed = tryWithLock(`${file}.${tokenOf(holder)}`, () => {
      if (readIfThere(file) === holder) unlinkSync(file);
      return true;
    });
    if (!removed || !tryCreate(file, mine)) return undefined;
  }
  try {
    return work();
  } finally {
    release(file, mine);
  }
}

async function acquire(file: string, mine: string, deadline: number): Promise<void> {
  try {
    makeFolders(path.dirname(file));
  } catch (error) {
    throw writeFailure(file, error);
  }
  for (let wait = 2; ; wait = Math.min(wait * 1.5, 100)) {
    if (tryCreate(file, mine)) return;
    const holder = readIfThere(file);
    if (holder !== undefined && isDead(holder)) {
      await removeDead(file, holder, mine, deadline);
      continue;
    }
    if (Date.now() > deadline) throw timeout(file, holder);
    const pause = wait * (0.5 + Math.random());
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Only the holder of the dead lock's own lock may remove it, so that a successor's fresh lock is never removed. */
async function removeDead(file: string, holder: string, mine: string, deadline: number): Promise<void> {
  const succession = `${file}.${tokenOf(holder)}`;
  await acquire(succession, mine, deadline);
  try {
    if (readIfThere(file) === holder) unlinkSync(file);
  } finally {
    release(succession, mine);
  }
}

function tryCreate(file: string, content: string): boolean {
  const temporary = `${file}.${temporaryName()}.tmp`;
  try {
    writeFileSync(temporary, content, { mode: 0o600 });
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw writeFailure(file, error);
  } finally {
    removeIfThere(temporary);
  }
}

function release(file: string, mine: string): void {
  if (readIfThere(file) === mine) unlinkSync(file);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly host: string;
  readonly token: string;
}

function parseHolder(content: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, started, host, token } = Object.fromEntries(Object.entries(value));
    if (
      typeof pid !== 'number' ||
      typeof started !== 'string' ||
      typeof host !== 'string' ||
      typeof token !== 'string'
    )
      return undefined;
    return { pid, started, host, token };
  } catch {
    return undefined;
  }
}

/** Something that is no lock of ours is nobody's; a lock of another machine (shared folder) is left alone. */
function isDead(content: string): boolean {
  const holder = parseHolder(content);
  return holder === undefined || (holder.host === hostname() && !isAlive(holder));
}

function tokenOf(content: string): string {
  return parseHolder(content)?.token.replaceAll(/[^a-z0-9-]/gi, '') ?? 'unreadable';
}

function fixFor(file: string, holder: Holder | undefined): string {
  if (holder === undefined) return 'run the command again';
  return holder.host === hostname()
    ? `wait for process ${holder.pid} to end, or end it, and run the command again`
    : `wait for process ${holder.pid} on ${holder.host}; if it no longer runs there, delete ${file}, and run the command again`;
}

function timeout(file: string, content: string | undefined): BacklogError {
  const holder = content === undefined ? undefined : parseHolder(content);
  return new BacklogError({
    code: 'lock-timeout',
    message: `${file} is held by process ${holder?.pid ?? 'unknown'}${holder ? ` on ${holder.host}` : ''}`,
    fix: fixFor(file, holder),
    exitCode: ExitCode.Outside,
    file,
  });
}
