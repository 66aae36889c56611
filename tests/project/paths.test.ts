import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { addWorktree } from '../../src/gates/worktree.ts';
import { installRoot } from '../../src/project/install-root.ts';
import { projectName } from '../../src/project/name.ts';
import {
  backlogHome,
  findProject,
  gitCommonDir,
  MAIN_WORKTREE,
  mainWorktreeRoot,
  requireProject,
  worktreeRoot,
} from '../../src/project/paths.ts';
import { backlogBin, repositoryRoot } from '../support/cli.ts';
import { gitEnv, gitIn, tempDir, tempRepo, writeFiles } from '../support/temp.ts';

it('finds the nearest configuration above, through a link too', () => {
  const root = tempDir();
  writeFiles(root, {
    'backlog.config.json': '{}',
    'packages/a/backlog.config.json': '{}',
    'packages/b/src/x': '',
  });
  symlinkSync('packages/b/src', path.join(root, 'link'));
  expect(findProject(path.join(root, 'packages/a'))?.root).toBe(path.join(root, 'packages/a'));
  expect(findProject(path.join(root, 'packages/b/src'))?.root).toBe(root);
  expect(findProject(path.join(root, 'link'))?.root).toBe(root);
  expect(findProject(path.join(root, 'not/there'))?.root).toBe(root);
});

it('says how to start where there is none', () => {
  const folder = tempDir();
  expect(findProject(folder)).toBeUndefined();
  expect(() => requireProject(folder)).toThrow(
    expect.objectContaining({
      code: 'project-not-found',
      exitCode: 3,
      fix: expect.stringContaining('backlog init'),
    }),
  );
});

it('shares the folders of the main worktree with every linked one', () => {
  const repo = tempRepo({ 'app/backlog.config.json': '{}' });
  const linked = path.join(tempDir(), 'linked');
  gitIn(repo, 'worktree', 'add', '-q', linked);
  expect(findProject(path.join(linked, 'app'))).toEqual({
    root: path.join(linked, 'app'),
    configFile: path.join(linked, 'app/backlog.config.json'),
    mainRoot: path.join(repo, 'app'),
    opsDir: path.join(repo, 'app/.backlog-ops'),
  });
  expect(gitCommonDir(linked)).toBe(path.join(repo, '.git'));
});

it('a submodule is a repository of its own, and so is a linked worktree of it', () => {
  const [outer, inner] = [tempRepo(), tempRepo({ 'backlog.config.json': '{}' })];
  gitIn(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
  const sub = path.join(outer, 'sub');
  const linked = path.join(tempDir(), 'linked');
  gitIn(sub, 'worktree', 'add', '-q', linked);
  expect(worktreeRoot(path.join(sub))).toBe(sub);
  expect(mainWorktreeRoot(sub)).toBe(sub);
  expect(mainWorktreeRoot(linked)).toBe(sub);
  expect(findProject(linked)?.mainRoot).toBe(sub);
});

it('a worktree of a bare repository stands for itself', () => {
  const bare = path.join(tempDir(), 'bare.git');
  gitIn(tempRepo(), 'clone', '-q', '--bare', '.', bare);
  const linked = path.join(tempDir(), 'linked');
  gitIn(bare, 'worktree', 'add', '-q', linked);
  expect(mainWorktreeRoot(linked)).toBe(linked);
  expect(gitCommonDir(linked)).toBe(bare);
});

it('outside git everything lies in the project itself', () => {
  const root = tempDir();
  writeFiles(root, { 'backlog.config.json': '{}' });
  expect(worktreeRoot(root)).toBeUndefined();
  expect(findProject(root)?.opsDir).toBe(path.join(root, '.backlog-ops'));
});

it.each([
  [{ BACKLOG_HOME: '/srv/home' }, '/srv/home'],
  [{ HOME: '/home/ada' }, '/home/ada/.backlog-toolkit'],
])('the home of %j is %s', (env, home) => expect(backlogHome(env)).toBe(home));

it.each([
  ['{"project": {"name": "api"}}', 'api', undefined],
  ['\uFEFF{"project": {"name": "api"}, "unknown": 1}', 'api', undefined],
  ['{"project": {}}', 'folder', 'has no project.name'],
  ['{"project": {"name": 3}}', 'folder', 'has no project.name'],
  ['null', 'folder', 'has no project.name'],
  ['{', 'folder', 'cannot be read'],
  [undefined, 'folder', undefined],
])('a configuration %j names the project %s', (text, name, warning) => {
  const root = path.join(tempDir(), 'folder');
  mkdirSync(root);
  if (text !== undefined) writeFiles(root, { 'backlog.config.json': text });
  const found = projectName(root);
  expect(found.name).toBe(name);
  if (warning === undefined) expect(found.warning).toBeUndefined();
  else expect(found.warning).toContain(warning);
});

it('finds its own installation from the sources, from dist and from its chunks', () => {
  expect(installRoot()).toBe(repositoryRoot);
  for (const file of ['dist/main.cjs', 'dist/chunks/x-ABC.js'])
    expect(installRoot(path.join(path.dirname(backlogBin), '..', file))).toBe(repositoryRoot);
});

it.each([
  ['of any name', 'shop.git'],
  ['in a folder called .git', 'shop/.git'],
])(
  'a bare repository %s has no main worktree: each is one, but for those of its tickets',
  async (_what, name) => {
    const folder = tempDir();
    const bare = path.join(folder, name);
    const linked = path.join(folder, 'shop/main');
    gitIn(folder, 'clone', '-q', '--bare', tempRepo({ 'backlog.config.json': '{}' }), bare);
    gitIn(bare, 'worktree', 'add', '-q', linked);
    expect(findProject(linked)).toMatchObject({ root: linked, mainRoot: linked });
    const own = path.join(tempDir(), 'FEAT-001');
    const place = { worktree: linked, env: gitEnv() };
    await addWorktree(place, own, 'FEAT-001');
    const found = { root: own, mainRoot: linked, opsDir: path.join(linked, '.backlog-ops') };
    expect(findProject(own)).toMatchObject(found);
    // A call that was killed in between has left it without.
    rmSync(path.join(gitIn(own, 'rev-parse', '--absolute-git-dir'), MAIN_WORKTREE));
    await addWorktree(place, own, 'FEAT-001');
    expect(findProject(own)).toMatchObject(found);
  },
);
