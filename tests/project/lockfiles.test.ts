import { describe, expect, it } from 'vitest';
import { isLockOf } from '../../src/project/lockfiles.ts';

describe('the lock file of a manifest', () => {
  it.each([
    ['package-lock.json', 'package.json'],
    ['app/yarn.lock', 'app/package.json'],
    ['uv.lock', 'pyproject.toml'],
    ['poetry.lock', 'pyproject.toml'],
    ['go.sum', 'go.mod'],
    // A workspace keeps one for all its members.
    ['pnpm-lock.yaml', 'packages/a/package.json'],
    ['crates/Cargo.lock', 'crates/a/Cargo.toml'],
  ])('%s is that of %s', (file, manifest) => {
    expect(isLockOf(file, manifest)).toBe(true);
  });

  it.each([
    ['Cargo.lock', 'package.json'],
    ['packages/b/package-lock.json', 'packages/a/package.json'],
    ['crates/Cargo.lock', 'crates-more/Cargo.toml'],
    ['packages/a/package-lock.json', 'package.json'],
    ['package.json', 'package.json'],
    ['notes/Cargo.lock', 'README.md'],
  ])('%s is not that of %s', (file, manifest) => {
    expect(isLockOf(file, manifest)).toBe(false);
  });
});
