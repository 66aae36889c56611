import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeRaise } from '../../src/ledger/raises.ts';
import { jsonl, record } from '../ledger/support.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const today = new Date().toISOString();

async function project(...lines: readonly unknown[]) {
  const root = tempDir();
  const env = { HOME: path.join(root, 'home') };
  writeFiles(root, {
    'shop/backlog.config.json': JSON.stringify({
      project: { name: 'shop' },
      llmOps: { budgets: { ticket: { limit: 5 } } },
    }),
    'shop/.backlog-ops/usage-ledger.jsonl': jsonl(...lines),
    'shop/backlog/data/pending/FEAT-001-a.md': 'x',
  });
  const cwd = path.join(root, 'shop');
  const call = (...args: string[]) =>
    backlog(['statusline', ...args], {
      // Elsewhere: the client says where it is.
      cwd: root,
      env,
      input: JSON.stringify({ session_id: 's1', workspace: { project_dir: cwd } }),
    });
  return { cwd, env, call };
}

describe('backlog statusline', () => {
  it('has ticket, gate, cost, budget and what is unattributed', async () => {
    const { cwd, env, call } = await project(
      record({ ts: today, ticket_id: 'FEAT-001', cost_usd: 1.25 }),
      record({ ts: today, cost_usd: 0.125 }),
    );
    await backlog(['context', 'set', 'FEAT-001', 'implement', 'backend', '--session', 's1'], { cwd, env });
    expect(await call()).toEqual({
      exitCode: 0,
      stdout: 'FEAT-001 implement · $1.25 of $5.00 (25 %) · unattributed today $0.1250\n',
      stderr: '',
    });
    expect(jsonOf(await call('--json'))).toMatchObject({
      ticket_id: 'FEAT-001',
      gate: 'implement',
      ticket: { usd: 1.25, requests: 1 },
      ticket_budget_usd: 5,
      unattributed_today: { usd: 0.125 },
      complete: true,
    });
  });

  it('has the budget that a person has raised for this ticket, and none of a broken configuration', async () => {
    const { cwd, env, call } = await project(record({ ts: today, ticket_id: 'FEAT-001', cost_usd: 4 }));
    await backlog(['context', 'set', 'FEAT-001', 'implement', 'backend', '--session', 's1'], { cwd, env });
    const raise = { budget: 'ticket', id: 'FEAT-001', unit: 'usd', limit: 16, by: 'human:A' } as const;
    await writeRaise(path.join(cwd, '.backlog-ops'), raise, () => new Date());
    expect((await call()).stdout).toBe('FEAT-001 implement · $4.00 of $16.00 (25 %)\n');
    writeFileSync(path.join(cwd, 'backlog.config.json'), '{');
    expect((await call()).stdout).toBe('FEAT-001 implement · $4.00\n');
  });

  it('has the session where there is no ticket, and says where a price is missing', async () => {
    const { call } = await project(
      record({ ts: today, session_id: 's1', cost_usd: 2 }),
      record({ ts: today, session_id: 's1', cost_usd: null }),
    );
    expect((await call()).stdout).toBe('no ticket · session $2.00+? · unattributed today $2.00+?\n');
  });

  it.each(['', 'no json', '{}'])(
    'takes the input %j for a session that it knows nothing of',
    async (input) => {
      const cwd = tempDir();
      expect(await backlog(['statusline'], { cwd, input })).toMatchObject({
        exitCode: 0,
        stdout: 'no ticket\n',
      });
    },
  );

  it('never fails: what is wrong stands in the line', async () => {
    const { cwd, call } = await project();
    mkdirSync(path.join(cwd, '.backlog-ops/usage-ledger-2026-01.jsonl'));
    expect(await call()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('cannot be read') });
  });

  it('reads a large ledger over several calls, and leaves a checkpoint', async () => {
    const { cwd, call } = await project();
    const lines = Array.from({ length: 20_000 }, (_, n) =>
      record({ ts: today, session_id: 's1', request_id: `r${n}`, cost_usd: 0.01 }),
    );
    writeFileSync(path.join(cwd, '.backlog-ops/usage-ledger.jsonl'), jsonl(...lines));
    expect((await call()).stdout).toContain('reading the ledger');
    expect(existsSync(path.join(cwd, '.backlog-ops/cache/sums.bin'))).toBe(true);
    expect((await call()).stdout).toBe('no ticket · session $200.00 · unattributed today $200.00\n');
  });
});
