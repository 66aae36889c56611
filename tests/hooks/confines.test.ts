import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDir, writeFiles } from '../support/temp.ts';
import { bindAgent, claimText, hook, session, type Wave, wave } from './support/hook.ts';

const agent = 'a0123456789abcdef';

async function decided(at: Wave, tool_name: string, tool_input: object, more: object = {}) {
  const fields = { cwd: at.root, tool_name, tool_use_id: 't', tool_input, ...more };
  const answer = Object(await hook('PreToolUse', fields, at.env)).hookSpecificOutput;
  return { decision: answer?.permissionDecision, reason: String(answer?.permissionDecisionReason ?? '') };
}

const write = (at: Wave, file_path: string, more: object = {}) =>
  decided(at, 'Write', { file_path, content: 'x' }, more);
const bash = (at: Wave, command: string, more: object = {}) => decided(at, 'Bash', { command }, more);

describe('an agent that works for a ticket with a worktree of its own', () => {
  const at = () => {
    const made = wave();
    bindAgent(made, agent, 'FEAT-001');
    return made;
  };
  const as = { agent_id: agent };

  it('writes in that worktree unasked, by every tool for files', async () => {
    const made = at();
    const file = path.join(made.worktree('FEAT-001'), 'src/a.js');
    expect((await write(made, file, as)).decision).toBe('allow');
    for (const [tool, input] of [
      ['Edit', { file_path: file, old_string: '1', new_string: '2' }],
      ['MultiEdit', { file_path: file, edits: [{ old_string: '1', new_string: '2' }] }],
      ['NotebookEdit', { notebook_path: `${file}.ipynb`, new_source: '2' }],
    ] as const)
      expect((await decided(made, tool, input, as)).decision).toBe('allow');
  });

  it.each([
    ['the main checkout', (made: Wave) => path.join(made.root, 'src/a.js')],
    [
      'a ticket of the main checkout',
      (made: Wave) => path.join(made.root, 'backlog/data/pending/FEAT-001-a.md'),
    ],
    ['another ticket’s worktree', (made: Wave) => path.join(made.worktree('FEAT-002'), 'src/a.js')],
    ['the way up', (made: Wave) => `${made.worktree('FEAT-001')}/../FEAT-002/src/a.js`],
    ['the user’s folder', () => '/nonexistent-home/notes.md'],
  ])('does not write in %s', async (_what, file) => {
    const made = at();
    const { decision, reason } = await write(made, file(made), as);
    expect(decision).toBe('deny');
    expect(reason).toContain(made.worktree('FEAT-001'));
  });

  it('does not write through a link that leads out, and not by the name of its worktree', async () => {
    const made = at();
    symlinkSync(path.join(made.root, 'src'), path.join(made.worktree('FEAT-001'), 'link'));
    expect((await write(made, path.join(made.worktree('FEAT-001'), 'link/a.js'), as)).decision).toBe('deny');
    expect((await write(made, `${made.worktree('FEAT-001')}-other/a.js`, as)).decision).not.toBe('allow');
  });

  it('writes scratch files in the temp folder, by the client’s rules', async () => {
    const made = at();
    expect((await write(made, path.join(tempDir(), 'scratch.txt'), as)).decision).toBeUndefined();
    expect((await bash(made, 'npm test > /tmp/out.log 2>&1', as)).decision).toBeUndefined();
  });

  it.each([
    ['echo x > src/a.js'],
    ['echo x > "$PWD/src/a.js"'],
    ['cp /tmp/a src/a.js'],
    ['rm -f src/*.js'],
    ['sed -i s/1/2/ src/a.js'],
    ['cd WORKTREE/../FEAT-002 && touch a'],
    ['git checkout -- .'],
    ['git stash'],
    ['git -C MAIN reset --hard'],
    ['git --work-tree=MAIN checkout .'],
    ['cd WORKTREE && git -C MAIN clean -fd'],
    ['git worktree remove HOME/worktrees/shop/FEAT-002'],
    ['echo x > ~/notes.md'],
  ])('does not run %s in the main checkout', async (line) => {
    const made = at();
    const command = line
      .replaceAll('WORKTREE', made.worktree('FEAT-001'))
      .replaceAll('MAIN', made.root)
      .replaceAll('HOME', made.env.BACKLOG_HOME ?? '');
    const home = { HOME: '/nonexistent-home' };
    const { decision, reason } = await bash({ ...made, env: { ...made.env, ...home } }, command, as);
    expect(decision).toBe('deny');
    expect(reason).toContain('worktree of FEAT-001');
  });

  it.each([
    ['cd WORKTREE && echo x > src/a.js && rm src/a.js && git checkout -- .'],
    ['git -C WORKTREE stash list'],
    ['git stash list; git status; git diff'],
    ['cd "$SOMEWHERE" && echo x > a.js'],
    ['cp src/a.js /tmp/copy.js'],
    ['ls > /dev/null'],
  ])('runs %s', async (line) => {
    const made = at();
    const command = line.replaceAll('WORKTREE', made.worktree('FEAT-001'));
    expect((await bash(made, command, as)).decision).toBeUndefined();
  });

  it('is asked for what says which programs run, and gets nothing allowed while the user plans', async () => {
    const made = at();
    const inside = (file: string) => path.join(made.worktree('FEAT-001'), file);
    expect((await write(made, inside('.claude/settings.json'), as)).decision).toBeUndefined();
    expect((await write(made, inside('.husky/pre-commit'), as)).decision).toBeUndefined();
    expect(
      (await write(made, inside('src/a.js'), { ...as, permission_mode: 'plan' })).decision,
    ).toBeUndefined();
    expect((await write(made, inside('backlog.config.json'), as)).decision).toBe('ask');
    expect((await write(made, inside('.git'), as)).decision).toBe('deny');
  });
});

describe('the session that leads a wave', () => {
  it('writes in each of its worktrees, and not in the main checkout', async () => {
    const made = wave();
    for (const id of ['FEAT-001', 'FEAT-002'])
      expect((await write(made, path.join(made.worktree(id), 'src/a.js'))).decision).toBe('allow');
    expect((await write(made, path.join(made.root, 'src/a.js'))).decision).toBe('deny');
    expect((await bash(made, 'git stash')).decision).toBe('deny');
    expect((await bash(made, 'git status && npm test')).decision).toBeUndefined();
  });

  it('does not write code there either when all tickets are merged and the wave is still open', async () => {
    const made = wave([]);
    const { decision, reason } = await write(made, path.join(made.root, 'src/a.js'));
    expect(decision).toBe('deny');
    expect(reason).toContain('backlog wave end');
    writeFiles(made.root, {
      '.backlog-ops/waves/wave-0001.json': JSON.stringify({ session_id: session, ended_at: 'then' }),
    });
    expect((await write(made, path.join(made.root, 'src/a.js'))).decision).toBeUndefined();
  });

  it('writes in the main checkout for a ticket that it holds there, by the client’s rules', async () => {
    const made = wave();
    writeFiles(made.root, { '.backlog-ops/claims/FEAT-003.json': claimText('FEAT-003', made.root) });
    expect((await write(made, path.join(made.root, 'src/a.js'))).decision).toBeUndefined();
  });

  it('another session is left alone', async () => {
    const made = wave();
    const other = { session_id: 'another' };
    expect((await write(made, path.join(made.root, 'src/a.js'), other)).decision).toBeUndefined();
    const inside = path.join(made.worktree('FEAT-001'), 'src/a.js');
    expect((await write(made, inside, other)).decision).toBeUndefined();
  });
});

describe('while any ticket is held', () => {
  it.each([
    ['echo x > .git/hooks/pre-commit'],
    ['chmod -x .git/hooks/pre-commit'],
    ['rm -rf .git'],
    ['cp x .git/refs/heads/main'],
    ['git config core.hooksPath /dev/null'],
    ['git config --unset core.hooksPath'],
    ['git update-ref refs/heads/main HEAD~1'],
    ['git hash-object -t commit -w --stdin'],
    ["git rebase -x 'git commit --amend -m x' HEAD~1"],
    ["git submodule foreach 'git commit -m x'"],
    ['echo {} > $BACKLOG_HOME_/contexts/x/stamps/y.json'],
  ])('%s is denied', async (line) => {
    const made = wave();
    const command = line.replaceAll('$BACKLOG_HOME_', made.env.BACKLOG_HOME ?? '');
    expect((await bash(made, command)).decision).toBe('deny');
  });

  it.each([
    ['rm -f .git/index.lock'],
    ['git config --get core.hooksPath'],
    ['cat .git/config'],
    ['git hash-object src/a.js'],
  ])('%s runs', async (command) => {
    const made = wave(['FEAT-001']);
    expect((await bash(made, command, { cwd: made.worktree('FEAT-001') })).decision).toBeUndefined();
  });
});

describe('what the client is about to ask the user', () => {
  const asked = async (at: Wave, tool_name: string, tool_input: object, more: object = {}) =>
    Object(await hook('PermissionRequest', { cwd: at.root, tool_name, tool_input, ...more }, at.env))
      .hookSpecificOutput?.decision;

  it('needs no answer for a worktree of the caller’s, which becomes a working directory', async () => {
    const made = wave(['FEAT-001']);
    const worktree = made.worktree('FEAT-001');
    const file_path = path.join(worktree, 'src/a.js');
    const allowed = {
      behavior: 'allow',
      updatedPermissions: [{ type: 'addDirectories', directories: [worktree], destination: 'session' }],
    };
    expect(await asked(made, 'Read', { file_path })).toEqual(allowed);
    expect(await asked(made, 'Grep', { path: worktree, pattern: 'x' })).toEqual(allowed);
    expect(await asked(made, 'Edit', { file_path, old_string: '1', new_string: '2' })).toEqual(allowed);
    for (const command of [
      `cd ${worktree} && ls -la src`,
      `cd ${worktree} && git status --short && git diff --stat -- src && git log -3 --oneline HEAD`,
      `cd ${worktree} && cat src/a.js | head -5 2>/dev/null`,
      `cd ${worktree} && backlog gate status FEAT-001 --session ${session}`,
      `cd ${worktree} && backlog gate run plan --ticket FEAT-001 --from - <<'P'\n1. x\nP`,
    ])
      expect(await asked(made, 'Bash', { command }), command).toEqual(allowed);
  });

  it.each([
    ['Read', { file_path: '/etc/passwd' }],
    ['Read', { file_path: 'src/a.js' }],
    ['Write', { file_path: 'WORKTREE/.claude/settings.json', content: '' }],
    ['Bash', { command: 'cd WORKTREE && npm test' }],
    ['Bash', { command: 'cd WORKTREE && cat /etc/passwd' }],
    ['Bash', { command: 'cd WORKTREE && cat src/a.js > b' }],
    ['Bash', { command: 'cd WORKTREE && ls $(touch b)' }],
    ['Bash', { command: 'cd WORKTREE && X=1 backlog gate status' }],
    ['Bash', { command: 'cd WORKTREE && backlog gate waive lint --ticket FEAT-001 --reason x' }],
    ['Bash', { command: 'cd WORKTREE && backlog --cwd / gate run lint --ticket FEAT-001' }],
    ['Bash', { command: 'cd WORKTREE && backlog gate run plan --from - <<P\n$(touch b)\nP' }],
    ['Bash', { command: 'cd WORKTREE && ./backlog gate status' }],
    ['Bash', { command: 'cd WORKTREE && git diff --output=b' }],
    ['Bash', { command: 'cd WORKTREE && git diff --no-index src/a.js /etc/passwd' }],
    ['Bash', { command: 'cd WORKTREE && git -c core.pager=x log' }],
    ['Bash', { command: 'cd WORKTREE && git checkout -- .' }],
    ['Bash', { command: 'ls' }],
    ['WebFetch', { url: 'http://127.0.0.1/' }],
  ])('goes to the user all the same: %s %j', async (tool, input) => {
    const made = wave(['FEAT-001']);
    const filled = JSON.parse(JSON.stringify(input).replaceAll('WORKTREE', made.worktree('FEAT-001')));
    expect(await asked(made, tool, filled)).toBeUndefined();
  });

  it('is the user’s to answer for the worktree of a ticket that the agent does not work on', async () => {
    const made = wave();
    bindAgent(made, agent, 'FEAT-001');
    const file_path = path.join(made.worktree('FEAT-002'), 'src/a.js');
    expect(await asked(made, 'Read', { file_path }, { agent_id: agent })).toBeUndefined();
    expect(await asked(made, 'Read', { file_path }, { session_id: 'another' })).toBeUndefined();
  });
});

describe('the lease', () => {
  const until = (made: Wave) =>
    Date.parse(
      JSON.parse(readFileSync(path.join(made.root, '.backlog-ops/claims/FEAT-001.json'), 'utf8')).expires_at,
    );
  const leaseOf = (made: Wave, minutes: number, changes: object = {}) =>
    writeFiles(made.root, {
      '.backlog-ops/claims/FEAT-001.json': claimText('FEAT-001', made.worktree('FEAT-001'), {
        expires_at: new Date(Date.now() + minutes * 60_000).toISOString(),
        ...changes,
      }),
    });

  it('is renewed by the holder’s calls, at most every ten minutes', async () => {
    const made = wave(['FEAT-001']);
    leaseOf(made, 12 * 60 - 11);
    await bash(made, 'ls');
    const renewed = until(made);
    expect(renewed).toBeGreaterThan(Date.now() + (12 * 60 - 1) * 60_000);
    await bash(made, 'ls');
    expect(until(made)).toBe(renewed);
  });

  it.each([
    ['another session', 60, { session_id: 'another' }],
    ['nobody', 60, { owner: null }],
    ['a holder whose lease is over', -1, {}],
  ])('of %s stays as it is', async (_who, minutes, changes) => {
    const made = wave(['FEAT-001']);
    leaseOf(made, minutes, changes);
    const before = until(made);
    await bash(made, 'ls');
    expect(until(made)).toBe(before);
  });

  it('is not waited for while another process changes the claim', async () => {
    const made = wave(['FEAT-001']);
    leaseOf(made, 60);
    const holder = { pid: process.pid, started: 'unknown', host: 'elsewhere', token: 't' };
    writeFiles(made.root, { '.backlog-ops/claims/FEAT-001.json.lock': JSON.stringify(holder) });
    const before = until(made);
    await bash(made, 'ls');
    expect(until(made)).toBe(before);
  });
});
