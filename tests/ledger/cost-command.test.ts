import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { report } from '../../src/cli/commands/cost-report.ts';
import { Invocation } from '../../src/cli/invocation.ts';
import type { Io } from '../../src/cli/io.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { jsonl, record } from './support.ts';

function ledgerIn(folder: string, ...lines: readonly unknown[]): string {
  const file = path.join(folder, 'ledger.jsonl');
  writeFileSync(file, jsonl(...lines));
  return file;
}

function projectWith(llmOps: object): string {
  const folder = tempDir();
  const config = {
    version: '1.1',
    project: { name: 'sample', stack: 'generic' },
    backlog: { dataDir: 'backlog/data', templatesDir: 'backlog/templates', ticketPrefixes: ['FEAT'] },
    qualityGates: { testCommand: 'true' },
    codeRules: { source: '.claude/code-rules.md' },
    ticketValidation: {},
    llmOps,
  };
  writeFiles(folder, {
    'backlog.config.json': JSON.stringify(config),
    '.backlog-ops/usage-ledger.jsonl': jsonl(
      record({ ts: new Date().toISOString(), cost_usd: 5, ticket_id: 'FEAT-001' }),
      record({ ts: '2020-01-01T00:00:00.000Z', cost_usd: 100 }),
    ),
  });
  return folder;
}

describe('backlog cost guard', () => {
  it.each([
    ['ok', '100', 0],
    ['warning', '7', 0],
    ['hard-stop', '5', 1],
    ['hard-stop', '0', 1],
  ])('answers %s for 5 USD of %s with exit %i', async (state, budget, exitCode) => {
    const folder = tempDir();
    ledgerIn(folder, record({ cost_usd: 5 }));
    const args = ['cost', 'guard', '--ledger', 'ledger.jsonl', '--budget', budget, '--json'];
    const result = await backlog(args, { cwd: folder });
    expect(result.exitCode).toBe(exitCode);
    expect(jsonOf(result)).toMatchObject({ schemaVersion: 1, cost_usd: 5, budget: Number(budget), state });
  });

  it('works anywhere, without a project, a configuration or a ledger, under its older name too', async () => {
    const folder = tempDir();
    const result = await backlog(['cost-guard', '--json'], {
      cwd: folder,
      env: { BACKLOG_HOME: path.join(folder, 'h') },
    });
    expect(result.exitCode).toBe(0);
    expect(jsonOf(result)).toMatchObject({ cost_usd: 0, budget: 1000, ratio: 0, state: 'ok', period: 'all' });
  });

  it.each(['cost report', 'cost guard', 'stats'])(
    '%s says that a ledger that was named is not there',
    async (line) => {
      const cwd = tempDir();
      const args = [...line.split(' '), '--ledger', 'ledger.jsonl'];
      const missing = await backlog(args, { cwd });
      expect(missing.stderr).toBe(`note: there is no ledger ${path.join(cwd, 'ledger.jsonl')}\n`);
      ledgerIn(cwd, record());
      expect((await backlog(args, { cwd })).stderr).toBe('');
    },
  );

  it.each([
    ['--budget', 'NaN'],
    ['--budget', '-1'],
    ['--budget', ''],
    ['--budget', 'Infinity'],
    ['--warn', '-0.1'],
    ['--hard-stop', 'much'],
    ['--period', 'year'],
  ])('takes %s "%s" for a wrong call', async (flag, value) => {
    const result = await backlog(['cost', 'guard', `${flag}=${value}`, '--json'], { cwd: tempDir() });
    expect(result.exitCode).toBe(2);
    expect(jsonOf(result)).toMatchObject({
      error: { code: 'usage', message: expect.stringContaining(flag) },
    });
  });

  it.each([
    [
      "the configured month's, and only its month",
      ['cost', 'guard'],
      { cost_usd: 5, budget: 4, period: 'month', state: 'hard-stop' },
    ],
    [
      "the day's when asked",
      ['cost', 'guard', '--period', 'day'],
      { cost_usd: 5, budget: 6, period: 'day', state: 'warning' },
    ],
    [
      "the ticket's",
      ['cost', 'guard', '--ticket', 'FEAT-001'],
      { cost_usd: 5, budget: 50, period: 'all', state: 'ok' },
    ],
    [
      '1000 for all history, which has no configured budget',
      ['cost', 'guard', '--period', 'all'],
      { cost_usd: 105, budget: 1000, state: 'ok' },
    ],
    [
      'what was typed',
      ['cost', 'guard', '--budget', '200'],
      { cost_usd: 105, budget: 200, period: 'all', state: 'ok' },
    ],
  ])('compares with %s', async (_name, args, expected) => {
    const cwd = projectWith({ budgets: { month: { limit: 4 }, day: { limit: 6 }, ticket: { limit: 50 } } });
    expect(jsonOf(await backlog([...args, '--json'], { cwd }))).toMatchObject(expected);
  });

  it('needs no configuration with a budget, and does not guess one beside a broken configuration', async () => {
    const folder = tempDir();
    writeFiles(folder, { 'backlog.config.json': '{"version": ' });
    expect((await backlog(['cost', 'guard', '--budget', '5'], { cwd: folder })).exitCode).toBe(0);
    expect((await backlog(['cost', 'guard'], { cwd: folder })).exitCode).toBe(3);
  });

  it('says in words what it found, bad lines and unknown prices too', async () => {
    const folder = tempDir();
    const file = ledgerIn(
      folder,
      'oops',
      record({ cost_usd: 2 }),
      record({ cost_usd: null, model: 'gpt\u001b[31m-99' }),
    );
    const result = await backlog(['cost', 'guard', '--ledger', file, '--budget', '10'], { cwd: folder });
    expect(result.stdout).toBe(
      'ok: $2.00 of $10.00 spent in all, 20.0 %\n1 request without a known price (gpt?[31m-99) counts as $0.0030, at the dearest price that is known\n',
    );
    expect(result.stderr).toContain(`${file}:1 is no JSON object`);
    expect(result.stderr).toContain('1 line of the ledger cannot be read and is missing in the sums');
  });
});

describe('backlog cost report', () => {
  it('prints totals and tables for people', async () => {
    const folder = tempDir();
    ledgerIn(
      folder,
      record({ ticket_id: 'FEAT-001', gate: 'plan', agent_type: 'backend', billing: 'plan' }),
      record({ billing: 'plan', ts: '2026-11-22T10:00:00.000Z' }),
    );
    const { stdout, exitCode } = await backlog(['cost', 'report', '--ledger', 'ledger.jsonl'], {
      cwd: folder,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('List-price equivalent: $1.00\n2 requests, 2026-11-21 to 2026-11-22\n');
    expect(stdout).toMatch(
      /by ticket +requests +in +out +USD\nFEAT-001 +1 +100 +20 +0\.5000\nunattributed +1 +100 +20 +0\.5000\n/,
    );
  });

  it('prints the same as one JSON document, bad lines included', async () => {
    const folder = tempDir();
    ledgerIn(folder, record(), 'oops');
    const result = await backlog(['cost', 'report', '--ledger', 'ledger.jsonl', '--json'], { cwd: folder });
    expect(jsonOf(result)).toMatchObject({
      schemaVersion: 1,
      total: { requests: 1, cost_usd: 0.5 },
      heading: 'cost',
      by_ticket: [{ name: null, requests: 1 }],
      bad_lines: 1,
      bad: [{ line: 2 }],
    });
  });

  it('fits 80 columns on a terminal, whatever the names are', async () => {
    const folder = tempDir();
    const long = 'x'.repeat(200);
    const file = ledgerIn(
      folder,
      record({ ticket_id: long, gate: long, agent_type: long, model: long, billing: 'plan' }),
      record({ cost_usd: null, model: long, billing: 'unknown' }),
    );
    let printed = '';
    const io: Io = {
      cwd: folder,
      env: {},
      clock: () => new Date(),
      caller: { insideClaudeCode: false, sessionId: undefined, agentId: undefined, stamp: undefined },
      json: false,
      interactive: false,
      terminal: true,
      columns: 80,
      color: false,
      signal: new AbortController().signal,
      stdin: async () => '',
      pieces: async () => {},
      redraw: () => {},
      out: (text) => {
        printed += `${text}\n`;
      },
      note: () => {},
    };
    await report(new Invocation([], { ledger: file, ticket: long }), io);
    await report(new Invocation([], { ledger: file }), io);
    expect(printed).toContain('xxx…');
    for (const line of printed.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('takes --days 0 for a wrong call', async () =>
    expect((await backlog(['cost', 'report', '--days', '0'], { cwd: tempDir() })).exitCode).toBe(2));
});
