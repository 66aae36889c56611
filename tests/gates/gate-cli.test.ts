import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readTextIfExists } from '../../src/platform/files.ts';
import { isAlive } from '../../src/platform/owner.ts';
import { backlog, backlogBin, jsonOf } from '../support/cli.ts';
import { gitEnv, gitIn, tempDir, writeFiles } from '../support/temp.ts';
import { discount, project } from './support/project.ts';

const id = 'FEAT-001';

describe('the gate commands', () => {
  it('take a ticket through its mechanical gates, and say what each rests on', async () => {
    const root = project();
    const run = (...args: string[]) => backlog(args, { cwd: root, input: '1. Tests first.\n' });
    expect(jsonOf(await run('ticket', 'start', id, '--json'))).toMatchObject({
      schemaVersion: 1,
      what: 'started',
      project_root: root,
    });
    expect(await run('gate', 'run', 'implement', '--ticket', id)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining(`fix: backlog gate run plan --ticket ${id}`),
    });
    expect(await run('gate', 'run', 'plan', '--ticket', id, '--from', '-')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`${id} plan: pass`),
    });
    writeFiles(root, { 'test/discount.test.js': discount['test/discount.test.js'] });
    const failed = await run('gate', 'run', 'implement', '--json');
    expect(failed.exitCode).toBe(1);
    expect(jsonOf(failed)).toMatchObject({
      gate: 'implement',
      result: 'fail',
      message: expect.stringContaining('takes 10 % off'),
      output_tail: expect.stringContaining('not ok'),
      error: { code: 'gate-failed' },
    });
    writeFiles(root, discount);
    for (const gate of ['implement', 'lint'])
      expect(await run('gate', 'run', gate)).toMatchObject({ exitCode: 0 });
    const status = await run('gate', 'status', id);
    expect(status.stdout).toMatch(/implement +holds .*`node --test test\/` exited 0/);
    expect(status.stdout).toMatch(/red · `node --test test\/` exit 1 · 1 failing on the base/);
    expect(status.stdout).toContain(`next: backlog review request ${id}`);
    const document = jsonOf(await run('gate', 'status', id, '--json'));
    expect(document).toMatchObject({
      items: [
        { gate: 'plan', verdict: 'holds' },
        { gate: 'implement', verdict: 'holds', evidence: [{ phase: 'red' }, { phase: 'green' }] },
        { gate: 'lint', verdict: 'holds' },
        { gate: 'review', verdict: 'missing' },
        { gate: 'commit', verdict: 'missing' },
      ],
    });
    expect(await run('gate', 'run', 'review')).toMatchObject({ exitCode: 1 });
    expect(jsonOf(await run('ticket', 'release', id, '--json'))).toMatchObject({ released: true });
  });

  it.each<[string, string[], number, RegExp]>([
    ['a gate that does not exist', ['gate', 'run', 'deploy', '--ticket', id], 2, /no gate/],
    ['no ticket', ['gate', 'run', 'lint'], 2, /which ticket/],
    ['no gate', ['gate', 'run', '--ticket', id], 2, /which gate/],
    ['work that was never started', ['gate', 'run', 'lint', '--ticket', id], 1, /ticket start FEAT-001/],
    ['a plan that is not handed in', ['gate', 'run', 'plan', '--ticket', id], 2, /--from/],
    ['a ticket that is not there', ['ticket', 'start', 'FEAT-999'], 3, /FEAT-999/],
    ['a path for an id', ['gate', 'status', '../../x'], 2, /no ticket id/],
    [
      'a waiver without a terminal',
      ['gate', 'waive', 'lint', '--ticket', id, '--reason', 'x'],
      1,
      /ticket start/,
    ],
  ])('refuse %s', async (_what, args, exitCode, words) => {
    expect(await backlog(args, { cwd: project() })).toMatchObject({
      exitCode,
      stderr: expect.stringMatching(words),
    });
  });

  it('Ctrl-C ends the command, everything that it started, and takes the copy away', async () => {
    const root = project({
      config: { profile: 'light', qualityGates: { testCommand: 'sleep 60 & echo $! > "$PIDFILE"; wait' } },
    });
    await backlog(['ticket', 'start', id], { cwd: root });
    writeFiles(root, discount);
    const pidFile = path.join(tempDir(), 'pid');
    const child = spawn(backlogBin, ['gate', 'run', 'implement'], {
      cwd: root,
      env: { ...gitEnv(), PIDFILE: pidFile },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const pid = await vi.waitUntil(() => Number(readTextIfExists(pidFile)) || undefined, { timeout: 20_000 });
    expect(gitIn(root, 'worktree', 'list').split('\n')).toHaveLength(2);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(isAlive({ pid, started: 'unknown' })).toBe(false);
    expect(gitIn(root, 'worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('inside Claude Code without hooks, start stops', async () => {
    const env = { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: 's1', BACKLOG_HOME: tempDir() };
    expect(await backlog(['ticket', 'start', id], { cwd: project(), env })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('no backlog hooks'),
    });
  });
});
