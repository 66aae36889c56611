import fc from 'fast-check';

/** Pieces that have broken readers of front matter elsewhere, or cost them more than they should. */
const pieces = fc.oneof(
  fc.constantFrom(
    ...[
      '---',
      '---\n',
      '\n---\n',
      '---js\n',
      '---foo\n',
      '\r\n',
      '\n',
      '\0',
      '\u2028',
      '\uFEFF',
      '\t',
      ' ',
      ': ',
      '- ',
    ],
    ...[
      '# ',
      '## Dependencies\n',
      '## Affected Files\n',
      '| FEAT-001 | x |\n',
      '|---|\n',
      '- [ ] AC-1: x\n',
      '```',
      '~~~',
    ],
    ...[
      '<!--',
      '-->',
      '&a ',
      '*a',
      '!!js/function "x"',
      '!!binary |\n',
      '? ',
      '|\n',
      '>-\n',
      '%YAML 1.1\n',
      '...\n',
    ],
    ...[
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '\\',
      '`',
      '@',
      '<<: *a\n',
      '__proto__: x\n',
      'constructor: {}\n',
      'id: FEAT-001\n',
    ],
    ...[
      'status: split\nsplit_into: [FEAT-001]\n',
      'depends_on: [FEAT-001]\n',
      'blockers: , , \n',
      'tags: 0x1F\n',
    ],
    ...['priority: .inf\n', 'title: 2026-01-01\n', 'affected_files:\n- path: ../../x\n', '\ud800', '😀'],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** Much of the same: deep nesting, huge keys, long lines, many aliases. */
const runs = fc
  .tuple(
    fc.constantFrom(
      ...[
        '[',
        '{',
        '{a: ',
        '- ',
        '? ',
        '  ',
        '\n',
        '\n ',
        ' \t',
        '#',
        '|',
        '\\|',
        '*',
        '>',
        '`',
        '`\n',
        '<!--',
        '-',
        ':',
      ],
      ...[
        'a',
        'a: ',
        'a:\n',
        '"',
        "'",
        '&a ',
        '*a,',
        '!',
        '!a ',
        '|a\n',
        '## x\n',
        '---\n',
        '- [ ] ',
        '\r',
        '**',
        'x, ',
      ],
    ),
    fc.constantFrom(10, 200, 5000, 60_000),
  )
  .map(([piece, times]) => piece.repeat(times));

/** Aliases that multiply: ten of ten of ten. */
const bomb = fc.integer({ min: 1, max: 12 }).map((levels) => {
  const rows = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level <= levels; level += 1)
    rows.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
  return `${rows.join('\n')}\n`;
});

const valid = `---
id: FEAT-001
title: Health endpoint
status: pending
priority: high
depends_on: [FEAT-002]
blockers: []
tags: [api, "part 1"]
---

# FEAT-001

## Affected Files

| File | Action | Description |
|---|---|---|
| src/a.ts | modify | x |

## Acceptance Criteria

- [ ] AC-1: it works

## Dependencies

| ID | Why |
|---|---|
| FEAT-003 | first |
`;

/** A ticket's text with pieces put in, or taken out, anywhere. */
const mutated = fc
  .array(
    fc.record({
      at: fc.nat(valid.length),
      take: fc.nat(30),
      put: fc.oneof(
        { weight: 6, arbitrary: pieces },
        { weight: 2, arbitrary: runs },
        { weight: 1, arbitrary: bomb },
      ),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((edits) =>
    edits.reduce((text, { at, take, put }) => text.slice(0, at) + put + text.slice(at + take), valid),
  );

const frontMatter = fc
  .array(fc.oneof(pieces, runs, bomb), { maxLength: 12 })
  .map((parts) => `---\n${parts.join('')}\n---\n`);

/** Bytes of a ticket file as nobody should write one. */
export const hostileTicket: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: mutated.map((text) => Buffer.from(text)) },
  { weight: 3, arbitrary: frontMatter.map((text) => Buffer.from(text)) },
  {
    weight: 1,
    arbitrary: fc.tuple(mutated, fc.nat(400), fc.nat(255)).map(([text, at, byte]) => {
      const bytes = Buffer.from(text);
      bytes[Math.min(at, bytes.length - 1)] = byte;
      return bytes;
    }),
  },
);
