import fc from 'fast-check';
import { expect, test } from 'vitest';
import { titleSchema } from '../../src/tickets/draft.ts';
import { titleProblem } from '../../src/tickets/title.ts';

test('a title by itself is held to what a draft holds its title to', () => {
  const long = fc.integer({ min: 190, max: 1010 }).map((length) => 'x'.repeat(length));
  const odd = fc.constantFrom('', ' ', '\n', '\r', '\0', '\t', '\u0007', '\u0085', '\u2028', 'é', '😀');
  const text = fc
    .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), odd))
    .map((parts) => parts.join(''));
  const any = fc.oneof(
    text,
    fc.tuple(text, long, text).map((parts) => parts.join('')),
    fc.constantFrom<unknown>(null, true, 3, [], ['a']),
  );
  fc.assert(
    fc.property(any, (title) => {
      expect(titleProblem(title)).toBe(titleSchema.safeParse(title).error?.issues[0]?.message);
    }),
    { numRuns: 500 },
  );
});
