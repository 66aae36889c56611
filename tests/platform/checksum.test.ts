import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksum } from '../../src/platform/checksum.ts';

const text = fc.string({ unit: 'binary', maxLength: 200 });

describe('checksum', () => {
  // It is kept on disk: another answer for the same text would call every file changed.
  it.each([
    ['', '811c9dc500000000'],
    ['a', expect.stringMatching(/^[0-9a-f]{16}$/)],
  ])('is the same in every version: %j', (given, expected) => {
    expect(checksum(given)).toEqual(expected);
  });

  it('sees every change of one code unit', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.integer({ min: 1, max: 0xffff }), (given, place, difference) => {
        fc.pre(given.length > 0);
        const at = place % given.length;
        const unit = String.fromCharCode(given.charCodeAt(at) ^ difference);
        expect(checksum(given.slice(0, at) + unit + given.slice(at + 1))).not.toBe(checksum(given));
      }),
      { numRuns: 1000 },
    );
  });

  it('sees that a text was cut off, or its parts changed places', () => {
    fc.assert(
      fc.property(text, text, (first, second) => {
        if (second !== '') expect(checksum(first)).not.toBe(checksum(first + second));
        if (first + second !== second + first)
          expect(checksum(first + second)).not.toBe(checksum(second + first));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives a hundred thousand lines that are alike as many answers', () => {
    const lines = Array.from({ length: 100_000 }, (_, number) => `depends_on: [FEAT-${number}]\n`);
    expect(new Set(lines.map(checksum)).size).toBe(lines.length);
  });
});
