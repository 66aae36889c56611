import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { disable, enable } from '../../src/gateway/enable.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

/** What `gateway enable` writes for the client, where these files and variables are there before. */
async function enabled(files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) {
  const root = tempDir();
  const userHome = tempDir();
  writeFiles(root, files);
  const enabling = { home: path.join(userHome, '.backlog-toolkit'), userHome, env, root, name: 'shop' };
  const { file } = await enable({ ...enabling, scope: 'local', started: async () => undefined });
  const settings = JSON.parse(readFileSync(file, 'utf8'));
  return { settings, ...enabling };
}

describe('the search for tools, which an older client gives up behind a base URL', () => {
  it('stays where no base URL was set before', async () => {
    const { settings, home, root } = await enabled({});
    expect(settings.env.ENABLE_TOOL_SEARCH).toBe('true');
    expect(await disable(home, root)).toMatchObject([{ how: 'restored' }]);
  });

  it.each([
    ['in the environment', {}, { ENABLE_TOOL_SEARCH: 'auto' }, undefined],
    [
      'in the project’s settings',
      { '.claude/settings.json': '{"env":{"ENABLE_TOOL_SEARCH":"false"}}' },
      {},
      undefined,
    ],
    [
      'in the local settings',
      { '.claude/settings.local.json': '{"env":{"ENABLE_TOOL_SEARCH":"false"}}' },
      {},
      'false',
    ],
  ])('is left as the user has it %s', async (_where, files, env, wanted) => {
    const { settings } = await enabled(files, env);
    expect(settings.env.ENABLE_TOOL_SEARCH).toBe(wanted);
  });

  it('stays off behind a proxy of the user’s, which may not know it', async () => {
    const { settings } = await enabled({}, { ANTHROPIC_BASE_URL: 'http://127.0.0.1:4000' });
    expect(settings.env.ENABLE_TOOL_SEARCH).toBeUndefined();
  });
});
