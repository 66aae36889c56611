import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/project/config.ts';
import { backlog, type CliResult, jsonOf } from '../support/cli.ts';
import { gitIn, tempDir, tempRepo, writeFiles } from '../support/temp.ts';

const init = (cwd: string, ...flags: string[]): Promise<CliResult> => backlog(['init', ...flags], { cwd });
const configOf = (root: string) => parseConfig(readFileSync(path.join(root, 'backlog.config.json'), 'utf8'));
const errorOf = (result: CliResult): unknown => jsonOf(result).error;

describe('backlog init', () => {
  it('sets up a project as it is detected, and says what to type next', async () => {
    const root = path.join(tempDir(), 'shop');
    writeFiles(root, {
      'package.json': JSON.stringify({
        name: '@acme/shop',
        scripts: { test: 'node --test', lint: 'eslint .' },
      }),
      'package-lock.json': '{}',
      'tsconfig.json': '{}',
    });
    const result = await init(root, '--yes');
    expect(result).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('next: backlog ticket new --type FEAT'),
    });
    const { config, warnings } = configOf(root);
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      version: '1.0',
      project: { name: '@acme/shop', stack: 'typescript' },
      qualityGates: {
        testCommand: 'npm test',
        lintCommand: 'npm run lint',
        typeCheckCommand: 'npx --no -- tsc --noEmit',
      },
      worktrees: { setupCommand: 'npm ci' },
    });
    expect(result.stderr).toContain('note: qualityGates.typeCheckCommand runs tsc, which was not found here');
    expect(readFileSync(path.join(root, '.gitignore'), 'utf8')).toContain('.backlog-ops/\n');
    expect(readdirSync(path.join(root, 'backlog/templates')).sort()).toEqual([
      'bug.md',
      'feature.md',
      'idea.md',
      'task.md',
    ]);
  });

  it('takes what the flags say', async () => {
    const root = tempDir();
    const flags = [
      '--name',
      'my api',
      '--stack',
      'go',
      '--prefixes',
      'sec,feat',
      '--llmops',
      '--no-code-rules',
      '--json',
    ];
    const result = await init(root, ...flags);
    expect(jsonOf(result)).toMatchObject({
      schemaVersion: 1,
      project: 'my api',
      stack: 'go',
      prefixes: ['SEC', 'FEAT'],
      gateCommands: {
        testCommand: 'go test ./...',
        lintCommand: 'golangci-lint run',
        typeCheckCommand: 'go vet ./...',
      },
      dryRun: false,
      commit: null,
    });
    expect(configOf(root).config).toMatchObject({
      version: '1.1',
      project: { name: 'my api', stack: 'go' },
      backlog: { ticketPrefixes: ['SEC', 'FEAT'] },
      qualityGates: { testCommand: 'go test ./...' },
    });
    expect(existsSync(path.join(root, '.claude'))).toBe(false);
    expect(readdirSync(path.join(root, 'backlog/templates')).sort()).toEqual(['feature.md', 'task.md']);
  });

  it('leaves out a test command where none is known', async () => {
    const root = tempDir();
    const result = await init(root);
    expect(result.stderr).toContain('no test command is known: set qualityGates.testCommand');
    expect(configOf(root).config.qualityGates.testCommand).toBeUndefined();
  });

  it('--dry-run prints the tree and writes nothing', async () => {
    const root = tempRepo();
    const result = await init(root, '--dry-run', '--commit');
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toContain('nothing was written');
    expect(result.stdout).toMatch(/\n {2}backlog\/\n {4}data\/\n {6}completed\/\n {8}\.gitkeep +new\n/);
    expect(readdirSync(root).sort()).toEqual(['.git', 'README.md']);
  });

  it('refuses a backlog that is there, and with --force keeps all of it and says so', async () => {
    const root = tempDir();
    await init(root, '--stack', 'rust');
    const edited = readFileSync(path.join(root, 'backlog.config.json'), 'utf8').replace(
      'cargo test',
      'make test',
    );
    writeFiles(root, { 'backlog.config.json': edited, 'backlog/data/pending/FEAT-001-x.md': 'mine' });
    const refused = await init(root, '--json');
    expect(refused.exitCode).toBe(1);
    expect(errorOf(refused)).toMatchObject({
      code: 'backlog-exists',
      fix: expect.stringContaining('--force'),
    });

    const forced = await init(root, '--force', '--stack', 'go', '--name', 'other');
    expect(forced).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('(rust)') });
    expect(forced.stderr).toContain('backlog.config.json was there and stays as it is');
    expect(readFileSync(path.join(root, 'backlog.config.json'), 'utf8')).toBe(edited);
    expect(readFileSync(path.join(root, 'backlog/data/pending/FEAT-001-x.md'), 'utf8')).toBe('mine');
  });

  it("adds its own beside Backlog.md's folder and touches nothing of it", async () => {
    const root = tempDir();
    const theirs = {
      'backlog/config.yml': 'project_name: x\n',
      'backlog/tasks/task-1.md': '---\nid: task-1\n---\n',
    };
    writeFiles(root, theirs);
    const result = await init(root, '--yes');
    expect(result).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Backlog.md') });
    for (const [name, content] of Object.entries(theirs))
      expect(readFileSync(path.join(root, name), 'utf8')).toBe(content);
    expect(existsSync(path.join(root, 'backlog/data/pending/.gitkeep'))).toBe(true);
  });

  it('sends a linked worktree to the main one', async () => {
    const repo = tempRepo();
    const linked = path.join(tempDir(), 'linked tree');
    gitIn(repo, 'worktree', 'add', '-q', '-b', 'linked', linked);
    const result = await init(linked, '--json');
    expect(result.exitCode).toBe(3);
    expect(errorOf(result)).toMatchObject({
      code: 'init-in-linked-worktree',
      fix: `backlog init --cwd ${repo}`,
    });
  });

  it.each([
    [['--stack', 'cobol'], '--stack is "cobol"'],
    [['--name', 'a,b'], '--name is "a,b"'],
    [['--prefixes', '1,2'], '--prefixes is "1,2"'],
    [['--local', '--commit'], 'exclude each other'],
    [['--cwd', '/no/such/folder'], '--cwd /no/such/folder is no folder'],
  ])('%j is a wrong call', async (flags, message) => {
    const root = tempRepo();
    const result = await init(root, ...flags);
    expect(result).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
    expect(readdirSync(root).sort()).toEqual(['.git', 'README.md']);
  });
});

describe('backlog init --local', () => {
  it('leaves the repository as it was, and commits no bookkeeping', async () => {
    const repo = tempRepo();
    expect((await init(repo, '--local')).exitCode).toBe(0);
    expect(gitIn(repo, 'status', '--porcelain')).toBe('');
    expect(configOf(repo).config.git.bookkeepingCommit).toBe(false);
    expect(existsSync(path.join(repo, '.gitignore'))).toBe(false);
  });

  it('needs a repository', async () => {
    const result = await init(tempDir(), '--local', '--json');
    expect(result.exitCode).toBe(3);
    expect(errorOf(result)).toMatchObject({ code: 'not-a-repository' });
  });
});

describe('backlog init --commit', () => {
  const committed = (repo: string): string[] =>
    gitIn(repo, 'show', '--format=', '--name-only', 'HEAD').split('\n').sort();
  const written = [
    '.claude/code-rules.md',
    '.gitignore',
    'backlog.config.json',
    'backlog/data/completed/.gitkeep',
    'backlog/data/pending/.gitkeep',
    'backlog/templates/bug.md',
    'backlog/templates/feature.md',
    'backlog/templates/idea.md',
    'backlog/templates/task.md',
  ];

  it('commits exactly what it wrote: staged and other work stays as it was', async () => {
    const repo = tempRepo({ 'README.md': 'a\n', 'staged.txt': 'a\n', '.gitignore': 'dist/\n' });
    writeFiles(repo, { 'README.md': 'b\n', 'staged.txt': 'b\n', 'new.txt': '' });
    gitIn(repo, 'add', 'staged.txt');
    expect((await init(repo, '--commit')).exitCode).toBe(0);
    expect(committed(repo)).toEqual(written);
    expect(gitIn(repo, 'status', '--porcelain').split('\n').sort()).toEqual([
      ' M README.md',
      '?? new.txt',
      'M  staged.txt',
    ]);
    expect(gitIn(repo, 'log', '-1', '--format=%s')).toBe('chore(backlog): set up backlog-toolkit');
  });

  it('makes the first commit of a repository', async () => {
    const repo = tempDir();
    gitIn(repo, 'init', '-q');
    expect((await init(repo, '--commit')).exitCode).toBe(0);
    expect(committed(repo)).toEqual(written);
  });

  it('commits later what an earlier init wrote, with the configuration as edited since', async () => {
    const repo = tempRepo({ '.gitignore': 'dist/\n' });
    await init(repo);
    const file = path.join(repo, 'backlog.config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"standard"', '"light"'));
    writeFiles(repo, { 'backlog/data/pending/FEAT-001-x.md': '' });
    expect((await init(repo, '--commit')).exitCode).toBe(0);
    expect(committed(repo)).toEqual(written);
    expect(gitIn(repo, 'show', 'HEAD:backlog.config.json')).toContain('"light"');
    expect(gitIn(repo, 'status', '--porcelain')).toBe('?? backlog/data/pending/FEAT-001-x.md');

    const again = await init(repo, '--commit', '--json');
    expect(jsonOf(again)).toMatchObject({ commit: null });
  });

  it('leaves out a file that somebody else has changed as well, and says so', async () => {
    const repo = tempRepo({ '.gitignore': 'dist/\n' });
    await init(repo);
    writeFileSync(
      path.join(repo, '.gitignore'),
      `${readFileSync(path.join(repo, '.gitignore'), 'utf8')}mine\n`,
    );
    const result = await init(repo, '--commit');
    expect(result.stderr).toContain('not committed, because there are other changes in it: .gitignore');
    expect(committed(repo)).not.toContain('.gitignore');
  });

  it.each([
    ['an ignore file with changes of its own', { '.gitignore': 'mine\n' }, 'init-file-dirty'],
    ['a pattern that ignores what is written', { '.git/info/exclude': 'backlog/\n' }, 'init-files-ignored'],
  ])('with %s writes nothing', async (_name, files, code) => {
    const repo = tempRepo({ '.gitignore': 'dist/\n' });
    writeFiles(repo, files);
    const result = await init(repo, '--commit', '--json');
    expect(result.exitCode).toBe(3);
    expect(errorOf(result)).toMatchObject({ code });
    expect(existsSync(path.join(repo, 'backlog'))).toBe(false);
  });

  it('needs a repository', async () => {
    const root = tempDir();
    expect(errorOf(await init(root, '--commit', '--json'))).toMatchObject({ code: 'not-a-repository' });
    expect(readdirSync(root)).toEqual([]);
  });

  it('says so when a git hook refuses the commit, and the files are there for another try', async () => {
    const repo = tempRepo();
    mkdirSync(path.join(repo, '.git/hooks'), { recursive: true });
    writeFileSync(path.join(repo, '.git/hooks/pre-commit'), '#!/bin/sh\necho no way >&2\nexit 1\n', {
      mode: 0o755,
    });
    const refused = await init(repo, '--commit', '--json');
    expect(refused.exitCode).toBe(4);
    expect(errorOf(refused)).toMatchObject({
      code: 'init-commit-failed',
      message: expect.stringContaining('no way'),
    });
    writeFileSync(path.join(repo, '.git/hooks/pre-commit'), '#!/bin/sh\n', { mode: 0o755 });
    expect((await init(repo, '--commit')).exitCode).toBe(0);
    expect(committed(repo)).toEqual(written);
  });
});
