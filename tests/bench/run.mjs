// `npm run bench`: each figure, the floor measured in the same run, and the ratio. It prints; it never fails a build.
// `npm run bench -- tickets gateway` measures those parts only.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatewayFigures } from './gateway.mjs';
import { writeLedger } from './ledger.mjs';
import { measure, peakMemory } from './measure.mjs';
import { peerRows } from './peers.mjs';
import { retrievalFigures } from './retrieval.mjs';
import { ticketFigures } from './tickets.mjs';

const parts = ['commands', 'ledger', 'tickets', 'retrieval', 'gateway', 'peers'];
const asked = process.argv.slice(2);
const unknown = asked.filter((part) => !parts.includes(part));
if (unknown.length > 0) throw new Error(`no part ${unknown.join(', ')}; there are ${parts.join(', ')}`);

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const backlog = path.join(root, 'bin/backlog');
const sandbox = mkdtempSync(path.join(tmpdir(), 'backlog-bench-'));
const home = path.join(sandbox, 'home');
const project = path.join(sandbox, 'project');
const env = {
  PATH: process.env.PATH,
  HOME: home,
  BACKLOG_HOME: path.join(home, '.backlog-toolkit'),
  NO_COLOR: '1',
};
const session = '11111111-2222-4333-8444-555555555555';
/** @param {string} part */
const wants = (part) => asked.length === 0 || asked.includes(part);

try {
  prepare();
  if (wants('commands')) commands();
  if (wants('ledger')) ledger();
  if (wants('tickets')) {
    const tickets = await ticketFigures({ sandbox, env });
    print(tickets.rows);
    console.log();
    table(tickets.times);
    console.log();
  }
  if (wants('retrieval')) {
    const retrieval = retrievalFigures({ root, sandbox, env });
    print(retrieval.rows);
    console.log(`\npeak memory of index query: ${retrieval.peak.toFixed(0)} MiB (limit 150)\n`);
  }
  if (wants('gateway')) {
    table([
      ['figure', 'value', 'floor', 'ratio', 'limit', ''],
      ...(await gatewayFigures({ sandbox, project, env })).map((figure) => [
        figure.name,
        `${figure.value.toFixed(2)} ${figure.unit}`,
        figure.floor.toFixed(2),
        figure.ratio === null ? '-' : figure.ratio.toFixed(2),
        figure.limit,
        figure.met ? 'met' : 'MISSED',
      ]),
    ]);
    console.log();
  }
  if (wants('peers')) table(await peerRows({ sandbox, env }));
} finally {
  rmSync(sandbox, { recursive: true, force: true });
}

/** @param {string[]} args @param {string} [input] */
function ours(args, input) {
  return { command: [backlog, ...args], cwd: project, env, ...(input ? { input } : {}) };
}

/** Short commands and hooks, and two lists. */
function commands() {
  const node = { command: ['node', '-e', '0'], cwd: project, env };
  /** @param {string} event @param {object} fields */
  const hook = (event, fields) =>
    ours(
      ['hook', event],
      JSON.stringify({
        session_id: session,
        cwd: project,
        hook_event_name: event,
        permission_mode: 'default',
        transcript_path: path.join(home, 'none.jsonl'),
        ...fields,
      }),
    );
  const list = ours(['ticket', 'list']);

  const rows = [
    ['backlog --version', ours(['--version']), 1.6],
    ['context set', ours(['context', 'set', 'TASK-001', 'plan', 'backend']), 2.2],
    [
      'hook PreToolUse, an unrelated command',
      hook('PreToolUse', { tool_name: 'Bash', tool_use_id: 'toolu_1', tool_input: { command: 'ls -la' } }),
      2.2,
    ],
    [
      'hook PreToolUse, a backlog call',
      hook('PreToolUse', {
        tool_name: 'Bash',
        tool_use_id: 'toolu_2',
        tool_input: { command: 'backlog gate status TASK-001' },
      }),
      2.2,
    ],
    [
      'hook UserPromptExpansion',
      hook('UserPromptExpansion', { command_name: 'backlog-toolkit:waive', command_args: 'lint FEAT-001 x' }),
      2.2,
    ],
    ['hook UserPromptSubmit, with budgets', hook('UserPromptSubmit', { prompt: 'hello' }), 2.2],
    [
      'hook SubagentStart',
      hook('SubagentStart', { agent_id: 'a0123456789abcdef', agent_type: 'general-purpose' }),
      2.2,
    ],
    [
      'statusline, 20,000 records in the ledger',
      ours(['statusline'], JSON.stringify({ session_id: session, workspace: { project_dir: project } })),
      2.2,
    ],
  ].map(([name, what, limit]) =>
    measure({
      name: String(name),
      what: /** @type {any} */ (what),
      floorName: 'node -e 0',
      floor: node,
      limit: Number(limit),
    }),
  );
  const pending = path.join(project, 'backlog/data/pending');
  rows.push(
    measure({
      name: 'ticket list, 1,000 tickets',
      what: list,
      floorName: 'node reads the same files',
      floor: { command: ['node', path.join(root, 'tests/bench/floor-read.mjs'), pending], cwd: project, env },
      limit: 6,
    }),
  );
  const many = path.join(sandbox, 'many');
  const manyPending = prepareMany(many);
  rows.push(
    measure({
      name: 'wave plan, 5,000 tickets',
      what: { command: [backlog, 'wave', 'plan', '--json'], cwd: many, env },
      floorName: 'node reads the same files',
      floor: {
        command: ['node', path.join(root, 'tests/bench/floor-read.mjs'), manyPending],
        cwd: many,
        env,
      },
      limit: 12,
      runs: 7,
    }),
  );
  print(rows);
  const peak = peakMemory(
    { ...list, command: ['node', path.join(root, 'dist/main.cjs'), 'ticket', 'list'] },
    path.join(sandbox, 'peak'),
  );
  console.log(`\npeak memory of ticket list with 1,000 tickets: ${peak.toFixed(0)} MiB (limit 120)\n`);
}

/** Reports over large ledgers. */
function ledger() {
  /** @type {import('./measure.mjs').Row[]} */
  const rows = [];
  const year = path.join(sandbox, 'year.jsonl');
  /** @param {string} name @param {string[]} args */
  const overYear = (name, args) =>
    measure({
      name,
      what: ours([...args, '--ledger', year, '--json']),
      floorName: 'node parses the same lines',
      floor: { command: ['node', path.join(root, 'tests/bench/floor-parse.mjs'), year], cwd: project, env },
      limit: 1.3,
      runs: 9,
    });
  writeLedger(year, 200_000);
  rows.push(overYear('cost report, 200,000 records', ['cost', 'report']));
  rows.push(
    overYear('stats of a gate by ticket, 200,000 records', [
      ...['stats', '--scope', 'gate', '--id', 'plan', '--group-by', 'ticket'],
    ]),
  );
  writeLedger(year, 200_000, { twice: true });
  rows.push(overYear('cost report, a third of the requests seen twice', ['cost', 'report']));
  print(rows);
  console.log();
  writeLedger(year, 1_000_000);
  for (const args of [
    ['cost', 'report'],
    ['stats', '--group-by', 'ticket'],
  ]) {
    const command = ['node', path.join(root, 'dist/main.cjs'), ...args, '--ledger', year, '--json'];
    const memory = peakMemory({ command, cwd: project, env }, path.join(sandbox, 'peak'));
    console.log(
      `peak memory of ${args.join(' ')} over 1,000,000 records: ${memory.toFixed(0)} MiB (limit 150)`,
    );
  }
  console.log();
}

/** A project with 1,000 tickets of about 80 words each. */
function prepare() {
  mkdirSync(project, { recursive: true });
  mkdirSync(home, { recursive: true });
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: project, env });
  execFileSync(backlog, ['init', '--yes', '--name', 'bench', '--stack', 'generic'], {
    cwd: project,
    env,
    stdio: 'ignore',
  });
  mkdirSync(path.join(project, '.backlog-ops'), { recursive: true });
  writeLedger(path.join(project, '.backlog-ops/usage-ledger.jsonl'), 20_000);
  limit();
  for (let number = 1; number <= 1000; number += 1) {
    const id = `TASK-${String(number).padStart(3, '0')}`;
    writeFileSync(path.join(project, `backlog/data/pending/${id}-sample-ticket.md`), ticket(id, number));
  }
}

/** A project with 5,000 tickets, each waiting for the two before it and sharing files with others. @param {string} folder */
function prepareMany(folder) {
  const pending = path.join(folder, 'backlog/data/pending');
  mkdirSync(folder, { recursive: true });
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: folder, env });
  execFileSync(backlog, ['init', '--yes', '--name', 'many', '--stack', 'generic'], {
    cwd: folder,
    env,
    stdio: 'ignore',
  });
  for (let number = 1; number <= 5000; number += 1) {
    const id = `TASK-${String(number).padStart(3, '0')}`;
    writeFileSync(path.join(pending, `${id}-sample-ticket.md`), ticket(id, number));
  }
  return pending;
}

/** Budgets that are far from spent, and a ledger of 20,000 requests that counts for them. */
function limit() {
  const file = path.join(project, 'backlog.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  const budget = { limit: 1_000_000 };
  const budgets = { day: budget, month: budget, session: budget, ticket: budget, gate: budget };
  writeFileSync(file, JSON.stringify({ ...config, version: '1.1', llmOps: { ...config.llmOps, budgets } }));
  const ts = new Date().toISOString();
  const lines = Array.from({ length: 20_000 }, (_, number) => {
    const ids = { id: `id-${number}`, request_id: `req_${number}`, session_id: session };
    const place = { ticket_id: `TASK-${String((number % 1000) + 1).padStart(3, '0')}`, gate: 'implement' };
    return JSON.stringify({ v: 1, ...ids, ts, source: 'gateway', ...place, model: 'm', cost_usd: 0.01 });
  });
  mkdirSync(path.join(project, '.backlog-ops'), { recursive: true });
  writeFileSync(path.join(project, '.backlog-ops/usage-ledger.jsonl'), `${lines.join('\n')}\n`);
}

/** @param {string} id @param {number} number */
function ticket(id, number) {
  const words = Array.from({ length: 80 }, (_, index) => `word${(index * number) % 97}`).join(' ');
  return `---
id: ${id}
title: Sample ticket number ${number}
status: pending
priority: ${['critical', 'high', 'medium', 'low'][number % 4]}
created: 2026-01-01
updated: 2026-01-01
assignee: unassigned
blockers: []
depends_on: [${number > 2 ? `TASK-${String(number - 1).padStart(3, '0')}, TASK-${String(number - 2).padStart(3, '0')}` : ''}]
shared_files: []
related_docs: []
estimated_tokens: 0
scope_boundary: ""
tags: [bench, "part ${number % 7}"]
---

# ${id}: Sample ticket number ${number}

## Context

${words}

## Description

${words}

## Affected Files

| File | Action | Description |
|---|---|---|
| src/part-${number % 50}.ts | modify | the change |

## Acceptance Criteria

- [ ] AC-1: it works
- [ ] AC-2: it fails clearly
- [ ] AC-3: it is documented
`;
}

/** @param {import('./measure.mjs').Row[]} rows */
function print(rows) {
  table([
    ['figure', 'ms', 'floor', 'ms', 'ratio', 'limit', ''],
    ...rows.map((row) => [
      row.name,
      row.ms.toFixed(1),
      row.floorName,
      row.floorMs.toFixed(1),
      row.ratio.toFixed(2),
      row.limit === undefined ? '-' : row.limit.toFixed(1),
      row.limit === undefined ? '' : row.ratio <= row.limit ? 'met' : 'MISSED',
    ]),
  ]);
}

/** @param {string[][]} cells */
function table(cells) {
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of cells)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
