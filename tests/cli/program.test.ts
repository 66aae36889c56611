import { describe, expect, it } from 'vitest';
import { commandRows } from '../../src/cli/commands.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';

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
