import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { answer } from '../../src/retrieval/answer.ts';
import { refreshIndex } from '../../src/retrieval/refresh.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { gitIn, tempDir, writeFiles } from '../support/temp.ts';
import { config, folder, indexAt, repo, worldOf } from './support.ts';

const basket = 'export function totalPrice(items) {\n  return items.length;\n}\n';
const ship = 'export function parcelWeight(items) {\n  return 7;\n}\n';
const old = new Date(Date.now() - 60_000);

/** A project whose files look as if they had been written a minute ago. */
function settled(files: Readonly<Record<string, string>>, ragPolicy = {}): string {
  const root = folder(files, ragPolicy);
  for (const name of Object.keys(files)) utimesSync(path.join(root, name), old, old);
  utimesSync(path.join(root, 'backlog.config.json'), old, old);
  return root;
}

async function paths(root: string, question: string): Promise<string[]> {
  const world = worldOf(root);
  const { index } = await refreshIndex(world);
  return answer(index, world.paths, { question, top: 10 }).map((found) => found.path);
}

describe('backlog index', () => {
  it('finds a piece with its place, score and text', async () => {
    const root = repo({ 'src/basket.js': basket, 'src/ship.js': ship });
    const found = jsonOf(await backlog(['index', 'query', 'price of all items', '--json'], { cwd: root }));
    expect(found.items).toMatchObject([
      { path: 'src/basket.js', kind: 'code', start: 1, end: 3, symbols: 'totalPrice', cut: false },
      { path: 'src/ship.js' },
    ]);
    expect(JSON.stringify(found.items)).toContain(JSON.stringify(basket.trimEnd()));
  });

  it('finds a word of a comment before the same word of code', async () => {
    const root = folder({
      'a.js': 'orchard(plum);\nbasket(1);\n',
      'b.js': '// orchard plum\nbasket(1);\n',
      'c.py': '# orchard plum\nbasket(1)\n',
    });
    expect(await paths(root, 'plum')).toEqual(['b.js', 'c.py', 'a.js']);
  });

  it('keeps to a budget of tokens, with whole lines', async () => {
    const long = Array.from({ length: 60 }, (_, at) => `apple line ${at}`).join('\n');
    const root = folder({ 'a.txt': long, 'b.txt': `apple\n${long}` });
    const args = ['index', 'query', 'apple', '--budget-tokens', '50', '--json'];
    const { items, tokens } = jsonOf(await backlog(args, { cwd: root }));
    expect(tokens).toBeLessThanOrEqual(50);
    expect(items).toMatchObject([{ cut: true, text: expect.stringMatching(/line \d+$/) }]);
  });

  it('finds tickets by their sections, and what they say is not found twice', async () => {
    const root = repo({
      'backlog/data/pending/FEAT-001-x.md':
        '---\nid: FEAT-001\n---\n# FEAT-001: discount\n\n## Context\n\nmarmalade\n',
    });
    const { items } = jsonOf(await backlog(['index', 'query', 'marmalade', '--json'], { cwd: root }));
    expect(items).toMatchObject([{ kind: 'ticket', path: 'backlog/data/pending/FEAT-001-x.md' }]);
  });

  it('says in status what it has and what is stale', async () => {
    const root = settled({ 'a.js': basket });
    const ask = async () => jsonOf(await backlog(['index', 'status', '--json'], { cwd: root }));
    expect(await ask()).toMatchObject({ exists: false, next: 'backlog index build' });
    await backlog(['index', 'build'], { cwd: root });
    expect(await ask()).toMatchObject({ exists: true, files: 2, changed: 0, removed: 0, next: null });
    appendFileSync(path.join(root, 'a.js'), ship);
    writeFiles(root, { 'b.js': ship });
    expect(await ask()).toMatchObject({ changed: 2, next: 'backlog index update' });
    const updated = jsonOf(await backlog(['index', 'update', '--json'], { cwd: root }));
    expect(updated).toMatchObject({ files: 3, added: 1, changed: 1, removed: 0, unchanged: 1 });
  });
});

describe('an update', () => {
  it('reads what has changed, and finds the same as a new index', async () => {
    const root = settled({ 'a.js': basket, 'b.js': ship, 'c.js': 'export const marmalade = 1;\n' });
    await refreshIndex(worldOf(root));
    writeFileSync(path.join(root, 'a.js'), 'export const apricot = 1;\n');
    rmSync(path.join(root, 'c.js'));
    const { changes } = await refreshIndex(worldOf(root));
    expect(changes).toEqual({ added: 0, changed: 1, removed: 1, unchanged: 2 });
    expect(await paths(root, 'apricot')).toEqual(['a.js']);
    expect(await paths(root, 'marmalade price')).toEqual([]);
    const world = worldOf(root);
    const ask = async (rebuild: boolean) => {
      const { index } = await refreshIndex(world, { rebuild });
      return answer(index, world.paths, { question: 'parcel weight apricot', top: 10 });
    };
    expect(await ask(false)).toEqual(await ask(true));
  });

  it('writes nothing when nothing has changed, and sees through a file that only looks changed', async () => {
    const root = settled({ 'a.js': basket });
    await refreshIndex(worldOf(root));
    const before = readFileSync(indexAt(root));
    await refreshIndex(worldOf(root));
    expect(readFileSync(indexAt(root)).equals(before)).toBe(true);
    utimesSync(path.join(root, 'a.js'), new Date(0), new Date(0));
    expect((await refreshIndex(worldOf(root))).changes).toMatchObject({ changed: 0, unchanged: 2 });
  });

  it('sees a change of the same size in the same moment', async () => {
    const root = folder({ 'a.js': 'const apricot = 1;\n' });
    await refreshIndex(worldOf(root));
    writeFileSync(path.join(root, 'a.js'), 'const bananas = 1;\n');
    expect(await paths(root, 'bananas')).toEqual(['a.js']);
  });

  it.each([
    ['torn', (bytes: Buffer) => bytes.subarray(0, bytes.length - 9)],
    [
      'changed in the middle',
      (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === bytes.length - 20 ? byte ^ 1 : byte))),
    ],
    ['no index', () => Buffer.from('hello\n')],
    [
      'of another version',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace(/^\{"v":\d+/, '{"v":0'), 'latin1'),
    ],
  ])('makes an index anew that is %s', async (_what, spoil) => {
    const root = settled({ 'a.js': basket });
    await refreshIndex(worldOf(root));
    writeFileSync(indexAt(root), spoil(readFileSync(indexAt(root))));
    expect((await refreshIndex(worldOf(root))).existed).toBe(false);
    expect(await paths(root, 'total price')).toEqual(['a.js']);
  });

  it('by several processes at once leaves one whole index', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`f${at}.js`, `const name${at} = 1;\n`]),
    );
    const root = folder(files);
    const runs = await Promise.all(
      Array.from({ length: 4 }, (_, at) =>
        backlog(['index', at % 2 ? 'build' : 'update', '--json'], { cwd: root }),
      ),
    );
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect((await paths(root, 'name7'))[0]).toBe('f7.js');
    expect(readdirSync(path.dirname(indexAt(root)))).toEqual(['code.idx']);
  });
});

describe('what is not indexed', () => {
  it.each([
    ['.env', 'TOKEN=marmalade'],
    ['config/.env.production', 'TOKEN=marmalade'],
    ['keys/server.pem', 'marmalade'],
    ['id_rsa', 'marmalade'],
    ['notes.txt', '-----BEGIN RSA PRIVATE KEY-----\nmarmalade\n'],
    ['node_modules/a/index.js', 'marmalade'],
    ['package-lock.json', '{"marmalade": 1}'],
    ['app.min.js', 'marmalade'],
    ['bundle.js', `const marmalade = "${'x'.repeat(20_000)}";`],
    ['picture.txt', 'marmalade\0'],
    ['large.txt', 'marmalade\n'.repeat(60_000)],
    ['.backlog-ops/x.md', 'marmalade'],
    ['backlog/templates/bug.md', 'marmalade'],
    ['backlog/REFINEMENT-REPORT-2026-03-01.md', 'marmalade'],
  ])('%s', async (name, content) => {
    const root = folder({ [name]: content, 'a.js': 'const apricot = 1;\n' });
    expect(await paths(root, 'marmalade')).toEqual([]);
    expect(await paths(root, 'apricot')).toEqual(['a.js']);
  });

  it('is what git ignores; what it does not know yet is indexed', async () => {
    const root = repo({ '.gitignore': '.backlog-ops/\nprivate/\n', 'a.js': basket });
    writeFiles(root, { 'private/x.js': 'marmalade', 'new.js': 'marmalade', 'build/x.js': 'marmalade' });
    expect((await paths(root, 'marmalade')).sort()).toEqual(['build/x.js', 'new.js']);
  });

  it('is what lies behind a link, a file or a folder', async () => {
    const outside = tempDir();
    writeFiles(outside, { 'secret.txt': 'marmalade', 'deep/more.txt': 'marmalade' });
    for (const root of [folder({ 'a.js': basket }), repo({ 'a.js': basket, 'deep/more.txt': 'old' })]) {
      rmSync(path.join(root, 'deep'), { recursive: true, force: true });
      symlinkSync(path.join(outside, 'secret.txt'), path.join(root, 'secret.txt'));
      symlinkSync(path.join(outside, 'deep'), path.join(root, 'deep'));
      expect(await paths(root, 'marmalade')).toEqual([]);
    }
  });

  it('is what became a link after it was indexed', async () => {
    const outside = tempDir();
    writeFiles(outside, { 'a.js': 'apricot = "of somebody else"\n' });
    const root = settled({ 'a.js': 'apricot = 1\n' });
    const world = worldOf(root);
    const { index } = await refreshIndex(world);
    rmSync(path.join(root, 'a.js'));
    symlinkSync(path.join(outside, 'a.js'), path.join(root, 'a.js'));
    expect(answer(index, world.paths, { question: 'apricot', top: 10 })).toEqual([]);
  });
});

describe('the folder of the index', () => {
  it.each(['..', '../elsewhere', '.', '/tmp', 'link'])('%s is refused', async (indexPath) => {
    const root = folder({ 'a.js': basket }, { indexPath });
    symlinkSync(tempDir(), path.join(root, 'link'));
    const { exitCode, stdout } = await backlog(['index', 'build', '--json'], { cwd: root });
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([3, 'index-path-outside']);
  });

  it('may not be writable: a question is answered all the same', async () => {
    const root = folder({ 'a.js': basket, '.backlog-ops/cache/index': 'a file is in its place' });
    const { exitCode, stdout, stderr } = await backlog(['index', 'query', 'total price', '--json'], {
      cwd: root,
    });
    expect([exitCode, JSON.parse(stdout).items.length]).toEqual([0, 1]);
    expect(stderr).toContain('warning: the index is not kept');
  });

  it('has one for each worktree, and loses those of worktrees that are gone', async () => {
    const root = repo({ 'a.js': basket });
    const other = path.join(tempDir(), 'other');
    gitIn(root, 'worktree', 'add', '--quiet', other);
    writeFiles(other, { 'b.js': 'const marmalade = 1;\n' });
    expect(await paths(other, 'marmalade')).toEqual(['b.js']);
    expect(await paths(root, 'marmalade')).toEqual([]);
    expect(readdirSync(path.dirname(indexAt(root))).length).toBe(2);
    rmSync(other, { recursive: true });
    mkdirSync(path.join(root, 'new'));
    writeFiles(root, { 'new/c.js': 'x' });
    await refreshIndex(worldOf(root));
    expect(readdirSync(path.dirname(indexAt(root)))).toEqual(['code.idx']);
  });

  it('tells how many files it reads, and only of those that it has to', async () => {
    const root = settled({ 'a.js': basket, 'b.js': ship });
    const told = async (): Promise<unknown[]> => {
      const parts: unknown[] = [];
      const advance = () => void parts.push('one');
      await refreshIndex(worldOf(root), { watch: { begin: (...part) => void parts.push(part), advance } });
      return parts;
    };
    const [first, ...steps] = await told();
    expect(first).toEqual(['reading files', steps.length]);
    expect(steps.length).toBeGreaterThanOrEqual(2);
    expect(await told()).toEqual([]);
    writeFiles(root, { 'b.js': basket });
    expect(await told()).toEqual([['reading files', 1], 'one']);
  });

  it('is made anew when the size of pieces changes', async () => {
    const root = settled({ 'a.js': basket });
    await refreshIndex(worldOf(root));
    writeFileSync(path.join(root, 'backlog.config.json'), config({ chunkSize: 200 }));
    expect((await refreshIndex(worldOf(root))).existed).toBe(false);
  });
});
