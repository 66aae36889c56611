import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { sampleFiles } from '../../../src/demo/sample.ts';
import { backlogBin, type CliResult, jsonOf } from '../../support/cli.ts';
import { gitIn, writeFiles } from '../../support/temp.ts';
import { fill } from '../../support/template.ts';
import type { Sandbox } from './session.ts';

/** A small piece of work for the sample shop: what the model writes for it at each step. */
export interface Work {
  readonly ticket: Readonly<Record<string, unknown>>;
  readonly plan: string;
  readonly testFile: string;
  readonly test: string;
  readonly codeFile: string;
  readonly code: string;
}

/** A new function of the shop in files of its own, so that two of them can be worked on side by side. */
export function workOn(name: string): Work {
  const codeFile = `src/${name}.js`;
  const testFile = `test/${name}.test.js`;
  const title = (number: number) => `${name} of a basket, case ${number}`;
  return {
    codeFile,
    testFile,
    ticket: {
      type: 'FEAT',
      title: `Compute the ${name} of a basket`,
      priority: 'high',
      context: `The shop cannot say the ${name} of a basket. Customers ask for it before they pay.`,
      description: `A function ${name}() takes the items of a basket and answers the ${name} in whole cents.`,
      affected_files: [
        { path: codeFile, action: 'create', description: `the function ${name}()` },
        { path: testFile, action: 'create', description: 'its tests' },
      ],
      criteria: [
        `The ${name} of an empty basket is 0`,
        `The ${name} of one item is a tenth of its price`,
        `The ${name} is rounded to whole cents`,
      ],
      tests: {
        unit: [1, 2, 3].map((number) => `test: "${title(number)}" → verifies AC-${number}`),
        integration: ['test: "adds up prices and quantities" → verifies that the basket stays as it was'],
        verification: ['npm test'],
      },
      test_mode: 'new',
    },
    plan: `1. ${testFile}: a test for each criterion, failing first.\n2. ${codeFile}: ${name}(), rounded.\n`,
    test: `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ${name} } from '../${codeFile}';

test('${title(1)}', () => assert.equal(${name}([]), 0));
test('${title(2)}', () => assert.equal(${name}([{ price: 100, quantity: 1 }]), 10));
test('${title(3)}', () => assert.equal(${name}([{ price: 99, quantity: 1 }]), 10));
`,
    code: `import { total } from './basket.js';

/** The ${name} of a basket, in cents. */
export function ${name}(items) {
  return Math.round(total(items) / 10);
}
`,
  };
}

/** Runs the program as a person does in a plain terminal of the sandbox, outside any session. */
export function byHand(
  sandbox: Sandbox,
  args: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(backlogBin, args, {
      cwd: sandbox.project,
      env: { PATH: process.env.PATH, HOME: sandbox.home, GIT_CONFIG_NOSYSTEM: '1', ...identity, ...env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

const identity = {
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.invalid',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.invalid',
};

/** A call by hand that has to succeed; its `--json` document. */
export async function documentOf(
  sandbox: Sandbox,
  args: readonly string[],
  input?: string,
): Promise<Record<string, unknown>> {
  const result = await byHand(sandbox, [...args, '--json'], input);
  if (result.exitCode !== 0)
    throw new Error(`backlog ${args.join(' ')}: exit ${result.exitCode}\n${result.stderr}${result.stdout}`);
  return jsonOf(result);
}

/** The shop, committed, without a backlog. */
export function openShop(sandbox: Sandbox): void {
  writeFiles(sandbox.project, sampleFiles);
  gitIn(sandbox.project, 'add', '-A');
  gitIn(sandbox.project, 'commit', '-q', '-m', 'feat: add up a basket');
}

/** The shop with a committed backlog and a ticket for each work, all of them features. @returns their ids */
export async function shopWithTickets(sandbox: Sandbox, works: readonly Work[]): Promise<string[]> {
  const tickets = works.map(({ ticket }) => JSON.stringify(ticket));
  await fill(sandbox.project, `shop ${JSON.stringify(tickets)}`, async () => {
    openShop(sandbox);
    await documentOf(sandbox, ['init', '--yes', '--name', 'corner-shop', '--prefixes', 'FEAT,BUG']);
    gitIn(sandbox.project, 'add', '-A');
    gitIn(sandbox.project, 'commit', '-q', '-m', 'chore: set up the backlog');
    for (const ticket of tickets) await documentOf(sandbox, ['ticket', 'new', '--from', '-'], ticket);
  });
  const names = readdirSync(path.join(sandbox.project, 'backlog/data/pending'));
  const ids = names.flatMap((name) => /^FEAT-\d+(?=-.*\.md$)/.exec(name) ?? []).sort();
  if (ids.length !== works.length) throw new Error(`${works.length} works became ${ids.join(', ')}`);
  return ids;
}

const line = z.looseObject({
  request_id: z.string().nullable(),
  session_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  ticket_id: z.string().nullable(),
  gate: z.string().nullable(),
  project: z.string().nullable(),
  agent_type: z.string().nullable(),
  skill: z.string().nullable(),
  attributed_by: z.string(),
  request_class: z.string().nullable(),
  source: z.string(),
  status: z.string(),
  model: z.string().nullable(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cache_read_tokens: z.number(),
  cache_write_5m_tokens: z.number(),
  cache_write_1h_tokens: z.number(),
  cost_usd: z.number().nullable(),
});
export type LedgerLine = z.infer<typeof line>;

/** The usage ledger of the shop, line by line; empty when nothing was recorded. */
export function ledgerOf(sandbox: Sandbox): LedgerLine[] {
  const file = path.join(sandbox.project, '.backlog-ops/usage-ledger.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => line.parse(JSON.parse(text)));
}

/** The only file of a folder of tickets whose name begins with the id. */
export function ticketFile(
  sandbox: Sandbox,
  folder: 'pending' | 'completed',
  id: string,
): string | undefined {
  const from = path.join(sandbox.project, 'backlog/data', folder);
  const name = readdirSync(from).find((each) => each.startsWith(`${id}-`) && each.endsWith('.md'));
  return name === undefined ? undefined : path.join(from, name);
}
