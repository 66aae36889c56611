import path from 'node:path';
import type { BacklogConfig } from '../project/config.ts';
import { isPlaceholderCommand } from '../project/gate-commands.ts';
import { type BaseCopy, withBaseCopy } from './base-copy.ts';
import { type OtherRun, rootsOf } from './baseline.ts';
import type { GateCall } from './call.ts';
import { type CommandRun, runGateCommand } from './command.ts';
import { newFindings, readFindings } from './findings.ts';
import { lintCommands } from './lint.ts';
import { counted, listed } from './outcome.ts';
import type { RepositoryPlace } from './repository.ts';
import { setUpCopy } from './set-up.ts';
import { judgeTests } from './test-judgement.ts';
import { withReport } from './test-report.ts';
import { comparableLines, withoutKnown } from './test-results.ts';

/** A gate command outside a ticket's work: in the quick lane, and when CI runs everything again. */
export interface JudgedCommand {
  readonly gate: 'lint' | 'implement';
  readonly command: string;
  readonly exit_code: number | null;
  readonly duration_ms: number;
  /** Why it says no; `null` when nothing new fails. */
  readonly problem: string | null;
  /** Findings or failures that the base commit has too. */
  readonly debt: number;
  readonly run: CommandRun;
}

export interface AgainstBase {
  readonly call: GateCall;
  readonly place: RepositoryPlace;
  /** Folder of the project in which the commands run, and the worktree around it. */
  readonly root: string;
  readonly worktree: string;
  readonly prefix: string;
  /** The commit that is compared with when a command fails. */
  readonly base: string;
  /** The configuration that judges. */
  readonly config: BacklogConfig;
}

/** Runs type check, linter, build and tests in a folder; a failure counts only as far as the base commit does not have it. */
export async function judgeCommands(input: AgainstBase): Promise<JudgedCommand[]> {
  const { testCommand } = input.config.qualityGates;
  const tests = testCommand === undefined || isPlaceholderCommand(testCommand) ? [] : [testCommand];
  const judged: JudgedCommand[] = [];
  for (const command of lintCommands(input)) judged.push(await judge(input, 'lint', command));
  for (const command of tests) judged.push(await judge(input, 'implement', command));
  return judged;
}

async function judge(
  input: AgainstBase,
  gate: JudgedCommand['gate'],
  command: string,
): Promise<JudgedCommand> {
  input.call.note(`running \`${command}\``);
  const run = await withReport(input.config, input.root, command, () =>
    runGateCommand(input.call, command, input.root),
  );
  const { problem, debt } =
    run.trouble !== undefined
      ? { problem: run.trouble, debt: 0 }
      : run.exitCode === 0
        ? { problem: undefined, debt: 0 }
        : await compared(input, gate, run);
  return {
    gate,
    command,
    exit_code: run.exitCode,
    duration_ms: run.durationMs,
    problem: problem === undefined ? null : `\`${command}\`: ${problem}`,
    debt,
    run,
  };
}

interface Compared {
  readonly problem: string | undefined;
  readonly debt: number;
}

async function compared(input: AgainstBase, gate: JudgedCommand['gate'], run: CommandRun): Promise<Compared> {
  const exits = `exits ${run.exitCode}`;
  if (input.config.qualityGates.baseline === 'strict')
    return { problem: `${exits}; baseline: strict asks for no failure at all`, debt: 0 };
  const { call, place, base, prefix } = input;
  call.note(`running \`${run.command}\` on ${base.slice(0, 12)}, to know what fails there anyway`);
  const before = await withBaseCopy(place, { commit: base, dependenciesFrom: [place.worktree] }, (copy) =>
    runInProject(input, copy, run.command),
  );
  if (before.trouble !== undefined)
    return { problem: `${exits}; on the base commit: ${before.trouble}`, debt: 0 };
  const here = { ...run, roots: rootsOf(input.worktree, prefix) };
  return gate === 'implement' ? comparedTests(here, before) : comparedFindings(here, before, exits);
}

/** Runs a command in the project of a temporary checkout, set up first where nothing could be linked. */
async function runInProject(
  { call, prefix, config }: AgainstBase,
  copy: BaseCopy,
  command: string,
): Promise<OtherRun> {
  const root = path.join(copy.worktree, prefix);
  const failed = await setUpCopy(call, { copy, root, config });
  const roots = rootsOf(copy.worktree, prefix);
  const run = failed ?? (await withReport(config, root, command, () => runGateCommand(call, command, root)));
  return { ...run, roots };
}

function comparedTests(here: OtherRun, before: OtherRun): Compared {
  const { newFailures, debt } = judgeTests(here, before);
  if (newFailures.length === 0) return { problem: undefined, debt };
  return {
    problem: `${counted(newFailures.length, 'failure')} that the base commit does not have: ${listed(newFailures)}`,
    debt,
  };
}

function comparedFindings(here: OtherRun, before: OtherRun, exits: string): Compared {
  if (before.exitCode === 0) {
    const found = readFindings(here.output, here.roots);
    const names = found.map(({ file, line, message }) => `${file}:${line}: ${message.slice(0, 160)}`);
    return { problem: `${exits}, and it does not on the base commit: ${listed(names)}`, debt: 0 };
  }
  const findings = readFindings(here.output, here.roots);
  const found = newFindings(findings, readFindings(before.output, before.roots));
  const names = found.map(({ file, line, message }) => `${file}:${line}: ${message.slice(0, 160)}`);
  const debt = findings.length - found.length;
  if (found.length > 0) return { problem: `${exits}; new: ${listed(names)}`, debt };
  if (findings.length > 0 && before.exitCode === here.exitCode) return { problem: undefined, debt };
  // A failure without findings is one of its own, unless the base fails in the same words.
  const other = withoutKnown(
    comparableLines(here.output, here.roots),
    comparableLines(before.output, before.roots),
  );
  if (other.length === 0 && before.exitCode === here.exitCode) return { problem: undefined, debt: 1 };
  return {
    problem: `${exits} (on the base commit ${before.exitCode ?? 'a signal'}), and its output is another: ${other[0]?.slice(0, 200) ?? ''}`,
    debt: 0,
  };
}
