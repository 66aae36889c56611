import { describe, expect, it } from 'vitest';
import { parsePatch } from '../../src/gates/patch.ts';
import { runGate } from '../../src/gates/run.ts';
import { startWork } from '../../src/gates/start.ts';
import { markIn } from '../../src/gates/suppression-marks.ts';
import { addedMarks, suppressionsOf } from '../../src/gates/suppressions.ts';
import { assertsNothing } from '../../src/gates/weakened-tests.ts';
import { gitEnv, gitIn, tempRepo, writeFiles } from '../support/temp.ts';
import { atTerminal } from './support/journey.ts';
import { callIn, commitAll, discount, project } from './support/project.ts';

const testFiles = ['test/**', '**/*.test.*', '**/test_*.py', '**/*_test.go', 'tests/**'];

/** What is found between a first commit and a second one; a file that is `undefined` is deleted. */
async function between(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string | undefined>>,
) {
  const root = tempRepo({ 'a.txt': '', ...before });
  const from = gitIn(root, 'rev-parse', 'HEAD');
  for (const [file, text] of Object.entries(after)) {
    if (text === undefined) gitIn(root, 'rm', '-q', file);
    else writeFiles(root, { [file]: text });
  }
  const to = commitAll(root, 'change');
  const found = await suppressionsOf({
    place: { worktree: root, env: gitEnv() },
    books: { prefix: '', dataDir: 'backlog/data' },
    from,
    to,
    baseCommit: from,
    head: 'HEAD',
    testFiles,
  });
  return found.map(({ kind, file, line }) => `${kind} ${file}:${line}`);
}

describe('a line that an agent adds', () => {
  it.each([
    '// eslint-disable-next-line no-var',
    '/* eslint-disable */',
    '// @ts-ignore',
    '// @ts-expect-error',
    '// @ts-nocheck',
    '// biome-ignore lint: no',
    '// prettier-ignore',
    'x = 1  # noqa: F401',
    'x = 1  #noqa',
    'y = f()  # type: ignore[arg-type]',
    'h = md5(x)  # nosec B303',
    '# pylint: disable=all',
    '# mypy: ignore-errors',
    '# pyright: basic',
    'int x = 1; // NOSONAR',
    '#[allow(dead_code)]',
    '#![allow(clippy::all)]',
    '# [ allow ( unused ) ]',
    '#[cfg_attr(test, allow(dead_code))]',
    'x := 1 //nolint:errcheck',
    '@SuppressWarnings("unchecked")',
    'if x:  # pragma: no cover',
    '/* istanbul ignore next */',
    '/* c8 ignore start */',
    '# shellcheck disable=SC2086',
    '# NOQA',
    '# Pragma: No Cover',
    '# ty: ignore',
    `${' '.repeat(5000)}// eslint-disable-line`,
    `${'x;'.repeat(5000)}// eslint-disable-line`,
  ])('silences a tool: %j', (line) => expect(markIn(line, false)).toBe('suppression'));

  it.each([
    "it.skip('x', () => {});",
    "it\n.skip('x')".replace('\n', ''),
    "it . skip('x', () => {});",
    "test.only('x', () => {});",
    "describe.only('x', () => {});",
    "describe.concurrent.skip('x', () => {});",
    "it['skip']('x');",
    "xit('x', () => {});",
    "xit.each([1])('x', () => {});",
    "it?.skip('x');",
    'const { skip } = test;',
    '@Test(enabled = false)',
    "fdescribe('x', () => {});",
    "test.todo('x');",
    "test.fails('x', () => {});",
    'it.skipIf(process.env.CI)("x", f);',
    '  t.skip("later");',
    '@pytest.mark.skip(reason="later")',
    '@pytest.mark.xfail',
    'pytestmark = pytest.mark.skipif(True, reason="")',
    '@unittest.skip("later")',
    '    self.skipTest("later")',
    'def pytest_collection_modifyitems(items):',
    '\tt.Skip("later")',
    '\tt.SkipNow()',
    '#[ignore]',
    '#[ignore = "slow"]',
    '@Disabled',
    '@Disabled("later")',
    '@DisabledOnOs(LINUX)',
    '@Ignore',
    '[Fact(Skip = "later")]',
    'throw XCTSkip("later")',
    "test.if(ready)('x', () => {});",
    'def pytest_sessionfinish(session):',
    'collect_ignore_glob = ["slow_*"]',
    'process.exit(0);',
    'process.exitCode = 0;',
    '    os._exit(0)',
    '\tos.Exit(0)',
  ])('leaves a test out: %j', (line) => expect(markIn(line, true)).toBe('skipped-test'));

  it.each([
    'const text = "plain";',
    'exit(1);',
    'model.fit(X, y)',
    'def fit(self, X):',
    'list.skip(3);',
    'reader.Skip(3)',
    'const ignored = items.filter(Boolean);',
    'allow(user);',
    'expect(total).toBe(3);',
    '// the linter may complain here',
    'const only = first;',
    'const style = { visibility: ignore };',
    'const { only } = options;',
    'spawn(node, ["-e", "process.exit(0)"]);',
    'process.exit(1);',
    '\tos.Exit(m.Run())',
    '    sys.exit(pytest.main())',
    '// runs the test. if it fails, so be it',
    'list({ skip: 10, take: 5 });',
  ])('is neither: %j', (line) => expect(markIn(line, true)).toBeUndefined());

  it.each([
    ['t({ skip: true }, f);', true, 'skipped-test'],
    ['t({ skip: !process.env.ALL }, f);', true, 'skipped-test'],
    ['process.exit(0);', false, undefined],
    ['query({ skip: true });', false, undefined],
  ])('%j counts only in tests', (line, isTest, kind) => expect(markIn(line, isTest)).toBe(kind));
});

describe('a patch', () => {
  const patch = (...lines: string[]) =>
    `diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -4,${lines.filter((line) => line.startsWith('-')).length} +7,${lines.filter((line) => line.startsWith('+')).length} @@\n${lines.join('\n')}\n`;
  const marks = (...lines: string[]) => addedMarks(parsePatch(patch(...lines)), () => false);

  it('gives the place of what is new', () => {
    expect(marks('+let a;', '+// @ts-ignore')).toEqual([
      { kind: 'suppression', file: 'a.ts', line: 8, text: '// @ts-ignore' },
    ]);
  });

  it('has nothing new in a line that moved, and something in a second one of the kind', () => {
    expect(marks('-// @ts-ignore', '+  // @ts-ignore')).toEqual([]);
    expect(marks('-// @ts-ignore', '+// @ts-ignore', '+// @ts-ignore')).toHaveLength(1);
  });

  it('is not led astray by lines that look like its headers', () => {
    expect(marks('+++ b/readme.md', '+// @ts-ignore', '+@@ -1 +1 @@')).toMatchObject([{ file: 'a.ts' }]);
  });
});

const two = "test('a', () => {\n  assert.ok(1);\n  assert.ok(2);\n});\ntest('b', () => assert.ok(3));\n";

describe('a change', () => {
  it.each<[string, Record<string, string>, Record<string, string | undefined>, string[]]>([
    [
      'takes a test file away',
      { 'test/a.js': two },
      { 'test/a.js': undefined },
      ['test-removed test/a.js:0'],
    ],
    ['moves a test file', { 'test/a.js': two }, { 'test/a.js': undefined, 'test/b.js': two }, []],
    [
      'moves a test file to where no runner looks',
      { 'test/a.js': two },
      { 'test/a.js': undefined, 'old/a.js': two },
      ['test-removed test/a.js:0'],
    ],
    [
      'silences a tool in a file with a quote in its name',
      {},
      { 'src/a"b.js': '// @ts-ignore\n' },
      ['suppression src/a"b.js:1'],
    ],
    [
      'takes a helper away',
      { 'test/helper.js': 'export const a = 1;\n' },
      { 'test/helper.js': undefined },
      [],
    ],
    [
      'takes a test case away',
      { 'test/a.js': two },
      { 'test/a.js': "test('a', () => {\n  assert.ok(1);\n  assert.ok(2);\n  assert.ok(3);\n});\n" },
      ['test-removed test/a.js:5'],
    ],
    ['renames a test case', { 'test/a.js': two }, { 'test/a.js': two.replace("'b'", "'c'") }, []],
    [
      'takes assertions away',
      { 'test/a.js': two },
      { 'test/a.js': two.replace('  assert.ok(2);\n', '') },
      ['assertions-removed test/a.js:3'],
    ],
    [
      'comments an assertion out',
      { 'test/a.js': two },
      { 'test/a.js': two.replace('  assert.ok(2);', '  // assert.ok(2);') },
      ['assertions-removed test/a.js:3'],
    ],
    [
      'puts another assertion in its place',
      { 'test/a.js': two },
      { 'test/a.js': two.replace('ok(2)', 'ok(4)') },
      [],
    ],
    [
      'moves a test case to another file',
      { 'test/a.js': two, 'test/b.js': '' },
      { 'test/a.js': two.slice(0, two.indexOf("test('b'")), 'test/b.js': "test('b', () => assert.ok(3));\n" },
      [],
    ],
    [
      'takes a pytest function away',
      { 'tests/test_a.py': 'def test_a():\n    assert 1\n\ndef test_b():\n    assert 2\n' },
      { 'tests/test_a.py': 'def test_a():\n    assert 1\n' },
      ['test-removed tests/test_a.py:4', 'assertions-removed tests/test_a.py:5'],
    ],
    [
      'puts a pytest function into a docstring',
      { 'tests/test_a.py': 'def test_a():\n    assert 1\n' },
      { 'tests/test_a.py': '"""\ndef test_a():\n    assert 1\n"""\n' },
      ['test-removed tests/test_a.py:1', 'assertions-removed tests/test_a.py:2'],
    ],
    [
      'checks less in go',
      { 'a_test.go': 'func TestA(t *testing.T) {\n\tt.Fatal("a")\n\tt.Errorf("b")\n}\n' },
      { 'a_test.go': 'func TestA(t *testing.T) {\n\tt.Fatal("a")\n}\n' },
      ['assertions-removed a_test.go:3'],
    ],
    ['takes code away that asserts', { 'src/a.js': 'assert(1);\n' }, { 'src/a.js': '' }, []],
    [
      'adds a linter configuration',
      {},
      { 'eslint.config.js': 'export default [];\n' },
      ['gate-config eslint.config.js:1'],
    ],
    [
      'takes one away',
      { '.eslintrc.json': '{}\n' },
      { '.eslintrc.json': undefined },
      ['gate-config .eslintrc.json:0'],
    ],
    [
      'edits tsconfig',
      { 'tsconfig.json': '{}\n' },
      { 'tsconfig.json': '{"a":1}\n' },
      ['gate-config tsconfig.json:1'],
    ],
    [
      'edits CI',
      {},
      { '.github/workflows/ci.yml': 'on: push\n' },
      ['gate-config .github/workflows/ci.yml:1'],
    ],
    [
      'gives npm a shell of its own',
      {},
      { '.npmrc': 'save-exact=true\nscript-shell=/bin/true\n' },
      ['gate-config .npmrc:1'],
    ],
    ['says nothing of scripts in .npmrc', {}, { '.npmrc': 'save-exact=true\n' }, []],
    [
      'gives cargo another runner',
      {},
      { '.cargo/config.toml': '[target.x]\n' },
      ['gate-config .cargo/config.toml:1'],
    ],
    ['hides a file from diffs', {}, { '.gitattributes': '*.js binary\n' }, ['gate-config .gitattributes:1']],
    [
      'edits the tool tables of pyproject',
      { 'pyproject.toml': '[project]\nname = "a"\n\n[tool.ruff.lint]\nselect = ["E"]\n' },
      { 'pyproject.toml': '[project]\nname = "a"\n\n[tool.ruff.lint]\nselect = []\n' },
      ['gate-config pyproject.toml:5'],
    ],
    [
      'edits the rest of pyproject',
      { 'pyproject.toml': '[project]\nname = "a"\n\n[tool.ruff.lint]\nselect = ["E"]\n' },
      { 'pyproject.toml': '[project]\nname = "b"\n\n[tool.ruff.lint]\nselect = ["E"]\n' },
      [],
    ],
    [
      'configures jest in package.json',
      { 'package.json': '{}\n' },
      { 'package.json': '{"jest":{"bail":1}}\n' },
      ['gate-config package.json:1'],
    ],
    ['adds a dependency', { 'package.json': '{}\n' }, { 'package.json': '{"dependencies":{}}\n' }, []],
    [
      'excludes tests in vite',
      { 'vite.config.ts': '' },
      { 'vite.config.ts': 'test: { exclude: ["**"] }\n' },
      ['gate-config vite.config.ts:1'],
    ],
    ['adds a plugin in vite', { 'vite.config.ts': '' }, { 'vite.config.ts': 'plugins: [react()]\n' }, []],
    [
      'silences a tool behind a zero byte',
      {},
      { 'src/a.js': 'x\0;\n// eslint-disable-line\n' },
      ['suppression src/a.js:2'],
    ],
    [
      'silences a tool in a file that is called binary',
      { '.gitattributes': '*.js binary\n' },
      { 'src/a.js': '// eslint-disable-line\n' },
      ['suppression src/a.js:1'],
    ],
    ['writes about a mark', {}, { 'docs/a.md': 'never write eslint-disable\n' }, []],
    ['silences a style linter', {}, { 'a.css': '/* stylelint-disable */\n' }, ['suppression a.css:1']],
    [
      'commits a file of ours',
      {},
      { '.backlog-ops/evidence/FEAT-001.jsonl': '{}\n' },
      ['backlog-ops .backlog-ops/evidence/FEAT-001.jsonl:0'],
    ],
    [
      'does its work',
      { 'test/a.js': two },
      { 'test/a.js': `${two}test('c', () => assert.ok(4));\n`, 'src/a.js': 'x\n' },
      [],
    ],
  ])('%s', async (_what, before, after, expected) => {
    expect(await between(before, after)).toEqual(expected);
  });
});

describe('a test file', () => {
  it.each([
    ["import assert from 'node:assert';\ntest('a', () => { run(); });\n", true],
    ["import { expect, it } from 'vitest';\nit('a', () => { run(); });\n", true],
    ["it('should add', () => {});\n", true],
    ["it('a', () => {\n  // expect(1).toBe(1);\n});\n", true],
    ['def test_a():\n    run()\n', true],
    ['#[test]\nfn a() { run(); }\n', true],
    ["it('a', () => { expect(1).toBe(1); });\n", false],
    ["test('a', () => assert.ok(1));\n", false],
    ["test('a', () => { if (!run()) throw new Error('no'); });\n", false],
    ['def test_a():\n    assert run()\n', false],
    ['def test_a():\n    with pytest.raises(ValueError):\n        run()\n', false],
    ['#[test]\nfn a() { assert_eq!(1, 1); }\n', false],
    ['func TestA(t *testing.T) { t.Fatal("no") }\n', false],
    ["cy.get('a').should('exist');\nit('a', () => {});\n", false],
    ['export const helper = 1;\n', false],
  ])('%j asserts nothing: %s', (text, nothing) => expect(assertsNothing(text)).toBe(nothing));

  it('that asserts nothing fails the implement gate, until a person allows it', async () => {
    const root = project();
    await startWork(callIn(root), { ticketId: 'FEAT-001', worktree: false, rebase: false });
    await runGate(callIn(root), { ticketId: 'FEAT-001', gate: 'plan', plan: '1. tests\n' });
    writeFiles(root, {
      ...discount,
      'test/discount.test.js':
        "import { test } from 'node:test';\nimport { price } from '../src/basket.js';\ntest('a', () => price(1));\n",
    });
    expect(await runGate(callIn(root), { ticketId: 'FEAT-001', gate: 'implement' })).toMatchObject({
      result: 'fail',
      message: 'new test files assert nothing, so nothing can fail in them: test/discount.test.js',
      findings: [{ file: 'test/discount.test.js', rule: 'asserts-nothing' }],
    });
    expect(
      await runGate(atTerminal(root), { ticketId: 'FEAT-001', gate: 'implement', allow: 'it crashes' }),
    ).toMatchObject({ result: 'pass' });
  });
});
