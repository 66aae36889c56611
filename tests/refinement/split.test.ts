import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/project/config.ts';
import { passesScope } from '../../src/refinement/checks/scope.ts';
import { splitPlan } from '../../src/refinement/split/plan.ts';
import { readTicketFile } from '../../src/tickets/file.ts';
import { backlog, jsonOf, repositoryRoot } from '../support/cli.ts';
import { configText, shop, ticket } from './support/shop.ts';

const large = {
  files: [
    'create src/db/tax.js',
    'create src/api/tax.js',
    'modify src/server.js',
    'create src/ui/tax.js',
    'create src/ui/label.js',
    'create test/db/tax.test.js',
    'modify test/basket.test.js',
  ],
  criteria: [
    'The db keeps the tax',
    'The api answers with the tax',
    'The ui shows a label',
    'The server starts',
  ],
  strategy: `Run them in any order.

### Unit Tests

- test: "should keep" → verifies AC-1
  in the db
- test: "should answer" → verifies AC-2

### Integration Tests

- test: "should show the label" → verifies AC-3
- test: "should start the server" → verifies AC-4`,
  commands: ['npm test', 'node --test test/db/tax.test.js'],
  fields: 'shared_files: []\ntags: [money]\ncustom: kept',
};

const config = parseConfig(configText(), 'backlog.config.json').config;

describe('the plan', () => {
  it('loses no file and no criterion, passes the gate in every part, and orders parts without a cycle', () => {
    const file = fc
      .tuple(fc.constantFrom('src/db', 'src/api', 'web/ui', 'test', 'lib/core/deep', ''), fc.nat(30))
      .map(([folder, number]) =>
        folder === '' ? `f${number}.js` : `${folder}/f${number}${folder === 'test' ? '.test' : ''}.js`,
      );
    fc.assert(
      fc.property(
        fc.uniqueArray(file, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.tuple(fc.nat(24), fc.nat(24)), { maxLength: 40 }),
        fc.nat(8_000),
        (files, criteria, edges, size) => {
          const text = ticket('FEAT-001', {
            files: files.map((one) => `modify ${one}`),
            criteria: Array.from({ length: criteria }, (_one, index) => `f${index} works`),
          });
          const imports = (from: string): string[] =>
            edges.flatMap(([a, b]) => (files[a] === from ? (files[b] ?? []) : []));
          const one = readTicketFile(text, '/p/backlog/data/pending/FEAT-001-x.md');
          const facts = { lines: () => size, imports };
          const parts = splitPlan(one, config, facts);
          const paths = parts.flatMap((part) => part.files.map((each) => each.path));
          expect(paths.toSorted()).toEqual(files.toSorted());
          const ids = parts.flatMap((part) => part.criteria.map(({ id }) => id));
          expect(ids.toSorted()).toEqual(one.criteria.map(({ id }) => id).toSorted());
          for (const [index, part] of parts.entries()) {
            expect(passesScope(part.files, facts.lines, config)).toBe(true);
            expect(part.after.every((before) => before < index)).toBe(true);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
  it('lets what is imported come first', () => {
    const text = ticket('FEAT-001', { files: ['modify web/a.js', 'modify lib/b.js'] });
    const facts = { lines: () => 1, imports: (file: string) => (file === 'web/a.js' ? ['lib/b.js'] : []) };
    const parts = splitPlan(readTicketFile(text, '/p/backlog/data/pending/FEAT-001-x.md'), config, facts);
    expect(parts.map(({ files, after }) => [files[0]?.path, after])).toEqual([
      ['lib/b.js', []],
      ['web/a.js', [0]],
    ]);
  });
  it('refuses a file that alone is too large', () => {
    const one = readTicketFile(ticket('FEAT-001'), '/p/backlog/data/pending/FEAT-001-x.md');
    expect(() => splitPlan(one, config, { lines: () => 30_000, imports: () => [] })).toThrow(
      /src\/basket\.js alone/,
    );
  });
});

const waiting = {
  dependsOn: ['FEAT-001'],
  files: ['modify src/money.js'],
  more: '\n| Ticket | What it needs | Status |\n|---|---|---|\n| FEAT-001 | the tax | pending |\n',
};

function project(): string {
  return shop({
    'FEAT-001': ticket('FEAT-001', large),
    'FEAT-002': ticket('FEAT-002', waiting),
    'FEAT-003': ticket('FEAT-003', { status: 'completed' }),
  });
}

function ticketFiles(root: string): Record<string, string> {
  const data = path.join(root, 'backlog/data');
  return Object.fromEntries(
    ['pending', 'completed']
      .filter((folder) => existsSync(path.join(data, folder)))
      .flatMap((folder) =>
        readdirSync(path.join(data, folder)).map((name) => [
          `${folder}/${name}`,
          readFileSync(path.join(data, folder, name), 'utf8'),
        ]),
      ),
  );
}

describe('ticket split', () => {
  it('plans without writing', async () => {
    const root = project();
    const before = ticketFiles(root);
    const result = await backlog(['ticket', 'split', 'FEAT-001', '--plan', '--json'], { cwd: root });
    expect(result.exitCode).toBe(0);
    expect(jsonOf(result)).toMatchObject({ id: 'FEAT-001', needed: true });
    expect(ticketFiles(root)).toEqual(before);
  });

  it('writes parts that hold everything, and lets others wait for the last ones', async () => {
    const root = project();
    const result = await backlog(['ticket', 'split', 'FEAT-001', '--apply', '--json'], { cwd: root });
    expect(result).toMatchObject({ exitCode: 0 });
    const { split_into: ids } = jsonOf(result);
    const parts = Object.entries(ticketFiles(root)).filter(([, text]) =>
      /^split_from: FEAT-001$/m.test(text),
    );
    expect(parts.map(([name]) => name.slice(8, 16))).toEqual(ids);
    const tickets = parts.map(([name, text]) => readTicketFile(text, path.join(root, 'backlog/data', name)));
    expect(
      tickets
        .flatMap(({ affectedFiles }) => affectedFiles.map((file) => `${file.action} ${file.path}`))
        .toSorted(),
    ).toEqual(large.files.toSorted());
    expect(tickets.flatMap(({ criteria }) => criteria.map(({ text }) => text)).toSorted()).toEqual(
      large.criteria.toSorted(),
    );
    for (const line of large.strategy.split('\n').filter((one) => one.startsWith('- ')))
      expect(parts.filter(([, text]) => text.includes(line))).toHaveLength(1);
    for (const { text, verificationCommands, fields } of tickets) {
      expect(text).toContain('Run them in any order.');
      expect(verificationCommands).toContain('npm test');
      expect(fields).toMatchObject({
        tags: ['money'],
        custom: 'kept',
        priority: 'medium',
        status: 'pending',
      });
    }
    expect(tickets.filter((one) => one.verificationCommands.length === 2)).toHaveLength(1);
    const after = ticketFiles(root);
    expect(Object.keys(after)).toContain('completed/FEAT-001-ticket.md');
    expect(after['completed/FEAT-001-ticket.md']).toContain(`split_into: [${[ids].flat().join(', ')}]`);
    const other = readTicketFile(
      after['pending/FEAT-002-ticket.md'] ?? '',
      path.join(root, 'x/pending/FEAT-002-ticket.md'),
    );
    expect(other.dependsOn).not.toContain('FEAT-001');
    expect([ids].flat()).toEqual(expect.arrayContaining([...other.dependsOn]));
    expect(other.dependsOn.length).toBeGreaterThan(0);
    const checked = await backlog(
      ['ticket', 'validate', '--deep', '--json', ...tickets.map(({ id }) => id)],
      { cwd: root },
    );
    expect(
      [jsonOf(checked).items]
        .flat()
        .filter((item) => /^(?:scope|gap|coherence|ticket)/.test(Object(item).code)),
    ).toEqual([]);
  });

  it('refuses what needs no split, has begun, or is asked for twice', async () => {
    const root = shop({
      'FEAT-001': ticket('FEAT-001'),
      'FEAT-002': ticket('FEAT-002', { ...large, status: 'in_progress' }),
    });
    const before = ticketFiles(root);
    const code = async (...args: string[]) => {
      const result = await backlog(['ticket', 'split', ...args, '--json'], { cwd: root });
      return [result.exitCode, Object(jsonOf(result).error).code];
    };
    expect(await code('FEAT-001', '--apply')).toEqual([1, 'split-not-needed']);
    expect(await code('FEAT-002', '--apply')).toEqual([1, 'split-begun']);
    expect(await code('FEAT-002', '--apply', '--plan')).toEqual([2, 'usage']);
    expect(await code('FEAT-002')).toEqual([2, 'usage']);
    expect(ticketFiles(root)).toEqual(before);
  });

  it('says in the plan which part has no criterion', async () => {
    const root = shop({ 'FEAT-001': ticket('FEAT-001', { ...large, criteria: ['The db keeps the tax'] }) });
    const plan = await backlog(['ticket', 'split', 'FEAT-001', '--plan', '--json'], { cwd: root });
    const missing = [jsonOf(plan).parts].flat().map((part) => Object(part).criterion_missing);
    expect(missing.filter((one) => one === false)).toHaveLength(1);
    expect(missing).toContain(true);
    const text = await backlog(['ticket', 'split', 'FEAT-001', '--plan'], { cwd: root });
    expect(text.stdout).toContain('no criterion is left for it');
  });

  it('asks one criterion of a part, and all of a ticket that only says that it is one', async () => {
    const few = {
      criteria: ['A basket has a sum'],
      strategy: '- unit and integration test: "sums" → verifies AC-1',
    };
    const codes = async (whole: string) => {
      const root = shop({
        'FEAT-001': ticket('FEAT-001', { status: 'split', fields: whole }),
        'FEAT-002': ticket('FEAT-002', { ...few, fields: 'split_from: FEAT-001' }),
      });
      const said = await backlog(['ticket', 'validate', 'FEAT-002', '--json'], { cwd: root });
      return [jsonOf(said).items].flat().map((item) => Object(item).code);
    };
    expect(await codes('split_into: [FEAT-002]')).toEqual([]);
    expect(await codes('split_into: [FEAT-003]')).toEqual(['ticket-criteria']);
  });

  it('is one change: undo takes it back, and one that was killed is done or never was', async () => {
    const killer = path.join(repositoryRoot, 'tests/gates/support/kill-at.cjs');
    const root = project();
    const before = ticketFiles(root);
    await backlog(['ticket', 'split', 'FEAT-001', '--apply'], { cwd: root });
    const after = ticketFiles(root);
    expect(await backlog(['undo'], { cwd: root })).toMatchObject({ exitCode: 0 });
    expect(ticketFiles(root)).toEqual(before);
    let halves = 0;
    for (let at = 30; at < 120; at += 9) {
      const env = { NODE_OPTIONS: `--require=${killer}`, BACKLOG_TEST_KILL_AT: String(at) };
      const first = await backlog(['ticket', 'split', 'FEAT-001', '--apply'], { cwd: root, env });
      if (first.exitCode === 0) break;
      const left = JSON.stringify(ticketFiles(root));
      halves += Number(left !== JSON.stringify(before) && left !== JSON.stringify(after));
      await backlog(['ticket', 'list'], { cwd: root });
      const now = ticketFiles(root);
      expect(now, `killed at ${at}`).toEqual('completed/FEAT-001-ticket.md' in now ? after : before);
      if ('completed/FEAT-001-ticket.md' in now) break;
    }
    expect(halves).toBeGreaterThan(0);
    expect(await backlog(['ticket', 'split', 'FEAT-001', '--apply'], { cwd: root })).toMatchObject({
      exitCode: 0,
    });
    expect(ticketFiles(root)).toEqual(after);
  }, 60_000);
});
