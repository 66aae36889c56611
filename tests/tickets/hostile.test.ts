import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { backlog } from '../support/cli.ts';
import { readHostile } from './hostile-files.ts';
import { pending, project, text } from './support.ts';

// 50,000 of them: tests/soak/tickets.test.ts.
it('reads 1,500 hostile files: each is a ticket or is refused with its line', () => readHostile(1500));

/** Every file below a folder but the program's own cache: kind, time and content. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith(path.join('.backlog-ops', 'cache')) && name !== '.backlog-ops')
    .sort()
    .map((name) => {
      const file = path.join(folder, name);
      const stats = lstatSync(file);
      const content = stats.isFile() && stats.size < 1e8 ? readFileSync(file) : '';
      return `${name} ${stats.mode} ${stats.mtimeMs} ${createHash('sha1').update(content).digest('hex')}`;
    });
}

it('lists and checks a folder of things that are no tickets, writes nothing and waits for nothing', async () => {
  const paths = project({ [pending('FEAT-001-a.md')]: text('FEAT-001'), 'secret.txt': 'secret' });
  const folder = path.join(paths.mainRoot, 'backlog/data/pending');
  const at = (name: string): string => path.join(folder, name);
  execFileSync('mkfifo', [at('FEAT-002-pipe.md')]);
  mkdirSync(at('FEAT-003-folder.md'));
  symlinkSync('../../../secret.txt', at('FEAT-004-out.md'));
  symlinkSync('FEAT-005-round.md', at('FEAT-005-round.md'));
  symlinkSync('FEAT-002-pipe.md', at('FEAT-006-to-pipe.md'));
  symlinkSync('/dev/zero', at('FEAT-007-endless.md'));
  writeFileSync(at('FEAT-008-line.md'), `---\nid: FEAT-008\ntitle: ${'x'.repeat(10_000_000)}\n---\n`);
  writeFileSync(at('FEAT-009-nul.md'), Buffer.alloc(100_000));
  writeFileSync(at('FEAT-010-code.md'), "---js\nrequire('fs').writeFileSync('evaluated', '')\n---\n");
  writeFileSync(at('FEAT-011-sparse.md'), '---\n');
  truncateSync(at('FEAT-011-sparse.md'), 1_500_000_000);
  symlinkSync('FEAT-001-a.md', at('FEAT-012-inside.md'));
  const before = snapshot(paths.mainRoot);
  const calls = [
    ['list'],
    ['list', '--text', 'x'],
    ['validate'],
    ['show', 'FEAT-002'],
    ['edit', 'FEAT-007', '--set', 'x=1'],
  ];
  for (const call of calls) {
    const { exitCode, stdout, stderr } = await backlog(['ticket', ...call], { cwd: paths.mainRoot });
    expect([call, exitCode, stderr.includes('bug')]).toEqual([call, 3, false]);
    expect(stdout).not.toContain('secret\n');
  }
  expect(snapshot(paths.mainRoot)).toEqual(before);
  const { stdout } = await backlog(['ticket', 'list', '--json'], { cwd: paths.mainRoot });
  const { items, broken } = JSON.parse(stdout);
  expect(items.map(({ file }: { file: string }) => path.basename(file))).toEqual([
    'FEAT-001-a.md',
    'FEAT-012-inside.md',
  ]);
  expect(broken.map(({ code }: { code: string }) => code)).toEqual([
    ...[
      'ticket-not-a-file',
      'ticket-not-a-file',
      'ticket-link-outside',
      'ticket-not-a-file',
      'ticket-not-a-file',
    ],
    ...[
      'ticket-link-outside',
      'ticket-too-large',
      'ticket-frontmatter-missing',
      'ticket-frontmatter-language',
    ],
    'ticket-too-large',
  ]);
});
