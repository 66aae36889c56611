import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';

it('a ticket is made and edited with few files, and without what starts programs', () => {
  const sandbox = tempDir();
  writeFiles(sandbox, {
    'backlog.config.json': '{"version":"1.1","project":{"name":"sample"}}',
    'backlog/data/pending/FEAT-001-a.md': '---\nid: FEAT-001\ntitle: A\nstatus: pending\n---\n',
    '.backlog-ops/.keep': '',
    'probe.cjs':
      "process.on('exit', () => require('node:fs').writeFileSync('loaded.json', JSON.stringify([process.moduleLoadList, Object.keys(require.cache)])));",
  });
  const call = (...args: string[]): [string[], string[]] => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--require', './probe.cjs', path.join(repositoryRoot, 'dist/start.cjs'), ...args],
      {
        cwd: sandbox,
        env: { ...gitEnv(), HOME: sandbox },
        encoding: 'utf8',
        // As agents give it to their commands: the null device, which could be taken for a terminal.
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return JSON.parse(readFileSync(path.join(sandbox, 'loaded.json'), 'utf8'));
  };
  // The first keeps the configuration that it has checked.
  call('ticket', 'edit', 'FEAT-001', '--set', 'priority=low');
  for (const [loaded, files] of [
    call('ticket', 'edit', 'FEAT-001', '--set', 'priority=high'),
    call('ticket', 'new', '--type', 'FEAT', '--title', 'B'),
  ]) {
    expect(loaded).toContain('NativeModule fs');
    expect(loaded).not.toContain('NativeModule child_process');
    expect(loaded).not.toContain('NativeModule net');
    // To find, read and link a module takes longer than most of them run; left to the bundler these were 35.
    const own = files.filter((file) => file.includes(`${path.sep}chunks${path.sep}`));
    expect(own.length).toBeGreaterThan(2);
    expect(own.length).toBeLessThan(12);
  }
});
