import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bare, csvRow, harmless, parseCsv } from '../../src/interchange/csv.ts';
import { type ExportForm, exportForms, exportTickets } from '../../src/interchange/export.ts';
import { importTickets } from '../../src/interchange/import.ts';
import { readCsv } from '../../src/interchange/read-csv.ts';
import { readGithub, readOwnJson } from '../../src/interchange/read-json.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { editFrontMatter, readTicketFile } from '../../src/tickets/file.ts';
import { openBacklog } from '../../src/tickets/store.ts';
import type { Ticket } from '../../src/tickets/ticket.ts';
import { config, project, text } from '../tickets/support.ts';

const readers = { csv: readCsv, 'github-json': readGithub, json: readOwnJson } as const;

/** Text with all that the forms give a meaning to. */
const wild = fc.array(
  fc.oneof(
    fc.constantFrom(
      '"',
      ',',
      '\n',
      '=1+1',
      "'",
      '@x',
      '-->',
      '<!-- a',
      '|',
      '# ',
      '## X\n',
      '```\n',
      '\\',
      '- [ ] AC-1: y',
      '\t',
      'é😀',
    ),
    fc.string({ maxLength: 8 }),
  ),
  { maxLength: 12 },
);
const line = wild.map(
  (parts) =>
    parts
      .join('')
      .replaceAll(/[\p{Cc}\p{Cs}\ufeff\ufffe\uffff\u2028\u2029]/gu, ' ')
      .trim() || 'x',
);
interface Made {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly tags: string[];
  readonly body: string;
}

const ticket: fc.Arbitrary<Made> = fc.record({
  id: fc.integer({ min: 1, max: 999 }).map((number) => `FEAT-${String(number).padStart(3, '0')}`),
  title: line,
  status: fc.constantFrom('pending', 'in_progress', 'completed', 'obsolete', 'review-blocked'),
  tags: fc.array(line, { maxLength: 3 }),
  body: wild.map((parts) => parts.join('').replaceAll(/[\p{Cs}\r]/gu, '')),
});

function made({ id, title, status, tags, body }: Made): Ticket {
  const folder = ['completed', 'obsolete'].includes(status) ? 'completed' : 'pending';
  const text = editFrontMatter(`---\nid: ${id}\n---\n${body}`, {
    title,
    status,
    tags,
    priority: 'low',
    n: 7,
  });
  return readTicketFile(text, `/p/${folder}/${id}-x.md`);
}

const same = ({ id, folder, fields, text }: Ticket) => {
  const { imported_from: _, ...own } = fields;
  return { id, folder, own, body: text.slice(text.indexOf('\n---\n') + 5) };
};

async function exported(tickets: readonly Ticket[], form: ExportForm): Promise<string> {
  let text = '';
  for await (const piece of exportTickets(tickets, form)) text += piece;
  return text;
}

describe('export', () => {
  it.each(['csv', 'github-json', 'json'] as const)(
    'to %s and import again gives the same tickets',
    async (form) => {
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(ticket, { selector: ({ id }) => id, maxLength: 4 }), async (all) => {
          const tickets = all.map(made);
          const paths = project();
          const source = readers[form](await exported(tickets, form), 'x');
          const report = await importTickets(paths, config, source, {
            form,
            prefix: undefined,
            dryRun: false,
            clock: systemClock,
          });
          expect(report).toMatchObject({ refused: [], unmapped: [] });
          const back = openBacklog(paths, config).tickets;
          const byId = (a: Ticket, b: Ticket) => a.id.localeCompare(b.id);
          expect(back.toSorted(byId).map(same)).toEqual(tickets.toSorted(byId).map(same));
        }),
        { numRuns: 40 },
      );
    },
  );

  const related = [
    readTicketFile(
      '---\nid: FEAT-001\ntitle: Login\nstatus: pending\nblockers: [FEAT-002, legal]\nparent: FEAT-002\nrefinement: ["not-duplicate-of:FEAT-002"]\nmore: {list: [1, null, [2]]}\n---\nAfter FEAT-002.\n',
      '/p/pending/FEAT-001-x.md',
    ),
    readTicketFile(
      '---\r\nid: FEAT-002\r\ntitle: Accounts\r\nstatus: pending\r\n---\r\n\r\ntext\r\n',
      '/p/pending/FEAT-002-x.md',
    ),
  ];
  const options = { prefix: undefined, dryRun: false, clock: systemClock };

  it.each(['csv', 'github-json', 'json'] as const)(
    'to %s and into a backlog where the ids are taken: all that names them follows',
    async (form) => {
      const paths = project({
        'backlog/data/pending/FEAT-001-a.md': text('FEAT-001'),
        'backlog/data/pending/FEAT-002-b.md': text('FEAT-002'),
      });
      const source = readers[form](await exported(related, form), 'x');
      expect(await importTickets(paths, config, source, { form, ...options })).toMatchObject({
        unmapped: [],
      });
      const { byId } = openBacklog(paths, config);
      expect(byId('FEAT-003')?.fields).toMatchObject({
        blockers: ['FEAT-004', 'legal'],
        parent: 'FEAT-004',
        refinement: ['not-duplicate-of:FEAT-004'],
        more: { list: [1, null, [2]] },
      });
      expect(byId('FEAT-003')?.text).toContain('After FEAT-004.');
      expect(byId('FEAT-004')?.text.replaceAll('\r\n', '')).not.toContain('\n');
    },
  );

  it.each(['csv', 'github-json', 'json'] as const)(
    'to %s and back into the same backlog imports nothing twice',
    async (form) => {
      const paths = project({ 'backlog/data/pending/FEAT-001-a.md': text('FEAT-001') });
      const source = readers[form](await exported(openBacklog(paths, config).tickets, form), 'x');
      expect(await importTickets(paths, config, source, { form, ...options })).toMatchObject({
        imported: [],
        already: [{ id: 'FEAT-001' }],
      });
    },
  );

  it('a spreadsheet finds no formula in the CSV', async () => {
    const evil = made({
      id: 'FEAT-001',
      title: '=HYPERLINK("http://x")',
      status: 'pending',
      tags: ['+1', '@a'],
      body: '-2+3\n',
    });
    for (const { cells } of parseCsv(await exported([evil], 'csv')).rows)
      for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  });

  it.each([0, 1, 3])('of %i tickets, JSON is indented as one document is', async (count) => {
    const tickets = [...related, ...related].slice(0, count);
    for (const form of ['json', 'github-json'] as const) {
      const written = await exported(tickets, form);
      expect(written).toBe(`${JSON.stringify(JSON.parse(written), null, 2)}\n`);
    }
  });

  it('md is for people: a table, then each ticket', async () => {
    const text = await exported(
      [made({ id: 'FEAT-001', title: 'a | b', status: 'pending', tags: [], body: '\n# FEAT-001: a\n' })],
      'md',
    );
    expect(text).toContain('| FEAT-001 | a \\| b | pending | low |');
    expect(exportForms).toContain('md');
  });
});

describe('CSV', () => {
  it('what is written is read again, cell by cell', () => {
    const cell = wild.map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 5 }), (rows) => {
        expect(parseCsv(rows.map(csvRow).join('')).rows.map(({ cells }) => cells)).toEqual(rows);
        for (const one of rows.flat()) expect(bare(harmless(one))).toBe(one);
      }),
    );
  });

  it.each([
    [
      'a,b\r\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['"a\nb",""""\n', [['a\nb', '"']]],
    ['a,\n', [['a', '']]],
    [
      '\ufeffa,b\rc,d\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['', []],
  ])('%j', (text, rows) => {
    expect(parseCsv(text).rows.map(({ cells }) => cells)).toEqual(rows);
  });
});
