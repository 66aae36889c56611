import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { topLevel, tryPlumb } from '../../src/gates/repository.ts';
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

it('what git says of a failure begins with the failure, not with advice on our own settings', async () => {
  const repo = tempRepo({ 'a.js': '' });
  const place = { worktree: repo, env: gitEnv() };
  const failed = await tryPlumb(place, ['worktree', 'add', '--quiet', path.join(repo, 'a.js'), 'HEAD']);
  expect(failed.stderr).toMatch(/^fatal: /);
});
