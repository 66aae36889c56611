import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateCall } from '../../src/gates/call.ts';
import { readClaim } from '../../src/gates/claims.ts';
import { commitWork } from '../../src/gates/commit.ts';
import { submitReview } from '../../src/gates/review.ts';
import { requestReview } from '../../src/gates/review-request.ts';
import { runGate } from '../../src/gates/run.ts';
import { releaseWork, startWork } from '../../src/gates/start.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { type EndWaveOptions, endWave } from '../../src/waves/end.ts';
import { mergeWave } from '../../src/waves/merge.ts';
import { appendUse } from '../../src/waves/playbook-uses.ts';
import { startWave } from '../../src/waves/start.ts';
import { waveProgress } from '../../src/waves/status.ts';
import { anyAgent, approval } from '../gates/support/journey.ts';
import { testFile } from '../gates/support/project.ts';
import { backlog } from '../support/cli.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { backlogOf, finish, ids, terminal, ticket } from './backlog.ts';

const nothingSpent: EndWaveOptions = {
  spending: async () => ({ requests: 0, cost_usd: 0, unpriced: 0, input_tokens: 0, output_tokens: 0 }),
  session: async () => ({ cost_usd: 1.5, models: { sonnet: 3 } }),
};

const start = (call: GateCall) => startWave(call, { maxSlots: 3, ids: [] });

/** In ms, for two tickets through every gate, merge, completion and `verify`: some hundred processes, on a machine that may be busy. */
const LONG_MS = 240_000;

describe('a wave', () => {
  it(
    'gives each ticket a worktree, merges what is finished, completes it and leaves the rest to go on',
    async () => {
      const root = backlogOf();
      const call = terminal(root);
      writeFiles(root, { 'src/basket.js': 'the user is busy here\n', 'notes.txt': 'mine\n' });
      const { record, tickets } = await start(call);
      expect(tickets.map(({ id }) => id)).toEqual(ids);
      expect(new Set(tickets.map(({ project_root }) => project_root)).size).toBe(3);
      await finish(call, 'FEAT-001');
      await finish(call, 'FEAT-003');
      expect((await waveProgress(call))?.tickets.map(({ id, step, next }) => [id, step, next])).toEqual([
        ['FEAT-001', 'merge', 'backlog wave end'],
        ['FEAT-002', 'plan', 'backlog gate run plan --ticket FEAT-002 --from -'],
        ['FEAT-003', 'merge', 'backlog wave end'],
      ]);
      writeFiles(root, {
        '.claude/playbook.md':
          '## Common Mistakes\n[err-00001] helpful=0 harmful=0 :: a\n[err-00002] helpful=0 harmful=0 :: b\n',
      });
      const given = { what: 'given', at: '', session_id: null } as const;
      appendUse(call.paths.opsDir, { ...given, ticket_id: 'FEAT-001', bullets: ['err-00001'] });
      appendUse(call.paths.opsDir, { ...given, ticket_id: 'FEAT-002', bullets: ['err-00002'] });
      const ended = await endWave(call, nothingSpent);
      expect(ended).toMatchObject({
        wave: record?.wave,
        completed: ['FEAT-001', 'FEAT-003'],
        unfinished: [
          { id: 'FEAT-002', status: 'in_progress', reason: expect.stringContaining('not finished') },
        ],
        moved_count: 2,
        wave_log_written: true,
        pending_remaining: 1,
        micro_reflect: { tags: [{ id: 'err-00001', ticket: 'FEAT-001', tag: 'helpful' }], new_bullets: [] },
        kept: [],
      });
      const learnt = () => readFileSync(path.join(root, '.claude/playbook.md'), 'utf8');
      const stateNow = () =>
        JSON.parse(readFileSync(path.join(root, '.claude/implementer-state.json'), 'utf8'));
      expect(learnt()).toContain(
        '[err-00001] helpful=1 harmful=0 :: a\n[err-00002] helpful=0 harmful=0 :: b',
      );
      expect(stateNow()).toMatchObject({
        currentWave: null,
        lastCycle: 1,
        completedThisSession: ['FEAT-001', 'FEAT-003'],
        stats: { totalTicketsCompleted: 2, totalWavesCompleted: 1, agentRoutingStats: { backend: 2 } },
      });
      const before = [learnt(), stateNow()];
      expect(gitIn(root, 'show', 'HEAD:src/FEAT-003.js')).toContain('FEAT-003');
      expect(readFileSync(path.join(root, 'src/FEAT-001.js'), 'utf8')).toContain('FEAT-001');
      // The user's own work is as it was.
      expect(readFileSync(path.join(root, 'src/basket.js'), 'utf8')).toBe('the user is busy here\n');
      expect(readFileSync(path.join(root, 'notes.txt'), 'utf8')).toBe('mine\n');
      expect(existsSync(path.join(root, 'backlog/data/completed/FEAT-003-three.md'))).toBe(true);
      expect(existsSync(tickets[0]?.project_root ?? '')).toBe(false);
      expect(existsSync(tickets[1]?.project_root ?? '')).toBe(true);
      const log = readFileSync(path.join(root, '.backlog-ops/wave-log.md'), 'utf8');
      expect(log).toContain(
        '- Completed: FEAT-001, FEAT-003\n- Failed: FEAT-002 (in_progress)\n- Session cost: $1.50',
      );
      for (const id of ['FEAT-001', 'FEAT-003'])
        expect((await ticketStatus(call, id)).states.every(({ holds }) => holds)).toBe(true);

      // Both tickets, the second of which was laid on the first: its commit names a line that runs on the combined code replaced.
      const verified = await backlog(['verify', '--no-rerun'], { cwd: root });
      expect(verified.exitCode, verified.stdout + verified.stderr).toBe(0);

      const head = gitIn(root, 'rev-parse', 'HEAD');
      expect(await endWave(call, nothingSpent)).toEqual(ended);
      expect([learnt(), stateNow()]).toEqual(before);
      expect(gitIn(root, 'rev-parse', 'HEAD')).toBe(head);
      expect(readFileSync(path.join(root, '.backlog-ops/wave-log.md'), 'utf8')).toBe(log);

      const next = await start(call);
      expect(next.tickets).toMatchObject([{ id: 'FEAT-002', what: 'resumed' }]);
      expect(next.record?.wave).toBe(2);
    },
    LONG_MS,
  );

  it('is gone on with when it is open, and nothing is started twice', async () => {
    const call = terminal(backlogOf());
    const first = await start(call);
    const again = await start(call);
    expect(again).toMatchObject({ resumed: true, record: { wave: first.record?.wave } });
    expect(again.tickets.map(({ project_root, base_commit }) => [project_root, base_commit])).toEqual(
      first.tickets.map(({ project_root, base_commit }) => [project_root, base_commit]),
    );
  });

  it('is gone on with when its start was cut off, with every ticket that it had chosen', async () => {
    const root = backlogOf();
    const call = terminal(root);
    const broken = path.join(root, '.backlog-ops/claims/FEAT-002.json');
    writeFiles(root, { '.backlog-ops/claims/FEAT-002.json': 'torn' });
    await expect(start(call)).rejects.toMatchObject({ code: 'claim-broken' });
    expect(readClaim(call.paths.opsDir, 'FEAT-001')).toBeDefined();
    rmSync(broken);
    const again = await start(call);
    expect(again).toMatchObject({ resumed: true, record: { wave: 1 } });
    expect(again.tickets.map(({ id }) => id)).toEqual(ids);
  });

  it("leaves the user's own checkout to a ticket that was begun there", async () => {
    const root = backlogOf();
    const call = terminal(root);
    await startWork(call, { ticketId: 'FEAT-001', worktree: false, rebase: false });
    await finish(call, 'FEAT-001');
    await releaseWork(call, 'FEAT-001');
    await start(call);
    gitIn(root, 'switch', '-q', '-c', 'elsewhere');
    const head = gitIn(root, 'rev-parse', 'HEAD');
    await mergeWave(call);
    expect(gitIn(root, 'rev-parse', 'HEAD')).toBe(head);
    expect(gitIn(root, 'symbolic-ref', '--short', 'HEAD')).toBe('elsewhere');
  });

  it('puts a ticket back that breaks the combined code, and leaves the others', async () => {
    const root = backlogOf();
    const call = terminal(root);
    await start(call);
    await finish(call, 'FEAT-001');
    // Right by itself: on the base there is no FEAT-001.
    await finish(call, 'FEAT-002', {
      'src/FEAT-002.js':
        "import { existsSync } from 'node:fs';\nexport const total = () => !existsSync('src/FEAT-001.js');\n",
      'test/FEAT-002.test.js': testFile('../src/FEAT-002.js', { 'FEAT-002 works': 'total()' }),
    });
    await finish(call, 'FEAT-003');
    const { merged, putBack } = await mergeWave(call);
    expect(merged.map(({ ticketId }) => ticketId)).toEqual(['FEAT-001', 'FEAT-003']);
    expect(putBack).toMatchObject([
      {
        ticketId: 'FEAT-002',
        applies: true,
        reason: expect.stringContaining('implement fails on the combined code'),
      },
    ]);
    expect(gitIn(root, 'ls-files', 'src')).not.toContain('FEAT-002');
    const progress = await waveProgress(call);
    expect(progress?.tickets.find(({ id }) => id === 'FEAT-002')).toMatchObject({
      note: expect.stringContaining('implement fails'),
      gates: { commit: 'stale', implement: 'stale' },
    });
    // Its worktree has the combined code now, so its agent can see and mend it.
    const claim = readClaim(call.paths.opsDir, 'FEAT-002');
    expect(existsSync(path.join(claim?.worktree ?? '', 'src/FEAT-001.js'))).toBe(true);
    writeFiles(claim?.worktree ?? '', { 'src/FEAT-002.js': 'export const total = () => true;\n' });
    for (const gate of ['implement', 'lint'] as const)
      expect(await runGate(call, { ticketId: 'FEAT-002', gate })).toMatchObject({ result: 'pass' });
    const { request } = await requestReview(call, 'FEAT-002');
    await submitReview(call, { requestId: request.id, text: approval, registry: anyAgent });
    await commitWork(call, {
      ticketId: 'FEAT-002',
      type: 'fix',
      area: '',
      summary: 'b',
      include: [],
      reason: '',
    });
    expect((await endWave(call, nothingSpent)).completed).toEqual(ids);
  });

  it('leaves conflict marks in the worktree of a ticket that does not fit', async () => {
    const root = backlogOf();
    const call = terminal(root);
    await start(call);
    await finish(call, 'FEAT-001');
    writeFiles(root, { 'src/FEAT-001.js': 'export const total = () => "the user was first";\n' });
    gitIn(root, 'add', 'src/FEAT-001.js');
    gitIn(root, 'commit', '-q', '-m', 'feat: mine');
    const { merged, putBack } = await mergeWave(call);
    expect(merged).toEqual([]);
    expect(putBack[0]).toMatchObject({ applies: false, reason: expect.stringContaining('src/FEAT-001.js') });
    const worktree = readClaim(call.paths.opsDir, 'FEAT-001')?.worktree ?? '';
    expect(readFileSync(path.join(worktree, 'src/FEAT-001.js'), 'utf8')).toContain('<<<<<<<');
    expect(gitIn(worktree, 'status', '--porcelain')).not.toMatch(/^(UU|AA)/m);
  });

  it("is refused where the user's uncommitted work is in the way, and goes on when it is gone", async () => {
    const root = backlogOf({ '.gitignore': '.backlog-ops/\nnode_modules/\nsrc/FEAT-001.js\n' });
    const call = terminal(root);
    await start(call);
    await finish(call, 'FEAT-002');
    writeFiles(root, { 'test/FEAT-002.test.js': 'mine\n' });
    await expect(mergeWave(call)).rejects.toMatchObject({
      code: 'merge-overlaps',
      details: { files: ['test/FEAT-002.test.js'] },
    });
    expect(readFileSync(path.join(root, 'test/FEAT-002.test.js'), 'utf8')).toBe('mine\n');
    gitIn(root, 'stash', 'push', '-q', '--include-untracked', '--', 'test/FEAT-002.test.js');
    expect((await mergeWave(call)).merged).toHaveLength(1);
  });

  it('says so when the branch has lost what an earlier wave committed', async () => {
    const root = backlogOf();
    const call = terminal(root);
    const base = gitIn(root, 'rev-parse', 'HEAD');
    await start(call);
    await finish(call, 'FEAT-001');
    await endWave(call, nothingSpent);
    gitIn(root, 'stash', 'push', '-q', '--include-untracked', '--', 'backlog');
    gitIn(root, 'reset', '-q', '--keep', base);
    writeFiles(root, {
      'backlog/data/completed/FEAT-001-discount.md': ticket('FEAT-001').replace('pending', 'completed'),
    });
    gitIn(root, 'rm', '-q', '-f', 'backlog/data/pending/FEAT-001-discount.md');
    await start(call);
    await expect(mergeWave(call)).rejects.toMatchObject({ code: 'earlier-work-lost' });
  });
});
