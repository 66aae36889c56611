import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { logFile } from '../../gateway/daemon.ts';
import { logFiles } from '../../gateway/log.ts';
import { ExitCode, usageError } from '../../platform/errors.ts';
import { backlogHome } from '../../project/paths.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import type { CommandFunction } from '../table.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
const ranks = new Map<unknown, number>(levels.map((name, rank) => [name, rank]));

/** `backlog gateway logs`: the system log, for people on a terminal and as it is when piped or with --json. */
export const logs: CommandFunction = async (call, io) => {
  const file = logFile(backlogHome(io.env));
  const least = levels.indexOf(call.choice('level', levels) ?? 'debug');
  const since = sinceOf(call, io);
  const show = (line: string) => print(line, { least, since }, io);
  const current = new Tail(file);
  // The older parts were moved away when the log began anew.
  for (const part of logFiles(file))
    if (part === file) for (const line of current.lines()) show(line);
    else if (existsSync(part)) for (const line of readFileSync(part, 'utf8').split('\n')) show(line);
  if (!existsSync(file) && !call.flag('follow')) io.note(`no log yet: ${file}`);
  if (call.flag('follow')) await follow(current, show, io.signal);
  else show(current.rest());
  return io.signal.aborted ? ExitCode.Interrupted : ExitCode.Ok;
};

async function follow(log: Tail, show: (line: string) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(200, undefined, { signal }).catch(() => undefined);
    for (const line of log.lines()) show(line);
  }
}

/** A file that grows, and is moved away to `<file>.1` when it is large: its whole lines, as they come. */
class Tail {
  readonly #file: string;
  #inode: number | undefined;
  #at = 0;
  #rest = '';
  #decoder = new StringDecoder('utf8');

  constructor(file: string) {
    this.#file = file;
  }

  /** The lines since the last call. */
  lines(): string[] {
    const stat = statSync(this.#file, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    const lines: string[] = [];
    if (stat.ino !== this.#inode || stat.size < this.#at) {
      const moved = statSync(`${this.#file}.1`, { throwIfNoEntry: false });
      // What was written before it was moved away.
      if (moved !== undefined && moved.ino === this.#inode)
        lines.push(...this.#read(`${this.#file}.1`, moved.size));
      [this.#inode, this.#at, this.#rest, this.#decoder] = [stat.ino, 0, '', new StringDecoder('utf8')];
    }
    lines.push(...this.#read(this.#file, stat.size));
    return lines;
  }

  /** What a line has so far. */
  rest(): string {
    return this.#rest;
  }

  #read(file: string, size: number): string[] {
    if (size <= this.#at) return [];
    const bytes = readFrom(file, this.#at, size - this.#at);
    this.#at += bytes.length;
    const lines = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }
}

function readFrom(file: string, position: number, length: number): Buffer {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(handle, bytes, 0, length, position));
  } finally {
    closeSync(handle);
  }
}

function print(line: string, wanted: { readonly least: number; readonly since: number }, io: Io): void {
  if (line === '') return;
  let entry: Record<string, unknown>;
  try {
    entry = Object.fromEntries(Object.entries(JSON.parse(line)));
  } catch {
    // A line that a crash has torn.
    io.out(line);
    return;
  }
  const { level, time, event, pid: _pid, ...data } = entry;
  if ((ranks.get(level) ?? -1) < wanted.least) return;
  if (typeof time === 'string' && Date.parse(time) < wanted.since) return;
  if (io.json || !io.terminal) {
    io.out(line);
    return;
  }
  const more = Object.entries(data)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  io.out(`${String(time)} ${String(level).padEnd(5)} ${String(event)}${more === '' ? '' : ` ${more}`}`);
}

/** A time, or a while ago: `15m`, `2h`, `1d`. */
function sinceOf(call: Invocation, io: Io): number {
  const text = call.text('since');
  if (text === undefined) return Number.NEGATIVE_INFINITY;
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago) {
    const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[ago[2] ?? 's'] ?? 1000;
    return io.clock().getTime() - Number(ago[1]) * unit;
  }
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw usageError(
    `--since is "${text}", no time`,
    'pass a time such as 2026-11-21T08:00:00Z, or a while such as 15m or 2h',
  );
}
