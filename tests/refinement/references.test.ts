import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { referenceFindings } from '../../src/refinement/references/index.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitEnv, gitIn, writeFiles } from '../support/temp.ts';
import { listedWorldOf, shop, ticket, worldOf } from './support/shop.ts';

type Parts = Parameters<typeof ticket>[1];

const kinds = async (parts: Parts, files: Readonly<Record<string, string>> = {}): Promise<string[]> => {
  const root = shop({ 'FEAT-001': ticket('FEAT-001', parts) }, { files });
  const findings = await referenceFindings(await worldOf(root));
  expect(await referenceFindings(await listedWorldOf(root))).toEqual(findings);
  return findings.map(({ kind, from }) => `${kind} ${from}`);
};

describe('what a ticket names', () => {
  it.each([
    ['`src/basket.js:2` and `money.js` and `FEAT-001`, [a page](https://example.com/a).', []],
    ['`src/basket.js:99`', ['missing src/basket.js']],
    ['`src/basket.js:1` and `src/basket.js:99`', ['missing src/basket.js']],
    ['[x](../../../docs/a.md#second-part) [y](../../../docs/none.md)', ['missing ../../../docs/none.md']],
    ['[out](../../../../../etc/passwd)', []],
    ['`docs/größe.md` and `docs/länge.md`', ['missing docs/länge.md']],
    ['`src/none.js`, `and/or.none`, `array.map`', ['missing src/none.js']],
    ['`index.js`', ['ambiguous index.js']],
    ['FEAT-404 and UTF-8, `FEAT-405`', ['missing FEAT-404']],
    [
      '[x](docs/a.md#second-part) [y](docs/a.md#gone) [z](#description) [w](#nowhere)',
      ['missing docs/a.md', 'missing '],
    ],
    ['[x](docs/none.md)', ['missing docs/none.md']],
    ['See htps://example.com/x and https:///x.', ['form htps://example.com/x', 'form https:///x.']],
    ['Calls `notThere()`.', ['missing notThere()']],
  ])('%s', async (description, expected) => {
    const files = {
      'docs/a.md': '# A\n\n## Second part\n',
      'docs/größe.md': '',
      'a/index.js': '',
      'b/index.js': '',
    };
    expect(await kinds({ description }, files)).toEqual(expected);
  });
});

function moved(): string {
  const text = ticket('FEAT-001', {
    created: '2099-01-01',
    files: ['modify src/money.js', 'modify test/basket.test.js'],
    description: 'See `src/money.js:1`, `lib/src/money.js` and `src/money.json`.\r\nTrailing blanks stay.  ',
    fields: "shared_files: ['src/money.js'] # kept",
  });
  const root = shop({ 'FEAT-001': text }, { committed: true });
  gitIn(root, 'mv', 'src/money.js', 'src/cash.js');
  gitIn(root, 'commit', '-qm', 'refactor: rename');
  writeFiles(root, { 'lib/.keep': '' });
  gitIn(root, 'mv', 'src/cash.js', 'lib/cash.js');
  gitIn(root, 'commit', '-qm', 'refactor: move');
  return root;
}

it('follows files whose names look like patterns, and links relative to the ticket', async () => {
  const text = ticket('FEAT-001', {
    created: '2099-01-01',
    files: ['modify app/[id]/page.js', 'modify test/basket.test.js'],
    description: 'See [the guide](../../../docs/guide.md#one).',
  });
  const files = { 'app/[id]/page.js': 'export const page = 1;\n', 'docs/guide.md': '# One\n' };
  const root = shop({ 'FEAT-001': text }, { committed: true, files });
  gitIn(root, 'mv', 'app/[id]', 'app/[slug]');
  gitIn(root, 'mv', 'docs/guide.md', 'docs/handbook.md');
  gitIn(root, 'commit', '-qm', 'refactor: rename');
  expect((await backlog(['ticket', 'references', '--fix'], { cwd: root })).exitCode).toBe(0);
  const after = readFileSync(path.join(root, 'backlog/data/pending/FEAT-001-ticket.md'), 'utf8');
  expect(after).toBe(
    text
      .replace('app/[id]/page.js', 'app/[slug]/page.js')
      .replace('../../../docs/guide.md#one', '../../../docs/handbook.md#one'),
  );
});

it('follows renames, and rewrites them with every other byte as it was', async () => {
  const root = moved();
  const file = path.join(root, 'backlog/data/pending/FEAT-001-ticket.md');
  const before = readFileSync(file, 'utf8');
  const said = await backlog(['ticket', 'references', '--json'], { cwd: root });
  expect(said.exitCode).toBe(1);
  expect([jsonOf(said).items].flat().filter((one) => Object(one).kind === 'moved')).toMatchObject(
    Array.from({ length: 3 }, () => ({ from: 'src/money.js', to: 'lib/cash.js', code: 'reference-moved' })),
  );
  expect(readFileSync(file, 'utf8')).toBe(before);
  const fixed = await backlog(['ticket', 'references', 'FEAT-001', '--fix', '--json'], { cwd: root });
  expect(fixed.exitCode).toBe(0);
  expect(jsonOf(fixed)).toMatchObject({ errors: 0, fixed: [{}, {}, {}] });
  const expected = before
    .replace('| src/money.js |', '| lib/cash.js |')
    .replace('`src/money.js:1`', '`lib/cash.js:1`')
    .replace("['src/money.js']", "['lib/cash.js']");
  expect(readFileSync(file, 'utf8')).toBe(expected);
  expect((await backlog(['undo'], { cwd: root })).exitCode).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

it('tells what others changed since the ticket was written, and not its own commits', async () => {
  const own = { created: '2020-01-01' };
  const root = shop(
    {
      'FEAT-001': ticket('FEAT-001', { ...own, files: ['modify src/money.js'] }),
      'FEAT-002': ticket('FEAT-002', { ...own, files: ['modify src/server.js'] }),
      'FEAT-003': ticket('FEAT-003', { created: '2099-01-01' }),
    },
    { committed: true },
  );
  const found = async () =>
    (await referenceFindings(await worldOf(root)))
      .filter(({ kind }) => kind === 'changed')
      .map(({ from, message }) => [from, /changed (\S+)/.exec(message)?.[1]]);
  expect(await found()).toEqual([
    ['src/money.js', 'once'],
    ['src/server.js', 'once'],
  ]);
  writeFiles(root, { 'src/money.js': '// other\n', 'src/server.js': '// other\n' });
  gitIn(root, 'commit', '-qam', 'feat: more\n\nTicket: FEAT-001');
  expect(await found()).toEqual([
    ['src/money.js', 'once'],
    ['src/server.js', '2'],
  ]);
});

it('follows a file through its moves, and takes a move alone for no change', async () => {
  const root = shop(
    { 'FEAT-001': ticket('FEAT-001', { created: '2026-01-01', files: ['modify lib/cash.js'] }) },
    { committed: false },
  );
  const commit = (day: string) => {
    gitIn(root, 'add', '-A');
    const date = `${day}T12:00:00Z`;
    execFileSync('git', ['commit', '-qm', 'x', '--date', date], {
      cwd: root,
      env: { ...gitEnv(), GIT_COMMITTER_DATE: date },
    });
  };
  const found = async () =>
    (await referenceFindings(await worldOf(root)))
      .filter(({ kind }) => kind === 'changed')
      .map(({ from, message }) => [from, /changed (\S+)/.exec(message)?.[1]]);
  commit('2025-12-01');
  mkdirSync(path.join(root, 'lib'));
  gitIn(root, 'mv', 'src/money.js', 'lib/purse.js');
  commit('2026-02-01');
  gitIn(root, 'mv', 'lib/purse.js', 'lib/cash.js');
  commit('2026-02-02');
  expect(await found()).toEqual([]);
  writeFiles(root, { 'lib/cash.js': '// another\n' });
  commit('2026-02-02');
  gitIn(root, 'mv', 'lib/cash.js', 'lib/money.js');
  commit('2026-02-03');
  writeFiles(root, { 'lib/money.js': '// other\n' });
  commit('2026-02-04');
  gitIn(root, 'mv', 'lib/money.js', 'lib/cash.js');
  commit('2026-02-05');
  expect(await found()).toEqual([['lib/cash.js', '2']]);
});

describe('obsolete tickets', () => {
  const gone = { files: ['modify src/a.js', 'delete src/b.js'] };
  it('are proposed when their files are gone, and moved only with --apply', async () => {
    const root = shop({ 'FEAT-001': ticket('FEAT-001', gone), 'FEAT-002': ticket('FEAT-002') });
    const place = (folder: string) =>
      existsSync(path.join(root, `backlog/data/${folder}/FEAT-001-ticket.md`));
    const said = await backlog(['ticket', 'references', '--json'], { cwd: root });
    expect(jsonOf(said).obsolete).toMatchObject([{ id: 'FEAT-001', reason: 'files-gone', applied: false }]);
    expect(place('pending')).toBe(true);
    expect((await backlog(['ticket', 'references', '--apply'], { cwd: root })).exitCode).toBe(0);
    expect([place('pending'), place('completed')]).toEqual([false, true]);
  });

  it('are found by commands that are a gate or a script with plain paths; nothing else runs', async () => {
    const made = { files: ['create src/basket.js'] };
    const say = (name: string) => `touch ran-${name}`;
    const root = shop(
      {
        'FEAT-001': ticket('FEAT-001', { ...made, commands: ['npm test'] }),
        'FEAT-002': ticket('FEAT-002', {
          ...made,
          commands: [
            'npm test; touch ran-shell',
            'touch ran-plain',
            'npm test $(touch ran-sub)',
            'npm test -- --x=1',
            'npm test ../x.js',
            'npm run touch`x`',
          ],
        }),
        'FEAT-003': ticket('FEAT-003', { ...made, commands: ['npm run check -- src/basket.js'] }),
        'FEAT-004': ticket('FEAT-004', { ...made, commands: ['npm run fails'] }),
        'FEAT-005': ticket('FEAT-005', { files: ['modify src/basket.js'], commands: ['npm test'] }),
      },
      {
        config: { qualityGates: { testCommand: 'npm test' } },
        files: {
          'package.json': JSON.stringify({
            scripts: {
              test: say('test'),
              check: `node -e "require('fs').writeFileSync('ran-check', process.argv.join())"`,
              fails: 'exit 1',
            },
          }),
        },
      },
    );
    const plain = await backlog(['ticket', 'references', '--json'], { cwd: root });
    expect(jsonOf(plain).obsolete).toEqual([]);
    expect(existsSync(path.join(root, 'ran-test'))).toBe(false);
    const said = jsonOf(
      await backlog(['ticket', 'references', '--run-verification', '--json'], { cwd: root }),
    );
    expect([said.obsolete].flat().map((one) => Object(one).id)).toEqual(['FEAT-001', 'FEAT-003']);
    expect([said.not_run].flat()).toHaveLength(6);
    expect(readFileSync(path.join(root, 'ran-check'), 'utf8')).toContain('src/basket.js');
    for (const name of ['shell', 'plain', 'sub'])
      expect(existsSync(path.join(root, `ran-${name}`))).toBe(false);
  });

  it.each([0, 2_001])('leaves one that was begun while they ran, beside %i others', async (others) => {
    const begins = `const fs = require('fs'); const file = 'backlog/data/pending/FEAT-001-ticket.md'; fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('status: pending', 'status: in_progress'))`;
    const root = shop(
      {
        'FEAT-001': ticket('FEAT-001', {
          files: ['create src/made.js'],
          commands: ['npm run check'],
        }),
      },
      {
        files: {
          'src/made.js': '',
          'begins.js': begins,
          'package.json': JSON.stringify({ scripts: { check: 'node begins.js' } }),
          ...Object.fromEntries(
            Array.from({ length: others }, (_, at) => [
              `backlog/data/completed/TASK-${at + 1}.md`,
              `---\nid: TASK-${at + 1}\ntitle: Done\nstatus: completed\n---\n`,
            ]),
          ),
        },
      },
    );
    const args = ['ticket', 'references', '--run-verification', '--apply', '--json'];
    const said = jsonOf(await backlog(args, { cwd: root }));
    expect(said.obsolete).toMatchObject([{ id: 'FEAT-001', applied: false }]);
    const file = path.join(root, 'backlog/data/pending/FEAT-001-ticket.md');
    expect(readFileSync(file, 'utf8')).toContain('status: in_progress');
  });
});
