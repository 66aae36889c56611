import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeRaise } from '../../src/ledger/raises.ts';
import { jsonl, record } from '../ledger/support.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

const today = () => new Date().toISOString();

/** A project with these budgets, whose ledger says that 1.25 USD were spent today; its model answers from a script. */
function project(budgets: object, spent: Parameters<typeof record>[0] = {}) {
  const cwd = path.join(tempDir(), 'shop');
  const config = { version: '1.1', project: { name: 'shop' }, llmOps: { budgets } };
  writeFiles(cwd, {
    'backlog.config.json': JSON.stringify(config),
    'script.json': JSON.stringify({ answers: Array(5).fill({ text: 'Hello' }) }),
    '.backlog-ops/usage-ledger.jsonl': jsonl(record({ ts: today(), cost_usd: 1.25, ...spent })),
  });
  const env = {
    BACKLOG_HOME: path.join(cwd, '..', 'home'),
    BACKLOG_LLM_SCRIPT: path.join(cwd, 'script.json'),
  };
  return {
    opsDir: path.join(cwd, '.backlog-ops'),
    run: (...args: string[]) => backlog(args, { cwd, env }),
    ledger: (): Record<string, unknown>[] =>
      readFileSync(path.join(cwd, '.backlog-ops/usage-ledger.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

const call = ['llm-call', '--user', 'hi'] as const;

describe('llm-call and budgets', () => {
  it('asks no model when the budget of the day is spent, says what the gateway says, and leaves a blocked record', async () => {
    const { run, ledger, opsDir } = project({ day: { limit: 1 } });
    const day = today().slice(0, 10);
    const refused = await run(...call, '--json');
    expect(refused.exitCode).toBe(1);
    expect(jsonOf(refused)).toMatchObject({
      error: {
        code: 'budget-spent',
        message: `backlog: the budget of day ${day} (UTC) is spent: $1.25 of $1.00 (125 %). A person can raise it: \`backlog cost raise day --usd 2.5\``,
      },
    });
    expect(ledger().slice(1)).toEqual([
      expect.objectContaining({
        source: 'llm-call',
        status: 'blocked',
        failure_type: 'budget',
        requested_model: 'free',
        cost_usd: null,
      }),
    ]);
    await writeRaise(
      opsDir,
      { budget: 'day', id: day, unit: 'usd', limit: 3, by: 'human:A' },
      () => new Date(),
    );
    expect(await run(...call)).toMatchObject({ exitCode: 0, stdout: 'Hello\n' });
  });

  it('is refused for its own ticket only, which may use the reserve', async () => {
    const ofTicket = project({ ticket: { limit: 1 } }, { ticket_id: 'FEAT-001' });
    expect(await ofTicket.run(...call, '--session', 's1')).toMatchObject({ exitCode: 0 });
    await ofTicket.run('context', 'set', 'FEAT-001', 'implement', 'backend', '--session', 's1');
    const refused = await ofTicket.run(...call, '--session', 's1');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('the budget of ticket FEAT-001 is spent: $1.25 of $1.00');

    const parked = project({ reserve: 0.5, day: { limit: 2 } });
    expect(await parked.run(...call, '--session', 's1')).toMatchObject({ exitCode: 1 });
    await parked.run('context', 'set', 'FEAT-001', 'implement', 'backend', '--session', 's1');
    expect(await parked.run(...call, '--session', 's1')).toMatchObject({ exitCode: 0 });
  });

  it('is warned of once in a session', async () => {
    const { run } = project({ day: { limit: 1.5 } });
    const first = await run(...call, '--session', 's1');
    expect(first).toMatchObject({ exitCode: 0, stdout: 'Hello\n' });
    expect(first.stderr).toContain('warning: the budget of day');
    expect((await run(...call, '--session', 's1')).stderr).not.toContain('warning');
    expect((await run(...call, '--session', 's2')).stderr).toContain('warning: the budget of day');
  });
});
