import { describe, expect, it } from 'vitest';
import { project } from '../gates/support/project.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { repo } from './support.ts';

const lines = (count: number) => Array.from({ length: count }, (_, at) => `// invoice line ${at}\n`).join('');
const files = {
  'src/billing/invoice-total.js': `export function invoiceTotal(lines) {\n  if (!lines) throw new RangeError('no lines');\n  return 1;\n}\n${lines(30)}`,
  'src/billing/invoice-text.js': `export const invoiceText = () => 'invoice';\n`,
  'src/shop-window.js': 'export const windows = 1;\n',
  'test/invoice-total.test.js': 'test("the invoice is added up");\n',
  'backlog/data/pending/FEAT-001-a.md':
    '---\nid: FEAT-001\ntitle: Paint the shop\nstatus: pending\npriority: low\n---\n# FEAT-001\n',
  'backlog/data/pending/FEAT-002-b.md':
    '---\nid: FEAT-002\ntitle: Send the invoice\nstatus: pending\npriority: high\n---\n# FEAT-002: invoice by mail\n',
};

describe('backlog ticket context', () => {
  it('maps a request: files with snippets, patterns, tickets, scope and tokens', async () => {
    const root = repo(files);
    const map = jsonOf(
      await backlog(['ticket', 'context', '--request', 'round the invoice total', '--json'], { cwd: root }),
    );
    expect(map.files).toMatchObject([
      {
        path: 'src/billing/invoice-total.js',
        lines: 34,
        snippet: { start: 1, end: 20, symbols: 'invoiceTotal' },
      },
      { path: expect.stringContaining('invoice') },
      { path: expect.stringContaining('invoice') },
    ]);
    expect(map.patterns).toMatchObject({
      naming: 'kebab-case (3 of 3 names of several words)',
      tests: { files: ['test/invoice-total.test.js'] },
      errors: ['throw new RangeError (1)'],
    });
    expect(map.tickets).toEqual([
      { id: 'FEAT-002', title: 'Send the invoice', status: 'pending', priority: 'high', related: true },
      { id: 'FEAT-001', title: 'Paint the shop', status: 'pending', priority: 'low', related: false },
    ]);
    expect(map.scope).toMatchObject({ boundary: '.' });
    expect(map.estimated_tokens).toBe(12_000 + 4 * (34 + 1 + 1));
  });

  it('of a ticket begins with the files that it names, and leaves the ticket itself out', async () => {
    const root = project({ files: { 'src/other.js': 'export const total = 1;\n' } });
    const map = jsonOf(await backlog(['ticket', 'context', 'FEAT-001', '--json'], { cwd: root }));
    expect(JSON.stringify(map.files)).toMatch(/^\[\{"path":"src\/basket.js"/);
    expect(map.tickets).toEqual([]);
  });

  it.each([[[]], [['FEAT-001', '--request', 'x']], [['--request', ' ']]])(
    'is a wrong call with %j',
    async (args) => {
      const root = project();
      expect((await backlog(['ticket', 'context', ...args], { cwd: root })).exitCode).toBe(2);
    },
  );

  it('says which ticket is not there', async () => {
    const { exitCode, stdout } = await backlog(['ticket', 'context', 'FEAT-404', '--json'], {
      cwd: project(),
    });
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([3, 'ticket-not-found']);
  });
});
