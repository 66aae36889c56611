import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { withBaseCopy } from '../../src/gates/base-copy.ts';
import { gitEnv, gitIn, tempRepo, writeFiles } from '../support/temp.ts';

/** What `look` finds in a temporary checkout of HEAD, and what git says has changed there. */
const inCopy = <T>(root: string, look: (worktree: string) => T) =>
  withBaseCopy(
    { worktree: root, env: gitEnv() },
    { commit: 'HEAD', dependenciesFrom: [root] },
    async ({ worktree, linked }) => ({
      found: look(worktree),
      linked,
      changed: gitIn(worktree, 'status', '--porcelain', '--ignore-submodules=none'),
    }),
  );
const read = (file: string) => (worktree: string) => readFileSync(path.join(worktree, file), 'utf8');

it.each([
  ['by a rule for folders', { '.gitignore': '.venv/\n' }],
  ['by a rule for names', { '.gitignore': '.venv\n' }],
  ['by a file of its own', { '.venv/.gitignore': '*\n' }],
])('linked dependencies are no change of a checkout where they are ignored %s', async (_how, rules) => {
  const root = tempRepo({ 'app.py': 'x = 1\n' });
  writeFiles(root, { '.venv/pyvenv.cfg': 'home = here\n', '.venv/lib/dep.py': 'y = 1\n', ...rules });
  gitIn(root, 'add', '--all');
  gitIn(root, 'commit', '-q', '--allow-empty', '-m', 'chore: rules');
  expect(await inCopy(root, read('.venv/lib/dep.py'))).toEqual({
    found: 'y = 1\n',
    linked: ['.venv'],
    changed: '',
  });
});

it('has a submodule at the commit that it names, with its own dependencies, and as no change', async () => {
  const library = tempRepo({ 'lib.js': 'first\n', '.gitignore': 'node_modules/\n' });
  const root = tempRepo({ 'a.js': 'x\n' });
  gitIn(root, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', library, 'vendor/lib');
  gitIn(root, 'commit', '-q', '-m', 'chore: add lib');
  const inner = path.join(root, 'vendor/lib');
  writeFiles(inner, { 'lib.js': 'second\n', 'node_modules/dep/index.js': 'z\n' });
  gitIn(inner, 'commit', '-q', '-a', '-m', 'feat: second');
  const seen = await inCopy(root, (worktree) => [
    read('vendor/lib/lib.js')(worktree),
    existsSync(path.join(worktree, 'vendor/lib/node_modules/dep/index.js')),
  ]);
  expect(seen).toEqual({ found: ['first\n', true], linked: [], changed: '' });
});

it('leaves a submodule empty whose commit is not on this machine', async () => {
  const root = tempRepo({ 'a.js': 'x\n' });
  const library = tempRepo({ 'lib.js': 'first\n' });
  gitIn(root, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', library, 'lib');
  gitIn(root, 'update-index', '--cacheinfo', `160000,${'1'.repeat(40)},lib`);
  gitIn(root, 'commit', '-q', '-m', 'chore: a commit that nobody has');
  const seen = await inCopy(root, (worktree) => existsSync(path.join(worktree, 'lib/lib.js')));
  expect(seen).toMatchObject({ found: false, changed: '' });
});
