import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitWork } from '../../src/gates/commit.ts';
import { startWork } from '../../src/gates/start.ts';
import { backlog, backlogBin, jsonOf } from '../support/cli.ts';
import { gitEnv, gitIn, tempDir, writeFiles } from '../support/temp.ts';
import { id, reviewed } from './support/journey.ts';
import { callIn, configText, discount, project, ticketPath, ticketText } from './support/project.ts';

const home = () => ({ BACKLOG_HOME: path.join(tempDir(), 'home') });

async function withHooks(root: string, env = home()): Promise<string> {
  const done = await backlog(['init', '--git-hooks'], { cwd: root, env });
  expect(done.exitCode, done.stderr).toBe(0);
  return root;
}

/** git as a person or a script calls it. @returns its words when it refuses */
function tryGit(folder: string, ...args: string[]): string | undefined {
  try {
    execFileSync('git', args, { cwd: folder, env: gitEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
    return undefined;
  } catch (error) {
    return String(Object(error).stderr);
  }
}

const hookFile = (root: string, name: string) => path.join(root, '.git/hooks', name);
const commit = { ticketId: id, type: 'feat', area: '', summary: 'x', include: [], reason: '' };

describe('git hooks', () => {
  it('let commits pass while no ticket is open', async () => {
    const root = await withHooks(project());
    writeFiles(root, { 'src/other.js': '1\n' });
    gitIn(root, 'add', '-A');
    expect(tryGit(root, 'commit', '-qm', 'chore: other')).toBeUndefined();
  });

  it('start no Node for a commit while no ticket is open', async () => {
    const root = await withHooks(project());
    for (const name of ['pre-commit', 'commit-msg']) {
      const script = readFileSync(hookFile(root, name), 'utf8');
      writeFiles(root, { [`.git/hooks/${name}`]: script.replaceAll(backlogBin, '/nonexistent/backlog') });
    }
    writeFiles(root, { 'src/other.js': '1\n' });
    gitIn(root, 'add', '-A');
    expect(tryGit(root, 'commit', '-qm', 'chore: other')).toBeUndefined();
    await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
    writeFiles(root, discount);
    gitIn(root, 'add', '-A');
    const env = { ...gitEnv(), PATH: '/usr/bin:/bin' };
    const done = execFileSync('sh', ['-c', 'git commit -qm x 2>&1'], { cwd: root, env, encoding: 'utf8' });
    expect(done).toContain('nothing was checked');
  });

  it('refuse code whose gates do not hold, however it is committed, and take `backlog commit`', async () => {
    const root = await withHooks(await reviewed());
    expect(await commitWork(callIn(root), commit)).toMatchObject({ changedByHook: [] });
    writeFiles(root, { 'src/basket.js': `${discount['src/basket.js']}// more\n` });
    for (const args of [
      ['-am', 'x'],
      ['-m', 'x', 'src/basket.js'],
      ['--amend', '--no-edit', '-a'],
    ])
      expect(tryGit(root, 'commit', '-q', ...args)).toContain(`goes past the gates of ${id}`);
    gitIn(root, 'checkout', 'src/basket.js');
    writeFiles(root, { [ticketPath('FEAT-002')]: ticketText({ id: 'FEAT-002' }) });
    gitIn(root, 'add', '-A');
    expect(tryGit(root, 'commit', '-qm', 'docs: a ticket')).toBeUndefined();
    writeFiles(root, { 'src/other.js': '1\n' });
    gitIn(root, 'add', '-A');
    expect(tryGit(root, 'commit', '-q', '--no-verify', '-m', 'a person may')).toBeUndefined();
  });

  it('ask a message for the evidence of the code, and take none that is made up', async () => {
    const root = await withHooks(await reviewed());
    gitIn(root, 'add', '-A');
    expect(tryGit(root, 'commit', '-qm', 'feat: around the gates')).toContain('names no evidence');
    const made = `feat: forged\n\nTicket: ${id}\nBacklog-Evidence: ${'a'.repeat(64)}`;
    expect(tryGit(root, 'commit', '-qm', made)).toContain('names evidence that');
    gitIn(root, 'stash', '-qu');
    writeFiles(root, { 'notes.md': '' });
    gitIn(root, 'add', 'notes.md');
    expect(tryGit(root, 'commit', '-qm', made)).toBeDefined();
    expect(gitIn(root, 'log', '--format=%s', '-1')).toBe('chore: start');
  });

  it('do not push a ticket that was moved by hand', async () => {
    const root = project();
    const remote = path.join(tempDir(), 'remote.git');
    gitIn(root, 'init', '-q', '--bare', remote);
    gitIn(root, 'remote', 'add', 'origin', remote);
    gitIn(root, 'push', '-q', 'origin', 'main');
    await withHooks(root);
    writeFiles(root, {
      [ticketPath().replace('pending', 'completed')]: ticketText({ status: 'completed' }),
    });
    gitIn(root, 'rm', '-q', ticketPath());
    gitIn(root, 'add', '-A');
    gitIn(root, 'commit', '-qm', 'chore: done');
    expect(tryGit(root, 'push', '-q', 'origin', 'main')).toContain('moved by hand');
    expect(tryGit(root, 'push', '-q', 'origin', 'HEAD:refs/heads/topic')).toContain('moved by hand');
    gitIn(root, 'reset', '-q', '--hard', 'HEAD~1');
    writeFiles(root, { 'src/other.js': '1\n' });
    gitIn(root, 'add', '-A');
    gitIn(root, 'commit', '-qm', 'chore: other');
    expect(tryGit(root, 'push', '-q', 'origin', 'main')).toBeUndefined();
    expect(tryGit(root, 'push', '-q', 'origin', ':topic', 'main:other')).toBeDefined();
    expect(tryGit(root, 'push', '-q', 'origin', 'main:other')).toBeUndefined();
    expect(tryGit(root, 'push', '-q', 'origin', ':other')).toBeUndefined();
  });

  it('keep and call what was there, and go without a trace', async () => {
    const root = project();
    const before = '#!/bin/sh\necho ran > ran-before\ncat > pushed 2>/dev/null\nexit 3\n';
    writeFiles(root, { '.git/hooks/pre-commit': before });
    chmodSync(hookFile(root, 'pre-commit'), 0o755);
    const env = home();
    await withHooks(root, env);
    await withHooks(root, env);
    writeFiles(root, { 'src/other.js': '1\n' });
    gitIn(root, 'add', 'src');
    expect(tryGit(root, 'commit', '-qm', 'x')).toBeDefined();
    expect(existsSync(path.join(root, 'ran-before'))).toBe(true);
    expect((await backlog(['uninstall'], { cwd: tempDir(), env })).exitCode).toBe(0);
    expect(readFileSync(hookFile(root, 'pre-commit'), 'utf8')).toBe(before);
    for (const name of ['commit-msg', 'pre-push', 'pre-commit.before-backlog'])
      expect(existsSync(hookFile(root, name))).toBe(false);
  });

  it('go where core.hooksPath says, and name the programs that write there too', async () => {
    const root = project({ files: { '.husky/pre-commit': 'npm test\n', 'lefthook.yml': '' } });
    gitIn(root, 'config', 'core.hooksPath', '.husky/_');
    const done = await backlog(['init', '--git-hooks', '--json'], { cwd: root, env: home() });
    expect(jsonOf(done)).toMatchObject({
      git_hooks: { folder: path.join(root, '.husky/_'), installed: ['pre-commit', 'commit-msg', 'pre-push'] },
    });
    expect(done.stderr).toContain('husky keeps');
    expect(done.stderr).toContain('lefthook writes');
    expect(existsSync(hookFile(root, 'pre-commit'))).toBe(false);
  });

  it('write nothing in a dry run, and say so outside a repository', async () => {
    const root = project();
    const dry = await backlog(['init', '--git-hooks', '--dry-run'], { cwd: root, env: home() });
    expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing was written') });
    expect(existsSync(hookFile(root, 'pre-commit'))).toBe(false);
    const outside = tempDir();
    writeFiles(outside, { 'backlog.config.json': configText() });
    const done = await backlog(['init', '--git-hooks'], { cwd: outside, env: home() });
    expect(done).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('is in none') });
  });

  it('come with the first set-up too, and hold for a project in a subfolder', async () => {
    const root = project();
    gitIn(root, 'rm', '-rqf', '.');
    writeFiles(root, { 'apps/shop/package.json': '{}\n' });
    const cwd = path.join(root, 'apps/shop');
    const done = await backlog(['init', '--yes', '--git-hooks', '--commit', '--json'], { cwd, env: home() });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(readFileSync(hookFile(root, 'pre-commit'), 'utf8')).toContain("folder='apps/shop'");
    writeFiles(root, { 'apps/shop/src/a.js': '1\n' });
    gitIn(root, 'add', '-A');
    expect(tryGit(root, 'commit', '-qm', 'chore: other')).toBeUndefined();
  });
});
