import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editSimpleFrontMatter } from '../../src/tickets/edit-front-matter-fast.ts';
import type { FieldValue } from '../../src/tickets/edit-front-matter-text.ts';
import { editFrontMatter } from '../../src/tickets/file.ts';

const keys = ['id', 'title', 'status', 'tags', 'phase', 'depends_on'];
const words = fc.oneof(
  fc.constantFrom(
    'a',
    'two words',
    '007',
    '1.5',
    'true',
    'null',
    '',
    "it's",
    '"q"',
    'a: b',
    'a #b',
    '- x',
    '[x',
    '.inf',
    'é',
  ),
  fc.string({ maxLength: 8 }),
);
const written = fc.oneof(
  words,
  words.map((word) => ` ${word}`),
  words.map((word) => `   ${word}  `),
  words.map((word) => ` '${word.replaceAll("'", "''")}'`),
  words.map((word) => ` ${JSON.stringify(word)}`),
  fc.array(words, { maxLength: 3 }).map((items) => ` [${items.join(', ')}]`),
  fc.array(words, { maxLength: 3 }).map((items) => items.map((item) => `\n  - ${item}`).join('')),
  fc.constantFrom('', ' ', ' # said', '\n', ' |\n  text'),
);
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...keys), written).map(([key, value]) => `${key}:${value}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('# said', '', '  # in', 'odd') },
);
const text = fc
  .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\uFEFF'))
  .map(([lines, eol, mark]) =>
    `${mark}---\n${lines.join('\n')}\n---\n\n# Body\nid: x\n`.replaceAll('\n', eol),
  );
const value: fc.Arbitrary<FieldValue> = fc.oneof(
  words,
  fc.constantFrom<FieldValue>(null, true, 3, 1.5),
  fc.array(words, { maxLength: 3 }),
);
const edits = fc.dictionary(fc.constantFrom(...keys, 'new', 'constructor'), value, { maxKeys: 3 });

function outcome(work: () => string | undefined): string | undefined {
  try {
    return work();
  } catch (error) {
    return `threw ${String(error)}`;
  }
}

test('simple front matter is edited to the same bytes as the library edits it to', () => {
  let simple = 0;
  fc.assert(
    fc.property(text, edits, (before, wanted) => {
      const fast = outcome(() => editSimpleFrontMatter(before, wanted));
      if (fast === undefined) return;
      simple += 1;
      expect(fast).toBe(outcome(() => editFrontMatter(before, wanted)));
    }),
    { numRuns: 3000 },
  );
  // It is the way that is taken, not one that is given up each time.
  expect(simple).toBeGreaterThan(200);
});

test('what it does not understand it leaves to the library', () => {
  expect(editSimpleFrontMatter('---\ntags:\n  - a\n---\n', { tags: ['b'] })).toBeUndefined();
  expect(editSimpleFrontMatter('---\nid: *a\n---\n', { id: 'b' })).toBeUndefined();
  expect(editSimpleFrontMatter('---\nid: a # why\n---\n', { id: 'b' })).toBeUndefined();
});
