import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEvidence } from '../../src/gates/evidence.ts';
import { runGate, runStale } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { ticketStatus } from '../../src/gates/ticket-status.ts';
import type { BacklogError } from '../../src/platform/errors.ts';
import { newId } from '../../src/platform/ids.ts';
import { gitIn, tempDir, tempRepo, writeFiles } from '../support/temp.ts';
import {
  callIn,
  configText,
  discount,
  project,
  shop,
  type TicketParts,
  testFile,
  ticketPath,
  ticketText,
} from './support/project.ts';

const id = 'FEAT-001';
const light = { profile: 'light' };

async function started(options: Parameters<typeof project>[0] = {}): Promise<string> {
  const root = project({ ...options, config: { ...light, ...options.config } });
  await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
  return root;
}
const implement = (root: string) => runGate(callIn(root), { ticketId: id, gate: 'implement' });
const evidence = (root: string) => readEvidence(callIn(root).paths.opsDir, id).map(({ record }) => record);

describe('red', () => {
  it('is made by the program: the new tests fail on the base and pass here', async () => {
    const root = await started();
    writeFiles(root, discount);
    const outcome = await implement(root);
    expect(outcome).toMatchObject({ result: 'pass' });
    const [red, green] = evidence(root);
    expect(red).toMatchObject({
      phase: 'red',
      result: 'pass',
      command: 'node --test test/',
      exit_code: 1,
      holds_for: { kind: 'red', base: gitIn(root, 'rev-parse', 'HEAD') },
      tests: { red: ['takes 10 % off'] },
    });
    expect(Object.keys(red?.holds_for.kind === 'red' ? red.holds_for.blobs : {})).toEqual([
      'test/discount.test.js',
    ]);
    expect(green).toMatchObject({
      phase: 'green',
      result: 'pass',
      exit_code: 0,
      tests: { passed: 2, added: 1 },
    });
    expect(gitIn(root, 'worktree', 'list').split('\n')).toHaveLength(1);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'new tests that pass on the base anyway',
      { 'test/discount.test.js': testFile('../src/basket.js', { 'counts one': 'total([1]) === 1' }) },
      /no new or changed test fails on the base/,
    ],
    ['no test file at all', { 'src/basket.js': discount['src/basket.js'] }, /no new or changed file matches/],
    [
      'only tests that do not pass here either',
      { 'test/discount.test.js': testFile('../src/basket.js', { never: 'false' }) },
      /failure that the base commit does not have: never/,
    ],
  ])('refuses %s', async (_what, files, message) => {
    const root = await started();
    writeFiles(root, files);
    const outcome = await implement(root);
    expect(outcome).toMatchObject({ result: 'fail', message: expect.stringMatching(message) });
    expect(evidence(root).at(-1)).toMatchObject({
      result: 'fail',
      details: { message: expect.stringMatching(message) },
    });
  });

  it('does not count what fails on the base anyway', async () => {
    const broken = testFile('../src/basket.js', { 'was always broken': 'false' });
    const root = await started({ files: { 'test/old.test.js': broken } });
    writeFiles(root, {
      'test/discount.test.js': testFile('../src/basket.js', { 'counts one': 'total([1]) === 1' }),
    });
    expect(await implement(root)).toMatchObject({
      result: 'fail',
      message: expect.stringMatching(/no new or changed/),
    });
  });

  it('takes a test file that cannot be loaded on the base for a failing one', async () => {
    const root = await started();
    writeFiles(root, {
      'src/price.js': 'export const price = () => 1;\n',
      'test/price.test.js': testFile('../src/price.js', { 'has a price': 'basket.price() === 1' }),
    });
    expect(await implement(root)).toMatchObject({ result: 'pass' });
    expect(evidence(root)[0]?.tests?.red).toEqual(['test/price.test.js']);
  });

  it('is made in a project that has no test yet', async () => {
    const root = await started({
      config: {
        qualityGates: {
          testCommand: 'node --test first/',
          lintCommand: 'node lint.js',
          testFiles: ['first/**'],
          minNewTests: { FEAT: 1 },
        },
      },
    });
    writeFiles(root, {
      'src/basket.js': discount['src/basket.js'],
      'first/discount.test.js': discount['test/discount.test.js'],
    });
    expect(await implement(root)).toMatchObject({ result: 'pass' });
    expect(evidence(root)[0]?.tests?.red).toEqual(['takes 10 % off']);
  });

  it('is not made again while base and test files are the same', async () => {
    const root = await started();
    writeFiles(root, { ...discount, 'src/basket.js': 'export const total = (items) => items.length;\n' });
    expect(await implement(root)).toMatchObject({ result: 'fail' });
    writeFiles(root, discount);
    expect(await implement(root)).toMatchObject({ result: 'pass' });
    expect(evidence(root).map(({ phase, result }) => `${phase} ${result}`)).toEqual([
      'red pass',
      'green fail',
      'green pass',
    ]);
  });

  it('links installed dependencies, and takes workspace packages from the base', async () => {
    const root = await started({
      files: {
        'packages/own/package.json': '{"name":"own","type":"module","main":"index.js"}',
        'packages/own/index.js': 'export const answer = 1;\n',
      },
    });
    writeFiles(root, {
      'node_modules/far/package.json': '{"name":"far","type":"module","main":"index.js"}',
      'node_modules/far/index.js': 'export const far = true;\n',
      'packages/own/index.js': 'export const answer = 2;\n',
      'test/own.test.js':
        "import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport { far } from 'far';\nimport { answer } from 'own';\ntest('far is there', () => assert.ok(far));\ntest('answers', () => assert.equal(answer, 2));\n",
    });
    const { symlinkSync } = await import('node:fs');
    symlinkSync('../packages/own', path.join(root, 'node_modules/own'));
    expect(await implement(root)).toMatchObject({ result: 'pass' });
    expect(evidence(root)[0]?.tests?.red).toEqual(['answers']);
  });

  it('works for a project in a subfolder of its repository', async () => {
    const files = {
      ...shop,
      'backlog.config.json': configText(light),
      [ticketPath()]: ticketText(),
      'backlog/data/completed/.gitkeep': '',
    };
    const inApi = (all: Record<string, string>) =>
      Object.fromEntries(Object.entries(all).map(([name, content]) => [`api/${name}`, content]));
    const repository = tempRepo({
      ...inApi(files),
      'test/other.test.js': 'throw new Error("not of this project");\n',
    });
    const root = path.join(repository, 'api');
    await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
    writeFiles(root, discount);
    expect(await implement(root)).toMatchObject({ result: 'pass' });
    expect(evidence(root)[0]).toMatchObject({
      holds_for: { blobs: { 'api/test/discount.test.js': expect.any(String) } },
      tests: { red: ['takes 10 % off'] },
    });
  });

  it('asks for as many new tests as the prefix needs', async () => {
    const root = await started({
      config: { qualityGates: { testCommand: 'node --test test/', minNewTests: { FEAT: 2 } } },
    });
    writeFiles(root, discount);
    expect(await implement(root)).toMatchObject({
      result: 'fail',
      message: 'FEAT tickets need 2 new or changed tests, this change has 1',
    });
  });

  it('leaves no copy behind when it is interrupted, and takes away what a killed run has left', async () => {
    const root = await started({
      config: { qualityGates: { testCommand: 'echo $$ > "$OLDPWD/running"; sleep 60' } },
    });
    const left = path.join(tmpdir(), `backlog-copy-999999-756e6b6e6f776e-${newId().slice(0, 8)}`);
    onTestFinished(() => rmSync(left, { recursive: true, force: true }));
    gitIn(root, 'worktree', 'add', '-q', '--detach', left, 'HEAD');
    writeFiles(root, discount);
    const stop = new AbortController();
    const notes: string[] = [];
    const running = runGate(
      callIn(root, {
        signal: stop.signal,
        note: (text) => {
          notes.push(text);
          setImmediate(() => stop.abort(new Error('interrupted')));
        },
      }),
      { ticketId: id, gate: 'implement' },
    );
    await expect(running).rejects.toThrow('interrupted');
    expect(notes).not.toEqual([]);
    expect(gitIn(root, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(readdirSync(tmpdir())).not.toContain(path.basename(left));
    expect(evidence(root)).toEqual([]);
  });
});

describe('green', () => {
  it('counts failures of the base as debt, and blocks new ones', async () => {
    const broken = testFile('../src/basket.js', { 'was always broken': 'false' });
    const root = await started({ files: { 'test/old.test.js': broken } });
    writeFiles(root, discount);
    expect(await implement(root)).toMatchObject({
      result: 'pass',
      message: expect.stringContaining('1 failure of the base'),
    });
    expect(evidence(root)[1]).toMatchObject({
      exit_code: 1,
      tests: { passed: 2, failed: 1, debt: 1, new_failures: [] },
    });
    writeFiles(root, { 'src/basket.js': discount['src/basket.js'].replace('items.length', '0') });
    expect(await implement(root)).toMatchObject({
      result: 'fail',
      message: expect.stringMatching(/1 failure that the base commit does not have: counts items/),
    });
  });

  it('demands zero with baseline: strict', async () => {
    const broken = testFile('../src/basket.js', { 'was always broken': 'false' });
    const root = await started({
      files: { 'test/old.test.js': broken },
      config: {
        qualityGates: { testCommand: 'node --test test/', baseline: 'strict', minNewTests: { FEAT: 1 } },
      },
    });
    writeFiles(root, discount);
    expect(await implement(root)).toMatchObject({
      result: 'fail',
      message: expect.stringMatching(/baseline: strict/),
    });
  });

  it.each([
    ['not found', 'no-such-runner --all', 127],
    ['not executable', './package.json', 126],
  ])('a command that is %s is a failed gate, never clean', async (_what, testCommand, exit) => {
    const root = await started({ config: { qualityGates: { testCommand } }, ticket: { tests: 'existing' } });
    const outcome = await implement(root);
    expect(outcome).toMatchObject({ result: 'fail', message: expect.stringContaining(`(exit ${exit})`) });
    expect(evidence(root).at(-1)).toMatchObject({ result: 'fail', exit_code: exit });
  });

  it.each([
    ['none', {}],
    ['an echo', { testCommand: 'echo "configure me"' }],
    ["npm's own", { testCommand: 'echo "Error: no test specified" && exit 1' }],
    ['true', { testCommand: 'true' }],
  ])('without a real test command (%s) the gate is not configured', async (_what, qualityGates) => {
    const root = await started({ config: { qualityGates } });
    writeFiles(root, discount);
    await expect(implement(root)).rejects.toMatchObject({ code: 'gate-not-configured', exitCode: 3 });
  });

  it('does not run with a file of the ticket’s that git ignores, and names the rule', async () => {
    const root = await started({
      files: { '.gitignore': '.backlog-ops/\nlib/\n' },
      ticket: { tests: 'existing', files: ['src/basket.js', 'src/lib/x.js', 'src/lib/later.js'] },
    });
    writeFiles(root, {
      'src/lib/x.js': 'export const count = (items) => items.length;\n',
      'src/basket.js': "import { count } from './lib/x.js';\nexport const total = count;\n",
    });
    const refusal: BacklogError = await implement(root).then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(refusal).toMatchObject({
      code: 'file-ignored',
      exitCode: 1,
      message: expect.stringContaining('src/lib/x.js (.gitignore:2: lib/)'),
      details: { files: [{ file: 'src/lib/x.js', place: '.gitignore:2', pattern: 'lib/' }] },
    });
    expect(evidence(root)).toEqual([]);
    const [command = ''] = refusal.fix.split(';');
    execFileSync('sh', ['-c', command], { cwd: tempDir() });
    expect(await implement(root)).toMatchObject({ result: 'pass' });
  });

  it('stores nothing when the command changes the tree, and names the files', async () => {
    const root = await started({
      config: { qualityGates: { testCommand: 'echo x > written.txt; node --test test/' } },
      ticket: { tests: 'existing' },
    });
    await expect(implement(root)).rejects.toMatchObject({
      code: 'tree-changed',
      exitCode: 1,
      details: { files: ['written.txt'] },
    });
    expect(evidence(root)).toEqual([]);
  });

  it('goes stale with the next edit, and `--stale` runs again only what no longer holds', async () => {
    const root = await started();
    writeFiles(root, discount);
    await implement(root);
    await runGate(callIn(root), { ticketId: id, gate: 'lint' });
    expect(await runStale(callIn(root), id)).toEqual([]);
    writeFiles(root, { 'src/more.js': 'export const more = 1;\n' });
    const { states } = await ticketStatus(callIn(root), id);
    expect(states.map(({ gate, verdict }) => [gate, verdict])).toEqual([
      ['plan', 'missing'],
      ['implement', 'stale'],
      ['lint', 'stale'],
      ['review', 'missing'],
      ['commit', 'missing'],
    ]);
    const before = evidence(root).length;
    expect((await runStale(callIn(root), id)).map(({ gate, result }) => [gate, result])).toEqual([
      ['implement', 'pass'],
      ['lint', 'pass'],
    ]);
    expect(
      evidence(root)
        .slice(before)
        .map(({ phase }) => phase),
    ).toEqual(['green', undefined]);
  });
});

describe('by the ticket’s tests field', () => {
  const ticket = (tests: string): TicketParts => ({ tests });

  it.each([
    ['cannot start', 'npm run nothing', /could not be started/],
    ['matches no file', 'node --test nothing/', /no test/],
    ['runs no test and is content', 'node --test --test-name-pattern=nothing test/', /no test/],
  ])('existing: not with a command that %s', async (_what, testCommand, message) => {
    const root = await started({
      ticket: { tests: 'existing' },
      config: { qualityGates: { testCommand, lintCommand: 'node lint.js' } },
    });
    writeFiles(root, { 'src/basket.js': 'export const total = () => 7;\n' });
    expect(await implement(root)).toMatchObject({ result: 'fail', message: expect.stringMatching(message) });
  });

  it('existing: passes before and after, without new tests', async () => {
    const root = await started({ ticket: ticket('existing') });
    writeFiles(root, { 'src/basket.js': 'export function total(items) {\n  return items.length;\n}\n' });
    expect(await implement(root)).toMatchObject({ result: 'pass' });
    expect(evidence(root)).toMatchObject([{ phase: 'green', result: 'pass' }]);
  });

  it('existing: not with fewer tests than before', async () => {
    const root = await started({ ticket: ticket('existing') });
    writeFiles(root, { 'test/basket.test.js': "import 'node:test';\n" });
    expect(await implement(root)).toMatchObject({
      result: 'fail',
      message: expect.stringMatching(/keeps every test/),
    });
  });

  it('none: no test command is asked for, and no code may have changed', async () => {
    const root = await started({
      ticket: { ...ticket('none'), files: ['README.md'] },
      config: { qualityGates: {} },
    });
    writeFiles(root, { 'README.md': '# Shop\n' });
    expect(await implement(root)).toMatchObject({ result: 'pass' });
    writeFiles(root, { 'src/basket.js': `${shop['src/basket.js']}// more\n` });
    expect(await implement(root)).toMatchObject({
      result: 'fail',
      message: expect.stringContaining('src/basket.js'),
    });
  });
});
