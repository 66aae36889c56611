import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readClaims } from '../../src/gates/claims.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import { startWave } from '../../src/waves/start.ts';
import { readWaves } from '../../src/waves/wave-record.ts';
import { backlog } from '../support/cli.ts';
import { gitIn } from '../support/temp.ts';
import { backlogOf, finish, ids, terminal } from './backlog.ts';

/** When the first call is killed, in ms, and how much longer each next one may live. */
const [FIRST_MS, LONGER] = [200, 1.5];

/** In ms: each kill takes away work that is done again, and a machine may be busy with other tests. */
const LIMIT_MS = 400_000;

it(
  'goes on where `wave end` was killed, wherever that was, and reaches the same end',
  async () => {
    const root = backlogOf();
    const call = terminal(root);
    await startWave(call, { maxSlots: 3, ids: [] });
    await finish(call, 'FEAT-001');
    await finish(call, 'FEAT-002');
    writeFileSync(path.join(root, 'src/basket.js'), 'the user is busy here\n');
    const { kills } = await untilDone(['wave', 'end', '--json'], { cwd: root, home: call.home });
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
  },
  LIMIT_MS,
);

it(
  'goes on where `wave start` was killed, with one wave and one worktree for each ticket',
  async () => {
    const root = backlogOf();
    const { home, paths } = terminal(root);
    const { stdout, kills } = await untilDone(['wave', 'start', '--json'], { cwd: root, home });
    expect(kills).toBeGreaterThan(1);
    const { wave, tickets } = JSON.parse(stdout);
    expect([wave, tickets.map(({ id }: { id: string }) => id)]).toEqual([1, ids]);
    expect(readWaves(paths.opsDir)).toMatchObject([{ tickets: ids.map((id) => ({ id })) }]);
    expect(readClaims(paths.opsDir)).toMatchObject({
      claims: ids.map((id) => ({ ticket_id: id })),
      broken: [],
    });
    for (const { project_root: folder } of tickets) {
      expect(gitIn(folder, 'status', '--porcelain')).toBe('');
      expect(existsSync(path.join(folder, 'src/basket.js'))).toBe(true);
    }
    expect(gitIn(root, 'worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(4);
  },
  LIMIT_MS,
);

it(
  'goes on where `wave merge` was killed, and merges each ticket once',
  async () => {
    const root = backlogOf();
    const call = terminal(root);
    await startWave(call, { maxSlots: 3, ids: [] });
    await finish(call, 'FEAT-001');
    await finish(call, 'FEAT-002');
    const { kills } = await untilDone(['wave', 'merge', '--json'], { cwd: root, home: call.home });
    expect(kills).toBeGreaterThan(1);
    for (const id of ['FEAT-001', 'FEAT-002']) {
      expect(gitIn(root, 'log', '--format=%s', `--grep=Ticket: ${id}`).split('\n')).toHaveLength(1);
      expect((await ticketStatus(call, id)).states.every(({ holds }) => holds)).toBe(true);
    }
    // The main worktree and those of three tickets; no temporary one is left.
    expect(gitIn(root, 'worktree', 'list', '--porcelain').match(/^worktree /gm)).toHaveLength(4);
    expect(gitIn(root, 'status', '--porcelain', '--', ':!backlog', ':!.claude')).toBe('');
  },
  LIMIT_MS,
);

/** Runs a command again and again, each time killed a little later, until it ends by itself. @returns its output, and how often it was killed */
async function untilDone(
  args: readonly string[],
  options: { readonly cwd: string; readonly home: string },
): Promise<{ readonly stdout: string; readonly kills: number }> {
  let kills = 0;
  for (let after = FIRST_MS; ; after *= LONGER) {
    const result = await backlog(args, {
      cwd: options.cwd,
      env: { BACKLOG_HOME: options.home },
      onStart: (pid) => setTimeout(() => kill(pid), after).unref(),
    });
    if (result.exitCode === 0) return { stdout: result.stdout, kills };
    // Nothing but the kill ends it: no step may trip over what a killed one has left.
    expect(result).toMatchObject({ exitCode: null, stdout: '' });
    kills += 1;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
}
