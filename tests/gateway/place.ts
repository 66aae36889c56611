import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { backlog, type CliResult, jsonOf } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { closedPort, configText } from './support.ts';

export interface Place {
  readonly root: string;
  readonly home: string;
  readonly port: number;
  readonly env: Record<string, string>;
  run(...args: string[]): Promise<CliResult>;
  settings(scope?: 'local' | 'project'): string;
}

/** A project and a user's home, and the built program in them. What it starts ends with the test. */
export async function place(): Promise<Place> {
  const base = path.join(tempDir(), 'o\'brien "the" $HOME');
  const home = path.join(base, 'a home');
  const root = path.join(base, 'my project');
  mkdirSync(home, { recursive: true });
  writeFiles(root, { 'backlog.config.json': configText() });
  const env: Record<string, string> = { HOME: home };
  const run = (...args: string[]) => backlog(args, { cwd: root, env });
  onTestFinished(async () => {
    await run('gateway', 'stop');
  });
  return {
    root,
    home,
    port: await closedPort(),
    env,
    run,
    settings: (scope = 'local') =>
      path.join(root, '.claude', scope === 'local' ? 'settings.local.json' : 'settings.json'),
  };
}

export const enabling = ({ port }: Place) => ['gateway', 'enable', '--port', String(port)];

export async function enabled(at: Place, ...more: string[]): Promise<Record<string, unknown>> {
  const result = await at.run(...enabling(at), '--json', ...more);
  expect(result.stderr).not.toContain('error');
  expect(result.exitCode).toBe(0);
  return jsonOf(result);
}

export function write(file: string, bytes: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
