import { describe, expect, it } from 'vitest';
import { newFindings, readFindings } from '../../src/gates/findings.ts';

const root = '/tmp/copy';
const finding = (file: string, line: number, rule: string, message: string) => ({
  file,
  line,
  column: 0,
  rule,
  message,
  severity: 'error' as const,
});

describe('findings', () => {
  it.each([
    [
      'tsc',
      `${root}/src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.\nerror TS18003: No inputs were found.\n`,
      [
        finding('src/a.ts', 3, 'TS2322', "Type 'string' is not assignable to type 'number'."),
        finding('', 0, 'TS18003', 'No inputs were found.'),
      ],
    ],
    [
      'tsc, pretty',
      "\u001b[96msrc/a.ts\u001b[0m:\u001b[93m3\u001b[0m:\u001b[93m5\u001b[0m - \u001b[91merror\u001b[0m\u001b[90m TS2322: \u001b[0mType 'string'.\n",
      [finding('src/a.ts', 3, 'TS2322', "Type 'string'.")],
    ],
    [
      'eslint, stylish',
      `\n${root}/src/a.js\n  1:5   error    'x' is assigned a value but never used  no-unused-vars\n  2:1   warning  Unexpected console statement            no-console\n\n✖ 2 problems (1 error, 1 warning)\n`,
      [
        finding('src/a.js', 1, 'no-unused-vars', "'x' is assigned a value but never used"),
        finding('src/a.js', 2, 'no-console', 'Unexpected console statement'),
      ],
    ],
    [
      'eslint, json',
      `> lint\n[{"filePath":"${root}/src/a.js","messages":[{"ruleId":"no-var","severity":2,"message":"Unexpected var.","line":7,"column":1}]}]\n`,
      [finding('src/a.js', 7, 'no-var', 'Unexpected var.')],
    ],
    [
      'eslint, unix',
      `${root}/src/a.js:7:1: Unexpected var. [Error/no-var]\n\n1 problem\n`,
      [finding('src/a.js', 7, 'Error/no-var', 'Unexpected var. [Error/no-var]')],
    ],
    [
      'biome',
      'src/a.ts:3:5 lint/suspicious/noExplicitAny ━━━━━━━━━━\n\n  × Unexpected any.\n\n    3 │ let a: any;\n',
      [finding('src/a.ts', 3, 'lint/suspicious/noExplicitAny', '× Unexpected any.')],
    ],
    [
      'ruff, concise',
      'src/a.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n',
      [finding('src/a.py', 1, 'F401', 'F401 [*] `os` imported but unused')],
    ],
    [
      'ruff, full',
      'F401 [*] `os` imported but unused\n --> src/a.py:1:8\n  |\n1 | import os\n',
      [finding('src/a.py', 1, 'F401', '`os` imported but unused')],
    ],
    [
      'clippy',
      'error[E0308]: mismatched types\n  --> src/main.rs:3:5\n   |\n',
      [finding('src/main.rs', 3, 'E0308', 'mismatched types')],
    ],
    [
      'mypy',
      'src/a.py:4: error: Incompatible return value type  [return-value]\nFound 1 error in 1 file (checked 1 source file)\n',
      [finding('src/a.py', 4, 'return-value', 'error: Incompatible return value type  [return-value]')],
    ],
    ['something else', 'sh: 1: eslint: not found\n10:42:01: starting\n', []],
  ])('are read from the output of %s', (_tool, output, expected) => {
    const places = expected.map(({ file, line, rule, message }) => ({ file, line, rule, message }));
    expect(readFindings(output, [root])).toMatchObject(places);
  });

  it('are not new when they only moved, and are when there is one more of a kind', () => {
    const base = [
      finding('a.js', 1, 'no-var', 'Unexpected var.'),
      finding('a.js', 9, 'x', 'declared on line 3'),
    ];
    const moved = [
      finding('a.js', 21, 'no-var', 'Unexpected var.'),
      finding('a.js', 29, 'x', 'declared on line 23'),
    ];
    expect(newFindings(moved, base)).toEqual([]);
    const second = finding('a.js', 40, 'no-var', 'Unexpected var.');
    expect(newFindings([...moved, second], base)).toEqual([second]);
    expect(newFindings([finding('b.js', 1, 'no-var', 'Unexpected var.')], base)).toHaveLength(1);
  });
});
