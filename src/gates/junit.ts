import type { TestResults } from './test-results.ts';
import { readXml } from './xml.ts';

/** What one JUnit XML file says of its tests: their names, as `class > name`. */
export interface JunitTests {
  readonly passed: readonly string[];
  /** Failed, or ended by an error. */
  readonly failed: readonly string[];
}

/**
 * Reads the test cases of a JUnit XML report, the form that test runners of most languages write. A skipped one has neither
 * passed nor failed.
 * @returns `undefined` when it is no such report
 */
export function readJunit(text: string): JunitTests | undefined {
  const pieces = readXml(text);
  const [root] = pieces ?? [];
  if (pieces === undefined || root?.kind !== 'open' || !/^testsuites?$/.test(root.name)) return undefined;
  const passed: string[] = [];
  const failed: string[] = [];
  let name: string | undefined;
  let state: 'passed' | 'failed' | 'skipped' = 'passed';
  for (const piece of pieces) {
    if (piece.name === 'testcase' && piece.kind === 'open') {
      const { classname = '', name: own = '' } = piece.attributes;
      name = classname === '' || classname === own ? own : `${classname} > ${own}`;
      state = 'passed';
    } else if (piece.name === 'testcase') {
      if (name !== undefined && state === 'passed') passed.push(name);
      if (name !== undefined && state === 'failed') failed.push(name);
      name = undefined;
    } else if (name !== undefined && piece.kind === 'open') {
      if (piece.name === 'failure' || piece.name === 'error') state = 'failed';
      if (piece.name === 'skipped' && state === 'passed') state = 'skipped';
    }
  }
  return { passed, failed };
}

/** Several reports of one run together; a name that is there twice is numbered, as {@link TestResults} has it. */
export function together(reports: readonly JunitTests[]): TestResults {
  const seen = new Map<string, number>();
  const failed = reports
    .flatMap((report) => report.failed)
    .map((name) => {
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return count === 1 ? name : `${name} (${count})`;
    });
  return { runner: 'junit', failed, passed: reports.reduce((sum, report) => sum + report.passed.length, 0) };
}
