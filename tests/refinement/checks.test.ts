import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deepCheck } from '../../src/refinement/checks/index.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { codesIn, shop, ticket, worldOf } from './support/shop.ts';

const one = (parts: Parameters<typeof ticket>[1], more?: Parameters<typeof shop>[1]) =>
  codesIn(shop({ 'FEAT-001': ticket('FEAT-001', parts) }, more));
const two = (a: Parameters<typeof ticket>[1], b: Parameters<typeof ticket>[1]) =>
  codesIn(shop({ 'FEAT-001': ticket('FEAT-001', a), 'FEAT-002': ticket('FEAT-002', b) }));

const apart = ['modify src/money.js', 'create test/money.test.js'];

it('has nothing to say of a ticket that fits its project', async () => {
  expect(await one({})).toEqual([]);
});

describe('completeness', () => {
  it('knows whether files are there', async () => {
    expect(await one({ files: ['create src/basket.js'] })).toEqual(['FEAT-001 completeness-file-exists']);
    expect(await one({ files: ['modify src/gone.js'] })).toEqual(['FEAT-001 completeness-file-missing']);
    expect(await one({ files: ['delete src/gone.js'] })).toEqual(['FEAT-001 completeness-file-missing']);
  });
  it('takes a file that is deleted but still in the index for gone, and an ignored one for there', async () => {
    const root = shop({
      'FEAT-001': ticket('FEAT-001', { files: ['modify src/money.js', 'modify .backlog-ops/x.js'] }),
    });
    gitIn(root, 'add', '-A');
    rmSync(path.join(root, 'src/money.js'));
    writeFiles(root, { '.backlog-ops/x.js': '' });
    expect(await codesIn(root)).toContain('FEAT-001 completeness-file-missing');
    expect((await codesIn(root)).filter((code) => code.includes('file-missing'))).toHaveLength(1);
  });
  it('does not judge the files of work that has begun', async () => {
    expect(await one({ status: 'in_progress', files: ['create src/basket.js'] })).toEqual([]);
  });
  it('asks for unit and integration tests of a feature', async () => {
    const strategy = '### Unit Tests\n\n- test: "should sum" → verifies AC-1 to AC-3';
    expect(await one({ strategy })).toEqual(['FEAT-001 completeness-test-kinds']);
  });
});

describe('coherence', () => {
  it('tells dependencies that are never met, and split ones', async () => {
    const on = async (status: string, more = '') =>
      codesIn(
        shop({
          'FEAT-001': ticket('FEAT-001', { status, fields: `shared_files: []${more}` }),
          'FEAT-002': ticket('FEAT-002', { dependsOn: ['FEAT-001'] }),
        }),
      );
    expect(await on('obsolete')).toEqual(['FEAT-002 coherence-dependency-obsolete']);
    expect(await on('split')).toEqual(['FEAT-002 coherence-dependency-split']);
    expect(await on('split', '\nsplit_into: [FEAT-002]')).toEqual(['FEAT-002 coherence-dependency-split']);
    expect(await on('completed')).toEqual([]);
  });
});

describe('gaps', () => {
  it('tells two open tickets on one file without an order, and not those with one through a third', async () => {
    expect(await two({}, {})).toEqual(['FEAT-002 gap-order-missing', 'FEAT-002 gap-order-missing']);
    expect(await two({}, { dependsOn: ['FEAT-001'] })).toEqual([]);
    const chain = {
      'FEAT-001': ticket('FEAT-001'),
      'FEAT-002': ticket('FEAT-002', { dependsOn: ['FEAT-001'], files: apart }),
      'FEAT-003': ticket('FEAT-003', { dependsOn: ['FEAT-002'] }),
    };
    expect(await codesIn(shop(chain))).toEqual([]);
  });
  it('takes shared_files for an agreement', async () => {
    expect(await two({}, { fields: 'shared_files: [src/basket.js, test/basket.test.js]' })).toEqual([]);
  });
  it('gives a fix that works', async () => {
    const root = shop({ 'FEAT-001': ticket('FEAT-001'), 'FEAT-002': ticket('FEAT-002') });
    const { findings } = await deepCheck(await worldOf(root));
    const command = /`backlog (ticket edit \S+) --set "([^"]+)"`/.exec(findings[0]?.fix ?? '');
    const args = [...(command?.[1] ?? '').split(' '), '--set', command?.[2] ?? ''];
    expect((await backlog(args, { cwd: root })).exitCode).toBe(0);
    expect(await codesIn(root)).toEqual([]);
  });
  it('tells a file that two create, and one that another will create', async () => {
    const made = { files: ['create src/tax.js'] };
    expect(await two(made, { ...made, dependsOn: ['FEAT-001'] })).toEqual(['FEAT-002 gap-created-twice']);
    expect(await two(made, { files: ['modify src/tax.js'] })).toEqual(['FEAT-002 gap-dependency-missing']);
    expect(await two(made, { files: ['modify src/tax.js'], dependsOn: ['FEAT-001'] })).toEqual([]);
  });
  it('tells files and names in the text that another open ticket makes', async () => {
    const maker = { files: ['create src/tax.js'], description: 'Adds `taxOf(cents)`.' };
    const b = { files: apart.slice(0, 1) };
    expect(await two(maker, { ...b, description: 'See `src/tax.js`.' })).toEqual([
      'FEAT-002 gap-dependency-missing',
    ]);
    expect(await two(maker, { ...b, description: 'Calls `taxOf(cents)`.' })).toEqual([
      'FEAT-002 gap-dependency-missing',
    ]);
    const after = { ...b, description: 'Calls `taxOf(cents)`.', dependsOn: ['FEAT-001'] };
    expect(await two(maker, after)).toEqual([]);
  });
  it('tells a shared file that nobody owns', async () => {
    expect(await one({ fields: 'shared_files: [src/money.js]' })).toEqual(['FEAT-001 gap-shared-unowned']);
  });
  it('leaves tickets in a cycle to the check of cycles', async () => {
    expect(await two({ dependsOn: ['FEAT-002'] }, { dependsOn: ['FEAT-001'] })).toEqual([]);
  });
});

describe('contracts', () => {
  const says = (description: string) => one({ description });
  it('knows names of the code, of the language, and what a ticket adds', async () => {
    expect(await says('Calls `totalCents`, `money.roundCents(1)` and `hasOwnProperty`.')).toEqual([]);
    expect(await says('Adds `taxOfBasket`.\n\nThen `taxOfBasket` is called.')).toEqual([]);
    expect(await says('Calls `createHmac`, and `Promise.allSettled`.')).toEqual([]);
    expect(await says('A new `taxOf(item): number`.\n\nThe sum calls `taxOf()`.')).toEqual([]);
    expect(await says('The tax is a function `taxOf(item)` beside `totalCents`.')).toEqual([]);
    expect(await says('`async function totalCents(items): number` stays.')).toEqual([]);
    expect(await says('Calls `taxOfBasket`.')).toEqual(['FEAT-001 contract-unknown']);
    expect(await says('Calls `taxOfBasket(items): number`.')).toEqual(['FEAT-001 contract-unknown']);
  });
  it('takes plain words, flags, paths, values and records for no names', async () => {
    expect(await says('Use `sum`, `--fast`, `a/b`, `package.json`, `x = 1`, `"ok"`.')).toEqual([]);
    expect(await one({ more: '\n## Cost Estimate\n\n`notThere`\n\n' })).toEqual([]);
  });
  it('asks for nothing that the sentence puts aside', async () => {
    expect(await says('`taxOfBasket` is out of scope. `POST /api/tax` was removed in 0.3.')).toEqual([]);
    expect(await says('The key is in the environment variable `SHOP_KEY`.')).toEqual([]);
    expect(await says('Tax is out of scope. It calls `taxOfBasket`.')).toEqual(['FEAT-001 contract-unknown']);
    expect(await says('It reads `SHOP_KEY`.')).toEqual(['FEAT-001 contract-unknown']);
  });
  it('knows endpoints by the fixed parts of their route', async () => {
    expect(await says('`GET /api/basket/{id}` answers.')).toEqual([]);
    expect(await says('`GET /api/orders` answers.')).toEqual(['FEAT-001 contract-unknown']);
  });
  it('does not take the text of tickets for code', async () => {
    const closed = ticket('FEAT-002', { status: 'completed', description: 'Calls `taxOfBasket`.' });
    const root = shop({
      'FEAT-001': ticket('FEAT-001', { description: 'Calls `taxOfBasket`.' }),
      'FEAT-002': closed,
    });
    expect(await codesIn(root)).toEqual(['FEAT-001 contract-unknown']);
  });
});

describe('impact', () => {
  it.each([
    ['JavaScript', {}, 'src/money.js', ['src/basket.js'], 1, ['test/basket.test.js']],
    [
      'Python',
      {
        'app/__init__.py': '',
        'app/db.py': '',
        'app/users.py': 'from .db import query\n',
        'app/web.py': 'from app import users\n',
        'tests/test_users.py': 'import app.users\n',
      },
      'app/db.py',
      ['app/users.py'],
      1,
      ['tests/test_users.py'],
    ],
    [
      'Go',
      {
        'go.mod': 'module example.com/shop\n',
        'db/db.go': 'package db\n',
        'web/web.go': 'package web\n\nimport (\n\t"fmt"\n\t"example.com/shop/db"\n)\n\nfunc A() {}\n',
      },
      'db/db.go',
      ['web/web.go'],
      0,
      [],
    ],
  ])('counts who imports: %s', async (_stack, files, file, direct, indirect, tests) => {
    const root = shop({ 'FEAT-001': ticket('FEAT-001', { files: [`modify ${file}`] }) }, { files });
    expect((await deepCheck(await worldOf(root))).impacts).toEqual([
      { id: 'FEAT-001', direct, indirect, tests },
    ]);
  });
  it('tells importers of a file that goes', async () => {
    expect(await one({ files: ['delete src/money.js'] })).toEqual(['FEAT-001 impact-importer-left']);
    expect(await one({ files: ['delete src/money.js', 'modify src/basket.js'] })).toEqual([]);
  });
});

describe('consistency', () => {
  it('asks for a test of each criterion, by its number or its words', async () => {
    const strategy =
      '### Unit Tests\n\n- sums up (AC-1)\n- an empty basket costs nothing\n\n### Integration Tests\n\n- starts';
    expect(await one({ strategy })).toEqual(['FEAT-001 consistency-criterion-untested']);
  });
  it.each([
    ['npm run nothing', ['consistency-command-unknown']],
    ['npm run lint && npm test', []],
    ['npx --no -- nothing-there', ['consistency-command-unknown']],
    ['frobnicate test/', ['consistency-command-unknown']],
    ['CI=1 node --test test/basket.test.js', []],
    ['node --test test/gone.test.js', ['consistency-command-path', 'consistency-test-not-run']],
    ['git status', ['consistency-command-no-test']],
    ['./scripts/test.sh', ['consistency-command-unknown']],
  ])('%s', async (command, codes) => {
    expect((await one({ commands: [command] })).sort()).toEqual(
      codes.map((code) => `FEAT-001 ${code}`).sort(),
    );
  });
  it('weighs words and severity against the priority', async () => {
    expect(await one({ priority: 'low', description: 'This is urgent.' })).toEqual([
      'FEAT-001 consistency-priority-words',
    ]);
    expect(await one({ priority: 'low', description: 'Not urgent; the critical path stays.' })).toEqual([]);
    const bug = ticket('BUG-001', { priority: 'low', fields: 'severity: critical' });
    expect(await codesIn(shop({ 'BUG-001': bug }))).toEqual(['BUG-001 consistency-severity']);
  });
});

describe('scope', () => {
  it('adds up tokens by lines', async () => {
    const files = { 'src/huge.js': '\n'.repeat(22_000) };
    expect(await one({ files: ['modify src/huge.js'] }, { files })).toEqual([]);
    const more = { 'src/huge.js': '\n'.repeat(22_001) };
    expect(await one({ files: ['modify src/huge.js'] }, { files: more })).toEqual(['FEAT-001 scope-tokens']);
  });
  it('asks for one boundary', async () => {
    expect(await one({ files: ['create web/a.js', 'modify src/money.js'] })).toEqual([
      'FEAT-001 scope-boundary',
    ]);
    const fields = 'scope_boundary: src/api';
    expect(
      await one({ fields, files: ['create src/api/a.js', 'modify src/money.js', 'create test/a.test.js'] }),
    ).toEqual(['FEAT-001 scope-boundary']);
  });
});

it('takes what `qualityGates.testFiles` names for tests', async () => {
  const parts = {
    files: ['modify src/basket.js', 'create proofs/basket.js', 'create proofs/sum.js'],
    commands: ['node --test proofs/basket.js'],
  };
  const gates = { testCommand: 'npm test', lintCommand: 'npm run lint' };
  const named = (testFiles: readonly string[]) =>
    one(parts, { config: { qualityGates: { ...gates, testFiles } } });
  expect(await named(['proofs/*.js'])).toEqual(['FEAT-001 consistency-test-not-run']);
  expect(await named(['test/**'])).toContain('FEAT-001 scope-boundary');
});

it('is asked by `ticket validate --deep`, with the impact, and counts neighbours that are not asked for', async () => {
  const root = shop({
    'FEAT-001': ticket('FEAT-001'),
    'FEAT-002': ticket('FEAT-002', { files: ['modify src/none.js'] }),
  });
  const all = await backlog(['ticket', 'validate', '--deep', '--all', '--json'], { cwd: root });
  expect(all.exitCode).toBe(1);
  expect(jsonOf(all)).toMatchObject({
    checked: 2,
    errors: 1,
    impact: [{ id: 'FEAT-001', direct: ['src/server.js'] }, { id: 'FEAT-002' }],
  });
  const text = await backlog(['ticket', 'validate', 'FEAT-001', '--deep'], { cwd: root });
  expect(text).toMatchObject({ exitCode: 0 });
  expect(text.stdout).toContain(
    'FEAT-001 reaches 1 files directly, 0 indirectly; tests: test/basket.test.js',
  );
});

it('is not slowed down by hostile text', async () => {
  const hostile = [
    `${'from '.repeat(20_000)}${' '.repeat(200_000)}`,
    `import${' \t'.repeat(100_000)}("`,
    '/'.repeat(200_000),
    `"${'a'.repeat(500_000)}`,
  ].join('\n');
  const description = `${'`'.repeat(5_000)} ${'`a.b'.repeat(20_000)} ${'add '.repeat(20_000)} \`GET /${'a/'.repeat(5_000)}\``;
  const commands = [`${'a;'.repeat(100_000)}`, `"${' '.repeat(100_000)}`];
  const root = shop(
    { 'FEAT-001': ticket('FEAT-001', { description, commands }) },
    { files: { 'src/hostile.js': hostile, 'src/hostile.py': hostile, 'src/hostile.go': hostile } },
  );
  // What hangs is ended by the test's own time limit.
  expect((await deepCheck(await worldOf(root))).impacts).toHaveLength(1);
});
