import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { startWave } from '../../src/waves/start.ts';
import { backlog } from '../support/cli.ts';
import { gitIn } from '../support/temp.ts';
import { backlogOf, finish, terminal } from './backlog.ts';

/** When the first call is killed, in ms, and how much longer each next one may live. */
const [FIRST_MS, LONGER] = [200, 1.5];

it('goes on where `wave end` was killed, wherever that was, and reaches the same end', async () => {
  const root = backlogOf();
  const call = terminal(root);
  await startWave(call, { maxSlots: 3, ids: [] });
  await finish(call, 'FEAT-001');
  await finish(call, 'FEAT-002');
  writeFileSync(path.join(root, 'src/basket.js'), 'the user is busy here\n');
  let kills = 0;
  for (let after = FIRST_MS; ; after *= LONGER) {
    const result = await backlog(['wave', 'end', '--json'], {
      cwd: root,
      env: { BACKLOG_HOME: call.home },
      onStart: (pid) => setTimeout(() => kill(pid), after).unref(),
    });
    if (result.exitCode === 0) break;
    // Nothing but the kill ends it: no step may trip over what a killed one has left.
    expect(result).toMatchObject({ exitCode: null, stdout: '' });
    kills += 1;
  }
  expect(kills).toBeGreaterThan(2);
  const done = await backlog(['wave', 'end', '--json'], { cwd: root, env: { BACKLOG_HOME: call.home } });
  expect(JSON.parse(done.stdout)).toMatchObject({
    completed: ['FEAT-001', 'FEAT-002'],
    unfinished: [{ id: 'FEAT-003' }],
  });
  for (const id of ['FEAT-001', 'FEAT-002']) {
    expect((await ticketStatus(call, id)).states.every(({ holds }) => holds)).toBe(true);
    expect(existsSync(path.join(root, `backlog/data/evidence/${id}.json`))).toBe(true);
    const commits = gitIn(root, 'log', '--format=%s', `--grep=Ticket: ${id}`).split('\n');
    expect(commits).toHaveLength(1);
    expect(gitIn(root, 'log', '--format=%s', `--grep=complete ${id}$`).split('\n')).toHaveLength(1);
  }
  expect(readFileSync(path.join(root, 'src/basket.js'), 'utf8')).toBe('the user is busy here\n');
  const log = readFileSync(path.join(root, '.backlog-ops/wave-log.md'), 'utf8');
  expect(log.match(/^### Wave/gm)).toHaveLength(1);
  // The main worktree and that of the ticket that goes on.
  expect(gitIn(root, 'worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(2);
  expect(gitIn(root, 'status', '--porcelain', '--', ':!backlog', ':!.claude')).toBe(' M src/basket.js');
}, 180_000);

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
}
