import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';

const chunks = path.join(repositoryRoot, 'dist/chunks');

/** Files that a chunk is loaded with. */
function loadedWith(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  const text = readFileSync(path.join(chunks, name), 'utf8');
  for (const [, next = ''] of text.matchAll(/(?:^|;|\})\s*(?:import|export)[^;()]*?"\.\/([^"/]+\.js)"/g))
    loadedWith(next, found);
  return found;
}

it('what people wait for is in few files', () => {
  const names = readdirSync(chunks).filter((name) => /^(?:program|ticket-write)-/.test(name));
  expect(names).toHaveLength(2);
  const files = new Set(names.flatMap((name) => [...loadedWith(name)]));
  // To find, read and link a module takes longer than most of them run; left to the bundler these were 35.
  expect(files.size).toBeGreaterThan(2);
  expect(files.size).toBeLessThan(12);
});

it('a ticket is made and edited without what starts programs', () => {
  const sandbox = tempDir();
  writeFiles(sandbox, {
    'backlog.config.json': '{"version":"1.1","project":{"name":"sample"}}',
    'backlog/data/pending/FEAT-001-a.md': '---\nid: FEAT-001\ntitle: A\nstatus: pending\n---\n',
    '.backlog-ops/.keep': '',
    'probe.cjs':
      "process.on('exit', () => require('node:fs').writeFileSync('loaded.json', JSON.stringify(process.moduleLoadList)));",
  });
  const call = (...args: string[]): string[] => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--require', './probe.cjs', path.join(repositoryRoot, 'dist/start.cjs'), ...args],
      { cwd: sandbox, env: { ...gitEnv(), HOME: sandbox }, encoding: 'utf8' },
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return JSON.parse(readFileSync(path.join(sandbox, 'loaded.json'), 'utf8'));
  };
  // The first keeps the configuration that it has checked.
  call('ticket', 'edit', 'FEAT-001', '--set', 'priority=low');
  for (const loaded of [
    call('ticket', 'edit', 'FEAT-001', '--set', 'priority=high'),
    call('ticket', 'new', '--type', 'FEAT', '--title', 'B'),
  ]) {
    expect(loaded).toContain('NativeModule fs');
    expect(loaded).not.toContain('NativeModule child_process');
  }
});
