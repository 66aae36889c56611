import { expect, it } from 'vitest';
import { backlog } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

it('a ticket is looked for in the configured folder, also behind a byte order mark', async () => {
  const cwd = tempDir();
  writeFiles(cwd, {
    'backlog.config.json':
      '\uFEFF{"version":"1.0","project":{"name":"shop"},"backlog":{"dataDir":"work/items"}}',
    'work/items/pending/FEAT-001-a.md': '',
  });
  const set = (id: string) =>
    backlog(['context', 'set', id, 'plan', 'backend', '--strict'], {
      cwd,
      env: { BACKLOG_HOME: `${cwd}/home` },
    });
  expect((await set('FEAT-001')).exitCode).toBe(0);
  expect((await set('FEAT-002')).exitCode).toBe(3);
});
