// Figures of ticket commands over 100, 1,000 and 10,000 tickets that `validate` finds nothing wrong with, and Backlog.md on the
// same tickets where it is installed (BACKLOG_BENCH_BACKLOG_MD=<folder that it was npm-installed into>).
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { measure, peakMemory } from './measure.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const backlog = path.join(root, 'bin/backlog');
const sizes = (process.env.BENCH_TICKETS ?? '100,1000,10000').split(',').map(Number);
/** A file is believed to be as it was when it was changed 2 s before it was read. */
const SETTLED = 2500;

/** @typedef {import('./measure.mjs').Row} Row */

/**
 * @param {{ sandbox: string, env: NodeJS.ProcessEnv }} where
 * @returns {Promise<{ rows: Row[], times: string[][] }>} ratios to floors, and what has a limit in seconds or MiB
 */
export async function ticketFigures({ sandbox, env }) {
  /** @type {Row[]} */
  const rows = [];
  const times = [['figure', 'value', 'limit', '']];
  for (const size of sizes) {
    const cwd = prepare(path.join(sandbox, `tickets-${size}`), size, env);
    await sleep(SETTLED);
    ratios(rows, cwd, size, env);
    seconds(times, cwd, size, env, path.join(sandbox, 'peak'));
    if (size >= 1000) changes(rows, times, cwd, size, env, path.join(sandbox, 'peak'));
    peers(times, cwd, size, env);
  }
  return { rows, times };
}

/** @param {Row[]} rows @param {string} cwd @param {number} size @param {NodeJS.ProcessEnv} env */
function ratios(rows, cwd, size, env) {
  const pending = path.join(cwd, 'backlog/data/pending');
  const cache = path.join(cwd, '.backlog-ops/cache');
  const index = path.join(cache, 'tickets.json');
  const count = size.toLocaleString('en');
  const runs = size > 1000 ? 7 : 11;
  /** @param {string} name @param {string[]} command @param {string} floorName @param {string[]} floor @param {number} limit */
  const row = (name, command, floorName, floor, limit) =>
    rows.push(
      measure({
        name: `${name}, ${count} tickets`,
        what: { command, cwd, env },
        floorName,
        floor: { command: ['node', ...floor], cwd, env },
        limit,
        runs,
      }),
    );
  const read = [path.join(here, 'floor-read.mjs'), pending];
  const cold = (/** @type {string[]} */ args) => [
    'sh',
    '-c',
    'rm -rf "$0"; exec "$@"',
    cache,
    backlog,
    ...args,
  ];
  row('ticket list, cold', cold(['ticket', 'list']), 'node reads the same files', read, 20);
  // The floor's index, also where there are too few tickets for one of ours.
  execFileSync(backlog, ['ticket', 'list'], { cwd, env, stdio: 'ignore' });
  if (!existsSync(index)) throw new Error('no index was written');
  const known = [path.join(here, 'floor-index.mjs'), pending, index];
  row('ticket list, warm', [backlog, 'ticket', 'list'], 'node stats them, reads JSON', known, 2.5);
  row(
    'ticket list --ready, warm',
    [backlog, 'ticket', 'list', '--ready'],
    'node stats them, reads JSON',
    known,
    2.5,
  );
  const edit = ['ticket', 'edit', 'TASK-007', '--set', 'priority=high'];
  row('ticket edit', [backlog, ...edit], 'node -e 0', ['-e', '0'], 2.5);
  const create = [backlog, 'ticket', 'new', '--type', 'IDEA', '--title', 'Measured'];
  row('ticket new', create, 'node -e 0', ['-e', '0'], 2.5);
  const draft = path.join(cwd, '.backlog-ops/draft.json');
  const { form } = JSON.parse(
    execFileSync(backlog, ['ticket', 'new', '--from', 'help', '--json'], { cwd, env, encoding: 'utf8' }),
  );
  writeFileSync(draft, JSON.stringify(form));
  const whole = [backlog, 'ticket', 'new', '--type', 'IDEA', '--from', draft];
  row('ticket new, a whole ticket', whole, 'node -e 0', ['-e', '0'], 2.5);
  // Drafts have findings, and what follows measures a backlog without any.
  for (const name of readdirSync(pending)) if (name.startsWith('IDEA-')) rmSync(path.join(pending, name));
}

/** @param {string[][]} times @param {string} cwd @param {number} size @param {NodeJS.ProcessEnv} env @param {string} peakFile */
function seconds(times, cwd, size, env, peakFile) {
  const count = size.toLocaleString('en');
  /** @param {string[]} args @param {number} most in s; at sizes that no limit is named for, none */
  const timed = (args, most) => {
    const name = `${args.join(' ')}, ${count} tickets`;
    const values = [0, 1, 2].map(() => {
      const begun = process.hrtime.bigint();
      const { status, stderr } = spawnSync(backlog, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
      if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')} exited ${status}:\n${stderr}`);
      return Number(process.hrtime.bigint() - begun) / 1e9;
    });
    const value = values.toSorted((a, b) => a - b)[1] ?? Number.NaN;
    return times.push([name, `${value.toFixed(2)} s`, `${most} s`, value <= most ? 'met' : 'MISSED']);
  };
  timed(['ticket', 'validate', '--all'], 3);
  timed(['ticket', 'duplicates'], 4);
  if (size <= 1000) timed(['refine'], 3);
  for (const [exitCode, ...args] of /** @type {[number, ...string[]][]} */ ([
    [0, 'ticket', 'list'],
    [0, 'ticket', 'validate', '--all'],
    // The files that these tickets change are not there.
    [1, 'ticket', 'validate', '--deep'],
    [1, 'ticket', 'validate', '--deep', '--json'],
    [1, 'ticket', 'references'],
    [0, 'overview'],
    [0, 'wave', 'plan'],
    [0, 'ticket', 'context', '--request', 'a sample ticket with other words'],
    [0, 'index', 'build'],
    // What it finds is put as questions.
    [1, 'refine'],
  ])) {
    rmSync(path.join(cwd, '.backlog-ops/cache'), { recursive: true, force: true });
    const command = ['node', path.join(root, 'dist/main.cjs'), ...args];
    const peak = peakMemory({ command, cwd, env, exitCode }, peakFile);
    const met = peak <= 150 ? 'met' : 'MISSED';
    times.push([
      `peak memory of ${args.join(' ')}, cold, ${count} tickets`,
      `${peak.toFixed(0)} MiB`,
      '150 MiB',
      met,
    ]);
  }
}

/**
 * Changes of many tickets at once, beside a script that writes as many files in the same way; and their memory. How much of the
 * time is the disk's differs from one to the next, so that no limit of the ratio would hold.
 * @param {Row[]} rows @param {string[][]} times @param {string} cwd @param {number} size @param {NodeJS.ProcessEnv} env
 * @param {string} peakFile
 */
function changes(rows, times, cwd, size, env, peakFile) {
  const count = size.toLocaleString('en');
  const runs = size > 1000 ? 3 : 7;
  const pending = path.join(cwd, 'backlog/data/pending');
  const whole = `${cwd}-whole`;
  const exported = `${cwd}.json`;
  const floorFolder = `${cwd}-floor`;
  const floor = path.join(here, 'floor-write.mjs');
  const main = ['node', path.join(root, 'dist/main.cjs')];
  // Each run begins with the same files; the floor is charged with the same copying.
  const from = (
    /** @type {string} */ state,
    /** @type {string} */ folder,
    /** @type {string[]} */ command,
  ) => [
    'sh',
    '-c',
    'rm -rf "$1" && mkdir "$1" && { [ ! -d "$0" ] || cp -R "$0"/. "$1"; } && shift && exec "$@"',
    state,
    folder,
    ...command,
  ];
  /** @param {string} name @param {string[]} command @param {string} floorName @param {string[]} floorCommand */
  const row = (name, command, floorName, floorCommand) =>
    rows.push(
      measure({
        name: `${name}, ${count} tickets`,
        what: { command, cwd, env },
        floorName,
        floor: { command: floorCommand, cwd, env },
        runs,
      }),
    );
  /** @param {string} name @param {string[]} command */
  const peak = (name, command) => {
    const value = peakMemory({ command, cwd, env }, peakFile);
    const met = value <= 150 ? 'met' : 'MISSED';
    times.push([`peak memory of ${name}, ${count} tickets`, `${value.toFixed(0)} MiB`, '150 MiB', met]);
  };
  const write = ['ticket', 'export', '--to', 'json', '--out', exported];
  row('ticket export --to json', [backlog, ...write], 'node reads the same files', [
    'node',
    path.join(here, 'floor-read.mjs'),
    pending,
  ]);
  peak('ticket export --to json', [...main, ...write]);
  for (const form of ['csv', 'md', 'github-json'])
    peak(`ticket export --to ${form}`, [...main, 'ticket', 'export', '--to', form]);
  cpSync(pending, whole, { recursive: true });
  const none = `${cwd}-none`;
  const read = ['ticket', 'import', '--from', 'json', exported];
  const written = ['node', floor, floorFolder];
  row(
    'ticket import --from json',
    from(none, pending, [backlog, ...read]),
    'node writes and syncs as many files',
    from(none, floorFolder, [...written, exported]),
  );
  peak('ticket import --from json', from(none, pending, [...main, ...read]));
  const importAndUndo = 'node "$0" ticket import --from json "$1" && exec node "$0" undo';
  peak('undo of an import', from(none, pending, ['sh', '-c', importAndUndo, main[1] ?? '', exported]));
  // Half of the tickets get a double.
  const tickets = readdirSync(whole).filter((name) => name.endsWith('.md'));
  for (const name of tickets.slice(0, size / 2))
    cpSync(path.join(whole, name), path.join(whole, name.replace(/\.md$/, '-copy.md')));
  row(
    'ticket renumber --duplicates, half of them doubled',
    from(whole, pending, [backlog, 'ticket', 'renumber', '--duplicates']),
    'node writes and syncs as many files',
    from(whole, floorFolder, written),
  );
  for (const folder of [whole, floorFolder, exported]) rmSync(folder, { recursive: true, force: true });
}

/** Backlog.md's `task list --plain` beside ours. @param {string[][]} times @param {string} cwd @param {number} size @param {NodeJS.ProcessEnv} env */
function peers(times, cwd, size, env) {
  const folder = process.env.BACKLOG_BENCH_BACKLOG_MD;
  const program = folder && path.join(folder, 'node_modules/.bin/backlog');
  const name = `Backlog.md: task list --plain, ${size.toLocaleString('en')} tickets`;
  if (!program || !existsSync(program)) {
    times.push([
      name,
      'not installed: npm install --prefix <folder> backlog.md, then BACKLOG_BENCH_BACKLOG_MD=<folder>',
      '',
      '',
    ]);
    return;
  }
  const own = preparePeer(`${cwd}-peer`, size, program, env);
  for (const [label, args] of /** @type {[string, string[]][]} */ ([
    ['task list --plain', ['task', 'list', '--plain']],
    ['task create', ['task', 'create', 'Measured', '--plain']],
  ])) {
    const values = [0, 1, 2].map(() => {
      const begun = process.hrtime.bigint();
      const { status, stderr, stdout } = spawnSync(program, args, {
        cwd: own,
        env,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        timeout: 300_000,
      });
      if (status !== 0) throw new Error(`Backlog.md exited ${status}: ${stdout}${stderr}`);
      return Number(process.hrtime.bigint() - begun) / 1e9;
    });
    const value = values.toSorted((a, b) => a - b)[1] ?? Number.NaN;
    times.push([
      `Backlog.md: ${label}, ${size.toLocaleString('en')} tickets`,
      `${value.toFixed(2)} s`,
      '',
      '',
    ]);
  }
}

/** The same tickets in Backlog.md's form. @param {string} folder @param {number} size @param {string} program @param {NodeJS.ProcessEnv} env */
function preparePeer(folder, size, program, env) {
  mkdirSync(folder, { recursive: true });
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: folder, env });
  execFileSync(program, ['init', 'bench', '--defaults'], { cwd: folder, env, stdio: 'ignore' });
  mkdirSync(path.join(folder, 'backlog/tasks'), { recursive: true });
  for (let number = 1; number <= size; number += 1) {
    const depends = number > 2 ? `[task-${number - 1}, task-${number - 2}]` : '[]';
    const front = `id: task-${number}\ntitle: Sample ticket number ${number}\nstatus: To Do\nassignee: []\ncreated_date: '2026-01-01'\nlabels: [bench]\ndependencies: ${depends}\npriority: ${priority(number)}`;
    writeFileSync(
      path.join(folder, `backlog/tasks/task-${number} - Sample-ticket-number-${number}.md`),
      `---\n${front}\n---\n\n## Description\n\n${words(number)}\n\n## Acceptance Criteria\n<!-- AC:BEGIN -->\n- [ ] #1 it works\n<!-- AC:END -->\n`,
    );
  }
  return folder;
}

/** @param {string} folder @param {number} size @param {NodeJS.ProcessEnv} env */
function prepare(folder, size, env) {
  mkdirSync(folder, { recursive: true });
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: folder, env });
  const init = ['init', '--yes', '--name', 'many', '--stack', 'generic'];
  execFileSync(backlog, init, { cwd: folder, env, stdio: 'ignore' });
  const template = readFileSync(path.join(here, 'ticket.md'), 'utf8');
  for (let number = 1; number <= size; number += 1) {
    const id = idOf(number);
    const text = template
      .replaceAll('%ID%', id)
      .replaceAll('%NUMBER%', String(number))
      .replace('%PRIORITY%', priority(number))
      .replace('%ON%', number > 2 ? `${idOf(number - 1)}, ${idOf(number - 2)}` : '')
      .replaceAll('%WORDS%', words(number));
    writeFileSync(path.join(folder, `backlog/data/pending/${id}-sample-ticket.md`), text);
  }
  return folder;
}

/** @param {number} number */
const idOf = (number) => `TASK-${String(number).padStart(3, '0')}`;
/** @param {number} number */
const priority = (number) => ['critical', 'high', 'medium', 'low'][number % 4] ?? 'low';
/** @param {number} number */
const words = (number) => Array.from({ length: 80 }, (_, index) => `word${(index * number) % 97}`).join(' ');
