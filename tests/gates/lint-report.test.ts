import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lintReport, type ReportFormat } from '../../src/gates/lint-report.ts';
import { backlog } from '../support/cli.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

// Tables name it, so it is there before the first test.
const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'backlog-report-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const numbered = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n');
writeFiles(root, { 'src/a.ts': numbered, 'backlog.config.json': '{}' });

const report = (format: ReportFormat, output: string, exitCode = 0) =>
  lintReport(output, { format, exitCode, root, cwd: root });

const eslint = (...messages: object[]) =>
  JSON.stringify([{ filePath: path.join(root, 'src/a.ts'), messages, errorCount: 0 }]);
const noVar = { ruleId: 'no-var', severity: 2, message: 'Unexpected var.', line: 7, column: 3 };
const cargo = (record: object) => `${JSON.stringify(record)}\n`;
const built = cargo({ reason: 'build-finished', success: true });

describe('lint-report', () => {
  it('gives an error with five lines around it', () => {
    const { clean, errors, warnings } = report('eslint-json', eslint(noVar, { ...noVar, severity: 1 }), 1);
    expect(clean).toBe(false);
    expect(errors).toEqual([
      {
        file: 'src/a.ts',
        line: 7,
        column: 3,
        rule: 'no-var',
        message: 'Unexpected var.',
        context: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((line) => `${line}: line ${line}`),
      },
    ]);
    expect(warnings).toHaveLength(1);
  });

  it.each<[ReportFormat, string, number]>([
    ['eslint-json', eslint(), 0],
    ['eslint-json', `\n> shop@1.0.0 lint\n> eslint -f json .\n\n${eslint({ ...noVar, severity: 1 })}\n`, 0],
    ['eslint-stylish', '', 0],
    ['tsc', '', 0],
    ['ruff', 'All checks passed!\n', 0],
    ['ruff', '', 0],
    ['ruff-json', '[]\n', 0],
    ['biome', 'Checked 12 files in 8ms. No fixes applied.\n', 0],
    ['biome', '{"summary":{"errors":0},"diagnostics":[],"command":"lint"}', 0],
    ['rdjson', '{"source":{"name":"x"},"diagnostics":[]}', 0],
    ['mypy', 'Success: no issues found in 3 source files\n', 0],
    ['golangci-json', '{"Issues":null,"Report":{}}\n', 0],
    ['golangci-json', '{"Issues":[],"Report":{}}\n0 issues.\n', 0],
    ['pyright-json', '{"generalDiagnostics":[],"summary":{}}', 0],
    ['clippy', `    Checking shop v0.1.0\n${built}    Finished \`dev\` profile\n`, 0],
    ['sarif', '{"version":"2.1.0","runs":[{"tool":{},"results":[]}]}', 0],
    ['checkstyle', '<?xml version="1.0"?>\n<checkstyle version="4.3"></checkstyle>\n', 0],
    ['unix', '', 0],
  ])('%s: %j with exit %i is clean', (format, output, exitCode) => {
    expect(report(format, output, exitCode)).toMatchObject({ clean: true, errors: [], reason: null });
  });

  it.each<[string, ReportFormat, string, number]>([
    ['a tool that is not there', 'eslint-json', 'sh: 1: eslint: not found\n', 127],
    ['the same, its exit code lost', 'eslint-json', 'sh: 1: eslint: not found\n', 0],
    ['the same for a tool that writes lines', 'tsc', 'sh: 1: tsc: command not found\n', 0],
    ['nothing at all, as JSON', 'eslint-json', '', 0],
    ['nothing at all, and a failure', 'tsc', '', 2],
    ['no output from ruff, and a failure', 'ruff', '', 2],
    [
      'stylish output',
      'eslint-json',
      `\n${root}/src/a.ts\n  7:3  error  Unexpected var  no-var\n\n✖ 1 problem (1 error, 0 warnings)\n`,
      0,
    ],
    ['pretty output', 'eslint-json', 'src/a.ts:7:3 - error TS2322: no\n\n7 let a\n', 0],
    ['an error beside exit 0', 'eslint-json', eslint(noVar), 0],
    ['no finding beside exit 1', 'eslint-json', eslint(), 1],
    ['warnings that were too many', 'eslint-json', eslint({ ...noVar, severity: 1 }), 1],
    ['an empty object', 'eslint-json', '{}', 0],
    ['a list of something else', 'eslint-json', '[{"a":1}]', 0],
    ['a severity that eslint does not have', 'eslint-json', eslint({ ...noVar, severity: 'none' }), 0],
    ['JSON behind a complaint', 'eslint-json', `Oops! Something went wrong!\n${eslint()}`, 0],
    ['JSON cut off', 'eslint-json', eslint(noVar).slice(0, -3), 0],
    ['a global error', 'tsc', "error TS18003: No inputs were found in config file 'tsconfig.json'.\n", 2],
    ['a global error, its exit code lost', 'tsc', 'error TS5083: Cannot read file.\n', 0],
    ['unknown text', 'tsc', 'all is well\n', 0],
    ['the help of tsc', 'tsc', 'Version 5.9.3\ntsc: The TypeScript Compiler - Version 5.9.3\n', 0],
    [
      'ruff without a file',
      'ruff',
      'warning: No Python files found under the given path(s)\nAll checks passed!\n',
      0,
    ],
    ['a traceback', 'mypy', 'Traceback (most recent call last):\n  File "x.py", line 3\n', 0],
    ['mypy that was ended', 'mypy', '', 137],
    ['a build that did not finish', 'clippy', cargo({ reason: 'compiler-artifact' }), 0],
    ['a build that failed', 'clippy', cargo({ reason: 'build-finished', success: false }), 0],
    ['a cargo without output', 'clippy', '', 0],
    [
      'a run that failed',
      'sarif',
      '{"runs":[{"results":[],"invocations":[{"executionSuccessful":false}]}]}',
      0,
    ],
    ['a document type', 'checkstyle', '<!DOCTYPE a [<!ENTITY b "c">]><checkstyle></checkstyle>', 0],
    ['another document', 'checkstyle', '<testsuite></testsuite>', 0],
    ['a document cut off', 'checkstyle', '<checkstyle><file name="a">', 0],
  ])('%s is not clean', (_what, format, output, exitCode) => {
    const { clean, reason } = report(format, output, exitCode);
    expect(clean).toBe(false);
    expect(reason).toMatch(/\w/);
  });

  const place = { file: 'src/a.ts', line: 3, column: 5 };
  it.each<[ReportFormat, string, object[], object[]]>([
    [
      'tsc',
      `${root}/src/a.ts(3,5): error TS2322: Type.\nsrc/(group)/page.tsx(1,1): error TS1005: ';'.\n  indented detail\nerror TS18003: No inputs.\n`,
      [
        { ...place, rule: 'TS2322' },
        { file: 'src/(group)/page.tsx', line: 1, column: 1, rule: 'TS1005' },
        { file: '', line: 0, column: 0, rule: 'TS18003', context: [] },
      ],
      [],
    ],
    [
      'tsc',
      'src/a.ts:3:5 - error TS2322: Type.\n\n3 let a;\n      ~\n\n\nFound 1 error in src/a.ts:3\n\n',
      [{ ...place, rule: 'TS2322' }],
      [],
    ],
    [
      'ruff',
      'src/a.ts:3:5: F401 [*] `os` imported but unused\nFound 1 error.\n[*] 1 fixable with the `--fix` option.\n',
      [{ ...place, rule: 'F401' }],
      [],
    ],
    [
      'ruff',
      'F401 [*] `os` imported but unused\n --> src/a.ts:3:5\n  |\n1 | import os\n  | ^\nhelp: Remove it\n\nFound 1 error.\n',
      [{ ...place, rule: 'F401' }],
      [],
    ],
    [
      'ruff',
      `[{"filename":"${root}/src/a.ts","code":"F401","message":"unused","location":{"row":3,"column":5}}]`,
      [{ ...place, rule: 'F401', message: 'unused' }],
      [],
    ],
    [
      'biome',
      JSON.stringify({
        diagnostics: [
          {
            severity: 'error',
            message: 'no',
            category: 'lint/x',
            location: { path: 'src/a.ts', start: { line: 3, column: 5 } },
          },
        ],
      }),
      [{ ...place, rule: 'lint/x' }],
      [],
    ],
    [
      'rdjson',
      JSON.stringify({
        diagnostics: [
          {
            severity: 'WARNING',
            message: 'no',
            code: { value: 'lint/x' },
            location: { path: 'src/a.ts', range: { start: { line: 3, column: 5 } } },
          },
        ],
      }),
      [],
      [{ ...place, rule: 'lint/x' }],
    ],
    [
      'mypy',
      'src/a.ts:3:5: error: Wrong  [return-value]\nsrc/a.ts:3: note: see\nFound 1 error in 1 file (checked 1 source file)\n',
      [{ ...place, rule: 'return-value' }],
      [{ line: 3, column: 0 }],
    ],
    [
      'mypy',
      '{"file":"src/a.ts","line":3,"column":4,"message":"Wrong","code":"return-value","severity":"error"}\n',
      [{ ...place, rule: 'return-value' }],
      [],
    ],
    [
      'golangci-json',
      '{"Issues":[{"FromLinter":"errcheck","Text":"unchecked","Severity":"","Pos":{"Filename":"src/a.ts","Line":3,"Column":5}}],"Report":{}}',
      [{ ...place, rule: 'errcheck' }],
      [],
    ],
    [
      'pyright-json',
      JSON.stringify({
        generalDiagnostics: [
          {
            file: `${root}/src/a.ts`,
            severity: 'error',
            message: 'no',
            rule: 'reportX',
            range: { start: { line: 2, character: 4 } },
          },
        ],
      }),
      [{ ...place, rule: 'reportX' }],
      [],
    ],
    [
      'clippy',
      cargo({
        reason: 'compiler-message',
        message: {
          level: 'warning',
          code: { code: 'clippy::len_zero' },
          message: 'use is_empty',
          spans: [{ is_primary: true, file_name: 'src/a.ts', line_start: 3, column_start: 5 }],
        },
      }) +
        cargo({
          reason: 'compiler-message',
          message: { level: 'warning', code: null, message: '1 warning emitted', spans: [] },
        }) +
        built,
      [],
      [{ ...place, rule: 'clippy::len_zero' }],
    ],
    [
      'sarif',
      JSON.stringify({
        runs: [
          {
            results: [
              {
                ruleId: 'x',
                level: 'error',
                message: { text: 'no' },
                locations: [
                  {
                    physicalLocation: {
                      artifactLocation: { uri: 'src/a.ts' },
                      region: { startLine: 3, startColumn: 5 },
                    },
                  },
                ],
              },
            ],
          },
        ],
      }),
      [{ ...place, rule: 'x', message: 'no' }],
      [],
    ],
    [
      'checkstyle',
      '<checkstyle><file name="src/a.ts"><error line="3" column="5" severity="error" message="a &lt; b &amp;lt;" source="x"/></file></checkstyle>',
      [{ ...place, rule: 'x', message: 'a < b &lt;' }],
      [],
    ],
    [
      'unix',
      'src/a.ts:3:5: Unexpected var. [Error/no-var]\n\n1 problem\n',
      [{ ...place, rule: 'Error/no-var' }],
      [],
    ],
  ])('%s: reads %j', (format, output, errors, warnings) => {
    const found = report(format, output, 1);
    expect(found.errors).toMatchObject(errors);
    expect(found.warnings).toMatchObject(warnings);
    expect(found.unread).toEqual([]);
    expect(found.clean).toBe(false);
  });

  it('shows lines of files inside the project only', () => {
    const outside = tempDir();
    writeFiles(outside, { 'secret.txt': 'one\ntwo\n' });
    symlinkSync(path.join(outside, 'secret.txt'), path.join(root, 'link.txt'));
    const at = (file: string, line = 1) => report('unix', `${file}:${line}: x\n`, 1).errors[0]?.context;
    expect(at('src/a.ts')).toHaveLength(6);
    expect(at('src/a.ts', 20)?.at(-1)).toBe('20: line 20');
    for (const file of [`${outside}/secret.txt`, '../../etc/passwd', 'link.txt', 'src', 'none.ts'])
      expect([file, at(file)]).toEqual([file, []]);
    expect(at('src/a.ts', 0)).toEqual([]);
    expect(at('src/a.ts', 21)).toEqual([]);
  });

  it.each<[string, ReportFormat, string]>([
    ['one line of 10 MB', 'tsc', 'a('.repeat(5_000_000)],
    ['one line of 10 MB of colons', 'unix', 'a:1'.repeat(3_000_000)],
    ['lists in lists, 5 million deep', 'eslint-json', '['.repeat(5_000_000)],
    ['objects in objects', 'biome', '{"diagnostics":'.repeat(300_000)],
    ['a million lines', 'mypy', 'a b c\n'.repeat(1_000_000)],
    ['elements in elements', 'checkstyle', '<a>'.repeat(1_000_000)],
    ['an attribute without an end', 'checkstyle', `<checkstyle a="${'<'.repeat(10_000_000)}`],
  ])('is not held up by %s', (_what, format, output) => {
    expect(report(format, output, 0).clean).toBe(false);
  });
});

describe('backlog gate lint-report', () => {
  const call = (args: string[], input: string) =>
    backlog(['gate', 'lint-report', ...args, '--json'], { cwd: root, input });

  it('answers in the form that other programs rely on, and exits 0 only when clean', async () => {
    const clean = await call(['--format', 'eslint-json', '--exit-code', '0'], eslint());
    expect([clean.exitCode, JSON.parse(clean.stdout)]).toEqual([
      0,
      { schemaVersion: 1, clean: true, errors: [], warnings: [], reason: null, unread: [] },
    ]);
    const unclean = await call(['--format', 'eslint-json', '--exit-code', '127'], 'eslint: not found\n');
    expect([unclean.exitCode, JSON.parse(unclean.stdout)]).toMatchObject([
      1,
      { clean: false, errors: [], unread: ['eslint: not found'] },
    ]);
  });

  it.each([
    [['--format', 'eslint-json']],
    [['--exit-code', '0']],
    [['--format', 'eslint', '--exit-code', '0']],
    [['--format', 'tsc', '--exit-code', 'no']],
  ])('is a wrong call with %j', async (args) => {
    expect(await call(args, '')).toMatchObject({ exitCode: 2 });
  });
});
