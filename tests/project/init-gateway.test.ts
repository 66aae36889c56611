import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { changeRoutes } from '../../src/gateway/routes.ts';
import { closedPort, listening } from '../gateway/support.ts';
import { backlog, type CliResult, jsonOf } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

interface Place {
  readonly settings: string;
  readonly port: number;
  run(...args: string[]): Promise<CliResult>;
}

/** A folder without a backlog, and a user whose gateway has this port. */
async function place(port: number): Promise<Place> {
  const [root, home] = [tempDir(), tempDir()];
  const env = { HOME: home, BACKLOG_HOME: path.join(home, '.backlog-toolkit') };
  await changeRoutes(env.BACKLOG_HOME, (routes) => ({ ...routes, port }));
  const run = (...args: string[]) => backlog(args, { cwd: root, env });
  onTestFinished(async () => {
    await run('gateway', 'stop');
  });
  return { settings: path.join(root, '.claude/settings.local.json'), port, run };
}

describe('backlog init and the gateway', () => {
  it('--yes leaves it off: no settings, no route, no process', async () => {
    const { run, settings } = await place(await closedPort());
    expect((await run('init', '--yes')).exitCode).toBe(0);
    expect(existsSync(settings)).toBe(false);
    const { running, project_enabled, projects } = jsonOf(await run('gateway', 'status', '--json'));
    expect({ running, project_enabled, projects }).toEqual({
      running: false,
      project_enabled: false,
      projects: [],
    });
  });

  it('--gateway turns it on, says what it wrote and how it is undone, and answers at once', async () => {
    const { run, settings, port } = await place(await closedPort());
    const made = await run('init', '--yes', '--gateway', '--name', 'shop');
    expect(made).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('backlog gateway disable') });
    const { env } = JSON.parse(readFileSync(settings, 'utf8'));
    expect(env.ANTHROPIC_BASE_URL).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/p/shop-[0-9a-f]+$`));
    expect((await fetch(`${env.ANTHROPIC_BASE_URL}/api/hello`)).status).toBe(200);
    expect(jsonOf(await run('gateway', 'status', '--json'))).toMatchObject({
      running: true,
      project_enabled: true,
    });
    expect((await run('gateway', 'disable')).exitCode).toBe(0);
    expect(existsSync(settings)).toBe(false);
  });

  it('--dry-run turns nothing on', async () => {
    const { run, settings } = await place(await closedPort());
    expect((await run('init', '--yes', '--gateway', '--dry-run')).exitCode).toBe(0);
    expect(existsSync(settings)).toBe(false);
  });

  it('a gateway that cannot start does not undo the backlog: it is said, with what to type', async () => {
    const other = net.createServer((socket) => socket.end());
    const { run, settings } = await place(await listening(other));
    onTestFinished(() => {
      other.close();
    });
    const made = await run('init', '--yes', '--gateway');
    expect(made).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('backlog gateway enable') });
    expect(made.stderr).toContain('the gateway is not enabled');
    expect(existsSync(settings)).toBe(false);
    expect((await run('--json')).exitCode).toBe(0);
  });
});
