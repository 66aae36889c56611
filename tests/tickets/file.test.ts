import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, stringify } from 'yaml';
import { BacklogError } from '../../src/platform/errors.ts';
import { appendHistory, editFrontMatter, readTicketFile, replaceSection } from '../../src/tickets/file.ts';
import { readSimpleFields } from '../../src/tickets/front-matter-fast.ts';

const file = '/project/backlog/data/pending/FEAT-001-health.md';

function ticket(body: string, front = 'id: FEAT-001\ntitle: Health') {
  return readTicketFile(`---\n${front}\n---\n${body}`, file);
}

function refusal(act: () => unknown): { code: string; line: number | undefined; fix: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof BacklogError) return { code: error.code, line: error.line, fix: error.fix };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('files that are no tickets', () => {
  const deep = '['.repeat(5000);
  const rows: readonly (readonly [string, string | Uint8Array, string, number])[] = [
    ['JavaScript front matter', '---js\n({ id: process.exit(9) })\n---\n', 'ticket-frontmatter-language', 1],
    ['JavaScript with a space', '--- javascript\n1\n---\n', 'ticket-frontmatter-language', 1],
    ['JSON front matter', '---json\n{}\n---\n', 'ticket-frontmatter-language', 1],
    ['a language with CRLF', '---toml\r\na = 1\r\n---\r\n', 'ticket-frontmatter-language', 1],
    ['a language after a byte order mark', '\uFEFF---js\n1\n---\n', 'ticket-frontmatter-language', 1],
    ['a fence with text', '---\nid: A-1\n---foo\n---\n', 'ticket-frontmatter-fence', 3],
    ['white space after the first fence', '--- \nid: A-1\n---\n', 'ticket-frontmatter-fence', 1],
    ['no front matter', '# Title\n', 'ticket-frontmatter-missing', 1],
    ['an empty file', '', 'ticket-frontmatter-missing', 1],
    ['no second fence', '---\nid: A-1\n', 'ticket-frontmatter-open', 1],
    ['a key twice', '---\nid: A-1\ntitle: a\nid: A-2\n---\n', 'ticket-yaml', 4],
    ['a key twice, CRLF', '---\r\nid: A-1\r\ntitle: a\r\nid: A-2\r\n---\r\n', 'ticket-yaml', 4],
    ['an unquoted at sign', '---\nid: A-1\nassignee: @ada\n---\n', 'ticket-yaml', 3],
    ['a list', '---\n- a\n---\n', 'ticket-frontmatter-not-map', 2],
    ['a text', '---\nabc\n---\n', 'ticket-frontmatter-not-map', 2],
    ['deep nesting', `---\nid: A-1\nx: ${deep}\n---\n`, 'ticket-yaml', 3],
    ['deep lists', `---\nx:\n  ${'- '.repeat(5000)}a\n---\n`, 'ticket-yaml', 3],
    ['keys within keys', `---\n${'? '.repeat(190)}\n---\n`, 'ticket-yaml', 2],
    ['a value that contains itself', '---\nx: &a [*a]\n---\n', 'ticket-yaml', 2],
    ['an alias bomb', `---\n${bomb()}---\n`, 'ticket-yaml', 2],
    ['front matter of 10 MB', `---\nx: ${'a'.repeat(3_000_000)}\n---\n`, 'ticket-frontmatter-too-large', 1],
    ['a file of 10 MB', `---\nx: a\n---\n${'a'.repeat(10_000_000)}`, 'ticket-too-large', 1],
    ['sixty thousand blank lines', `---\nx: a\n${'\n'.repeat(60_000)}---\n`, 'ticket-frontmatter-blank', 515],
    ['Latin-1', Buffer.from('---\nid: A-1\ntitle: caf\xe9\n---\n', 'latin1'), 'ticket-not-utf8', 3],
  ];

  it.each(rows)('%s is refused with its line', (_name, content, code, line) => {
    const refused = refusal(() => readTicketFile(content, file));
    expect(refused).toMatchObject({ code, line });
    expect(refused.fix).not.toBe('');
  });

  function bomb(): string {
    const rows = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level++)
      rows.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    return `${rows.join('\n')}\n`;
  }
});

describe('front matter', () => {
  it.each([
    ['created: 2026-03-01', { created: '2026-03-01' }],
    ['answer: no', { answer: 'no' }],
    ['answer: on', { answer: 'on' }],
    ['answer: true', { answer: true }],
    ['empty:', { empty: null }],
    ['n: 007', { n: 7 }],
    ['n: 1e3', { n: 1000 }],
    ['n: 0x10', { n: 16 }],
    ['time: 12:30', { time: '12:30' }],
    ['when: !!timestamp 2026-03-01', { when: '2026-03-01' }],
    ['merge: {<<: {a: 1}}', { merge: { '<<': { a: 1 } } }],
    ['list: [a, "b, c", 3]', { list: ['a', 'b, c', 3] }],
    ['list:\n- a\n- 2', { list: ['a', 2] }],
    ['text: |\n  one\n  two', { text: 'one\ntwo\n' }],
    ['__proto__: x', JSON.parse('{"__proto__": "x"}')],
    ['# only a comment', {}],
  ])('%j is read by the core schema', (front, fields) => {
    expect(ticket('', front).fields).toEqual(fields);
  });

  it('CRLF at its end is no part of the last value', () => {
    const read = readTicketFile('---\r\nid: FEAT-001\r\nx: &a b\r\ntitle: Health\r\n---\r\n', file);
    expect(read).toMatchObject({ id: 'FEAT-001', title: 'Health' });
  });

  it('a file without an id has the one of its name', () => {
    expect(ticket('', 'title: x')).toMatchObject({ id: 'FEAT-001', prefix: 'FEAT' });
  });

  const line = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc
      .array(
        fc.constantFrom('a', 'no', 'True', 'null', '0', '12', '1e3', '.', '-', ' ', ':', '#', "'", '"'),
        {
          maxLength: 6,
        },
      )
      .map((parts) => parts.join('')),
    fc.constantFrom(
      '[]',
      '[a, b]',
      '[a,]',
      '["a", 1]',
      '2026-01-01',
      '.5',
      '.inf',
      '1_000',
      '+1',
      '1c17',
      '12e3',
      '0xf',
      '0o7',
      '1.',
      '1.2.3',
      '~',
      '&a b',
    ),
  );
  const written = fc.array(
    fc.oneof(
      fc
        .tuple(fc.constantFrom('a', 'b-c', 'd_e', 'null', 'True', 'f'), line)
        .map(([key, value]) => `${key}: ${value}`),
      fc.tuple(fc.constantFrom('', ' ', '  '), line).map(([indent, value]) => `${indent}- ${value}`),
      fc.constantFrom('', '# note', '  # note', 'g:', 'h:', '- ', '...', '\ttab: x'),
    ),
    { maxLength: 6 },
  );

  it('the quick reader says exactly what the library says', () => {
    fc.assert(
      fc.property(written, fc.constantFrom('\n', '\r\n'), (lines, eol) => {
        const yaml = `${eol}${lines.map((one) => `${one}${eol}`).join('')}`;
        const quick = readSimpleFields(yaml);
        if (quick === undefined) return;
        const document = parseDocument(yaml, { version: '1.2', schema: 'core' });
        expect(document.errors).toEqual([]);
        expect(JSON.stringify(quick)).toBe(JSON.stringify(document.toJS() ?? {}));
      }),
      { numRuns: 5000 },
    );
  });

  it('the quick reader takes a ticket as the template writes it', () => {
    const front =
      'id: FEAT-001\ntitle: Add a health endpoint\ncreated: 2026-03-01\nblockers: []\ndepends_on: [BUG-001, BUG-002]\nestimated_tokens: 20000\ntags:\n  - api\n  - "b c"\n';
    expect(readSimpleFields(`\n${front}`)).toEqual(parseDocument(front, { version: '1.2' }).toJS());
  });
});

describe('editing the front matter', () => {
  const text =
    '\uFEFF---\r\n# top\r\nid: \'FEAT-001\'   # the id\r\nstatus: pending # now\r\ntags:\r\n  - a\r\n  # between\r\n  - b\r\n\r\nempty:\r\nquoted: "x"\r\n---\r\nBody\r\nno end';

  it.each([
    [{ status: 'in_progress' }, 'status: pending #', 'status: in_progress #'],
    [{ empty: 'full' }, 'empty:\r', 'empty: full\r'],
    [{ quoted: 'y' }, '"x"', '"y"'],
    [{ tags: ['c', 'd', 'e: f'] }, '- a\r\n  # between\r\n  - b\r\n', "- c\r\n  - d\r\n  - 'e: f'\r\n"],
    [{ tags: 'one' }, 'tags:\r\n  - a\r\n  # between\r\n  - b\r\n', 'tags: one\r\n'],
    [{ added: [] }, '"x"\r\n---', '"x"\r\nadded: []\r\n---'],
    [{ added: '1c172657b184' }, '"x"\r\n---', '"x"\r\nadded: 1c172657b184\r\n---'],
    [{ added: '12e3' }, '"x"\r\n---', '"x"\r\nadded: \'12e3\'\r\n---'],
    [{ added: 'no' }, '"x"\r\n---', '"x"\r\nadded: no\r\n---'],
    [{ added: 'true' }, '"x"\r\n---', '"x"\r\nadded: \'true\'\r\n---'],
    [{ added: 'a\nb' }, '"x"\r\n---', '"x"\r\nadded: "a\\nb"\r\n---'],
    [{ status: 'pending' }, '', ''],
  ])('%j changes exactly its place', (edits, old, now) => {
    expect(editFrontMatter(text, edits)).toBe(text.replace(old, () => now));
  });

  it.each(['\u00a0', 'a\u3000', '\u2003b'])('odd spaces belong to the value: %j', (odd) => {
    const before = `---\nid: ${odd}\n---\n`;
    expect(ticket('', `id: ${odd}`).fields).toEqual({ id: odd });
    expect(editFrontMatter(before, { id: null })).toBe('---\nid: null\n---\n');
  });

  it.each([
    ['an anchor', '---\na: &x b\nc: *x\n---\n', { a: 'n' }, 'ticket-edit-unsafe'],
    ['an alias', '---\na: &x b\nc: *x\n---\n', { c: 'n' }, 'ticket-edit-unsafe'],
    ['an anchor inside', '---\na: [&x b]\nc: *x\n---\n', { a: 'n' }, 'ticket-edit-unsafe'],
    ['braces', '---\n{a: b}\n---\n', { a: 'n' }, 'ticket-edit-unsafe'],
    ['a key that is none', '---\na: b\n---\n', { 'a: b\nc': 'n' }, 'ticket-edit-key'],
  ])('%s is refused', (_name, content, edits, code) => {
    expect(refusal(() => editFrontMatter(content, edits)).code).toBe(code);
  });

  it('any value set into any front matter reads back, and no other line changes', () => {
    const key = fc.constantFrom('id', 'title', 'status', 'tags', 'x');
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }).map((one) => one.replaceAll(/[\ud800-\udfff]/g, '')),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 4 }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(key, value),
        key,
        value,
        fc.boolean(),
        fc.boolean(),
        (fields, name, put, crlf, flow) => {
          const yaml = stringify(fields, { lineWidth: 0, ...(flow ? { collectionStyle: 'block' } : {}) });
          const front = Object.keys(fields).length === 0 ? '' : yaml;
          const before = `---\n${front}---\nBody`.replaceAll('\n', crlf ? '\r\n' : '\n');
          let was: Readonly<Record<string, unknown>>;
          try {
            was = readTicketFile(before, file).fields;
          } catch {
            return; // a generated text with a line `---` of its own
          }
          const after = editFrontMatter(before, { [name]: put });
          expect(readTicketFile(after, file).fields).toEqual({ ...was, [name]: put });
          expect(after.endsWith('Body')).toBe(true);
          expect(editFrontMatter(after, { [name]: put })).toBe(after);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('the body', () => {
  const body = [
    '# Title',
    '## Affected Files',
    '| File | Action | Description |',
    '|------|:------:|---|',
    '| `src/a.ts` | modify | a \\| b |',
    '| ./src/b.ts | Create |',
    '<!-- | src/c.ts | create | no | -->',
    '## Acceptance Criteria ##',
    '- [ ] AC-1: first',
    '- [x] AC-2: second',
    '- [ ] without a name',
    '```',
    '- [ ] AC-9: code',
    '## Not a heading',
    '```',
    '<!--',
    '## Nor this',
    '- [ ] AC-8: comment',
    '-->',
    '## Test Strategy',
    'words',
    '### Verification Commands',
    '```bash',
    '# a comment',
    '$ npm test',
    'npm run lint \\',
    '  --fix',
    '```',
    '```ts',
    'no()',
    '```',
    '### Else',
    '```bash',
    'no',
    '```',
    '## Dependencies',
    '| Ticket | What it needs | Status |',
    '|---|---|---|',
    '| BUG-002 | x | pending |',
    '| None | | |',
    '## History',
    '~~~',
    '## still code',
  ].join('\n');
  const front =
    'id: FEAT-001\naffected_files: [src/z.ts, src/a.ts]\ndepends_on: [BUG-001]\nblockers: [BUG-003, waiting for legal, none]\ntests: existing';

  it('gives sections, criteria, files, commands and dependencies with their lines', () => {
    const read = ticket(body, front);
    expect(read.sections.map(({ title, line }) => [title, line])).toEqual([
      ['Affected Files', 9],
      ['Acceptance Criteria', 15],
      ['Test Strategy', 27],
      ['Dependencies', 43],
      ['History', 48],
    ]);
    expect(read.criteria).toEqual([
      { id: 'AC-1', text: 'first', checked: false, line: 16 },
      { id: 'AC-2', text: 'second', checked: true, line: 17 },
      { id: '', text: 'without a name', checked: false, line: 18 },
    ]);
    expect(read.affectedFiles).toEqual([
      { path: 'src/z.ts', action: undefined, description: '', line: 3 },
      { path: 'src/a.ts', action: 'modify', description: 'a | b', line: 12 },
      { path: 'src/b.ts', action: 'create', description: '', line: 13 },
    ]);
    expect(read.verificationCommands).toEqual(['npm test', 'npm run lint --fix']);
    expect(read.dependsOn).toEqual(['BUG-001', 'BUG-003', 'BUG-002']);
    expect(read.otherBlockers).toEqual(['waiting for legal']);
    expect(read.tests).toBe('existing');
  });

  it('replacing a section keeps every other byte, and doing it twice changes nothing more', () => {
    const text = '---\r\nid: A-1\r\n---\r\n## One\r\n\r\nold\r\n\r\n## Two\r\nend';
    const edited = replaceSection(text, 'One', 'new\nlines');
    expect(edited).toBe('---\r\nid: A-1\r\n---\r\n## One\r\n\r\nnew\r\nlines\r\n\r\n## Two\r\nend');
    expect(replaceSection(edited, 'One', 'new\nlines')).toBe(edited);
  });

  it('a new section stands before History', () => {
    const text = '---\nid: A-1\n---\n## One\n\nx\n\n## History\n';
    expect(replaceSection(text, 'Plan', 'p')).toBe(
      '---\nid: A-1\n---\n## One\n\nx\n\n## Plan\n\np\n\n## History\n',
    );
  });

  it.each(['## Two', '```\nopen', '<!-- open'])(
    'a section text that would swallow others is refused: %j',
    (put) => {
      const text = '---\nid: A-1\n---\n## One\n\nx\n\n## History\n';
      expect(refusal(() => replaceSection(text, 'One', put)).code).toBe('ticket-section-breaks');
    },
  );

  it.each([
    [
      'below the last row',
      '## History\n\n| D | C | A |\n|---|---|---|\n| 1 | 2 | 3 |\n\n## Z\n',
      '| 3 |\n',
      '| 3 |\n| d | c \\| c | a |\n',
    ],
    ['without a final line end', '## History\n|---|\n| 1 |', '| 1 |', '| 1 |\n| d | c \\| c | a |'],
  ])('a row of history is added %s', (_name, content, old, now) => {
    const text = `---\nid: A-1\n---\n${content}`;
    const row = { date: 'd', change: 'c |\n c', author: 'a' };
    expect(appendHistory(text, row)).toBe(text.replace(old, () => now));
  });

  it('a missing History is made at the end', () => {
    const made = appendHistory('---\nid: A-1\n---\nx', { date: 'd', change: 'c', author: 'a' });
    expect(made).toBe(
      '---\nid: A-1\n---\nx\n\n## History\n\n| Date | Change | Author |\n|------|--------|--------|\n| d | c | a |\n',
    );
  });
});
