import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { git, gitText } from '../../src/platform/git.ts';
import { gitIn, tempDir, tempRepo } from '../support/temp.ts';

it('gives the text without its final line end', async () => {
  const cwd = tempRepo();
  expect(await gitText(['rev-parse', 'HEAD'], { cwd })).toBe(gitIn(cwd, 'rev-parse', 'HEAD'));
});

it("fails with git's own words", async () => {
  const cwd = tempRepo();
  await expect(gitText(['rev-parse', '--verify', 'no-such-ref'], { cwd })).rejects.toMatchObject({
    code: 'git-failed',
    exitCode: 4,
    message: expect.stringContaining('Needed a single revision'),
  });
});

it('lets a caller look at the exit code itself', async () => {
  const cwd = tempRepo();
  expect((await git(['diff', '--quiet', 'HEAD'], { cwd })).exitCode).toBe(0);
  writeFileSync(path.join(cwd, 'README.md'), 'changed');
  expect((await git(['diff', '--quiet', 'HEAD'], { cwd })).exitCode).toBe(1);
});

it('says that there is no git', async () => {
  await expect(git(['status'], { cwd: tempDir(), env: { PATH: tempDir() } })).rejects.toMatchObject({
    code: 'git-missing',
    exitCode: 4,
  });
});

it('asks about the folder, also below a git hook that names another repository', async () => {
  const [ours, other] = [tempRepo(), tempRepo()];
  const ownGit = path.join(ours, '.git');
  vi.stubEnv('GIT_DIR', path.join(other, '.git'));
  vi.stubEnv('GIT_INDEX_FILE', path.join(other, '.git/index'));
  try {
    expect(await gitText(['rev-parse', '--absolute-git-dir'], { cwd: ours })).toBe(ownGit);
    expect(await gitText(['rev-parse', '--show-toplevel'], { cwd: ours, env: { ...process.env } })).toBe(
      ours,
    );
  } finally {
    vi.unstubAllEnvs();
  }
});

it('keeps an index that the caller names on purpose', async () => {
  const cwd = tempRepo();
  const env = { ...process.env, GIT_INDEX_FILE: path.join(tempDir(), 'index') };
  await gitText(['read-tree', '--empty'], { cwd, env });
  expect(await gitText(['ls-files'], { cwd, env })).toBe('');
  expect(await gitText(['ls-files'], { cwd })).toBe('README.md');
});
