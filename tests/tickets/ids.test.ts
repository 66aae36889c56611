import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatId, idNumber, idSequence, nextId, nextNumber } from '../../src/tickets/ids.ts';
import { createTicketFile, openBacklog } from '../../src/tickets/store.ts';
import { script } from '../support/script.ts';
import { gitIn, tempDir, writeFiles } from '../support/temp.ts';
import { completed, config, pending, project, text } from './support.ts';

const make = (paths: Parameters<typeof createTicketFile>[0], title = 'Add a thing') =>
  createTicketFile(paths, config, { prefix: 'FEAT', title, render: text });

describe('the next id', () => {
  it.each([
    [[], 'FEAT-001'],
    [['FEAT-007-a.md', 'FEAT-3.md'], 'FEAT-008'],
    [['BUG-050-a.md', 'FEATURE-060.md', 'FEAT-x.md', 'FEAT-9b.md'], 'FEAT-001'],
    [['feat-010-a.md'], 'FEAT-011'],
    [['FEAT-999'], 'FEAT-1000'],
    [['FEAT-99999999999999999999.md'], 'FEAT-001'],
    [['FEAT-999999999-a.md', 'FEAT-001-b.md'], 'FEAT-002'],
  ])('after %j is %s', (names, id) => {
    expect(nextId('FEAT', names)).toBe(id);
  });

  it.each([
    [[], ['FEAT-001', 'FEAT-002', 'FEAT-003']],
    [
      ['FEAT-007-a.md', 'FEAT-3.md'],
      ['FEAT-008', 'FEAT-009', 'FEAT-010'],
    ],
    [
      ['FEAT-999999998', 'FEAT-002', 'FEAT-004'],
      ['FEAT-999999999', 'FEAT-001', 'FEAT-003'],
    ],
  ])('of several, after %j, are those that come one by one: %j', (names, ids) => {
    const next = idSequence(names);
    expect([next('FEAT'), next('FEAT'), next('BUG'), next('FEAT')]).toEqual([
      ...ids.slice(0, 2),
      'BUG-001',
      ...ids.slice(2),
    ]);
    const taken: string[] = [...names];
    for (const id of ids) {
      expect(nextId('FEAT', taken)).toBe(id);
      taken.push(id);
    }
  });

  it('is the one after all numbers that names have, looked at one by one', () => {
    const name = fc
      .tuple(
        fc.constantFrom('FEAT', 'feat', 'FeAt', 'FEA', 'XFEAT', 'F\u017fEAT', 'FEAT-FEAT', ''),
        fc.constantFrom('-', '', '--', '\u2010'),
        fc.oneof(fc.stringMatching(/^[0-9]{0,12}$/), fc.nat({ max: 2000 }).map(String)),
        fc.constantFrom('', '-a.md', 'b.md', 'Z', '_', '.md', '\u0660', '\u212a'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(name, { maxLength: 20 }), fc.array(name, { maxLength: 20 }), (one, other) => {
        const numbers = [...one, ...other].map((each) => idNumber('FEAT', each) ?? 0);
        expect(nextId('FEAT', one, other)).toBe(formatId('FEAT', nextNumber(numbers)));
      }),
      { numRuns: 2000 },
    );
  });

  it('has at least three digits', () => {
    expect([formatId('A', 1), formatId('A', 1234)]).toEqual(['A-001', 'A-1234']);
  });

  it('comes after pending, completed and broken files, and after ids that no file name shows', async () => {
    const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001') });
    expect((await make(paths)).id).toBe('FEAT-002');
    writeFiles(paths.mainRoot, { [completed('FEAT-004-b.md')]: text('FEAT-004') });
    expect((await make(paths)).id).toBe('FEAT-005');
    writeFiles(paths.mainRoot, { [pending('FEAT-010-broken.md')]: '---js\n1\n---\n' });
    expect((await make(paths)).id).toBe('FEAT-011');
    writeFiles(paths.mainRoot, { [pending('renamed.md')]: text('FEAT-020') });
    expect((await make(paths)).id).toBe('FEAT-021');
  });

  it('comes after the tickets of other worktrees and of local branches', async () => {
    const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001') }, { git: true });
    const root = paths.mainRoot;
    gitIn(root, 'switch', '-q', '-c', 'other');
    writeFiles(root, { [completed('FEAT-005-b.md')]: text('FEAT-005') });
    gitIn(root, 'add', '-A');
    gitIn(root, 'commit', '-q', '-m', 'docs: a ticket');
    gitIn(root, 'switch', '-q', 'main');
    expect((await make(paths)).id).toBe('FEAT-006');
    const worktree = path.join(tempDir(), 'worktree');
    gitIn(root, 'worktree', 'add', '-q', '-b', 'third', worktree);
    writeFiles(worktree, { [pending('FEAT-008-c.md')]: text('FEAT-008') });
    expect((await make(paths)).id).toBe('FEAT-009');
  });

  it('a repository without a commit gives the first', async () => {
    const paths = project();
    gitIn(paths.mainRoot, 'init', '-q');
    expect((await make(paths)).id).toBe('FEAT-001');
  });
});

describe('creating tickets', () => {
  it.each([
    ['Add a health endpoint!', 'FEAT-001-add-a-health-endpoint.md'],
    ['../../etc/passwd', 'FEAT-001-etc-passwd.md'],
    ['日本', 'FEAT-001-ticket.md'],
    ['x'.repeat(500), `FEAT-001-${'x'.repeat(60)}.md`],
  ])('%s becomes a file name', async (title, name) => {
    const paths = project();
    expect(path.basename((await make(paths, title)).file)).toBe(name);
    expect(readdirSync(path.join(paths.mainRoot, 'backlog/data/pending'))).toEqual([name]);
  });

  it('a text that is no ticket with this id leaves no file', async () => {
    const paths = project();
    const wrong = { prefix: 'FEAT', title: 'x', render: () => text('FEAT-002') };
    await expect(createTicketFile(paths, config, wrong)).rejects.toMatchObject({
      code: 'ticket-id-mismatch',
    });
    const broken = { ...wrong, render: () => 'none' };
    await expect(createTicketFile(paths, config, broken)).rejects.toMatchObject({
      code: 'ticket-frontmatter-missing',
    });
    await expect(createTicketFile(paths, config, { ...wrong, prefix: 'NO' })).rejects.toMatchObject({
      code: 'ticket-prefix',
      exitCode: 2,
    });
    expect(openBacklog(paths, config)).toMatchObject({ tickets: [], broken: [] });
  });

  it('32 processes at once get 32 ids', async () => {
    const paths = project({}, { git: true });
    const create = await script(
      tempDir(),
      {
        createTicketFile: 'tickets/store.ts',
        requireProject: 'project/paths.ts',
        loadConfig: 'project/config.ts',
      },
      `const paths = requireProject(process.argv[2]);
      const render = (id) => '---\\nid: ' + id + '\\ntitle: x\\n---\\n';
      const wanted = { prefix: 'FEAT', title: 'same title', render };
      process.stdout.write((await createTicketFile(paths, loadConfig(paths).config, wanted)).id);`,
    );
    const results = await Promise.all(Array.from({ length: 32 }, () => create(paths.root)));
    const expected = Array.from({ length: 32 }, (_, index) => formatId('FEAT', index + 1));
    expect(results.map(({ stdout }) => stdout).sort()).toEqual(expected);
    expect(
      openBacklog(paths, config)
        .tickets.map(({ id }) => id)
        .sort(),
    ).toEqual(expected);
  });
});
