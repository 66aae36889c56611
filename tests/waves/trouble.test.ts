import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GateCall } from '../../src/gates/call.ts';
import { readClaim } from '../../src/gates/claims.ts';
import { startWork } from '../../src/gates/start.ts';
import { type EndWaveOptions, endWave } from '../../src/waves/end.ts';
import { fastForward } from '../../src/waves/fast-forward.ts';
import { mergeWave } from '../../src/waves/merge.ts';
import { startWave } from '../../src/waves/start.ts';
import { waveProgress } from '../../src/waves/status.ts';
import { readWaves } from '../../src/waves/wave-record.ts';
import { callOfSession, testFile, ticketText } from '../gates/support/project.ts';
import { backlog } from '../support/cli.ts';
import { gitEnv, gitIn, tempRepo, writeFiles } from '../support/temp.ts';
import { backlogOf, finish, terminal } from './backlog.ts';

const nothingSpent: EndWaveOptions = {
  spending: async () => ({ requests: 0, cost_usd: 0, unpriced: 0, input_tokens: 0, output_tokens: 0 }),
  session: async () => ({ cost_usd: 0, models: {} }),
};

const start = (call: GateCall) => startWave(call, { maxSlots: 3, ids: [] });
const worktreeOf = (call: GateCall, id: string) => readClaim(call.paths.opsDir, id)?.worktree ?? '';

describe('a wave in trouble', () => {
  it('merges and ends without a ticket whose worktree is gone, and starts it again', async () => {
    const root = backlogOf();
    const call = terminal(root);
    await start(call);
    await finish(call, 'FEAT-001');
    await finish(call, 'FEAT-002');
    rmSync(worktreeOf(call, 'FEAT-002'), { recursive: true });
    expect((await waveProgress(call))?.tickets[1]).toMatchObject({ step: 'unknown' });
    const ended = await endWave(call, nothingSpent);
    expect(ended.completed).toEqual(['FEAT-001']);
    expect(ended.unfinished).toMatchObject([
      { id: 'FEAT-002', reason: expect.stringContaining('worktree-missing') },
      { id: 'FEAT-003' },
    ]);
    const next = await start(call);
    expect(next.tickets.map(({ id }) => id)).toEqual(['FEAT-002', 'FEAT-003']);
    // Its commits were on its branch all the time.
    expect(existsSync(path.join(worktreeOf(call, 'FEAT-002'), 'src/FEAT-002.js'))).toBe(true);
    expect((await endWave(call, nothingSpent)).completed).toEqual(['FEAT-002']);
  });

  it('names the branch that has a merged ticket when the user is on another one, and a fix that completes it', async () => {
    const root = backlogOf();
    const call = terminal(root);
    const taker = gitIn(root, 'branch', '--show-current');
    await start(call);
    await finish(call, 'FEAT-001');
    gitIn(root, 'switch', '-q', '-c', 'elsewhere');
    const ended = await endWave(call, nothingSpent);
    expect(ended.completed).toEqual([]);
    const { reason = '' } = ended.unfinished[0] ?? {};
    expect(reason).toContain(`is on ${taker}, and ${root} is on elsewhere`);
    expect(gitIn(root, 'log', '--format=%s', 'elsewhere')).not.toContain('complete FEAT-001');

    const commands = reason.slice(reason.indexOf('git -C')).split(' && ');
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const [program = '', ...args] = command.split(' ').map((word) => word.replaceAll("'", ''));
      if (program === 'git') gitIn('/', ...args);
      else
        expect(await backlog(args, { cwd: root, env: { BACKLOG_HOME: call.home } })).toMatchObject({
          exitCode: 0,
        });
    }
    expect(gitIn(root, 'log', '--format=%s', '-1', taker)).toBe('chore(backlog): complete FEAT-001');
  });

  it('completes a merged ticket whatever branch the user is on where no branch has the books', async () => {
    const root = backlogOf({ '.gitignore': '.backlog-ops/\nnode_modules/\nbacklog/data/\n' });
    const call = terminal(root);
    await start(call);
    await finish(call, 'FEAT-001');
    gitIn(root, 'switch', '-q', '-c', 'elsewhere');
    const before = gitIn(root, 'rev-parse', 'HEAD');
    expect((await endWave(call, nothingSpent)).completed).toEqual(['FEAT-001']);
    expect(gitIn(root, 'rev-parse', 'HEAD')).toBe(before);
  });

  it('writes down what was skipped, and why', async () => {
    const waiting = ticketText({ id: 'FEAT-009', files: ['src/nine.js'], dependsOn: ['FEAT-404'] });
    const call = terminal(backlogOf({ 'backlog/data/pending/FEAT-009-waits.md': waiting }));
    const { skipped } = await start(call);
    expect(skipped).toMatchObject([{ id: 'FEAT-009' }]);
    await endWave(call, nothingSpent);
    const log = readFileSync(path.join(call.paths.opsDir, 'wave-log.md'), 'utf8');
    expect(log).toContain(`\n- Skipped: FEAT-009 (${skipped[0]?.reason})\n`);
  });

  it("names a branch that is in the way of the tickets' own, with a fix that works", async () => {
    const root = backlogOf();
    const call = terminal(root);
    gitIn(root, 'branch', 'backlog-branch');
    gitIn(root, 'switch', '-q', '-c', 'backlog');
    const refused = await start(call).catch((error: unknown) => Object(error));
    expect(refused).toMatchObject({ code: 'branch-in-the-way', exitCode: 1 });
    expect(readWaves(call.paths.opsDir)).toEqual([]);
    execFileSync('/bin/sh', ['-c', refused.fix], { cwd: '/', env: call.env, stdio: 'pipe' });

    gitIn(root, 'branch', 'backlog/FEAT-001/part');
    const begun = await start(call);
    expect(begun.record?.branch).toBe('backlog-branch-2');
    expect(begun.skipped).toMatchObject([
      { id: 'FEAT-001', reason: expect.stringContaining('backlog/FEAT-001/part') },
    ]);
    expect(begun.tickets).toHaveLength(2);
  });

  it('is not ended or merged under another session that works on it', async () => {
    const root = backlogOf();
    const first = callOfSession(root, 'one');
    await start(first);
    const second = { ...callOfSession(root, 'two'), home: first.home };
    writeFiles(first.home, { 'contexts/two/session.json': '{}' });
    await expect(mergeWave(second)).rejects.toMatchObject({ code: 'wave-open' });
    await expect(endWave(second, nothingSpent)).rejects.toMatchObject({ code: 'wave-open' });
    expect(readClaim(first.paths.opsDir, 'FEAT-001')).toMatchObject({ session_id: 'one' });
    expect((await endWave(first, nothingSpent)).unfinished).toHaveLength(3);
  });

  it('says so when an earlier wave only changed files, and the branch has lost that', async () => {
    const root = backlogOf({ 'src/FEAT-001.js': 'export const total = () => 0;\n' });
    const call = terminal(root);
    const base = gitIn(root, 'rev-parse', 'HEAD');
    await start(call);
    await finish(call, 'FEAT-001', {
      'src/FEAT-001.js': 'export const total = () => 1;\n',
      'test/FEAT-001.test.js':
        "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { total } from '../src/FEAT-001.js';\ntest('one', () => assert.equal(total(), 1));\n",
    });
    await endWave(call, nothingSpent);
    gitIn(root, 'reset', '-q', '--soft', base);
    gitIn(root, 'checkout', '-q', base, '--', 'src');
    gitIn(root, 'commit', '-q', '-m', 'chore: books and tests only', '-a');
    await start(call);
    await expect(mergeWave(call)).rejects.toMatchObject({
      code: 'earlier-work-lost',
      message: expect.stringContaining('src/FEAT-001.js'),
    });
  });

  it('goes on after an earlier change was knowingly taken back', async () => {
    const root = backlogOf();
    const call = terminal(root);
    await start(call);
    await finish(call, 'FEAT-001');
    await endWave(call, nothingSpent);
    gitIn(root, 'commit', '-q', '--amend', '--no-edit', '--allow-empty');
    gitIn(root, 'rm', '-q', 'src/FEAT-001.js', 'test/FEAT-001.test.js');
    gitIn(root, 'commit', '-q', '-m', 'revert: the first feature');
    await start(call);
    await expect(mergeWave(call)).resolves.toMatchObject({ merged: [] });
  });

  it('does not lose a conflicting ticket when laying it on the branch is cut off', async () => {
    const root = backlogOf();
    const call = terminal(root);
    await start(call);
    await finish(call, 'FEAT-001');
    const worktree = worktreeOf(call, 'FEAT-001');
    const tip = gitIn(worktree, 'rev-parse', 'HEAD');
    writeFiles(root, { 'src/FEAT-001.js': 'export const total = () => "the user was first";\n' });
    gitIn(root, 'add', 'src/FEAT-001.js');
    gitIn(root, 'commit', '-q', '-m', 'feat: mine');
    await mergeWave(call);
    // The commits as they were have a name of their own, which nothing collects.
    expect(gitIn(root, 'rev-parse', 'refs/backlog/put-back/FEAT-001')).toBe(tip);
  });

  it('moves nothing where git can make no commit, and goes on when it can', async () => {
    const root = backlogOf();
    const call = terminal(root);
    await start(call);
    await finish(call, 'FEAT-001');
    writeFiles(root, { 'README.md': 'new\n' });
    gitIn(root, 'add', 'README.md');
    gitIn(root, 'commit', '-q', '-m', 'docs: readme');
    gitIn(root, 'config', 'commit.gpgSign', 'true');
    gitIn(root, 'config', 'gpg.program', '/bin/false');
    const tip = gitIn(worktreeOf(call, 'FEAT-001'), 'rev-parse', 'HEAD');
    await expect(mergeWave(call)).rejects.toMatchObject({ code: 'merge-failed', exitCode: 4 });
    expect(gitIn(worktreeOf(call, 'FEAT-001'), 'rev-parse', 'HEAD')).toBe(tip);
    gitIn(root, 'config', 'commit.gpgSign', 'false');
    expect((await mergeWave(call)).merged).toHaveLength(1);
  });

  it('judges a ticket with the dependencies of its own worktree, not with those of another', async () => {
    const root = backlogOf();
    const call = terminal(root);
    await start(call);
    writeFiles(worktreeOf(call, 'FEAT-001'), { 'node_modules/other/index.js': 'export default 1;\n' });
    writeFiles(worktreeOf(call, 'FEAT-002'), {
      'node_modules/dep/package.json': '{"name":"dep","type":"module","exports":"./index.js"}',
      'node_modules/dep/index.js': 'export default "FEAT-002";\n',
    });
    await finish(call, 'FEAT-002', {
      'src/FEAT-002.js': "import dep from 'dep';\nexport const total = () => dep;\n",
      'test/FEAT-002.test.js': testFile('../src/FEAT-002.js', { works: "total() === 'FEAT-002'" }),
    });
    // Its base is not what it was, so its gates run again.
    writeFiles(root, { 'README.md': 'new\n' });
    gitIn(root, 'add', 'README.md');
    gitIn(root, 'commit', '-q', '-m', 'docs: readme');
    const { merged, putBack } = await mergeWave(call);
    expect(putBack.map(({ ticketId }) => ticketId)).toEqual(['FEAT-001', 'FEAT-003']);
    expect(merged.map(({ ticketId }) => ticketId)).toEqual(['FEAT-002']);
  });

  it('names an overlap in a way that its fix mends, ignored files too', async () => {
    const root = backlogOf({ '.gitignore': '.backlog-ops/\nnode_modules/\nlocal\n' });
    const call = terminal(root);
    await start(call);
    await finish(call, 'FEAT-001', {
      'src/FEAT-001.js': 'export const total = () => "FEAT-001";\n',
      'test/FEAT-001.test.js':
        "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { total } from '../src/FEAT-001.js';\ntest('FEAT-001 works', () => assert.equal(total(), 'FEAT-001'));\n",
    });
    writeFiles(root, { 'src/FEAT-001.js': 'mine\n', 'test/FEAT-001.test.js': 'mine\n' });
    gitIn(root, 'add', '-f', 'test/FEAT-001.test.js');
    writeFiles(root, { '.git/info/exclude': 'src/FEAT-001.js\n' });
    const refused = await mergeWave(call).catch((error: unknown) => Object(error));
    expect(refused).toMatchObject({ code: 'merge-overlaps' });
    expect(readFileSync(path.join(root, 'src/FEAT-001.js'), 'utf8')).toBe('mine\n');

    const command = String(refused.fix).match(/`(git [^`]+)`/)?.[1] ?? '';
    execFileSync('/bin/sh', ['-c', command], { cwd: '/', env: call.env, stdio: 'pipe' });
    expect((await mergeWave(call)).merged).toHaveLength(1);
  });
});

describe('moving the branch forward', () => {
  const branched = (files: Readonly<Record<string, string>>, change: (root: string) => void) => {
    const root = tempRepo({ '.gitignore': 'local\n', 'kept.txt': 'a\n', ...files });
    gitIn(root, 'switch', '-q', '-c', 'next');
    change(root);
    gitIn(root, 'add', '-A', '-f');
    gitIn(root, 'commit', '-q', '-m', 'next');
    const commit = gitIn(root, 'rev-parse', 'HEAD');
    gitIn(root, 'switch', '-q', '-');
    return { place: { worktree: root, env: gitEnv() }, commit, root };
  };
  const branch = (root: string) => gitIn(root, 'symbolic-ref', '--short', 'HEAD');

  it('does not take an ignored file away where a folder comes to lie', async () => {
    const { place, commit, root } = branched({}, (at) => writeFiles(at, { 'local/a.txt': 'new\n' }));
    writeFiles(root, { local: 'secret of this machine\n' });
    await expect(fastForward(place, branch(root), commit)).rejects.toMatchObject({
      code: 'merge-overlaps',
      details: { files: ['local'] },
    });
    expect(readFileSync(path.join(root, 'local'), 'utf8')).toBe('secret of this machine\n');
  });

  it('turns a file of its own into a folder', async () => {
    const { place, commit, root } = branched({ part: 'one file\n' }, (at) => {
      rmSync(path.join(at, 'part'));
      writeFiles(at, { 'part/a.txt': 'new\n' });
    });
    expect(await fastForward(place, branch(root), commit)).toBe(true);
    expect(existsSync(path.join(root, 'part/a.txt'))).toBe(true);
  });
});

it('a new session of the same client goes on with what the one before held', async () => {
  const root = backlogOf();
  const first = callOfSession(root, 'one');
  const env = { ...first.env, CLAUDE_PID: String(process.pid) };
  await start({ ...first, env });
  const after = { ...callOfSession(root, 'two'), home: first.home };
  writeFiles(first.home, { 'contexts/two/session.json': '{}' });
  await expect(start(after)).rejects.toMatchObject({ code: 'wave-open' });
  await expect(
    startWork(after, { ticketId: 'FEAT-001', worktree: true, rebase: false }),
  ).rejects.toMatchObject({
    code: 'ticket-held',
  });
  const resumed = await start({ ...after, env });
  expect(resumed.tickets.map(({ what }) => what)).toEqual(['taken-over', 'taken-over', 'taken-over']);
});
