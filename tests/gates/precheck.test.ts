import { describe, expect, it } from 'vitest';
import { debugLeftovers, formatLeftovers } from '../../src/gates/leftovers.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { parseDiff } from '../../src/gates/unified-diff.ts';
import { backlog, jsonOf } from '../support/cli.ts';
import { writeFiles } from '../support/temp.ts';
import { id, linted } from './support/journey.ts';
import { callIn, discount, project } from './support/project.ts';

const adding = (file: string, ...lines: readonly string[]) =>
  parseDiff(
    `--- a/${file}\n+++ b/${file}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`,
  );
const debugIn = async (file: string, line: string, text = '') =>
  (await debugLeftovers(adding(file, line), async () => text)).length > 0;
const formatIn = (file: string, ...lines: readonly string[]) =>
  formatLeftovers(adding(file, ...lines)).map(({ line, message }) => `${line} ${message}`);

describe('debug leftovers', () => {
  it.each([
    ['a.ts', 'console.log(value);'],
    ['a.ts', "log('on'); console.log(value); // isn't it"],
    ['a.tsx', '  debugger;'],
    ['a.js', 'if (x) { debugger }'],
    ['a.py', 'print(value)'],
    ['a.py', 'import pdb; pdb.set_trace()'],
    ['a.py', 'breakpoint()'],
    ['a.rb', 'binding.pry'],
    ['a.rs', 'let x = dbg!(y);'],
    ['a.go', 'fmt.Println(x)'],
    ['a.php', 'var_dump($x);'],
    ['A.java', 'System.out.println(x);'],
  ])('%s: %s', async (file, line) => {
    expect(await debugIn(file, line, 'package basket\n')).toBe(true);
  });

  it.each([
    ['a.ts', "throw new Error('console.log(x) is off');"],
    ['a.ts', '// console.log(x) was here'],
    ['a.ts', 'console.error(problem);'],
    ['a.ts', 'const debuggerUrl = 1;'],
    ['a.ts', String.raw`const text = 'it\'s console.log(x)';`],
    ['a.py', 'pprint(value)'],
    ['a.py', 'page.print(value)'],
    ['a.py', 'x = 1  # print(x)'],
    ['a.md', 'console.log(value);'],
    ['a.go', 'fmt.Errorf("x")'],
  ])('are none in %s: %s', async (file, line) => {
    expect(await debugIn(file, line)).toBe(false);
  });

  it('are found behind a quote that is not closed, however long the line is', async () => {
    expect(await debugIn('a.ts', `'${"\\\\'".repeat(200_000)} console.log(value)`)).toBe(true);
  });

  it('are none where a Go program prints to its user', async () => {
    expect(await debugIn('main.go', 'fmt.Println(x)', '// the tool\npackage main\n')).toBe(false);
  });
});

describe('formatting', () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    [
      'white space at the end',
      'a.ts',
      ['x; ', 'y;\t', 'z;'],
      ['1 white space at the end of the line', '2 white space at the end of the line'],
    ],
    ['spaces before a tab', 'a.go', ['\tx', '  \ty', '\t * z'], ['2 spaces before a tab in the indentation']],
    [
      'marks of a conflict',
      'a.ts',
      ['<<<<<<< HEAD', '=======', '>>>>>>> other'],
      ['1 mark of a merge conflict', '2 mark of a merge conflict', '3 mark of a merge conflict'],
    ],
    ['a heading and a line break in Markdown', 'a.md', ['Title', '=======', 'one  '], []],
    ['CRLF', 'a.ts', ['x;\r'], []],
    ['a patch as data', 'a.patch', ['+x '], []],
  ])('%s', (_what, file, lines, expected) => {
    expect(formatIn(file, ...lines)).toEqual(expected);
  });
});

describe('review precheck', () => {
  const facts = async (root: string, args: readonly string[] = []) => {
    const run = await backlog(['review', 'precheck', '--ticket', id, '--json', ...args], { cwd: root });
    return { exitCode: run.exitCode, ...jsonOf(run) };
  };

  it('rests on the evidence for this code, whatever anybody says', async () => {
    const root = project();
    await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
    writeFiles(root, discount);
    expect(await facts(root)).toMatchObject({
      exitCode: 1,
      ticket_id: id,
      imports_ok: null,
      lint_clean: false,
      tests_pass: false,
      no_debug: true,
      format_ok: true,
      issues: [
        { fact: 'lint_clean', file: '', line: 0, message: 'lint: it has not run yet' },
        { fact: 'tests_pass', file: '', line: 0, message: 'implement: it has not run yet' },
      ],
    });
    await runGate(callIn(root), { ticketId: id, gate: 'plan', plan: '1. do it\n' });
    for (const gate of ['implement', 'lint'] as const) await runGate(callIn(root), { ticketId: id, gate });
    expect(await facts(root)).toMatchObject({ exitCode: 0, lint_clean: true, tests_pass: true, issues: [] });
    writeFiles(root, { 'src/basket.js': `${discount['src/basket.js']}console.log(1); \n` });
    expect(await facts(root)).toMatchObject({
      exitCode: 1,
      lint_clean: false,
      tests_pass: false,
      no_debug: false,
      format_ok: false,
      issues: expect.arrayContaining([
        { fact: 'no_debug', file: 'src/basket.js', line: 3, message: 'debug leftover: console.log(' },
        { fact: 'format_ok', file: 'src/basket.js', line: 3, message: 'white space at the end of the line' },
      ]),
    });
  });

  it('does not know what no command could tell, and knows imports by the type check', async () => {
    const commands = { testCommand: 'node --test test/', minNewTests: { FEAT: 1 } };
    expect(await facts(await linted({ config: { qualityGates: commands } }))).toMatchObject({
      exitCode: 0,
      lint_clean: null,
      imports_ok: null,
      tests_pass: true,
    });
    const typed = { ...commands, typeCheckCommand: 'node --check src/basket.js' };
    expect(await facts(await linted({ config: { qualityGates: typed } }))).toMatchObject({
      exitCode: 0,
      imports_ok: true,
    });
  });
});
