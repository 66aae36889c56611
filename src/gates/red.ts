import { minNewTests } from '../project/config.ts';
import { type OtherRun, runInCopy, runOnBase } from './baseline.ts';
import type { TicketDiff } from './difference.ts';
import type { EvidenceLine } from './evidence.ts';
import { counted, type GateOutcome, listed, store, tailOf } from './outcome.ts';
import { judgeTests } from './test-judgement.ts';
import { complexityOf } from './weight.ts';
import { factsOf, testFilesOf, type Work } from './work.ts';

/**
 * The failing run, made by the program itself: the base commit with the ticket's final test files. At least one test must fail
 * there that does not fail on the base anyway; a test file that cannot be loaded there counts as failing.
 * @returns the stored line when it is red as it should be, else the failed outcome
 */
export async function makeRed(
  work: Work,
  diff: TicketDiff,
  command: string,
): Promise<EvidenceLine | GateOutcome> {
  const files = testFilesOf(work, diff.files);
  const present = files.filter((file) => file.status !== 'D');
  if (present.length === 0) return noTests(work, diff, command);
  const base = await runOnBase(work, command);
  work.call.note(
    `running \`${command}\` on the base commit with ${counted(present.length, 'new or changed test file')}`,
  );
  const red = await runInCopy(work, command, { tree: diff.tree, files });
  const trouble = base.trouble ?? red.trouble;
  const { results, newFailures, debt } = judgeTests(red, base);
  const message =
    trouble !== undefined
      ? `\`${command}\` on the base commit: ${trouble}`
      : newFailures.length === 0
        ? `no new or changed test fails on the base commit, so none of them shows that something was missing (${listed(present.map((file) => file.path))})`
        : `on the base commit ${counted(newFailures.length, 'test')} of the change fail as they should: ${listed(newFailures)}`;
  const passed = trouble === undefined && newFailures.length > 0;
  const line = await store(
    work,
    { command, ...red },
    {
      gate: 'implement',
      phase: 'red',
      result: passed ? 'pass' : 'fail',
      holds_for: { kind: 'red', base: work.claim.base_commit, blobs: factsOf(work, diff).testBlobs },
      tests: {
        passed: results.passed,
        failed: results.failed.length,
        debt,
        new_failures: [],
        red: newFailures,
      },
      details: { message },
    },
  );
  return passed ? line : failed(message, fixOf(red, trouble), line, red.output);
}

/**
 * Why there are too few new or changed tests; `undefined` when there are enough. Counted by what the runner reports: tests that
 * pass here and are not on the base, or tests that failed there with the ticket's test files, whichever are more.
 * @param counts.added `null` when the output does not count tests: then nothing can be asked for
 */
export function enoughTests(
  work: Work,
  {
    added,
    red,
    files,
  }: {
    readonly added: number | null;
    readonly red: readonly string[];
    readonly files: TicketDiff['files'];
  },
): string | undefined {
  const { prefix, fields } = work.ticket;
  const trivial = complexityOf({ ...work, files }) === 'trivial';
  const wanted = minNewTests(work.config, { prefix, trivial });
  if (added === null || Math.max(added, red.length) >= wanted) return undefined;
  const lowered = fields.complexity === 'trivial' && !trivial;
  return `${trivial ? 'trivial ' : ''}${prefix} tickets need ${counted(wanted, 'new or changed test')}, this change has ${Math.max(added, red.length)}${
    lowered ? ' (`complexity: trivial` counts only as it was committed before the work began)' : ''
  }`;
}

async function noTests(work: Work, diff: TicketDiff, command: string): Promise<GateOutcome> {
  const message = `the ticket asks for new tests (tests: new), and no new or changed file matches ${work.config.qualityGates.testFiles.join(', ')}`;
  const line = await store(work, undefined, {
    gate: 'implement',
    phase: 'red',
    result: 'fail',
    holds_for: { kind: 'red', base: work.claim.base_commit, blobs: factsOf(work, diff).testBlobs },
    details: { message, test_command: command },
  });
  return failed(
    message,
    'write the tests first; qualityGates.testFiles says where they are looked for',
    line,
    '',
  );
}

function fixOf(red: OtherRun, trouble: string | undefined): string {
  if (trouble === undefined)
    return 'add a test that fails without the change: one for each criterion is a good measure';
  return red.exitCode === 127 || red.exitCode === 126
    ? 'install what the test command needs, or mend qualityGates.testCommand'
    : 'make the test command run in a fresh checkout; worktrees.setupCommand prepares one';
}

function failed(message: string, fix: string, line: EvidenceLine, output: string): GateOutcome {
  return {
    gate: 'implement',
    result: 'fail',
    message,
    fix,
    evidence: [line],
    findings: [],
    outputTail: tailOf(output),
  };
}
