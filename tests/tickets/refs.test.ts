import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ticketIdsElsewhere } from '../../src/tickets/ids.ts';
import { hasWorktrees, refsOf } from '../../src/tickets/refs.ts';
import { gitIn, tempDir, writeFiles } from '../support/temp.ts';
import { completed, config, pending, project, text } from './support.ts';

function repository() {
  const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001') }, { git: true });
  return { paths, root: paths.mainRoot, shared: path.join(paths.mainRoot, '.git') };
}

function commit(root: string, name: string): void {
  writeFiles(root, { [name]: text('FEAT-001') });
  gitIn(root, 'add', '-A');
  gitIn(root, 'commit', '-q', '-m', 'docs: a ticket');
}

it('what branches hold is found, kept, and found again when one of them moves', async () => {
  const { paths, root, shared } = repository();
  const cache = path.join(paths.opsDir, 'cache/branch-tickets.json');
  const elsewhere = async () => [...(await ticketIdsElsewhere(paths, config))].sort();
  const first = await elsewhere();
  expect(first).toEqual(['FEAT-001-a.md']);
  const kept = readFileSync(cache, 'utf8');
  expect(await elsewhere()).toEqual(first);
  expect(readFileSync(cache, 'utf8')).toBe(kept);
  gitIn(root, 'switch', '-q', '-c', 'topic/other');
  commit(root, completed('FEAT-005-b.md'));
  gitIn(root, 'switch', '-q', 'main');
  const second = ['FEAT-001-a.md', 'FEAT-005-b.md'];
  expect(await elsewhere()).toEqual(second);
  const before = refsOf(shared);
  gitIn(root, 'pack-refs', '--all');
  expect(refsOf(shared)).not.toBe(before);
  expect(await elsewhere()).toEqual(second);
  gitIn(root, 'update-ref', 'refs/remotes/origin/main', 'topic/other');
  gitIn(root, 'branch', '-q', '-D', 'topic/other');
  expect(await elsewhere()).toEqual(second);
  gitIn(root, 'update-ref', '-d', 'refs/remotes/origin/main');
  expect(await elsewhere()).toEqual(first);
});

it('what was kept is not believed when it was changed or torn', async () => {
  const { paths } = repository();
  const cache = path.join(paths.opsDir, 'cache/branch-tickets.json');
  const right = await ticketIdsElsewhere(paths, config);
  for (const spoil of [
    (now: string) => now.replace('FEAT-001', 'FEAT-900'),
    (now: string) => now.slice(0, 70),
    () => '',
  ]) {
    writeFileSync(cache, spoil(readFileSync(cache, 'utf8')));
    expect(await ticketIdsElsewhere(paths, config)).toEqual(right);
  }
  rmSync(cache);
  mkdirSync(cache);
  expect(await ticketIdsElsewhere(paths, config)).toEqual(right);
});

it('what is not the usual repository is left to git', () => {
  const { root, shared } = repository();
  expect(refsOf(shared)).toContain('refs/heads/main');
  expect(hasWorktrees(shared)).toBe(false);
  const worktree = path.join(tempDir(), 'worktree');
  gitIn(root, 'worktree', 'add', '-q', '-b', 'third', worktree);
  expect(hasWorktrees(shared)).toBe(true);
  expect(refsOf(path.join(worktree, '.git'))).toBeUndefined();
  gitIn(root, 'config', 'core.worktree', '..');
  expect(refsOf(shared)).toBeUndefined();
  gitIn(root, 'config', '--unset', 'core.worktree');
  mkdirSync(path.join(shared, 'reftable'));
  expect(refsOf(shared)).toBeUndefined();
});
