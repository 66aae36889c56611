import { BacklogError, ExitCode } from '../platform/errors.ts';
import { isCodeFile } from '../project/code-files.ts';
import { isPlaceholderCommand } from '../project/gate-commands.ts';
import { isAllowed } from './allowance.ts';
import { rootsOf, runOnBase } from './baseline.ts';
import { type CommandRun, onSteadyTree, runGateCommand } from './command.ts';
import type { TicketDiff } from './difference.ts';
import type { EvidenceLine, HoldsFor, TestCounts } from './evidence.ts';
import { counted, type GateOutcome, listed, store, tailOf } from './outcome.ts';
import { enoughTests, makeRed } from './red.ts';
import { emptyRunIn } from './start-failure.ts';
import { isRedOf } from './status.ts';
import { asFinding, emptyTests, type Suppression, suppressionDigest } from './suppressions.ts';
import { judgeTests, resultsOf, type TestJudgement } from './test-judgement.ts';
import { type ReportedRun, withReport } from './test-report.ts';
import type { TestResults } from './test-results.ts';
import { factsOf, type Work } from './work.ts';

/**
 * The implement gate, by what the ticket's `tests` field asks for. `new`: a failing run on the base and a passing one here.
 * `existing`: the tests pass before and after, and there are not fewer. `none`: no code changed.
 * @param diff the ticket's change as it is now
 * @throws BacklogError `gate-not-configured` (exit 3), `tree-changed` (exit 1)
 */
export async function runImplement(work: Work, diff: TicketDiff): Promise<GateOutcome> {
  if (work.ticket.tests === 'none') return withoutTests(work, diff);
  const command = requireTestCommand(work);
  const empty = await emptyTests(work, diff);
  if (empty.length > 0 && !isAllowed(work.lines, suppressionDigest(empty)))
    return assertingNothing(work, diff, empty);
  const red = work.ticket.tests === 'new' ? await redOf(work, diff, command) : undefined;
  if (red !== undefined && 'result' in red) return red;
  return makeGreen(work, diff, command, red);
}

/** @throws BacklogError `gate-not-configured` (exit 3) when there is no test command, or only a placeholder */
export function requireTestCommand(work: Pick<Work, 'config'>): string {
  const command = work.config.qualityGates.testCommand;
  if (command !== undefined && !isPlaceholderCommand(command)) return command;
  throw new BacklogError({
    code: 'gate-not-configured',
    message:
      command === undefined
        ? 'qualityGates.testCommand is not set at the base commit, so nothing can show that the ticket is done'
        : `qualityGates.testCommand is \`${command}\`, a placeholder that tests nothing`,
    fix: 'set qualityGates.testCommand in backlog.config.json to the command that runs your tests, commit it, and move the base: backlog ticket start <id> --rebase',
    exitCode: ExitCode.ProjectUnusable,
  });
}

/** A red run that still holds (same base, same test files) is not made again. */
async function redOf(work: Work, diff: TicketDiff, command: string): Promise<EvidenceLine | GateOutcome> {
  const facts = factsOf(work, diff);
  const newest = work.lines.findLast(({ record }) => isRedOf(record, facts));
  return newest?.record.result === 'pass' ? newest : makeRed(work, diff, command);
}

async function makeGreen(
  work: Work,
  diff: TicketDiff,
  command: string,
  red: EvidenceLine | undefined,
): Promise<GateOutcome> {
  work.call.note(`running \`${command}\``);
  const run = await onSteadyTree(work.place, work.books, diff.tree, () =>
    withReport(work.config, work.root, command, () => runGateCommand(work.call, command, work.root)),
  );
  const verdict = await judgeGreen(work, command, run, { red, files: diff.files });
  const line = await store(work, run, {
    gate: 'implement',
    phase: 'green',
    result: verdict.problem === undefined ? 'pass' : 'fail',
    holds_for: treeOf(diff),
    tests: verdict.tests,
    details: { message: verdict.problem ?? verdict.summary },
  });
  return {
    gate: 'implement',
    result: verdict.problem === undefined ? 'pass' : 'fail',
    message: verdict.problem ?? verdict.summary,
    fix: verdict.problem === undefined ? undefined : 'mend the cause, then run the gate again',
    evidence: red === undefined ? [line] : [red, line],
    findings: [],
    outputTail: tailOf(run.output),
  };
}

async function assertingNothing(
  work: Work,
  diff: TicketDiff,
  empty: readonly Suppression[],
): Promise<GateOutcome> {
  const message = `new test files assert nothing, so nothing can fail in them: ${listed(empty.map(({ file }) => file))}`;
  const line = await store(work, undefined, {
    gate: 'implement',
    phase: 'green',
    result: 'fail',
    holds_for: treeOf(diff),
    details: { message },
  });
  return {
    gate: 'implement',
    result: 'fail',
    message,
    fix: `assert what each criterion says; where a test checks in a way that is not seen here, a person may allow it: backlog gate run implement --ticket ${work.ticket.id} --allow-suppression "<reason>"`,
    evidence: [line],
    findings: empty.map(asFinding),
    outputTail: '',
  };
}

interface GreenVerdict {
  readonly problem: string | undefined;
  readonly summary: string;
  readonly tests: TestCounts;
}

async function judgeGreen(
  work: Work,
  command: string,
  run: ReportedRun<CommandRun>,
  { red, files }: { readonly red: EvidenceLine | undefined; readonly files: TicketDiff['files'] },
): Promise<GreenVerdict> {
  const mine = { ...run, roots: rootsOf(work.place.worktree, work.books.prefix) };
  const base = await runOnBase(work, command);
  const judged = judgeTests(mine, base);
  const before = resultsOf(base);
  const added = judged.results.passed === null ? null : judged.results.passed - (before.passed ?? 0);
  const problem =
    run.trouble !== undefined
      ? `\`${command}\`: ${run.trouble}`
      : (failures(work, judged, run) ??
        stillRed(judged, red) ??
        (work.ticket.tests === 'new'
          ? enoughTests(work, { added, red: red?.record.tests?.red ?? [], files })
          : fewer(before.passed, judged.results.passed)) ??
        nothingRan(before, judged.results, run.output));
  return {
    problem,
    summary: `${
      judged.debt > 0
        ? `\`${command}\`: nothing new fails (debt: ${counted(judged.debt, 'failure')} of the base)`
        : `\`${command}\` passes`
    }${work.ticket.tests === 'new' && added === null ? '; it does not say how many tests passed, so new ones were not counted (qualityGates.testReport)' : ''}`,
    tests: {
      passed: judged.results.passed,
      failed: run.exitCode === 0 ? 0 : judged.results.failed.length,
      debt: judged.debt,
      new_failures: judged.newFailures,
      added,
    },
  };
}

function failures(work: Work, judged: TestJudgement, run: CommandRun): string | undefined {
  const { newFailures, debt } = judged;
  if (newFailures.length > 0)
    return `${counted(newFailures.length, 'failure')} that the base commit does not have: ${listed(newFailures)}`;
  if (work.config.qualityGates.baseline === 'strict' && run.exitCode !== 0)
    return `baseline: strict asks for no failure at all, and there is debt: ${counted(debt, 'failure')} of the base`;
  return undefined;
}

/** A run of no test proves nothing, whatever it exits with; one that no longer counts hides how many there were. */
function nothingRan(before: TestResults, now: TestResults, output: string): string | undefined {
  const empty = emptyRunIn(output);
  if (empty !== undefined) return `the command found no test to run: ${empty}`;
  if (now.passed === 0 && now.failed.length === 0) return 'the command ran, and no test ran';
  if (before.passed === null || now.passed !== null || before.runner === undefined) return undefined;
  return `the command no longer says how many tests passed; on the base commit it says ${before.passed}`;
}

/** The tests that failed on the base must pass here, and not as a failure that the base would have had anyway. */
function stillRed(judged: TestJudgement, red: EvidenceLine | undefined): string | undefined {
  const names = red?.record.tests?.red ?? [];
  const failing = names.filter((name) => judged.results.failed.includes(name));
  return failing.length === 0 ? undefined : `new tests still fail: ${listed(failing)}`;
}

function fewer(before: number | null, after: number | null): string | undefined {
  if (before === null || after === null || after >= before) return undefined;
  return `tests: existing keeps every test, and ${after} pass where ${before} did on the base commit`;
}

async function withoutTests(work: Work, diff: TicketDiff): Promise<GateOutcome> {
  const code = diff.files.map((file) => file.path).filter(isCodeFile);
  const message =
    code.length > 0
      ? `the ticket says tests: none, and the change has code: ${listed(code)}`
      : 'tests: none, and no code changed';
  const result = code.length > 0 ? 'fail' : 'pass';
  const line = await store(work, undefined, {
    gate: 'implement',
    phase: 'green',
    result,
    holds_for: treeOf(diff),
    details: { message },
  });
  const fix = `take the code out of the change, or set the ticket's tests field: backlog ticket edit ${work.ticket.id} --set tests=existing`;
  return {
    gate: 'implement',
    result,
    message,
    fix: result === 'fail' ? fix : undefined,
    evidence: [line],
    findings: [],
    outputTail: '',
  };
}

function treeOf(diff: TicketDiff): HoldsFor {
  return { kind: 'tree', tree: diff.tree };
}
