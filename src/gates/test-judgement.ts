import type { OtherRun } from './baseline.ts';
import { comparableLines, readTestResults, type TestResults, withoutKnown } from './test-results.ts';

/** Output of a test run, and the folders whose paths it may name. */
export type TestRun = Pick<OtherRun, 'exitCode' | 'output' | 'roots' | 'report'>;

export interface TestJudgement {
  readonly results: TestResults;
  /** What fails here and not on the base: names, or one sentence when the output names none. */
  readonly newFailures: readonly string[];
  /** How many of the failures the base has too. */
  readonly debt: number;
}

/**
 * Compares a failing test run with the same command's run on the base. By the names of failed tests where the output gives
 * them, else by lines: a failure that cannot be told apart from the base's own is debt, everything else is new.
 * @param base `undefined` when `run` has passed, and needs no comparison
 */
export function judgeTests(run: TestRun, base: TestRun | undefined): TestJudgement {
  const results = resultsOf(run);
  if (run.exitCode === 0 || base === undefined) return { results, newFailures: [], debt: 0 };
  if (base.exitCode === 0) {
    const newFailures = results.failed.length > 0 ? results.failed : [unnamed(run)];
    return { results, newFailures, debt: 0 };
  }
  if (results.failed.length > 0) {
    const newFailures = withoutKnown(results.failed, resultsOf(base).failed);
    return { results, newFailures, debt: results.failed.length - newFailures.length };
  }
  const lines = withoutKnown(
    comparableLines(run.output, run.roots),
    comparableLines(base.output, base.roots),
  );
  return lines.length === 0
    ? { results, newFailures: [], debt: 1 }
    : {
        results,
        newFailures: [`${unnamed(run)}; new in its output: ${lines[0]?.slice(0, 200) ?? ''}`],
        debt: 0,
      };
}

/** What a run's report says, else what its output tells. */
export function resultsOf(run: Pick<TestRun, 'output' | 'roots' | 'report'>): TestResults {
  return run.report ?? readTestResults(run.output, run.roots);
}

function unnamed(run: TestRun): string {
  return `the command exits ${run.exitCode ?? 'by a signal'} and its output names no test`;
}
