import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agents, commands, readText, skills } from '../plugin/parts.ts';
import { type ClientRun, initOf, needsClient, runClient } from './support/client.ts';
import { bash } from './support/scenario.ts';
import { makeSandbox, playSession, type Sandbox } from './support/session.ts';
import { copyShipped } from './support/shipped.ts';

let sandbox: Sandbox;
let plugin: string;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
  plugin = await copyShipped(path.join(sandbox.root, 'plugin with a space'));
});
afterEach(() => sandbox.remove());

function claude(...args: string[]): Promise<ClientRun> {
  return runClient({ cwd: sandbox.project, home: sandbox.home, args });
}

async function succeeds(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await claude(...args);
  expect(exitCode, `claude ${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

describe('the client', () => {
  it('finds nothing to complain about in the plugin, the manifest and the marketplace', async () => {
    await succeeds('plugin', 'validate', '--strict', plugin);
    await succeeds('plugin', 'validate', '--strict', path.join(plugin, '.claude-plugin/plugin.json'));
    await succeeds('plugin', 'validate', '--strict', path.join(plugin, '.claude-plugin/marketplace.json'));
  });

  it('would take it into the plugin directory', async () => {
    await succeeds('plugin', 'validate', '--profile', 'directory', '--strict', plugin);
  });

  it('complains when something is wrong: the checks above can fail', async () => {
    await rm(path.join(plugin, '.claude-plugin/icon.png'));
    const { exitCode } = await claude('plugin', 'validate', '--profile', 'directory', '--strict', plugin);
    expect(exitCode).toBe(1);
  });

  it('installs it from a marketplace, weighs it, and removes it', async () => {
    await succeeds('plugin', 'marketplace', 'add', plugin);
    await succeeds('plugin', 'install', 'backlog-toolkit@backlog-agents');
    expect(await succeeds('plugin', 'list')).toContain('backlog-toolkit@backlog-agents');

    const details = await succeeds('plugin', 'details', 'backlog-toolkit');
    const [, alwaysOn] = /Always-on:\s+~(\d+) tok/.exec(details) ?? [];
    expect(Number(alwaysOn)).toBeLessThanOrEqual(250);
    const onInvoke = skills.map(({ frontmatter: { name } }) => {
      // From about a thousand on, the client rounds: `~1k`, `~1.2k`.
      const row = new RegExp(`^\\s+${String(name)}\\s.*~([\\d.]+)(k?)$`, 'm');
      const [, tokens, thousands] = row.exec(details) ?? [];
      return Number(tokens) * (thousands === 'k' ? 1_000 : 1);
    });
    expect(onInvoke).toHaveLength(4);
    expect(onInvoke.reduce((sum, tokens) => sum + tokens, 0)).toBeLessThanOrEqual(6_000);

    await succeeds('plugin', 'uninstall', 'backlog-toolkit');
    expect(JSON.parse(await succeeds('plugin', 'list', '--json'))).toEqual([]);
  });

  it("installs it by the README's two lines", async () => {
    const lines = [...readText('README.md').matchAll(/^\/(plugin (?:marketplace add|install) .*)$/gm)].map(
      ([, line = '']) => line.split(' '),
    );
    expect(lines.map((words) => words.slice(0, -1).join(' '))).toEqual([
      'plugin marketplace add',
      'plugin install',
    ]);
    // The internet's copy of the repository is the one thing that cannot be had here.
    for (const words of lines)
      await succeeds(...(words[1] === 'marketplace' ? [...words.slice(0, 3), plugin] : words));
  });

  it('loads all of it from a folder, hooks too, without an error', async () => {
    const { run, problems } = await playSession(sandbox, {
      prompt: 'hello',
      pluginDir: plugin,
      story: { main: [{ sees: 'hello', says: 'hello' }] },
    });
    const init = initOf(run);
    expect(problems).toEqual([]);
    expect(init.plugin_errors).toEqual([]);
    const name = (file: string) => `backlog-toolkit:${path.basename(file, '.md')}`;
    for (const { file } of commands) expect(init.slash_commands).toContain(name(file));
    for (const { file } of agents) expect(init.agents).toContain(name(file));
    for (const { file } of skills) expect(init.skills).toContain(name(path.dirname(file)));
    expect(run.stderr).toBe('');
    expect(run.exitCode).toBe(0);
  });

  it('loads what install.sh writes, under the names that the texts use', async () => {
    const installed = spawnSync(path.join(plugin, 'install.sh'), [], {
      cwd: sandbox.project,
      env: { HOME: sandbox.home, PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
    });
    expect(installed.status, installed.stderr).toBe(0);
    const { run, problems } = await playSession(sandbox, {
      prompt: '/backlog-ticket add a health endpoint',
      story: { main: [{ sees: 'Turn a request into a ticket', says: 'noted' }] },
    });
    expect(problems).toEqual([]);
    const init = initOf(run);
    for (const { file } of skills) expect(init.skills).toContain(path.basename(path.dirname(file)));
    for (const { file } of agents)
      expect(init.agents).toContain(`backlog-toolkit-${path.basename(file, '.md')}`);
  });

  it('runs the hooks that install.sh writes, when it is started with them', async () => {
    writeFileSync(
      path.join(sandbox.project, 'backlog.config.json'),
      '{"version":"1.0","project":{"name":"shop"}}\n',
    );
    spawnSync(path.join(plugin, 'install.sh'), [], {
      cwd: sandbox.project,
      env: { HOME: sandbox.home, PATH: '/usr/bin:/bin' },
    });
    const { problems } = await playSession(sandbox, {
      prompt: 'go',
      args: ['--settings', path.join(sandbox.home, '.claude/backlog-hooks.json')],
      story: {
        main: [{ does: [bash('backlog --json')] }, { sees: /"hooks_active": ?true/, says: 'done' }],
      },
    });
    expect(problems).toEqual([]);
  });
});
