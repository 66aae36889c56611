import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readJson } from '../plugin/parts.ts';
import { repositoryRoot } from '../support/cli.ts';
import { gitEnv, tempRepo } from '../support/temp.ts';

const packed = z.array(
  z.looseObject({
    filename: z.string(),
    files: z.array(z.looseObject({ path: z.string(), mode: z.number() })),
  }),
);
const { version } = z.looseObject({ version: z.string() }).parse(readJson('package.json'));

let folder: string;
let tarball: string;
let files: readonly { readonly path: string; readonly mode: number }[];

/** No registry, no cache and no configuration of this machine: what the tarball lacks cannot come from anywhere else. */
function environment(): NodeJS.ProcessEnv {
  return {
    ...gitEnv(),
    HOME: path.join(folder, 'home'),
    npm_config_cache: path.join(folder, 'cache'),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'backlog-pack-')));
  const said = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: repositoryRoot,
    env: environment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [result] = packed.parse(JSON.parse(said));
  tarball = path.join(folder, result?.filename ?? '');
  files = result?.files ?? [];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function npx(cwd: string, ...args: string[]) {
  return spawnSync('npx', ['--yes', '--package', tarball, ...args], {
    cwd,
    env: environment(),
    encoding: 'utf8',
  });
}

describe('the package', () => {
  it('holds the plugin, the built program and the installer, and nothing that only developers need', () => {
    const paths = files.map((file) => file.path);
    for (const needed of [
      '.claude-plugin/plugin.json',
      '.claude-plugin/marketplace.json',
      'agents/reviewer.md',
      'bin/backlog',
      'commands/implementer.md',
      'dist/main.cjs',
      'dist/start.cjs',
      'dist/THIRD-PARTY-LICENSES.txt',
      'hooks/hooks.json',
      'install.sh',
      'skills/backlog-ticket/SKILL.md',
      'LICENSE',
    ])
      expect(paths).toContain(needed);
    expect(paths.filter((file) => /^(src|tests|scripts|node_modules|\.ci)\//.test(file))).toEqual([]);
  });

  it('keeps the run bits of its programs', () => {
    for (const { path: file, mode } of files)
      if (file === 'bin/backlog' || file === 'install.sh') expect(mode & 0o111, file).toBe(0o111);
  });

  it('asks for no other package', () => {
    const manifest = z.looseObject({ dependencies: z.unknown().optional() }).parse(readJson('package.json'));
    expect(manifest.dependencies).toBeUndefined();
  });

  it.each(['backlog-toolkit', 'backlog'])('runs as npx %s', (name) => {
    const { status, stdout, stderr } = npx(tempRepo(), name, '--version');
    expect(stderr).not.toContain('error');
    expect(stdout.trim()).toBe(version);
    expect(status).toBe(0);
  });

  it('sets up a project', () => {
    const project = tempRepo({ 'package.json': '{"name": "shop", "scripts": {"test": "node --test"}}' });
    const made = npx(project, 'backlog-toolkit', 'init', '--yes', '--json');
    expect(made.status, made.stderr + made.stdout).toBe(0);
    const listed = npx(project, 'backlog-toolkit', 'ticket', 'list', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({ schemaVersion: 1, items: [], broken: [] });
  });
});
