import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { commandRows } from '../../src/cli/commands.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { backlog, backlogBin, jsonOf } from '../support/cli.ts';
import { gitEnv, tempDir, writeFiles } from '../support/temp.ts';

describe('the command line', () => {
  it.each([
    ['an unknown command', ['contxt'], "unknown command 'contxt'", 'did you mean context?'],
    ['an unknown verb', ['ticket', 'shwo'], "unknown command 'shwo'", 'did you mean show?'],
    ['an unknown flag', ['ticket', 'list', '--josn'], "unknown option '--josn'", 'did you mean --json?'],
    ['a missing argument', ['context', 'set', 'FEAT-001'], "missing required argument 'gate'", '--help'],
    ['one argument too many', ['state', 'show', 'now'], 'too many arguments', '--help'],
  ])('answers %s with exit 2, what is wrong and a way on', async (_name, args, message, fix) => {
    const result = await backlog(args, { cwd: tempDir() });
    expect(result.exitCode).toBe(2);
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain(`error: `);
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain(fix);
  });

  it('answers a wrong call with exactly one JSON document under --json', async () => {
    const result = await backlog(['ticket', 'shwo', '--json'], { cwd: tempDir() });
    expect(result.exitCode).toBe(2);
    expect(jsonOf(result)).toMatchObject({
      schemaVersion: 1,
      error: { code: 'usage', message: "unknown command 'shwo'" },
    });
  });

  it('prints the help of a noun and exits 2 when its verb is missing', async () => {
    const result = await backlog(['ticket'], { cwd: tempDir() });
    expect([result.exitCode, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toContain('Usage: backlog ticket');
  });

  it.each([['--help'], ['-h'], ['help']])('prints help to stdout and exits 0 for %s', async (flag) => {
    const result = await backlog([flag], { cwd: tempDir() });
    expect([result.exitCode, result.stderr]).toEqual([0, '']);
    expect(result.stdout).toContain('Usage: backlog');
  });

  it('survives a reader that closes the pipe early', async () => {
    const { execFileSync } = await import('node:child_process');
    const { backlogBin } = await import('../support/cli.ts');
    const output = execFileSync('sh', ['-c', `"${backlogBin}" --help | head -1`], { encoding: 'utf8' });
    expect(output).toMatch(/^Usage: backlog/);
  });
});

describe('Ctrl-C', () => {
  it('ends a call that waits for its input: exit 130, nothing written', async () => {
    const cwd = tempDir();
    writeFiles(cwd, { 'backlog.config.json': '{"version":"1.0","project":{"name":"shop"}}' });
    // Before the program has loaded, the signal ends it by itself; then it is given more time.
    for (let wait = 400; wait < 10_000; wait *= 2) {
      const { exitCode, signal } = await interrupted(['ticket', 'new', '--from', '-'], cwd, wait);
      if (signal !== null) continue;
      expect(exitCode).toBe(130);
      expect(existsSync(path.join(cwd, 'backlog'))).toBe(false);
      return;
    }
    throw new Error('the program was never asked to end');
  });

  async function interrupted(args: readonly string[], cwd: string, afterMs: number) {
    const child = spawn(backlogBin, args, { cwd, env: gitEnv(), stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = once(child, 'exit');
    child.stdin.write('{"type":');
    await sleep(afterMs);
    child.kill('SIGINT');
    const [exitCode, signal]: unknown[] = await ended;
    return { exitCode, signal };
  }
});

describe('--cwd', () => {
  it.each([
    ['is not there', 'typo'],
    ['is a file', 'README.md'],
  ])('is a wrong call when it %s, though a folder above has a project', async (_name, folder) => {
    const cwd = tempDir();
    writeFiles(cwd, {
      'backlog.config.json': '{"version":"1.0","project":{"name":"shop"}}',
      'README.md': '',
    });
    for (const args of [['ticket', 'new', '--type', 'FEAT', '--title', 'x'], ['init', '--yes'], []]) {
      const result = await backlog([...args, '--cwd', folder], { cwd });
      expect([result.exitCode, result.stdout]).toEqual([2, '']);
      expect(result.stderr).toContain(`--cwd ${folder}`);
    }
    expect(existsSync(path.join(cwd, 'backlog'))).toBe(false);
  });
});

describe('help', () => {
  it.each([
    ['help', 'ticket', 'new'],
    ['ticket', 'help', 'new'],
    ['ticket', 'new', '--help'],
  ])('of one command for `backlog %s %s %s`', async (...args) => {
    const result = await backlog(args, { cwd: tempDir() });
    expect([result.exitCode, result.stderr]).toEqual([0, '']);
    expect(result.stdout).toContain('Usage: backlog ticket new');
    expect(result.stdout).toContain('--title <title>');
  });

  it.each([
    [['help', 'tickt'], "unknown command 'tickt'", 'did you mean ticket?'],
    [['help', 'ticket', 'nwe'], "unknown command 'nwe'", 'did you mean new?'],
    [['ticket', 'help', 'nwe'], "unknown command 'nwe'", 'did you mean new?'],
  ])('of %j says what is wrong', async (args, message, fix) => {
    const result = await backlog(args, { cwd: tempDir() });
    expect([result.exitCode, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toContain(message);
    expect(result.stderr).toContain(fix);
  });
});

describe('the table of commands', () => {
  const program = buildProgram(commandRows, async () => {});

  it('gives every command --json, --cwd and --no-color', () => {
    for (const row of commandRows) {
      const command = row.name.split(' ').reduce((parent, word) => {
        const child = parent.commands.find((candidate) => candidate.name() === word);
        if (child === undefined) throw new Error(`${row.name} is not in the program`);
        return child;
      }, program);
      const flags = command.options.map((option) => option.long);
      expect(flags, row.name).toEqual(expect.arrayContaining(['--json', '--cwd', '--no-color']));
    }
  });

  it('loads a function for every row', async () => {
    for (const row of commandRows) expect(await row.load(), row.name).toBeTypeOf('function');
  });

  it('has a summary for every command, short enough for one line of help', () => {
    for (const row of commandRows) expect(row.summary.length, row.name).toBeLessThanOrEqual(90);
  });
});
