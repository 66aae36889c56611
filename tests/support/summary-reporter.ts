import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Prints each skipped test with its reason, then `N passed, N failed` as the run's last line.
 * A file that could not be loaded, and an error outside any test, each count as one failure: nothing is lost in the sum.
 */
export default class SummaryReporter implements Reporter {
  private passed = 0;
  private failed = 0;
  private readonly skipped: string[] = [];

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === 'passed') this.passed += 1;
    else if (result.state === 'failed') this.failed += 1;
    else if (result.state === 'skipped')
      this.skipped.push(`${test.fullName}: ${result.note ?? 'no reason given'}`);
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    const brokenModules = modules.filter((module) => module.errors().length > 0).length;
    this.failed += brokenModules + unhandledErrors.length;
    for (const line of this.skipped) process.stdout.write(`skipped: ${line}\n`);
    const skipped = this.skipped.length > 0 ? `, ${this.skipped.length} skipped` : '';
    // After the other reporters' last words, which come in this same phase.
    process.once('exit', () =>
      process.stdout.write(`${this.passed} passed, ${this.failed} failed${skipped}\n`),
    );
  }
}
