import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { backlog, repositoryRoot } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';
import { completed, pending, project, text } from '../tickets/support.ts';

/** A command that changes many tickets as one. */
export interface ManyTickets {
  readonly name: string;
  readonly args: readonly string[];
  /** What it is run on: a project's folder. @param count how many tickets it is to change */
  readonly make: (count: number) => string | Promise<string>;
}

export const manyTickets: readonly ManyTickets[] = [
  {
    name: 'ticket import',
    args: ['ticket', 'import', '--from', 'json', 'source.json'],
    make: (count) => project({ ...others, 'source.json': source(count) }).mainRoot,
  },
  {
    name: 'undo of an import',
    args: ['undo'],
    make: async (count) => {
      const cwd = project({ ...others, 'source.json': source(count) }).mainRoot;
      const { exitCode } = await backlog(['ticket', 'import', '--from', 'json', 'source.json'], { cwd });
      expect(exitCode).toBe(0);
      return cwd;
    },
  },
  {
    name: 'ticket renumber --duplicates',
    args: ['ticket', 'renumber', '--duplicates'],
    make: (count) => {
      const copies = Array.from({ length: count }, (_, at) => [
        pending(`FEAT-001-${at}.md`),
        text('FEAT-001'),
      ]);
      return project({ ...others, ...Object.fromEntries(copies) }).mainRoot;
    },
  },
];

/** Tickets that none of the commands changes. */
const others = {
  [pending('BUG-001-a.md')]: text('BUG-001'),
  [completed('BUG-002-b.md')]: text('BUG-002', 'status: obsolete'),
};

/** As `ticket export --to json` writes it: every third is obsolete, and so lies in the other folder. */
function source(count: number): string {
  const tickets = Array.from({ length: count }, (_, at) => ({
    fields: {
      id: `FEAT-${String(at + 1).padStart(3, '0')}`,
      title: 'x',
      status: at % 3 === 0 ? 'obsolete' : 'pending',
    },
    body: `\n# ticket ${at}\n\n${'word '.repeat(at % 900)}\n`,
  }));
  return JSON.stringify({ tickets });
}

/**
 * Kills a command at `kills` of its calls that change the disk, from the first to the last; every other time the command that
 * comes next is killed, too, while it takes the half back. Each time all is done or nothing, whatever runs next, and it can be
 * done again.
 * @param seed which calls: the same ones for the same seed
 */
export async function killed(
  command: ManyTickets,
  count: number,
  kills: number,
  seed: number,
): Promise<void> {
  const from = await command.make(count);
  const before = all(from);
  const whole = copyOf(from);
  const counted = path.join(tempDir(), 'calls');
  expect(await run(whole, command.args, { BACKLOG_TEST_CALLS_FILE: counted })).toBe(0);
  const after = all(whole);
  expect(after).not.toEqual(before);
  const calls = Number(readFileSync(counted, 'utf8'));
  // Each ticket is written, synced and put in its place.
  expect(calls).toBeGreaterThan(count);
  const step = calls / kills;
  const seen = { halves: 0, done: 0, undone: 0 };
  for (let round = 0; round < kills; round += 1) {
    const at = 1 + Math.floor(step * (round + ((seed * 0.618 + round * 0.382) % 1)));
    const cwd = copyOf(from);
    const name = `${command.name} of ${count}, killed at call ${at} of ${calls} (seed ${seed})`;
    expect(await run(cwd, command.args, { BACKLOG_TEST_KILL_AT: String(at) }), name).toBe(null);
    if (![before, after].some((state) => same(state, all(cwd)))) seen.halves += 1;
    if (round % 2 === 1) await run(cwd, next, { BACKLOG_TEST_KILL_AT: String(1 + ((at * 7) % (2 * count))) });
    // 1: some of the tickets have the same id.
    expect([0, 1, 3], name).toContain(await run(cwd, next));
    const now = all(cwd);
    const isDone = same(now, after);
    expect(now, name).toEqual(isDone ? after : before);
    seen[isDone ? 'done' : 'undone'] += 1;
    expect(existsSync(path.join(cwd, '.backlog-ops/changes/applying.json')), name).toBe(false);
    if (isDone) continue;
    expect(await run(cwd, command.args), name).toBe(0);
    expect(all(cwd), name).toEqual(after);
  }
  expect(seen.halves, JSON.stringify(seen)).toBeGreaterThan(0);
  expect(seen.undone, JSON.stringify(seen)).toBeGreaterThan(0);
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Asks a command to end at `times` of its calls that change the disk, from the first to the last, by one signal after the other.
 * Each time it ends by itself: all is done, or everything is as it was and no half-written file is left.
 */
export async function interrupted(command: ManyTickets, count: number, times: number): Promise<void> {
  const from = await command.make(count);
  const before = all(from);
  const whole = copyOf(from);
  const counted = path.join(tempDir(), 'calls');
  expect(await run(whole, command.args, { BACKLOG_TEST_CALLS_FILE: counted })).toBe(0);
  const after = all(whole);
  const calls = Number(readFileSync(counted, 'utf8'));
  const seen = new Set<number | null>();
  for (let round = 0; round < times; round += 1) {
    const at = 1 + Math.floor(((calls - 1) * round) / (times - 1));
    const signal = signals[round % signals.length] ?? '';
    const name = `${command.name} of ${count}, ${signal} at call ${at} of ${calls}`;
    const cwd = copyOf(from);
    const exitCode = await run(cwd, command.args, {
      BACKLOG_TEST_KILL_AT: String(at),
      BACKLOG_TEST_SIGNAL: signal,
    });
    // Before the program has loaded, a signal ends it by itself.
    expect(exitCode === null && at > 1 ? 'killed' : '', name).toBe('');
    expect([exitCode, all(cwd)], name).toEqual([exitCode, exitCode === 0 ? after : before]);
    expect(existsSync(path.join(cwd, '.backlog-ops/changes/applying.json')), name).toBe(false);
    seen.add(exitCode);
  }
  expect(seen, command.name).toContain(130);
  expect(seen, command.name).toContain(0);
}

function copyOf(from: string): string {
  const folder = tempDir();
  cpSync(from, folder, { recursive: true });
  return folder;
}

/** Only looks at the tickets, and so has to find them whole. */
const next = ['ticket', 'validate', '--json'];

const preload = `--require=${path.join(repositoryRoot, 'tests/gates/support/kill-at.cjs')}`;

/** @returns the exit code; `null` when it was killed */
async function run(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number | null> {
  const { exitCode } = await backlog(args, { cwd, env: { NODE_OPTIONS: preload, ...env } });
  return exitCode;
}

/** Every file beside the tickets, with its text; the day of a change is no difference. */
function all(root: string): Record<string, string> {
  return Object.fromEntries(
    ['pending', 'completed'].flatMap((folder) => {
      const place = path.join(root, 'backlog/data', folder);
      const names = existsSync(place) ? readdirSync(place) : [];
      return names.map((name) => [
        `${folder}/${name}`,
        readFileSync(path.join(place, name), 'utf8').replaceAll(/\d{4}-\d\d-\d\d/g, 'day'),
      ]);
    }),
  );
}

function same(a: Record<string, string>, b: Record<string, string>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
