import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitWork } from '../../src/gates/commit.ts';
import { completeTicket } from '../../src/gates/complete.ts';
import { STATE_FILE } from '../../src/gates/state.ts';
import { stateDefaults } from '../../src/gates/state-schema.ts';
import { backlog, repositoryRoot } from '../support/cli.ts';
import { gitIn, tempDir, writeFiles } from '../support/temp.ts';
import { id, linted } from './support/journey.ts';
import { callIn } from './support/project.ts';

const preload = `--require=${path.join(repositoryRoot, 'tests/gates/support/kill-at.cjs')}`;
const stateIn = (folder: string) => readFileSync(path.join(folder, STATE_FILE), 'utf8');

/** `state migrate` that dies at its n-th change of the disk; whether it died. */
async function dies(cwd: string, at: number): Promise<boolean> {
  const env = { NODE_OPTIONS: preload, BACKLOG_TEST_KILL_AT: String(at) };
  const { exitCode } = await backlog(['state', 'migrate'], { cwd, env });
  if (exitCode !== null) expect(exitCode).toBe(0);
  return exitCode === null;
}

describe('kill -9', () => {
  const old = JSON.stringify({ version: '6.0', mine: { deep: [1] }, failedTickets: ['BUG-001'] });
  it.each<[string, string | undefined, object]>([
    ['makes the file', undefined, stateDefaults],
    ['upgrades it', old, { version: '6.1', mine: { deep: [1] }, failedTickets: ['BUG-001'] }],
    ['sets a broken one aside', '{"version":"6.0","mine"', stateDefaults],
  ])(
    'at every step of a state migrate that %s loses nothing, and the next call ends it',
    async (_what, before, after) => {
      let deaths = 0;
      for (let at = 1; ; at += 1) {
        const folder = tempDir();
        if (before !== undefined) writeFiles(folder, { [STATE_FILE]: before });
        if (!(await dies(folder, at))) break;
        deaths += 1;
        const left = existsSync(path.join(folder, STATE_FILE)) ? stateIn(folder) : undefined;
        if (left !== before) expect(JSON.parse(left ?? ''), `killed at ${at}`).toMatchObject(after);

        expect(await backlog(['state', 'migrate'], { cwd: folder }), `killed at ${at}`).toMatchObject({
          exitCode: 0,
        });
        expect(JSON.parse(stateIn(folder)), `killed at ${at}`).toMatchObject(after);
        const names = readdirSync(path.join(folder, '.claude'));
        const kept = names.filter((name) => name.includes('.corrupt-'));
        if (after === stateDefaults && before !== undefined) expect(kept, `killed at ${at}`).not.toEqual([]);
        for (const name of kept)
          expect(readFileSync(path.join(folder, '.claude', name), 'utf8')).toBe(before);
      }
      expect(deaths).toBeGreaterThan(5);
    },
  );

  it('in the middle of a verify changes nothing, and the next one says what it would have said', async () => {
    const signs = tempDir();
    const testCommand = `node wait.cjs ${signs} && node --test test/`;
    const root = await linted({
      config: {
        profile: 'light',
        qualityGates: { testCommand, lintCommand: 'node lint.js', minNewTests: { FEAT: 1 } },
      },
      files: {
        // Says that it runs, and waits while it is told to.
        'wait.cjs': `const fs = require('fs'), dir = process.argv[2];
if (fs.existsSync(dir + '/hold')) fs.writeFileSync(dir + '/running', process.cwd());
for (const end = Date.now() + 30000; fs.existsSync(dir + '/hold') && Date.now() < end; )
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
`,
      },
    });
    const parts = { ticketId: id, type: 'feat', area: '', summary: '10 % off', include: [], reason: '' };
    await commitWork(callIn(root), parts);
    const spending = async () => ({
      requests: 0,
      cost_usd: 0,
      unpriced: 0,
      input_tokens: 0,
      output_tokens: 0,
    });
    await completeTicket(callIn(root), { ticketId: id, spending });
    const base = gitIn(root, 'rev-list', '--max-parents=0', 'HEAD');
    const before = snapshot(root);

    writeFiles(signs, { hold: '' });
    const args = ['verify', '--base', base, '--rerun'];
    const killed = backlog(args, {
      cwd: root,
      onStart: (pid) => void killWhen(pid, path.join(signs, 'running')),
    });
    expect((await killed).exitCode).toBeNull();
    const copy = readFileSync(path.join(signs, 'running'), 'utf8');
    rmSync(path.join(signs, 'hold'));
    expect(gitIn(root, 'status', '--porcelain')).toBe('?? .claude/implementer-state.json');

    const again = await backlog(args, { cwd: root });
    expect(again.exitCode, again.stdout + again.stderr).toBe(0);
    expect(gitIn(root, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(readdirSync(tmpdir())).not.toContain(path.basename(copy));
    expect(snapshot(root)).toEqual(before);
  });
});

/** Everything that a check must leave as it is. */
function snapshot(root: string): unknown {
  const evidence = path.join(root, '.backlog-ops/evidence');
  return [
    gitIn(root, 'rev-parse', 'HEAD'),
    gitIn(root, 'for-each-ref'),
    gitIn(root, 'status', '--porcelain'),
    readdirSync(evidence).map((name) => readFileSync(path.join(evidence, name), 'utf8')),
  ];
}

async function killWhen(pid: number, sign: string): Promise<void> {
  while (!existsSync(sign) || readFileSync(sign, 'utf8') === '')
    await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill(pid, 'SIGKILL');
}
