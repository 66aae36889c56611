import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeOf } from '../packaging/support/nodes.ts';
import { backlogBin, repositoryRoot } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

const { version } = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8'));

function versionOf(program: string, options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): string {
  return execFileSync(program, ['--version'], {
    encoding: 'utf8',
    cwd: options.cwd ?? tempDir(),
    env: options.env ?? process.env,
  }).trim();
}

describe('bin/backlog', () => {
  it('runs from any folder', () => {
    expect(versionOf(backlogBin)).toBe(version);
  });

  it('runs through a chain of absolute and relative links, from a folder with a space', () => {
    const folder = path.join(tempDir(), 'with space');
    mkdirSync(folder);
    symlinkSync(backlogBin, path.join(folder, 'first'));
    symlinkSync('first', path.join(folder, 'second'));
    expect(versionOf(path.join(folder, 'second'))).toBe(version);
  });

  it('runs from a bare clone that has no node_modules', () => {
    const clone = tempDir();
    for (const part of ['bin', 'dist', 'package.json'])
      cpSync(path.join(repositoryRoot, part), path.join(clone, part), { recursive: true });
    expect(versionOf(path.join(clone, 'bin/backlog'))).toBe(version);
    expect(execFileSync(path.join(clone, 'bin/backlog'), ['--help'], { encoding: 'utf8' })).toContain(
      'Usage: backlog',
    );
  });

  it('finds a Node that is not on PATH, in the usual places of version managers', () => {
    const home = tempDir();
    const bin = path.join(home, '.nvm/versions/node/v20.20.2/bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(process.execPath, path.join(bin, 'node'));
    const result = spawnSync('/bin/sh', [backlogBin, '--version'], {
      encoding: 'utf8',
      env: { PATH: '/nonexistent', HOME: home },
    });
    expect(result.stdout.trim()).toBe(version);
  });

  it('says in two lines what to do when BACKLOG_NODE is an old Node', () => {
    const fake = path.join(tempDir(), 'node');
    // A stand-in for the version check only: the real old Nodes are tested below where they are installed.
    writeFileSync(
      fake,
      `#!/bin/sh\nexec "${process.execPath}" -e 'Object.defineProperty(process.versions, "node", {value: "18.20.8"}); require(process.argv[1])' "$1"\n`,
    );
    chmodSync(fake, 0o755);
    const result = spawnSync(backlogBin, ['--version'], {
      encoding: 'utf8',
      env: { ...process.env, BACKLOG_NODE: fake },
    });
    expect(result.status).toBe(4);
    expect(result.stderr.split('\n')).toHaveLength(3);
    expect(result.stderr).toMatch(/^error: backlog needs Node\.js 20\.12 or newer, this is 18\.20\.8/);
  });

  it.for(['20', '22', '24'])('works on Node %s', (major, context) => {
    const node = nodeOf(major);
    if (node === undefined)
      return context.skip(`no Node ${major} here; put one into BACKLOG_TEST_NODES=${major}=/path/to/node`);
    const env = { ...process.env, BACKLOG_NODE: node };
    expect(versionOf(backlogBin, { env })).toBe(version);
    const wrong = spawnSync(backlogBin, ['ticket', 'shwo'], { encoding: 'utf8', env });
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('did you mean show?')]);
  });

  it.for(['16', '18'])('refuses Node %s with one clear line and a fix', (major, context) => {
    const node = nodeOf(major);
    if (node === undefined)
      return context.skip(`no Node ${major} here; put one into BACKLOG_TEST_NODES=${major}=/path/to/node`);
    const result = spawnSync(backlogBin, ['--version'], {
      encoding: 'utf8',
      env: { ...process.env, BACKLOG_NODE: node },
    });
    expect(result.status).toBe(4);
    expect(result.stderr).toMatch(/^error: backlog needs Node\.js 20\.12 or newer.*\nfix: .*\n$/);
  });
});
