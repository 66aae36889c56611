import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readClaim } from '../../src/gates/claims.ts';
import { commitWork } from '../../src/gates/commit.ts';
import { completeTicket } from '../../src/gates/complete.ts';
import { runGate } from '../../src/gates/run.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { approve, id, linted, reviewed } from './support/journey.ts';
import { callIn, discount, project, ticketPath } from './support/project.ts';

const spending = async () => ({
  requests: 7,
  cost_usd: 0.1234,
  unpriced: 1,
  input_tokens: 12000,
  output_tokens: 800,
});
const complete = (root: string, call = callIn(root)) => completeTicket(call, { ticketId: id, spending });
const commit = (root: string) =>
  commitWork(callIn(root), {
    ticketId: id,
    type: 'feat',
    area: '',
    summary: '10 % off',
    include: [],
    reason: '',
  });
const completedPath = ticketPath().replace('/pending/', '/completed/');
const evidencePath = `backlog/data/evidence/${id}.json`;

async function committed(options: Parameters<typeof reviewed>[0] = {}): Promise<string> {
  const root = await reviewed(options);
  await commit(root);
  return root;
}

describe('ticket complete', () => {
  it('refuses a ticket that nobody started', async () => {
    await expect(complete(project())).rejects.toMatchObject({ code: 'ticket-not-started', exitCode: 1 });
  });

  it('refuses without a commit, and names the gate that comes next', async () => {
    const root = await linted();
    await expect(complete(root)).rejects.toMatchObject({
      code: 'commit-missing',
      exitCode: 1,
      fix: `backlog review request ${id}`,
    });
    expect(existsSync(path.join(root, ticketPath()))).toBe(true);
  });

  it('moves the ticket with its fields, cost and compact evidence, in a commit of bookkeeping alone', async () => {
    const root = await committed();
    const code = gitIn(root, 'rev-parse', 'HEAD');
    writeFiles(root, { 'src/basket.js': readFileSync(path.join(root, 'src/basket.js'), 'utf8') });
    const done = await complete(root);
    expect(done.commit).toBe(code);
    const text = readFileSync(path.join(root, completedPath), 'utf8');
    expect(text).toContain('status: completed');
    expect(text).toContain(`commit: ${code}`);
    expect(text).toMatch(/review_rounds: 1\ntests_added: 1/);
    expect(text).toContain('| 7 | 12,000 | 800 | 0.1234 |');
    expect(text).toContain(`Completed with commit ${code.slice(0, 12)}`);
    expect(gitIn(root, 'log', '-1', '--format=%s')).toBe(`chore(backlog): complete ${id}`);
    expect(
      gitIn(root, 'show', '--name-only', '--no-renames', '--format=', 'HEAD').split('\n').toSorted(),
    ).toEqual([completedPath, evidencePath, ticketPath(), '.claude/cost-history.json'].toSorted());
    expect(gitIn(root, 'status', '--porcelain')).toBe('?? .claude/implementer-state.json');
  });

  it('refuses a later commit of the ticket that nobody has judged, until it is on record', async () => {
    const root = await committed();
    writeFiles(root, { 'src/basket.js': `${discount['src/basket.js']}// later\n` });
    gitIn(root, 'commit', '-q', '-am', `fix: one more\n\nTicket: ${id}`);
    await expect(complete(root)).rejects.toMatchObject({ code: 'commit-unproven', exitCode: 1 });
    expect(existsSync(path.join(root, ticketPath()))).toBe(true);
    for (const gate of ['implement', 'lint'] as const) await runGate(callIn(root), { ticketId: id, gate });
    await approve(root);
    await commit(root);
    expect((await complete(root)).commit).toBe(gitIn(root, 'rev-parse', 'HEAD~1'));
  });

  it('writes what it has cost and taken into cost history and state, once', async () => {
    const root = await committed();
    const call = callIn(root);
    const routed = { pipeline: 'fast', agentType: 'backend' };
    const by_model = { 'claude-sonnet-4-6': { requests: 7, tokens: 12800, cost_usd: 0.1234 } };
    const priced = async () => ({ ...(await spending()), unpriced: 0, by_model });
    for (let time = 0; time < 2; time++)
      await completeTicket(call, { ticketId: id, spending: priced, routed });
    const read = (name: string) => JSON.parse(readFileSync(path.join(root, '.claude', name), 'utf8'));
    expect(read('cost-history.json').entries).toEqual([
      {
        ticket_id: id,
        ticket_type: 'FEAT',
        complexity: 'simple',
        pipeline: 'fast',
        files_modified: 1,
        files_created: 1,
        tests_added: 1,
        total_tokens: 12800,
        cost_usd: 0.1234,
        model_breakdown: by_model,
        review_rounds: 1,
        gates_passed_first_try: 5,
        gates_run: 5,
        date: new Date().toISOString().slice(0, 10),
      },
    ]);
    expect(read('implementer-state.json')).toMatchObject({
      completedThisSession: [id],
      lastRunTimestamp: expect.stringContaining('T'),
      stats: {
        totalTicketsCompleted: 1,
        totalReviewRounds: 1,
        avgReviewRoundsPerTicket: 1,
        totalTestsAdded: 1,
        totalCommits: 1,
        totalTokensUsed: 12800,
        totalCostUsd: 0.1234,
        ticketsByType: { FEAT: 1 },
        agentRoutingStats: { backend: 1 },
        reviewStats: { totalFindings: 0, avgConfidence: 0 },
      },
    });
  });

  it('knows no cost where a request has no price', async () => {
    const root = await committed();
    await complete(root);
    const history = JSON.parse(readFileSync(path.join(root, '.claude/cost-history.json'), 'utf8'));
    expect(history.entries[0].cost_usd).toBeNull();
  });

  it('keeps evidence that a fresh clone can read: each gate with what it rests on', async () => {
    const root = await committed();
    await complete(root);
    const evidence = JSON.parse(readFileSync(path.join(root, evidencePath), 'utf8'));
    expect(evidence).toMatchObject({
      v: 1,
      ticket_id: id,
      tests: 'new',
      profile: 'standard',
      waivers: [],
      included: [],
    });
    expect(
      evidence.gates.map(({ gate, phase, result }: Record<string, string>) => [gate, phase ?? '', result]),
    ).toEqual([
      ['plan', '', 'pass'],
      ['implement', 'red', 'pass'],
      ['implement', 'green', 'pass'],
      ['lint', '', 'pass'],
      ['review', '', 'pass'],
      ['commit', '', 'pass'],
    ]);
    expect(JSON.stringify(evidence)).not.toContain('output_tail');
  });

  it('gives the lease back, and keeps what status needs', async () => {
    const root = await committed();
    await complete(root);
    expect(readClaim(callIn(root).paths.opsDir, id)?.owner).toBeNull();
    const { states } = await ticketStatus(callIn(root), id);
    expect(states.every(({ holds }) => holds)).toBe(true);
  });

  it('leaves what the user has staged alone', async () => {
    const root = await committed();
    writeFiles(root, { 'notes.md': 'mine\n' });
    gitIn(root, 'add', 'notes.md');
    await complete(root);
    expect(gitIn(root, 'diff', '--cached', '--name-only')).toBe('notes.md');
    expect(gitIn(root, 'show', '--name-only', '--format=', 'HEAD')).not.toContain('notes.md');
  });

  it('makes no commit where the configuration says so', async () => {
    const root = await committed({ config: { git: { bookkeepingCommit: false } } });
    const head = gitIn(root, 'rev-parse', 'HEAD');
    expect((await complete(root)).booksCommit).toBeNull();
    expect(gitIn(root, 'rev-parse', 'HEAD')).toBe(head);
    expect(existsSync(path.join(root, completedPath))).toBe(true);
  });

  it('still finds the commit after an amend that left the code as it is', async () => {
    const root = await committed();
    gitIn(
      root,
      'commit',
      '-q',
      '--amend',
      '--date',
      '2001-01-01T00:00:00Z',
      '-m',
      `feat: reworded\n\nTicket: ${id}`,
    );
    const head = gitIn(root, 'rev-parse', 'HEAD');
    expect((await complete(root)).commit).toBe(head);
  });

  it('refuses when the commit was taken back', async () => {
    const root = await committed();
    gitIn(root, 'reset', '-q', '--hard', 'HEAD~1');
    await expect(complete(root)).rejects.toMatchObject({ code: 'commit-missing' });
  });

  it('refuses when the ticket promises something else than what was planned', async () => {
    const root = await committed();
    const file = path.join(root, ticketPath());
    writeFiles(root, { [ticketPath()]: readFileSync(file, 'utf8').replace('costs 4500', 'costs 4400') });
    await expect(complete(root)).rejects.toMatchObject({
      code: 'gates-unmet',
      message: expect.stringContaining('plan ('),
    });
  });

  it('finishes the job when a run was cut off after the ticket was moved', async () => {
    const root = await committed();
    await complete(root);
    // As a crash before the last step leaves it: moved, but not committed.
    gitIn(root, 'reset', '-q', '--soft', 'HEAD~1');
    gitIn(root, 'reset', '-q');
    const again = await complete(root);
    expect(again.booksCommit).not.toBeNull();
    expect(gitIn(root, 'status', '--porcelain')).toBe('?? .claude/implementer-state.json');
    expect(gitIn(root, 'log', '-1', '--format=%s')).toBe(`chore(backlog): complete ${id}`);
  });

  it('lets the index follow a commit after which a run was cut off', async () => {
    const root = await committed();
    await complete(root);
    gitIn(root, 'read-tree', 'HEAD~1');
    expect((await complete(root)).booksCommit).toBeNull();
    expect(gitIn(root, 'status', '--porcelain')).toBe('?? .claude/implementer-state.json');
  });

  it('goes on when a hook of the user has refused the commit of the bookkeeping', async () => {
    const root = await committed();
    const hook = path.join(root, '.git/hooks/pre-commit');
    writeFiles(root, { '.git/hooks/pre-commit': '#!/bin/sh\necho "not today" >&2\nexit 1\n' });
    chmodSync(hook, 0o755);
    await expect(complete(root)).rejects.toMatchObject({
      code: 'commit-refused',
      message: expect.stringContaining('not today'),
      fix: expect.stringContaining(`backlog ticket complete ${id}`),
    });
    rmSync(hook);
    expect((await complete(root)).booksCommit).toBe(gitIn(root, 'rev-parse', 'HEAD'));
    expect(gitIn(root, 'status', '--porcelain')).toBe('?? .claude/implementer-state.json');
  });

  it('asks for the merge when the work was done in a worktree of its own', async () => {
    const root = await committed();
    const head = gitIn(root, 'rev-parse', 'HEAD');
    gitIn(root, 'branch', 'elsewhere');
    gitIn(root, 'reset', '-q', '--hard', 'HEAD~1');
    await expect(complete(root)).rejects.toMatchObject({
      code: 'commit-missing',
      fix: expect.stringContaining('merge'),
    });
    gitIn(root, 'merge', '-q', '--ff-only', 'elsewhere');
    expect((await complete(root)).commit).toBe(head);
  });
});

describe('whatever is edited after the review', () => {
  it.each([
    ['the code', { 'src/basket.js': `${discount['src/basket.js']}// more\n` }],
    ['a test', { 'test/discount.test.js': `${discount['test/discount.test.js']}// more\n` }],
    ['a new file', { 'src/new.js': 'export {};\n' }],
  ])('%s: neither commit nor completion lets it through', async (_name, edit) => {
    const root = await reviewed();
    writeFiles(root, edit);
    await expect(commit(root)).rejects.toMatchObject({ exitCode: 1 });
    await expect(complete(root)).rejects.toMatchObject({ exitCode: 1 });
    gitIn(root, 'add', '-A');
    gitIn(root, 'commit', '-q', '-m', `feat: by hand\n\nTicket: ${id}`);
    await expect(complete(root)).rejects.toMatchObject({ exitCode: 1 });
  });
});
