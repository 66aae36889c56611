import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitFile, topLevel, tryPlumb } from '../../src/gates/repository.ts';
import type { BacklogError } from '../../src/platform/errors.ts';
import { gitEnv, gitIn, tempDir, tempRepo } from '../support/temp.ts';

describe('a worktree that git takes to lie elsewhere', () => {
  it.each<[string, string, string]>([
    ['the repository', '--local', '.git/config'],
    ['one worktree alone', '--worktree', '.git/config.worktree'],
  ])('by the configuration of %s: the file is named, and the fix mends it', async (_of, scope, file) => {
    const repo = tempRepo({ 'src/a.js': 'export {};\n' });
    gitIn(repo, 'config', 'extensions.worktreeConfig', 'true');
    gitIn(repo, 'config', scope, 'core.worktree', tempDir());
    const refusal: BacklogError = await topLevel(path.join(repo, 'src'), gitEnv()).then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(refusal).toMatchObject({
      code: 'worktree-elsewhere',
      message: expect.stringContaining(path.join(repo, file)),
      file: path.join(repo, file),
    });
    execFileSync('sh', ['-c', refusal.fix], { cwd: tempDir(), env: gitEnv() });
    expect(await topLevel(path.join(repo, 'src'), gitEnv())).toBe(repo);
  });
});

describe("a file of a worktree's own git folder", () => {
  const asGit = (worktree: string, name: string) =>
    path.resolve(worktree, gitIn(worktree, 'rev-parse', '--git-path', name));

  it.each<[string, (repo: string) => string]>([
    ['the main worktree', (repo) => repo],
    [
      'a linked worktree',
      (repo) => {
        const linked = path.join(tempDir(), 'linked');
        gitIn(repo, 'worktree', 'add', '-q', '--detach', linked);
        return linked;
      },
    ],
    [
      'a submodule',
      (repo) => {
        const library = tempRepo({ 'lib.js': 'x\n' });
        gitIn(repo, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', library, 'lib');
        return path.join(repo, 'lib');
      },
    ],
    [
      'a worktree below the folder of the repository',
      (repo) => {
        gitIn(repo, 'config', 'core.worktree', path.join(repo, 'src'));
        return path.join(repo, 'src');
      },
    ],
  ])('lies where git says, in %s', async (_of, worktreeIn) => {
    const worktree = worktreeIn(tempRepo({ 'src/a.js': 'export {};\n' }));
    for (const name of ['index', 'MERGE_HEAD', 'rebase-merge', 'info/sparse-checkout'])
      expect(await gitFile({ worktree, env: gitEnv() }, name)).toBe(asGit(worktree, name));
  });
});

it('what git says of a failure begins with the failure, not with advice on our own settings', async () => {
  const repo = tempRepo({ 'a.js': '' });
  const place = { worktree: repo, env: gitEnv() };
  const failed = await tryPlumb(place, ['worktree', 'add', '--quiet', path.join(repo, 'a.js'), 'HEAD']);
  expect(failed.stderr).toMatch(/^fatal: /);
});
