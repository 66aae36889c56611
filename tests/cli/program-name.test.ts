import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { programName, runnable } from '../../src/cli/program-name.ts';
import { backlog, backlogBin, jsonOf, repositoryRoot } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

/** A folder where `name` is a link to our program. */
function linkedAs(name: string, target: string = backlogBin, below = ''): string {
  const folder = path.join(tempDir(), below);
  mkdirSync(folder, { recursive: true });
  symlinkSync(target, path.join(folder, name));
  return folder;
}

function foreign(): string {
  const folder = tempDir();
  writeFiles(folder, { backlog: 'theirs' });
  return folder;
}

const nameFor = (...folders: string[]) => programName({ PATH: folders.join(':') }, repositoryRoot);

describe('the name that messages call the program by', () => {
  it('is backlog where PATH finds this program under it', () => {
    expect(nameFor('/nonexistent', linkedAs('backlog'), foreign())).toBe('backlog');
  });

  it('is the second name where another backlog comes first', () => {
    const ours = tempDir();
    for (const name of ['backlog', 'backlog-toolkit']) symlinkSync(backlogBin, path.join(ours, name));
    expect(nameFor(foreign(), ours)).toBe('backlog-toolkit');
  });

  it('is the path where PATH does not have it, or has only another one', () => {
    expect(nameFor('/nonexistent')).toBe(backlogBin);
    expect(nameFor(foreign())).toBe(backlogBin);
  });

  it('is the npx form for a package, also while npx has it on its own PATH', () => {
    const root = path.join(tempDir(), 'node_modules/backlog-toolkit');
    writeFiles(root, { 'bin/backlog': '' });
    const bin = linkedAs('backlog', path.join(root, 'bin/backlog'), 'node_modules/.bin');
    expect(programName({ PATH: bin }, root)).toBe('npx backlog-toolkit');
  });

  it('is quoted for a shell where the path asks for it', () => {
    expect(programName({ PATH: '' }, "/tmp/a b/it's")).toBe("'/tmp/a b/it'\\''s/bin/backlog'");
  });

  it.each([
    ['`backlog ticket list` shows them', `\`${backlogBin} ticket list\` shows them`],
    ['backlog init --yes\nbacklog --help', `${backlogBin} init --yes\n${backlogBin} --help`],
    ['`backlog <command> --help`', `\`${backlogBin} <command> --help\``],
    ['the backlog is empty', 'the backlog is empty'],
    ['see backlog/data and x/bin/backlog ticket', 'see backlog/data and x/bin/backlog ticket'],
    ['mend it, then backlog gate run --stale', `mend it, then ${backlogBin} gate run --stale`],
    ['next: backlog commit', `next: ${backlogBin} commit`],
  ])('stands in %j where it is a call, and nowhere else', (text, expected) => {
    expect(runnable(text, { PATH: '/nonexistent' })).toBe(expected);
  });
});

describe('a fix', () => {
  it('runs as it is printed, where backlog is not on PATH', async () => {
    const clone = path.join(tempDir(), 'a clone');
    for (const part of ['bin', 'dist', 'package.json', 'templates'])
      cpSync(path.join(repositoryRoot, part), path.join(clone, part), { recursive: true });
    const cwd = tempDir();
    const bin = path.join(clone, 'bin/backlog');
    const run = async (line: string) => {
      const { spawnSync } = await import('node:child_process');
      const { PATH } = process.env;
      const clean = (PATH ?? '').split(':').filter((folder) => folder !== path.dirname(backlogBin));
      return spawnSync('sh', ['-c', line], {
        cwd,
        encoding: 'utf8',
        env: { PATH: clean.join(':'), HOME: cwd, NO_COLOR: '1' },
      });
    };
    const refused = await run(`'${bin}' ticket list`);
    const command = /fix: run `(.+?)`/.exec(refused.stderr)?.[1];
    expect(command).toBe(`'${bin}' init`);
    expect((await run(`${command} --yes`)).status).toBe(0);
    const screen = await run(`'${bin}'`);
    expect(screen.stdout).toContain(`next: '${bin}' ticket new`);
    expect((await run(`'${bin}' cost report`)).stdout).toContain(`\nnext: '${bin}' ticket list --ready`);
    expect((await run(`'${bin}' llm doctor`)).stdout).toContain(`fix: run \`'${bin}' gateway enable\``);
  });

  it('is the short form where backlog is on PATH, also in JSON', async () => {
    const failed = await backlog(['ticket', 'list', '--json'], { cwd: tempDir() });
    expect(jsonOf(failed)).toMatchObject({ error: { fix: expect.stringContaining('run `backlog init`') } });
  });
});
