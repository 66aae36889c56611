import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { blockSpentTickets } from '../../src/gates/budget-block.ts';
import type { GateCall } from '../../src/gates/call.ts';
import { raiseBudget } from '../../src/gates/raise.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { readRaises } from '../../src/ledger/raises.ts';
import { jsonl, record } from '../ledger/support.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { callIn, project, ticketPath } from './support/project.ts';

const id = 'FEAT-001';
const start = (call: GateCall) => startWork(call, { ticketId: id, worktree: false, rebase: false });
const statusIn = (root: string) =>
  /^status: (.*)$/m.exec(readFileSync(path.join(root, ticketPath()), 'utf8'))?.[1];
const yes = async () => true;

/** A project whose tickets and gates have budgets. */
function limited(budgets: object = { ticket: { limit: 2 }, gate: { limit: 1 } }): string {
  return project({ config: { version: '1.1', llmOps: { budgets } } });
}

function spend(root: string, cost_usd: number, gate = 'implement'): void {
  const opsDir = path.join(root, '.backlog-ops');
  mkdirSync(opsDir, { recursive: true });
  const spent = record({
    ticket_id: id,
    gate,
    cost_usd,
    ts: new Date().toISOString(),
    id: `id-${Math.random()}`,
  });
  appendFileSync(path.join(opsDir, 'usage-ledger.jsonl'), jsonl(spent));
}

describe('a ticket whose budget is spent', () => {
  it('is not started: it becomes budget-blocked, and starts again when a person has raised the budget', async () => {
    const root = limited();
    for (const gate of ['plan', 'implement', 'review']) spend(root, 0.7, gate);
    await expect(start(callIn(root))).rejects.toMatchObject({
      code: 'budget-spent',
      exitCode: 1,
      message: expect.stringContaining('the budget of ticket FEAT-001 is spent: $2.10 of $2.00'),
      fix: expect.stringContaining('backlog cost raise ticket FEAT-001 --usd 4.2'),
    });
    expect(statusIn(root)).toBe('budget-blocked');
    const wanted = { budget: 'ticket', id, unit: 'usd', limit: 4.2 } as const;
    expect(await raiseBudget(callIn(root, { confirm: yes }), wanted)).toEqual({
      id,
      before: 2,
      by: 'human:Ada',
    });
    await start(callIn(root));
    expect(statusIn(root)).toBe('in_progress');
  });

  it('is blocked by the budget of one of its gates too', async () => {
    const root = limited();
    spend(root, 1.5, 'review');
    await expect(start(callIn(root))).rejects.toMatchObject({
      message: expect.stringContaining('the budget of gate FEAT-001/review is spent'),
    });
  });

  it('that is worked on is blocked where usage is read, others stay', async () => {
    const root = limited();
    const call = callIn(root);
    await start(call);
    expect(await blockSpentTickets(call)).toEqual({ blocked: [], problems: [] });
    spend(root, 5);
    expect(await blockSpentTickets(call)).toEqual({ blocked: [id], problems: [] });
    expect(statusIn(root)).toBe('budget-blocked');
    expect(await blockSpentTickets(call)).toEqual({ blocked: [], problems: [] });
  });

  it('may still prove what is done: a gate runs, says how it stands, and sets the status', async () => {
    const root = limited();
    const notes: string[] = [];
    const call = callIn(root, { note: (text) => notes.push(text) });
    await start(call);
    spend(root, 5);
    const outcome = await runGate(call, {
      ticketId: id,
      gate: 'plan',
      plan: 'First a test, then the code.\n',
    });
    expect(outcome.result).toBe('pass');
    expect(statusIn(root)).toBe('budget-blocked');
    expect(notes.join('\n')).toContain('backlog cost raise gate FEAT-001/implement --usd 10');
  });

  it('is shown on the one screen and in the status of the gateway', async () => {
    const root = limited();
    await start(callIn(root));
    spend(root, 1.5, 'plan');
    const env = { BACKLOG_HOME: path.join(root, '.home') };
    const screen = await backlog([], { cwd: root, env });
    expect(screen.stdout).toContain(
      'warning: the budget of ticket FEAT-001 is nearly spent: $1.50 of $2.00 (75 %)',
    );
    expect(screen.stdout).toContain('hard-stop: the budget of gate FEAT-001/plan is spent: $1.50 of $1.00');
    expect(jsonOf(await backlog(['gateway', 'status', '--json'], { cwd: root, env }))).toMatchObject({
      budgets: expect.arrayContaining([
        expect.objectContaining({
          budget: 'gate',
          id: 'FEAT-001/plan',
          state: 'hard-stop',
          spent: 1.5,
          limit: 1,
        }),
      ]),
    });
    await expect(start(callIn(root))).rejects.toMatchObject({ code: 'budget-spent' });
    expect((await backlog([], { cwd: root, env })).stdout).toContain('budget');
  });
});

describe('a raise', () => {
  it('is for a person', async () => {
    const root = limited();
    const wanted = { budget: 'ticket', id, unit: 'usd', limit: 9 } as const;
    const agent = { insideClaudeCode: true, sessionId: 's', agentId: undefined, stamp: undefined };
    await expect(raiseBudget(callIn(root), wanted)).rejects.toMatchObject({ code: 'person-needed' });
    const inside = callIn(root, { caller: agent, confirm: yes });
    await expect(raiseBudget(inside, wanted)).rejects.toMatchObject({ code: 'person-needed' });
    const declined = callIn(root, { confirm: async () => false });
    await expect(raiseBudget(declined, wanted)).rejects.toMatchObject({ code: 'person-declined' });
    expect(readRaises(path.join(root, '.backlog-ops')).ticket).toEqual({});
  });

  it('keeps the others, holds for one alone, and goes up only', async () => {
    const root = limited({ ticket: { limit: 2, tokens: 1000 }, day: { limit: 5 } });
    const call = callIn(root, { confirm: yes, clock: () => new Date('2026-11-21T10:00:00Z') });
    const raise = (limit: number, more: object = {}) =>
      raiseBudget(call, { budget: 'ticket', id, unit: 'usd', limit, ...more });
    await raise(4);
    await raise(2000, { unit: 'tokens' });
    await raise(3, { id: 'FEAT-002' });
    await raise(7, { budget: 'day', id: undefined });
    expect(await raise(6)).toMatchObject({ before: 4 });
    await expect(raise(6)).rejects.toMatchObject({ code: 'usage' });
    await expect(raise(1, { id: 'FEAT-003' })).rejects.toMatchObject({ code: 'usage' });
    expect(readRaises(call.paths.opsDir)).toMatchObject({
      ticket: { 'FEAT-001': { usd: 6, tokens: 2000, by: 'human:Ada' }, 'FEAT-002': { usd: 3 } },
      day: { '2026-11-21': { usd: 7 } },
    });
  });

  it.each([
    [{ budget: 'month', id: undefined }, 'budget-not-set'],
    [{ unit: 'tokens' }, 'budget-not-set'],
    [{ id: undefined }, 'usage'],
    [{ budget: 'gate', id }, 'usage'],
  ])('of %j is refused: %s', async (more, code) => {
    const call = callIn(limited(), { confirm: yes });
    const wanted = { budget: 'ticket', id, unit: 'usd', limit: 9 } as const;
    await expect(raiseBudget(call, { ...wanted, ...Object(more) })).rejects.toMatchObject({ code });
  });

  it('that somebody has spoilt holds for nothing', () => {
    const root = limited();
    const opsDir = path.join(root, '.backlog-ops');
    mkdirSync(opsDir);
    for (const text of ['{', '[]', '{"raises":{"ticket":{"FEAT-001":{"usd":"9"}}}}', '{"raises":7}']) {
      writeFileSync(path.join(opsDir, 'budgets.json'), text);
      const { ticket } = readRaises(opsDir);
      expect(Object(ticket[id]).usd).not.toBe(9);
    }
  });

  it('is typed with one limit, for a budget that there is', async () => {
    const root = limited();
    for (const args of [
      ['ticket', id],
      ['ticket', id, '--usd', '1', '--tokens', '2'],
      ['year', '--usd', '3'],
    ]) {
      const result = await backlog(['cost', 'raise', ...args], { cwd: root });
      expect(result.exitCode).toBe(2);
    }
    const asked = await backlog(['cost', 'raise', 'ticket', id, '--usd', '9'], { cwd: root });
    expect(asked.exitCode).toBe(1);
    expect(asked.stderr).toContain('Raise the budget of ticket FEAT-001 from $2.00 to $9.00?');
  });
});

describe('the guard', () => {
  it('has the verdict of the same budgets, raises included', async () => {
    const root = limited();
    spend(root, 2.5);
    const guard = async () =>
      jsonOf(await backlog(['cost', 'guard', '--ticket', id, '--json'], { cwd: root }));
    expect(await guard()).toMatchObject({
      state: 'hard-stop',
      budget: 2,
      ratio: 1.25,
      raise: 'backlog cost raise ticket FEAT-001 --usd 5',
    });
    await raiseBudget(callIn(root, { confirm: yes }), { budget: 'ticket', id, unit: 'usd', limit: 5 });
    expect(await guard()).toMatchObject({ state: 'ok', budget: 5, raise: null });
  });
});
