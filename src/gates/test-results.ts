/** A longer line is data, no name: it is cut, which also bounds what the patterns below may cost. */
const MAX_LINE = 1000;

/** What a test run's output tells. */
export interface TestResults {
  /** Runner whose form was recognised; `undefined`: only the lines can be compared. */
  readonly runner: string | undefined;
  /** Names of failed tests, and of test files that could not be loaded. A name that fails twice is there twice (`x (2)`). */
  readonly failed: readonly string[];
  /** Tests that passed; `null` when the output does not count them. */
  readonly passed: number | null;
}

interface Runner {
  readonly name: string;
  readonly recognise: RegExp;
  failed(lines: readonly string[]): string[];
  passed(lines: readonly string[]): number | null;
}

/**
 * Reads the usual output of vitest, jest, node:test (TAP and spec), pytest, go test, cargo test and mocha's TAP.
 * @param roots folders in which it ran: their paths are taken out of names, so that runs in two folders compare
 */
export function readTestResults(output: string, roots: readonly string[]): TestResults {
  const lines = plainLines(output, roots);
  for (const runner of runners) {
    if (!lines.some((line) => runner.recognise.test(line))) continue;
    return { runner: runner.name, failed: numbered(runner.failed(lines)), passed: runner.passed(lines) };
  }
  return { runner: undefined, failed: [], passed: null };
}

/** Lines without colours, run folders, times and addresses: what two runs of the same thing have in common. */
export function comparableLines(output: string, roots: readonly string[]): string[] {
  return plainLines(output, roots)
    .map((line) =>
      line
        .replace(/\b\d+(?:\.\d+)?\s?(?:ms|s|m|h|ns|µs|sec|seconds)\b/g, '#')
        .replace(/\b\d\d:\d\d(?::\d\d)?\b/g, '#')
        .replace(/\b0x[0-9a-f]+\b/gi, '#')
        .replace(/\d+/g, '#')
        .trim(),
    )
    .filter((line) => line !== '');
}

/** Those of `items` that are not in `known`, counting how often: two of a kind against one leave one. */
export function withoutKnown(items: readonly string[], known: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const item of known) left.set(item, (left.get(item) ?? 0) + 1);
  return items.filter((item) => {
    const count = left.get(item) ?? 0;
    if (count > 0) left.set(item, count - 1);
    return count === 0;
  });
}

/** Output as lines without colours and without the folders in which it was made. */
export function plainLines(output: string, roots: readonly string[]): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with ESC
  let text = output.replace(/\u001b\[[0-9;:?]*[A-Za-z]/g, '').replace(/\r\n?/g, '\n');
  for (const root of roots) text = text.replaceAll(`file://${root}/`, '').replaceAll(`${root}/`, '');
  return text.split('\n').map((line) => line.slice(0, MAX_LINE));
}

const runners: readonly Runner[] = [
  {
    name: 'tap',
    recognise: /^TAP version \d+$/,
    failed: tapFailures,
    passed: (lines) => withoutEmptyFiles(lines, sum(lines, /^# pass (\d+)$/)),
  },
  {
    name: 'node-spec',
    recognise: /^ℹ tests \d+$/,
    failed: specFailures,
    passed: (lines) => withoutEmptyFiles(lines, sum(lines, /^ℹ pass (\d+)$/)),
  },
  {
    name: 'vitest',
    recognise: /^\s+(?:Test Files|Tests) {2}.*\(\d+\)$|^\s*RUN {2}v\d|^No test files found/,
    failed: (lines) => unique(captures(lines, /^ FAIL {2}(.+?)(?: \[ .+ \])?$/)),
    passed: (lines) => sum(lines, /^\s+Tests {2}.*?(\d+) passed/, /^\s+Tests {2}/),
  },
  {
    name: 'jest',
    recognise: /^Tests: {7}.*\d+ total$|^Test Suites: .*\d+ total$/,
    failed: (lines) =>
      unique([
        ...captures(lines, /^ {2}● (?!Test suite failed to run)(.+)$/).filter((name) => name !== 'Console'),
        ...suitesThatFailedToRun(lines),
      ]),
    passed: (lines) => sum(lines, /^Tests: .*?(\d+) passed/, /^Tests: /),
  },
  {
    name: 'pytest',
    recognise:
      /^=+ test session starts =+$|^(?:=+ )?(?:\d+ [a-z]+, )*\d+ [a-z]+ in [\d.]+s|^=+ no tests ran in /,
    failed: (lines) => unique(captures(lines, /^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$/)),
    passed: (lines) =>
      sum(
        lines,
        /^(?:=+ )?(?:\d+ [a-z]+, )*(\d+) passed\b/,
        /^(?:=+ )?(?:(?:\d+ [a-z]+, )*\d+ [a-z]+|no tests ran) in [\d.]+s/,
      ),
  },
  {
    name: 'cargo',
    recognise: /^test result: |^running \d+ tests?$|^error: could not compile /,
    failed: (lines) => [
      ...captures(lines, /^test (.+) \.\.\. FAILED$/),
      ...unique(captures(lines, /^error: could not compile (`[^`]+`.*?)(?: due to .*)?$/)),
    ],
    passed: (lines) => sum(lines, /^test result: .*? (\d+) passed;/),
  },
  {
    name: 'go',
    recognise: /^(?:ok {2}|FAIL|\? {3})\t\S+|^--- (?:FAIL|PASS): /,
    failed: goFailures,
    passed: (lines) => {
      const verbose = lines.filter((line) => /^\s*--- PASS: /.test(line)).length;
      return verbose > 0 ? verbose : null;
    },
  },
];

/** Only the innermost failures: a suite that fails because of its tests is none of its own. */
function tapFailures(lines: readonly string[]): string[] {
  const failed: string[] = [];
  // Names of the open subtests by depth (4 blanks a level).
  const path: string[] = [];
  for (const [index, line] of lines.entries()) {
    const [, subtestIndent, subtest] = /^((?: {4})*)# Subtest: (.*)$/.exec(line) ?? [];
    if (subtestIndent !== undefined && subtest !== undefined)
      path.splice(subtestIndent.length / 4, Infinity, subtest);
    const [, indent, name] = /^((?: {4})*)not ok \d+(?: - )?(.*)$/.exec(line) ?? [];
    if (indent === undefined || name === undefined || / # (?:TODO|SKIP)\b/i.test(name)) continue;
    if (yamlOf(lines, index, indent).includes("failureType: 'subtestsFailed'")) continue;
    failed.push([...path.slice(0, indent.length / 4), name].join(' > '));
  }
  return failed;
}

/** node:test counts a test file without any test as a passed test named after the file. */
function withoutEmptyFiles(lines: readonly string[], passed: number | null): number | null {
  if (passed === null) return null;
  return passed - captures(lines, /^(?:ok \d+ - |✔ )(\S+\.[cm]?[jt]sx?)(?: \([\d.]+ms\))?$/).length;
}

/** The YAML block that follows a TAP line. */
function yamlOf(lines: readonly string[], index: number, indent: string): string {
  if (lines[index + 1] !== `${indent}  ---`) return '';
  const end = lines.indexOf(`${indent}  ...`, index);
  return lines.slice(index + 1, end === -1 ? index + 1 : end).join('\n');
}

/** node:test's spec reporter, up to its summary, which repeats the failures. */
function specFailures(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => /^ℹ tests \d+$/.test(line));
  const failed: string[] = [];
  const suites: string[] = [];
  for (const line of lines.slice(0, end)) {
    const [, openIndent, suite] = /^((?: {2})*)▶ (.+?)(?: \([\d.]+ms\))?$/.exec(line) ?? [];
    if (openIndent !== undefined && suite !== undefined)
      suites.splice(openIndent.length / 2, Infinity, suite);
    const [, indent, name] = /^((?: {2})*)✖ (.+?)(?: \([\d.]+ms\))?$/.exec(line) ?? [];
    if (indent === undefined || name === undefined) continue;
    const depth = indent.length / 2;
    // The line that closes a suite has the suite's own name and depth.
    if (suites[depth] === name) suites.splice(depth, Infinity);
    else failed.push([...suites.slice(0, depth), name].join(' > '));
  }
  return failed;
}

function suitesThatFailedToRun(lines: readonly string[]): string[] {
  return lines.flatMap((line, index) => {
    if (!/^ {2}● Test suite failed to run$/.test(line)) return [];
    const file = lines.slice(0, index).findLast((earlier) => /^FAIL /.test(earlier));
    return [file?.replace(/^FAIL +(?:\S+ +)?(\S+)(?: \([\d.]+ m?s\))?$/, '$1') ?? 'a test file'];
  });
}

/** A package's name stands after its tests. */
function goFailures(lines: readonly string[]): string[] {
  const failed: string[] = [];
  let open: string[] = [];
  for (const line of lines) {
    const test = /^\s*--- FAIL: (\S+)/.exec(line)?.[1];
    if (test !== undefined) open.push(test);
    const [, name, why] = /^FAIL\t(\S+)(?:\t[\d.]+s| (\[.+\]))?$/.exec(line) ?? [];
    if (name === undefined) continue;
    const leaves = open.filter((one) => !open.some((other) => other.startsWith(`${one}/`)));
    failed.push(...leaves.map((leaf) => `${name}.${leaf}`));
    // Without a failed test the package itself failed: to build, in TestMain, by a panic.
    if (leaves.length === 0) failed.push(`${name} ${why ?? ''}`.trim());
    open = [];
  }
  return [...failed, ...open];
}

function captures(lines: readonly string[], pattern: RegExp): string[] {
  return lines.flatMap((line) => {
    const found = pattern.exec(line)?.[1];
    return found === undefined ? [] : [found.trim()];
  });
}

/** Sum of the numbers found; 0 when only `present` matches (a summary without that number), `null` without any summary. */
function sum(lines: readonly string[], pattern: RegExp, present: RegExp = pattern): number | null {
  const numbers = captures(lines, pattern).map(Number);
  if (numbers.length > 0) return numbers.reduce((total, value) => total + value, 0);
  return lines.some((line) => present.test(line)) ? 0 : null;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function numbered(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}
