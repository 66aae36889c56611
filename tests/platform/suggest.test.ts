import { expect, it } from 'vitest';
import { nearest } from '../../src/platform/suggest.ts';

const keys = ['testCommand', 'lintCommand', 'buildCommand', 'stack', 'name'];

it.each([
  ['testComand', 'testCommand'],
  ['TESTCOMMAND', 'testCommand'],
  ['lint', undefined],
  ['stakc', 'stack'],
  ['nam', 'name'],
  ['xyz', undefined],
  ['', undefined],
])('for %j suggests %s', (word, expected) => expect(nearest(word, keys)).toBe(expected));

it('takes no letter for another', () => {
  expect(nearest('c', ['a', 'b'])).toBeUndefined();
  expect(nearest('A', ['a', 'b'])).toBe('a');
});

it('does not compare a word of a megabyte', () => {
  expect(nearest('a'.repeat(1_000_000), ['a'.repeat(1_000_000)])).toBeUndefined();
});
