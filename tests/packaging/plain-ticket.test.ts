import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { draftExample } from '../../src/tickets/draft.ts';
import { repositoryRoot } from '../support/cli.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';

/** Runs a call in a project of its own; times and the folder's name are taken out of what it leaves. */
function run(args: readonly string[], input: string): object {
  const sandbox = tempDir();
  writeFiles(sandbox, {
    'project/backlog.config.json': '{"version":"1.1","project":{"name":"sample"}}',
    'project/backlog/data/pending/FEAT-001-a.md':
      '---\nid: FEAT-001\ntitle: A\nstatus: pending\npriority: low\n---\n',
    'project/backlog/data/pending/FEAT-002-b.md': 'x',
    'project/.backlog-ops/.keep': '',
    'project/draft.json': JSON.stringify({ ...draftExample, title: 'A' }),
    'project/typo.json': JSON.stringify({ ...draftExample, titel: 'A' }),
    'project/torn.json': '{"type": "FEAT"',
  });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(repositoryRoot, 'dist/start.cjs'), ...args],
    {
      cwd: path.join(sandbox, 'project'),
      env: { ...gitEnv(), HOME: path.join(sandbox, 'home'), NO_COLOR: '1' },
      encoding: 'utf8',
      input,
    },
  );
  const plain = (text: string) =>
    text.replaceAll(sandbox, 'SANDBOX').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
  const files = readdirSync(sandbox, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  return {
    status,
    stdout: plain(stdout),
    stderr: plain(stderr),
    files: files.map((file) => [plain(file), plain(readFileSync(file, 'utf8'))]),
  };
}

/** A `--` with nothing behind it means nothing, and is for the command parser. */
const byParser = (args: readonly string[]) => run([...args, '--'], JSON.stringify(draftExample));
const plainly = (args: readonly string[]) => run(args, JSON.stringify(draftExample));

it.each<[exitCode: number, ...args: string[]]>([
  [0, 'ticket', 'new', '--type', 'FEAT', '--title', 'A'],
  [0, 'ticket', 'new', '--json', '--title=B', '--type=FEAT', '--set', 'priority=high', '--set=tags=[a, b]'],
  [0, 'ticket', 'new', '--type', 'BUG', '--type', 'FEAT', '--title', 'Last', '--no-color', '--session', 's1'],
  [0, 'ticket', 'new', '--from', 'draft.json'],
  [0, 'ticket', 'new', '--from', '-', '--title', 'By stdin', '--json'],
  [0, 'ticket', 'new', '--from', 'help'],
  [2, 'ticket', 'new', '--from', 'typo.json'],
  [2, 'ticket', 'new', '--from', 'torn.json', '--json'],
  [2, 'ticket', 'new', '--from', 'none.json'],
  [2, 'ticket', 'new'],
  [2, 'ticket', 'new', '--type', 'NONE', '--title', 'A'],
  [2, 'ticket', 'new', '--type', 'FEAT', '--title', ''],
  [2, 'ticket', 'new', '--type', 'FEAT', '--title', 'A', '--set', 'status=completed'],
  [2, 'ticket', 'new', '--type', 'FEAT', '--titel', 'A'],
  [2, 'ticket', 'new', '--title', '--type', 'FEAT'],
  [2, 'ticket', 'new', '--type', 'FEAT', '--title', 'A', 'extra'],
  [0, 'ticket', 'new', '--type', 'FEAT', '--title', '--json'],
  [0, 'ticket', 'new', '--type', 'FEAT', '--title', '-'],
  [2, 'ticket', 'new', '--type', 'FEAT', '--title', 'A', '--cwd', 'none'],
  [3, 'ticket', 'new', '--type', 'FEAT', '--title', 'A', '--cwd', '/'],
  [0, 'ticket', 'edit', 'FEAT-001', '--set', 'priority=high'],
  [0, 'ticket', 'edit', '--set', 'status=needs-investigation', 'FEAT-001', '--json', '--set', 'note=a: b'],
  [2, 'ticket', 'edit', 'FEAT-001'],
  [2, 'ticket', 'edit', '--set', 'priority=high'],
  [2, 'ticket', 'edit', 'FEAT-001', '--set', 'priority=highest'],
  [2, 'ticket', 'edit', 'FEAT-001', '--set', 'id=FEAT-009', '--json'],
  [2, 'ticket', 'edit', 'FEAT-001', 'FEAT-002', '--set', 'priority=high'],
  [2, 'ticket', 'edit', 'FEAT-001', '-s', 'priority=high'],
  [3, 'ticket', 'edit', 'FEAT-002', '--set', 'priority=high'],
  [3, 'ticket', 'edit', 'FEAT-404', '--set', 'priority=high', '--json'],
])('without the command parser as with it (exit %i): %s %s %s %s %s %s %s', (status, ...args) => {
  const outcome = plainly(args);
  expect(outcome).toMatchObject({ status });
  expect(outcome).toEqual(byParser(args));
});

it('help is the parser’s', () => {
  expect(run(['ticket', 'new', '--help'], '')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Usage: backlog ticket new'),
  });
});
