import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesGlob } from '../../src/platform/globs.ts';

it.each([
  ['test/a.js', 'test/**', true],
  ['test/deep/a.js', 'test/**', true],
  ['src/test/a.js', 'test/**', false],
  ['test', 'test/**', false],
  ['a.test.ts', '**/*.test.*', true],
  ['src/deep/a.test.ts', '**/*.test.*', true],
  ['src/a.tests.ts', '**/*.test.*', false],
  ['src/__tests__/a.js', '**/__tests__/**', true],
  ['pkg/x_test.go', '**/*_test.go', true],
  ['a.spec.tsx', '*.spec.{ts,tsx}', true],
  ['a.spec.js', '*.spec.{ts,tsx}', false],
  ['test/a.js', './test/?.js', true],
  ['test/ab.js', 'test/?.js', false],
  ['a/x/y/b', 'a/**/b', true],
  ['a/b', 'a/**/b', true],
])('%s and %s: %s', (file, glob, matches) => {
  expect(matchesGlob(file, glob)).toBe(matches);
});

it('a path matches itself, and every pattern ends in time', () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/);
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (parts) =>
      matchesGlob(parts.join('/'), parts.join('/')),
    ),
  );
  expect(matchesGlob(`${'a/'.repeat(500)}b`, `${'**/*a*'.repeat(200)}c`)).toBe(false);
});
