import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { tellSpentBudgets } from '../../src/gates/budget-events.ts';
import { jsonl, record } from '../ledger/support.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { callIn, configText, project } from './support/project.ts';

/** A program that appends its last argument, and how many it got, to a file. */
const listener = `const { appendFileSync } = require('node:fs');
appendFileSync(process.argv[2], JSON.stringify({ count: process.argv.length - 2, last: process.argv.at(-1) }) + '\\n');
`;

const env = { BACKLOG_HOME: '/nonexistent/backlog-home' };

async function linesOf(file: string, count: number): Promise<string[]> {
  for (let tries = 0; tries < 400; tries++) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    if (lines.length >= count) return lines;
    await sleep(50);
  }
  throw new Error(`${file} has not got ${count} lines`);
}

it('tells the command of a blocked ticket once, as one argument and never through a shell', async () => {
  const out = path.join(tempDir(), 'events.jsonl');
  const root = project({
    config: {
      project: { name: 'shop $(touch pwned) `x` "q"', stack: 'javascript' },
      events: { command: [process.execPath, 'listen.cjs', out] },
    },
    files: { 'listen.cjs': listener },
  });
  const call = (...args: string[]) => backlog([...args, '--json'], { cwd: root, env });
  for (const status of ['lint-blocked', 'lint-blocked', 'needs-investigation', 'ready-to-implement'])
    expect(await call('ticket', 'move', 'FEAT-001', status)).toMatchObject({ exitCode: 0 });
  await call('ticket', 'edit', 'FEAT-001', '--set', 'status=review-blocked');
  await call('ticket', 'edit', 'FEAT-001', '--set', 'status=budget-blocked');
  const events = (await linesOf(out, 3)).map((line) => JSON.parse(line));
  expect(events.map(({ count }) => count)).toEqual([2, 2, 2]);
  const told = events.map(({ last }) => JSON.parse(last));
  expect(told.map(({ status }) => status).toSorted()).toEqual([
    'budget-blocked',
    'lint-blocked',
    'review-blocked',
  ]);
  expect(told.find(({ status }) => status === 'budget-blocked')).toMatchObject({ event: 'budget' });
  expect(told.find(({ status }) => status === 'lint-blocked')).toMatchObject({
    v: 1,
    event: 'blocked',
    project: expect.stringContaining('$('),
    ticket_id: 'FEAT-001',
  });
  expect(existsSync(path.join(root, 'pwned'))).toBe(false);

  expect(jsonOf(await call('state', 'show'))).toMatchObject({
    queues: { investigationQueue: [], lintBlockedTickets: [], failedTickets: ['FEAT-001'] },
    state: { failedTickets: ['FEAT-001'], stats: { totalTicketsFailed: 1, totalTicketsInvestigated: 1 } },
  });
});

it.each([
  ['a program that is missing', ['/nonexistent/program'], /nonexistent/],
  [
    'one that fails',
    [process.execPath, '-e', 'console.error("no network"); process.exit(3)'],
    /exit 3: no network/,
  ],
] as const)('%s fails no call, and is a line in the log', async (_what, command, said) => {
  const root = project({ config: { events: { command } } });
  expect(await backlog(['ticket', 'move', 'FEAT-001', 'lint-blocked'], { cwd: root, env })).toMatchObject({
    exitCode: 0,
  });
  expect((await linesOf(path.join(root, '.backlog-ops/events.log'), 1))[0]).toMatch(said);
});

it('puts nothing anywhere for a ticket that simply goes on', async () => {
  const root = project();
  await backlog(['ticket', 'move', 'FEAT-001', 'in_progress'], { cwd: root, env });
  expect(existsSync(path.join(root, '.claude'))).toBe(false);
});

it('tells of a spent budget of the day, the month and the session, each limit once', async () => {
  const out = path.join(tempDir(), 'events.jsonl');
  const config = (day: number) =>
    configText({
      version: '1.1',
      events: { command: [process.execPath, 'listen.cjs', out] },
      llmOps: { budgets: { day: { limit: day }, month: { limit: 90 }, session: { tokens: 1 } } },
    });
  const root = project({ files: { 'listen.cjs': listener, 'backlog.config.json': config(2) } });
  const spent = record({ session_id: 'one', cost_usd: 3, ts: new Date().toISOString(), input_tokens: 5 });
  writeFiles(root, { '.backlog-ops/usage-ledger.jsonl': jsonl(spent) });
  const tell = () => tellSpentBudgets(callIn(root), 'one');
  await tell();
  await tell();
  writeFiles(root, { 'backlog.config.json': config(2.5) });
  await tell();
  const told = (await linesOf(out, 3)).map((line) => JSON.parse(JSON.parse(line).last));
  expect(told).toHaveLength(3);
  const day = new Date().toISOString().slice(0, 10);
  expect(told).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event: 'budget', budget: 'day', id: day, unit: 'usd', limit: 2, spent: 3 }),
      expect.objectContaining({ budget: 'day', limit: 2.5 }),
      expect.objectContaining({ budget: 'session', id: 'one', unit: 'tokens', limit: 1 }),
    ]),
  );
});
