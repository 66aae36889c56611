import { chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { changedFiles, ticketDiff } from '../../src/gates/difference.ts';
import { GitFacts } from '../../src/gates/git-facts.ts';
import { codeTree, codeTreeOf } from '../../src/gates/tree.ts';
import { gitEnv, gitIn, tempDir, tempRepo, writeFiles } from '../support/temp.ts';

const books = { prefix: '', dataDir: 'backlog/data' };
const sample = {
  '.gitignore': 'ignored/\n.backlog-ops/\n',
  'src/a.js': 'export const a = 1;\n',
  'src/b.js': 'export const b = 1;\n',
};
const at = (worktree: string) => ({ worktree, env: gitEnv() });
/** What git has said stays known for the whole file: nothing in it may ever make a tree another. */
const facts = new GitFacts();
const tree = async (repo: string) => {
  const asked = await codeTree(at(repo), books);
  expect(await codeTree({ ...at(repo), facts }, books)).toBe(asked);
  return asked;
};
const names = (repo: string, treeId: string) =>
  gitIn(repo, 'ls-tree', '-r', '-z', '--name-only', treeId).split('\0').filter(Boolean);

describe('the code tree', () => {
  it('of an untouched checkout is the tree of HEAD', async () => {
    const repo = tempRepo(sample);
    expect(await tree(repo)).toBe(gitIn(repo, 'rev-parse', 'HEAD^{tree}'));
    expect(await codeTreeOf(at(repo), 'HEAD', books)).toBe(await tree(repo));
  });

  it.each<[string, (repo: string) => void]>([
    ['an edited file', (repo) => writeFileSync(path.join(repo, 'src/a.js'), 'export const a = 2;\n')],
    ['an untracked file', (repo) => writeFiles(repo, { 'src/new.js': 'x\n' })],
    ['a deleted file', (repo) => rmSync(path.join(repo, 'src/a.js'))],
    ['a run bit', (repo) => chmodSync(path.join(repo, 'src/a.js'), 0o755)],
    ['a symbolic link', (repo) => symlinkSync('a.js', path.join(repo, 'src/link.js'))],
    ['code in the data folder', (repo) => writeFiles(repo, { 'backlog/data/sneaky.js': 'x\n' })],
    ['code below pending', (repo) => writeFiles(repo, { 'backlog/data/pending/deep/x.js': 'x\n' })],
    ['code beside the evidence', (repo) => writeFiles(repo, { 'backlog/data/evidence/x.js': 'x\n' })],
    ['a name with spaces, a newline and umlauts', (repo) => writeFiles(repo, { 'src/a b\nä "q".js': 'x\n' })],
    [
      'a file that is tracked although ignored',
      (repo) => {
        writeFiles(repo, { 'ignored/forced.js': 'x\n' });
        gitIn(repo, 'add', '-f', 'ignored/forced.js');
      },
    ],
    [
      'an edit behind assume-unchanged',
      (repo) => {
        gitIn(repo, 'update-index', '--assume-unchanged', 'src/a.js');
        writeFileSync(path.join(repo, 'src/a.js'), 'export const a = 3;\n');
      },
    ],
    [
      'an edit behind skip-worktree',
      (repo) => {
        gitIn(repo, 'update-index', '--skip-worktree', 'src/a.js');
        writeFileSync(path.join(repo, 'src/a.js'), 'export const a = 3;\n');
      },
    ],
    [
      'a deletion behind skip-worktree',
      (repo) => {
        gitIn(repo, 'update-index', '--skip-worktree', 'src/a.js');
        rmSync(path.join(repo, 'src/a.js'));
      },
    ],
    [
      'a file that is only intended to be added',
      (repo) => {
        writeFiles(repo, { 'src/intent.js': 'x\n' });
        gitIn(repo, 'add', '-N', 'src/intent.js');
      },
    ],
  ])('changes with %s', async (_what, change) => {
    const repo = tempRepo(sample);
    const before = await tree(repo);
    change(repo);
    expect(await tree(repo)).not.toBe(before);
  });

  it('changes with an edit of the same size in the second in which the index was written', async () => {
    const repo = tempRepo(sample);
    const before = await tree(repo);
    gitIn(repo, 'update-index', '--refresh');
    writeFileSync(path.join(repo, 'src/a.js'), 'export const a = 1;\n');
    gitIn(repo, 'add', 'src/a.js');
    writeFileSync(path.join(repo, 'src/a.js'), 'export const a = 9;\n');
    // The second has to be over: an index copied within it is compared by content anyway.
    const second = Math.floor(Date.now() / 1000);
    while (Math.floor(Date.now() / 1000) === second) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await tree(repo)).not.toBe(before);
  });

  it.each([
    ['a ticket', 'backlog/data/pending/FEAT-001-x.md'],
    ['a completed ticket', 'backlog/data/completed/FEAT-001-x.md'],
    ['compact evidence', 'backlog/data/evidence/FEAT-001.json'],
    ['the working copy of evidence', '.backlog-ops/evidence/FEAT-001.jsonl'],
    ['the state', '.claude/implementer-state.json'],
    ['the cost history', '.claude/cost-history.json'],
    ['the playbook', '.claude/playbook.md'],
    ['a refinement report', 'backlog/REFINEMENT-REPORT-2026-11-21-0413.md'],
    ['an ignored file', 'ignored/x.js'],
  ])('does not change with %s', async (_what, file) => {
    const repo = tempRepo(sample);
    const before = await tree(repo);
    writeFiles(repo, { [file]: 'x\n' });
    expect(await tree(repo)).toBe(before);
  });

  it('leaves bookkeeping out also where it is committed, in a subfolder project', async () => {
    const repo = tempRepo({
      ...sample,
      'api/backlog/data/pending/FEAT-001-x.md': 'x',
      'backlog/data/pending/y.md': 'y',
    });
    const inApi = await codeTree(at(repo), { prefix: 'api', dataDir: 'backlog/data' });
    expect(names(repo, inApi)).toEqual(['.gitignore', 'backlog/data/pending/y.md', 'src/a.js', 'src/b.js']);
  });

  it("never touches the user's index", async () => {
    const repo = tempRepo(sample);
    writeFileSync(path.join(repo, 'src/a.js'), 'staged\n');
    gitIn(repo, 'add', 'src/a.js');
    writeFileSync(path.join(repo, 'src/a.js'), 'not staged\n');
    writeFiles(repo, { 'src/new.js': 'x\n' });
    const index = readFileSync(path.join(repo, '.git/index'));
    await tree(repo);
    expect(readFileSync(path.join(repo, '.git/index')).equals(index)).toBe(true);
  });

  it('is not led astray by a git hook’s environment', async () => {
    const repo = tempRepo(sample);
    const other = tempRepo({ 'other.txt': 'x' });
    const env = {
      ...gitEnv(),
      GIT_DIR: path.join(other, '.git'),
      GIT_INDEX_FILE: path.join(other, '.git/index'),
    };
    expect(await codeTree({ worktree: repo, env }, books)).toBe(await tree(repo));
    expect(await codeTreeOf({ worktree: repo, env }, 'HEAD', books)).toBe(await tree(repo));
  });

  it('is the same with CRLF on disk under autocrlf', async () => {
    const repo = tempRepo(sample);
    const before = await tree(repo);
    gitIn(repo, 'config', 'core.autocrlf', 'true');
    writeFileSync(path.join(repo, 'src/a.js'), 'export const a = 1;\r\n');
    expect(await tree(repo)).toBe(before);
  });

  it('has no file that was only intended to be added and is gone again', async () => {
    const repo = tempRepo(sample);
    const before = await tree(repo);
    writeFiles(repo, { 'src/empty.js': '' });
    const withEmpty = await tree(repo);
    gitIn(repo, 'add', '-N', 'src/empty.js');
    expect(await tree(repo)).toBe(withEmpty);
    rmSync(path.join(repo, 'src/empty.js'));
    expect(await tree(repo)).toBe(before);
    gitIn(repo, 'sparse-checkout', 'set', '--no-cone', '/*', '!/src/empty.js');
    gitIn(repo, 'update-index', '--skip-worktree', 'src/empty.js');
    expect(await tree(repo)).toBe(before);
  });

  it('of a commit is the same whether git has to be asked or not, for each project of a repository', async () => {
    const repo = tempRepo({
      ...sample,
      'backlog/data/pending/FEAT-001-x.md': 'x',
      'api/backlog/data/pending/FEAT-001-x.md': 'x',
    });
    const head = gitIn(repo, 'rev-parse', 'HEAD');
    const known = new GitFacts();
    for (const prefix of ['', 'api', '', 'api'])
      expect(await codeTreeOf({ ...at(repo), facts: known }, head, { prefix, dataDir: 'backlog/data' })).toBe(
        await codeTreeOf(at(repo), head, { prefix, dataDir: 'backlog/data' }),
      );
    writeFiles(repo, { 'src/a.js': 'committed\n' });
    gitIn(repo, 'commit', '-qam', 'feat: more');
    expect(await codeTreeOf({ ...at(repo), facts: known }, 'HEAD', books)).toBe(
      await codeTreeOf(at(repo), 'HEAD', books),
    );
  });

  it.each([
    ['a name that is no UTF-8', Buffer.from('src/caf\xe9.js', 'latin1')],
    ['a name of bytes that end like a list', Buffer.from('src/x\n100644 blob', 'latin1')],
  ])('of a commit keeps %s', async (_what, name) => {
    const repo = tempRepo({ ...sample, 'backlog/data/pending/FEAT-001-x.md': 'x' });
    writeFileSync(Buffer.concat([Buffer.from(`${repo}/`), name]), 'x\n');
    gitIn(repo, 'add', '-A');
    gitIn(repo, 'commit', '-qm', 'feat: odd name');
    expect(await codeTreeOf(at(repo), 'HEAD', books)).toBe(await tree(repo));
    gitIn(repo, 'rm', '-q', '--cached', 'backlog/data/pending/FEAT-001-x.md');
    expect(await tree(repo)).toBe(gitIn(repo, 'write-tree'));
  });

  it('of a commit of an old tool, with file modes that git no longer writes, is that of its checkout', async () => {
    const repo = tempRepo(sample);
    const entry = gitIn(repo, 'rev-parse', 'HEAD:.gitignore');
    const raw = Buffer.concat([Buffer.from('100664 .gitignore\0'), Buffer.from(entry, 'hex')]);
    const file = path.join(tempDir(), 'tree');
    writeFileSync(file, raw);
    const old = gitIn(repo, 'hash-object', '-t', 'tree', '--literally', '-w', file);
    gitIn(repo, 'reset', '-q', '--hard', gitIn(repo, 'commit-tree', '-m', 'chore: old', old));
    expect(await codeTreeOf(at(repo), 'HEAD', books)).toBe(await tree(repo));
  });

  it('keeps what a sparse checkout leaves out, and sees edits of it', async () => {
    const repo = tempRepo({ ...sample, 'docs/x.md': 'x\n' });
    const before = await tree(repo);
    gitIn(repo, 'sparse-checkout', 'set', 'src');
    expect(await tree(repo)).toBe(before);
    writeFiles(repo, { 'docs/new.md': 'beside what is left out\n' });
    expect(names(repo, await tree(repo))).toEqual([
      '.gitignore',
      'docs/new.md',
      'docs/x.md',
      'src/a.js',
      'src/b.js',
    ]);
    writeFiles(repo, { 'docs/x.md': 'changed\n' });
    expect(names(repo, await tree(repo))).toContain('docs/x.md');
    expect(await tree(repo)).not.toBe(before);
  });

  it('names a submodule by its commit and refuses one with uncommitted changes', async () => {
    const library = tempRepo({ 'lib.js': 'x\n' });
    const repo = tempRepo(sample);
    gitIn(repo, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', library, 'lib');
    gitIn(repo, 'commit', '-q', '-m', 'chore: add lib');
    expect(await tree(repo)).toBe(gitIn(repo, 'rev-parse', 'HEAD^{tree}'));
    writeFileSync(path.join(repo, 'lib/lib.js'), 'changed\n');
    await expect(tree(repo)).rejects.toMatchObject({ code: 'submodule-dirty', exitCode: 1 });
  });

  it('says what git says when the tree cannot be read', async () => {
    const repo = tempRepo(sample);
    writeFiles(repo, { 'nested/x.txt': 'x' });
    gitIn(path.join(repo, 'nested'), 'init', '-q');
    await expect(tree(repo)).rejects.toMatchObject({ code: 'tree-unreadable', exitCode: 4 });
  });

  it('works before the first git add', async () => {
    const repo = tempDir();
    gitIn(repo, 'init', '-q');
    expect(await tree(repo)).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
    writeFiles(repo, { 'a.txt': 'x' });
    expect(names(repo, await tree(repo))).toEqual(['a.txt']);
  });
});

describe("a ticket's difference", () => {
  it('has every changed file and no bookkeeping', async () => {
    const repo = tempRepo({ ...sample, 'backlog/data/pending/FEAT-001-x.md': 'old\n' });
    writeFiles(repo, {
      'src/a.js': 'changed\n',
      'src/new file.js': 'new\n',
      'backlog/data/pending/FEAT-001-x.md': 'new\n',
    });
    rmSync(path.join(repo, 'src/b.js'));
    const diff = await ticketDiff(at(repo), books, 'HEAD', await tree(repo));
    expect(diff.files.map((file) => [file.status, file.path])).toEqual([
      ['M', 'src/a.js'],
      ['D', 'src/b.js'],
      ['A', 'src/new file.js'],
    ]);
    expect(diff.text).toContain('+changed');
    expect(diff.text).not.toContain('FEAT-001');
    expect(await changedFiles(at(repo), diff.baseTree, diff.baseTree)).toEqual([]);
  });

  it('is what git says of the two trees, whatever its files are called', async () => {
    const repo = tempRepo({ ...sample, 'src/gone\n:100644.js': 'x\n', 'bin.dat': 'a\0b' });
    writeFiles(repo, {
      ':000000 100644 begins like a list': 'x\n',
      'src/a b\nä "q".js': 'x\n',
      'src/a.js': ':000000\0binary now',
      'empty.txt': '',
    });
    rmSync(path.join(repo, 'src/gone\n:100644.js'));
    rmSync(path.join(repo, 'src/b.js'));
    symlinkSync('a.js', path.join(repo, 'src/b.js'));
    chmodSync(path.join(repo, 'bin.dat'), 0o755);
    const to = await tree(repo);
    const diff = await ticketDiff(at(repo), books, 'HEAD', to);
    expect(diff.files).toEqual(await changedFiles(at(repo), diff.baseTree, to));
    expect(diff.files.map(({ status, path: file }) => `${status} ${file}`)).toEqual([
      'A :000000 100644 begins like a list',
      'M bin.dat',
      'A empty.txt',
      'A src/a b\nä "q".js',
      'M src/a.js',
      'T src/b.js',
      'D src/gone\n:100644.js',
    ]);
    const patch = ['-p', '--binary', '--full-index', '--no-renames', '--diff-algorithm=myers'];
    const told = gitIn(repo, '-c', 'core.quotePath=false', 'diff-tree', '-r', ...patch, diff.baseTree, to);
    expect(diff.text.trimEnd()).toBe(told);
    expect((await ticketDiff(at(repo), books, to, to)).text).toBe('');
  });

  it('keeps its digest when a rebase moves it, and changes it with one blank', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    const repo = tempRepo({ 'a.py': `${lines.join('\n')}\n` });
    const digestOf = async (content: string[]) => {
      writeFileSync(path.join(repo, 'a.py'), `${content.join('\n')}\n`);
      return (await ticketDiff(at(repo), books, 'HEAD', await tree(repo))).digest;
    };
    const changed = lines.with(30, 'changed');
    const before = await digestOf(changed);
    expect(await digestOf(lines.with(30, ' changed'))).not.toBe(before);
    writeFileSync(path.join(repo, 'a.py'), `${['first', ...lines].join('\n')}\n`);
    gitIn(repo, 'commit', '-qam', 'feat: upstream');
    expect(await digestOf(['first', ...changed])).toBe(before);
  });

  it('tells bytes of other encodings apart', async () => {
    const repo = tempRepo({ 'a.txt': 'x\n' });
    const digestOf = async (byte: number) => {
      writeFileSync(path.join(repo, 'a.txt'), Buffer.from([byte, 0x0a]));
      return (await ticketDiff(at(repo), books, 'HEAD', await tree(repo))).digest;
    };
    expect(await digestOf(0xe9)).not.toBe(await digestOf(0xe8));
  });
});
