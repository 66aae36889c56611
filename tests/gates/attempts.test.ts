import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commitWork } from '../../src/gates/commit.ts';
import { readEvidence } from '../../src/gates/evidence.ts';
import { runGate, runStale } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { refuseUnblocking } from '../../src/gates/unblock.ts';
import { waiveGate } from '../../src/gates/waive.ts';
import { moveTicket, openBacklog } from '../../src/tickets/store.ts';
import { backlog } from '../support/cli.ts';
import { writeFiles } from '../support/temp.ts';
import { atTerminal, id, linted } from './support/journey.ts';
import { callIn, discount, project } from './support/project.ts';

const light = {
  profile: 'light',
  qualityGates: { testCommand: 'node --test test/', lintCommand: 'node lint.js', minNewTests: { FEAT: 1 } },
};
const bad = { 'src/basket.js': `${discount['src/basket.js']}var a = 1;\n` };

async function started(): Promise<string> {
  const root = project({ config: light });
  await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
  writeFiles(root, { ...discount, ...bad });
  await runGate(callIn(root), { ticketId: id, gate: 'implement' });
  return root;
}

const statusOf = (root: string) => openBacklog(callIn(root).paths, callIn(root).config).byId(id)?.status;
const lint = (root: string, call = callIn(root)) => runGate(call, { ticketId: id, gate: 'lint' });
const plan = (root: string, text: string) =>
  runGate(callIn(root), { ticketId: id, gate: 'plan', plan: text });

async function lintBlocked(): Promise<string> {
  const root = await started();
  await plan(root, '1. tests\n');
  for (let run = 0; run < 3; run++) await lint(root);
  return root;
}

describe('three failed runs of lint', () => {
  it('stop the ticket, each counted from the evidence', async () => {
    const root = await started();
    expect(await lint(root)).toMatchObject({ attempts: { failed: 1, most: 3, blocked: false } });
    expect(await lint(root)).toMatchObject({ attempts: { failed: 2, blocked: false } });
    expect((await ticketStatus(callIn(root), id)).attempts).toEqual([
      { gate: 'lint', failed: 2, most: 3, blocked: false },
    ]);
    expect(statusOf(root)).toBe('in_progress');
    expect(await lint(root)).toMatchObject({ attempts: { failed: 3, blocked: true } });
    expect(statusOf(root)).toBe('lint-blocked');
    await expect(lint(root)).rejects.toMatchObject({ code: 'lint-blocked', exitCode: 1 });
    await expect(runStale(callIn(root), id)).rejects.toMatchObject({ code: 'lint-blocked' });
    expect(await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false })).toBeDefined();
    expect(statusOf(root)).toBe('lint-blocked');
  });

  it('begin anew after one that holds', async () => {
    const root = await started();
    await lint(root);
    await lint(root);
    writeFiles(root, discount);
    await runGate(callIn(root), { ticketId: id, gate: 'implement' });
    expect(await lint(root)).toMatchObject({ result: 'pass', attempts: { failed: 0, blocked: false } });
    writeFiles(root, bad);
    await runGate(callIn(root), { ticketId: id, gate: 'implement' });
    expect(await lint(root)).toMatchObject({ attempts: { failed: 1 } });
  });

  it('are left behind by a new plan, and not by one that was tried', async () => {
    const root = await lintBlocked();
    await plan(root, '1. tests\n');
    expect(statusOf(root)).toBe('lint-blocked');
    await plan(root, '1. another way\n');
    expect(statusOf(root)).toBe('in_progress');
    await runGate(callIn(root), { ticketId: id, gate: 'implement' });
    expect(await lint(root)).toMatchObject({ attempts: { failed: 1, blocked: false } });
  });

  it('are left behind by a person, for one more try; not by an agent', async () => {
    const root = await lintBlocked();
    const { paths, config } = callIn(root);
    const agent = { ...callIn(root).caller, insideClaudeCode: true };
    await expect(refuseUnblocking({ paths, config, caller: agent }, id, 'in_progress')).rejects.toMatchObject(
      {
        code: 'person-needed',
      },
    );
    await moveTicket(paths, config, id, 'in_progress');
    expect(await lint(root)).toMatchObject({ attempts: { failed: 4, blocked: true } });
    expect(statusOf(root)).toBe('lint-blocked');
  });

  it('are left behind by a waiver, and by an allowance that makes it hold', async () => {
    const root = await lintBlocked();
    await waiveGate(atTerminal(root), { ticketId: id, gate: 'lint', reason: 'the rule is wrong' });
    expect(statusOf(root)).toBe('in_progress');
  });

  it('are shown', async () => {
    const root = await started();
    await lint(root);
    const shown = await backlog(['gate', 'status', id], { cwd: root });
    expect(shown.stdout).toContain('lint: attempt 1 of 3 failed');
    const run = await backlog(['gate', 'run', 'lint', '--ticket', id, '--json'], { cwd: root });
    expect(JSON.parse(run.stdout)).toMatchObject({ attempts: { gate: 'lint', failed: 2, most: 3 } });
  });
});

describe('five failed attempts to commit', () => {
  const commit = (root: string) =>
    commitWork(callIn(root), { ticketId: id, type: 'feat', area: '', summary: 'x', include: [], reason: '' });

  async function withHook(): Promise<string> {
    const root = await linted({ config: light });
    writeFiles(root, { '.git/hooks/pre-commit': '#!/bin/sh\necho no; exit 1\n' });
    chmodSync(`${root}/.git/hooks/pre-commit`, 0o755);
    return root;
  }

  it('stop the ticket; each stands in the evidence, and none makes a gate stale', async () => {
    const root = await withHook();
    for (let run = 0; run < 5; run++)
      await expect(commit(root)).rejects.toMatchObject({ code: 'commit-refused' });
    const failed = readEvidence(callIn(root).paths.opsDir, id).filter(
      ({ record }) => record.gate === 'commit' && record.result === 'fail',
    );
    expect(failed).toHaveLength(5);
    expect(failed[0]?.record.details).toMatchObject({ code: 'commit-refused' });
    expect(statusOf(root)).toBe('commit-blocked');
    await expect(commit(root)).rejects.toMatchObject({ code: 'commit-blocked', exitCode: 1 });
    const { states, attempts } = await ticketStatus(callIn(root), id);
    expect(states.at(-1)).toMatchObject({ gate: 'commit', verdict: 'missing' });
    expect(attempts).toEqual([{ gate: 'commit', failed: 5, most: 5, blocked: true }]);
  });

  it('are forgotten when one succeeds', async () => {
    const root = await withHook();
    await expect(commit(root)).rejects.toMatchObject({ code: 'commit-refused' });
    chmodSync(`${root}/.git/hooks/pre-commit`, 0o644);
    await commit(root);
    expect((await ticketStatus(callIn(root), id)).attempts).toEqual([]);
    expect(statusOf(root)).toBe('in_progress');
  });

  it('are not what is refused before anything was tried', async () => {
    const root = await started();
    for (let run = 0; run < 6; run++)
      await expect(commit(root)).rejects.toMatchObject({ code: 'gate-order' });
    expect(statusOf(root)).toBe('in_progress');
  });
});
