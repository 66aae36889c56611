import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namesEndingIn } from '../../src/tickets/names.ts';

const part = fc.constantFrom('-a', '-b', 'é', '.md', 'A-1', '-a.md');
const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));

it('names that end so are found as by looking at each, the last first (law)', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 30 }), name, fc.nat(8), fc.nat(3), (names, end, most, odd) => {
      const fits = (one: string) => one.length % 4 !== odd;
      const expected = names.filter((one) => one.endsWith(end) && fits(one)).toReversed();
      expect(namesEndingIn(end, names, most, fits)).toEqual(expected.slice(0, most));
    }),
    { numRuns: 2000 },
  );
});
