import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { NewConfig } from '../../src/project/new-config.ts';
import { hasBacklog, isOurAddition, planScaffold, type ScaffoldPlan } from '../../src/project/scaffold.ts';
import { applyScaffold } from '../../src/project/scaffold-apply.ts';
import { templateFilesFor } from '../../src/project/templates.ts';
import { backlogBin } from '../support/cli.ts';
import { gitEnv, gitIn, tempDir, tempRepo, writeFiles } from '../support/temp.ts';

const config: NewConfig = {
  name: 'sample',
  stack: 'generic',
  prefixes: ['FEAT', 'BUG'],
  commands: {},
  codeRules: true,
  setupCommand: undefined,
  llmOps: false,
  local: false,
};

function plan(root: string, changes: Partial<NewConfig> = {}): ScaffoldPlan {
  const templatesFrom = tempDir();
  writeFiles(
    templatesFrom,
    Object.fromEntries(['feature', 'bug', 'task', 'idea'].map((name) => [`${name}.md`, name])),
  );
  return planScaffold({ root, config: { ...config, ...changes }, templatesFrom });
}

/** Every file below a folder but git's own, sorted. */
function tree(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('.git/'))
    .sort();
}

const scaffold = [
  '.claude/code-rules.md',
  '.gitignore',
  'backlog.config.json',
  'backlog/data/completed/.gitkeep',
  'backlog/data/pending/.gitkeep',
  'backlog/templates/bug.md',
  'backlog/templates/feature.md',
];

it('plans without writing, then writes exactly the plan', () => {
  const root = tempDir();
  const planned = plan(root);
  expect(tree(root)).toEqual([]);
  applyScaffold(planned);
  expect(tree(root)).toEqual(scaffold);
  expect(readFileSync(path.join(root, 'backlog/templates/bug.md'), 'utf8')).toBe('bug');
  expect(plan(root).files.map(({ action }) => action)).toEqual(scaffold.map(() => 'keep'));
});

it.each([
  [
    ['FEAT', 'BUG', 'IDEA', 'TASK'],
    ['feature.md', 'bug.md', 'idea.md', 'task.md'],
  ],
  [['SEC', 'QUALITY'], ['task.md']],
  [['constructor'], ['task.md']],
])('prefixes %j need the templates %j', (prefixes, files) =>
  expect(templateFilesFor(prefixes)).toEqual(files),
);

it('keeps every file that is there, whatever is in it', () => {
  const root = tempDir();
  const theirs = {
    'backlog/templates/bug.md': 'my bug template\r\n',
    'backlog/data/pending/FEAT-001-x.md': 'a ticket',
    '.claude/code-rules.md': 'my rules',
    'backlog.config.json':
      '{"version": "1.0", "project": {"name": "mine"}, "backlog": {"ticketPrefixes": ["IDEA", "BUG"]}, "qualityGates": {"testCommand": "make test"}}',
    '.gitignore': 'dist\r\n',
  };
  writeFiles(root, theirs);
  const planned = plan(root);
  expect(planned.project).toEqual({
    name: 'mine',
    stack: 'generic',
    prefixes: ['IDEA', 'BUG'],
    gateCommands: { testCommand: 'make test' },
  });
  applyScaffold(planned);
  for (const [name, content] of Object.entries(theirs)) {
    const expected =
      name === '.gitignore'
        ? 'dist\r\n# backlog-toolkit: working files\r\n.backlog-ops/\r\n.claude/implementer-state.json\r\n'
        : content;
    expect(readFileSync(path.join(root, name), 'utf8'), name).toBe(expected);
  }
  expect(tree(root)).toContain('backlog/templates/idea.md');
  expect(tree(root)).not.toContain('backlog/templates/feature.md');
});

it('follows the folders of a configuration that is there', () => {
  const root = tempDir();
  writeFiles(root, {
    'backlog.config.json':
      '{"version": "1.0", "project": {"name": "x"}, "backlog": {"dataDir": "work/items", "templatesDir": "work/forms"}}',
  });
  applyScaffold(plan(root));
  expect(tree(root)).toContain('work/items/pending/.gitkeep');
  expect(tree(root)).toContain('work/forms/bug.md');
  expect(existsSync(path.join(root, 'backlog'))).toBe(false);
});

it('a broken configuration is named, and nothing is planned around it', () => {
  const root = tempDir();
  writeFiles(root, { 'backlog.config.json': '{' });
  expect(() => plan(root)).toThrow(expect.objectContaining({ code: 'config-invalid' }));
});

it.each(['.claude', 'backlog', 'backlog/templates'])(
  'writes nothing through %s when it leads out of the project',
  (link) => {
    const [root, elsewhere] = [tempDir(), tempDir()];
    mkdirSync(path.dirname(path.join(root, link)), { recursive: true });
    symlinkSync(elsewhere, path.join(root, link));
    expect(() => plan(root)).toThrow(expect.objectContaining({ code: 'path-outside-project', exitCode: 3 }));
    expect(readdirSync(elsewhere)).toEqual([]);
  },
);

it('--local keeps all of it out of the repository, for every worktree', () => {
  const repo = tempRepo({ 'README.md': '', 'app/x': '' });
  const root = path.join(repo, 'app');
  applyScaffold(plan(root, { local: true }));
  expect(tree(root)).toContain('backlog.config.json');
  expect(existsSync(path.join(root, '.gitignore'))).toBe(false);
  writeFiles(root, {
    'backlog/data/pending/FEAT-001-x.md': '',
    'backlog/data/evidence/FEAT-001.json': '',
    '.backlog-ops/usage-ledger.jsonl': '',
    '.claude/implementer-state.json': '',
    'backlog/tasks/theirs.md': '',
  });
  expect(gitIn(repo, 'status', '--porcelain', '-uall')).toBe('?? app/backlog/tasks/theirs.md');
  const linked = path.join(tempDir(), 'linked');
  gitIn(repo, 'worktree', 'add', '-q', linked);
  writeFiles(linked, { 'app/backlog.config.json': '', 'app/.backlog-ops/x': '' });
  expect(gitIn(linked, 'status', '--porcelain', '-uall')).toBe('');
  expect(() => plan(tempDir(), { local: true })).toThrow(
    expect.objectContaining({ code: 'not-a-repository' }),
  );
});

it.each([
  ['nothing', {}, false],
  ['our folder', { 'backlog/data/pending/.gitkeep': '' }, true],
  ['an unknown folder', { 'backlog/notes.txt': '' }, true],
  ["Backlog.md's folder", { 'backlog/tasks/task-1.md': '', 'backlog/config.yml': '' }, false],
  ['both', { 'backlog/tasks/task-1.md': '', 'backlog/data/pending/.gitkeep': '' }, true],
])('with %s there is a backlog already: %s', (_name, files, there) => {
  const root = tempDir();
  writeFiles(root, files);
  expect(hasBacklog(root)).toBe(there);
});

it.each([
  ['a\n', 'a\n# backlog-toolkit: working files\n.backlog-ops/\n.claude/implementer-state.json\n', true],
  [
    'a\n',
    'a\n# backlog-toolkit: working files\n.backlog-ops/\n.claude/implementer-state.json\nmore\n',
    false,
  ],
  ['a\n', 'a\n', false],
])('from %j to %j is our addition alone: %s', (before, after, ours) =>
  expect(isOurAddition(before, after)).toBe(ours),
);

it('writes all or nothing: a failure takes away what was made, and says why', () => {
  const root = tempDir();
  writeFiles(root, { '.gitignore': 'dist\n', 'backlog/keep.txt': 'theirs' });
  const planned = plan(root);
  // Between plan and writing somebody puts a folder where the configuration goes.
  mkdirSync(path.join(root, 'backlog.config.json'));
  writeFileSync(path.join(root, 'backlog.config.json/x'), '');
  expect(() => applyScaffold(planned)).toThrow(
    expect.objectContaining({
      code: 'init-failed',
      exitCode: 4,
      message: expect.stringContaining('nothing of it was left behind'),
    }),
  );
  expect(tree(root)).toEqual(['.gitignore', 'backlog.config.json/x', 'backlog/keep.txt']);
  expect(existsSync(path.join(root, '.claude'))).toBe(false);
  expect(readFileSync(path.join(root, '.gitignore'), 'utf8')).toBe('dist\n');
});

it('on a full disk leaves nothing behind and asks for space, not for rights', (context) => {
  const disk = path.join(tempDir(), 'disk');
  mkdirSync(disk);
  // A file system of its own, in a namespace that only the program sees.
  const script =
    'mount -t tmpfs -o size=24k tmpfs "$1" || exit 99; "$2" init --yes --cwd "$1"; echo "[$?]"; find "$1"';
  const { status, stdout, stderr } = spawnSync(
    '/usr/bin/unshare',
    ['-rm', 'sh', '-c', script, 'sh', disk, backlogBin],
    {
      encoding: 'utf8',
      env: gitEnv(),
    },
  );
  if (status !== 0) return context.skip(`no small file system can be mounted here: ${stderr}`);
  expect(stdout).toBe(`[4]\n${disk}\n`);
  expect(stderr).toMatch(/ENOSPC[\s\S]*fix: free some disk space, then run `.*init` again/);
});

it('writes the code rules where an existing configuration looks for them', () => {
  const root = tempRepo();
  const text = JSON.stringify({
    version: '1.0',
    project: { name: 'old' },
    codeRules: { source: 'docs/rules.md' },
  });
  writeFiles(root, { 'backlog.config.json': text });
  applyScaffold(plan(root, { local: true }));
  expect(existsSync(path.join(root, 'docs/rules.md'))).toBe(true);
  expect(existsSync(path.join(root, '.claude/code-rules.md'))).toBe(false);
  expect(gitIn(root, 'status', '--porcelain')).toBe('');
});
