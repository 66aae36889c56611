import { sha256 } from '../platform/ids.ts';
import { isPlaceholderCommand } from '../project/gate-commands.ts';
import type { CodeRule } from '../project/schema/code-rule.ts';
import { isAllowed } from './allowance.ts';
import { rootsOf, runOnBase } from './baseline.ts';
import { brokenRules, ruleCommands } from './code-rule-checks.ts';
import { type CommandRun, onSteadyTree, runGateCommand } from './command.ts';
import type { TicketDiff } from './difference.ts';
import { findingOf } from './finding.ts';
import { newFindings, readFindings, type ToolFinding } from './findings.ts';
import { counted, type GateOutcome, listed, store, tailOf } from './outcome.ts';
import {
  asFinding,
  type Suppression,
  inWords as silencedInWords,
  suppressionDigest,
  suppressionsOfWork,
} from './suppressions.ts';
import { comparableLines, withoutKnown } from './test-results.ts';
import type { Work } from './work.ts';

/** One command of the gate, judged. */
interface LintVerdict {
  readonly run: CommandRun;
  readonly problem: string | undefined;
  readonly found: readonly ToolFinding[];
  readonly debt: number;
}

/**
 * The lint gate: type check, linter, and the build where one is set, each judged against the base commit; and no new
 * comment that silences one of them.
 * @param diff the ticket's change as it is now
 * @throws BacklogError `tree-changed` (exit 1)
 */
export async function runLint(work: Work, diff: TicketDiff): Promise<GateOutcome> {
  const { hardGates, softGates } = work.config.codeRules;
  const [verdicts, soft] = await onSteadyTree(work.place, work.books, diff.tree, async () => {
    const run = async (commands: readonly string[]): Promise<LintVerdict[]> => {
      const all: LintVerdict[] = [];
      for (const command of commands) all.push(await judgeCommand(work, command));
      return all;
    };
    return [
      await run(lintCommands(work)),
      await run(ruleCommands(softGates).map(({ command }) => command)),
    ] as const;
  });
  const change = { place: work.place, books: work.books, from: diff.baseTree, to: diff.tree };
  const broken = await brokenRules(change, hardGates);
  const remarks = [
    ...(await brokenRules(change, softGates)),
    ...soft.flatMap((one) => asRemarks(one, softGates)),
  ];
  const silenced = await unallowedSuppressions(work, diff);
  const problems = [
    ...verdicts.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    ...(broken.length === 0 ? [] : [`hard rules are broken: ${listed(broken.map(withRule))}`]),
    ...(silenced.length === 0 ? [] : [`new suppressions: ${listed(silenced.map(silencedInWords))}`]),
  ];
  const debt = verdicts.reduce((sum, verdict) => sum + verdict.debt, 0);
  const found = verdicts.flatMap((verdict) => verdict.found);
  const message = `${problems.length > 0 ? problems.join('\n') : summary(verdicts, debt)}${remarked(remarks)}`;
  const decisive = verdicts.find(({ problem }) => problem !== undefined) ?? verdicts.at(-1);
  const line = await store(work, together(verdicts), {
    gate: 'lint',
    result: problems.length > 0 ? 'fail' : 'pass',
    holds_for: { kind: 'tree', tree: diff.tree },
    findings: { new: found.length + broken.length, debt },
    details: {
      message,
      commands: verdicts.map(({ run }) => ({
        command: run.command,
        exit_code: run.exitCode,
        duration_ms: run.durationMs,
      })),
      ...(remarks.length === 0 ? {} : { remarks: remarks.slice(0, 100) }),
    },
  });
  return {
    gate: 'lint',
    result: problems.length > 0 ? 'fail' : 'pass',
    message,
    fix: problems.length > 0 ? fixOf(work, verdicts, silenced) : undefined,
    evidence: [line],
    findings: [...silenced.map(asFinding), ...broken, ...found].slice(0, 100),
    remarks: remarks.slice(0, 100),
    outputTail: tailOf(decisive?.run.output ?? ''),
  };
}

/** The configured commands of the gate, in the order in which they run; those of hard rules come last. */
export function lintCommands({ config }: Pick<Work, 'config'>): string[] {
  const { typeCheckCommand, lintCommand, buildCommand } = config.qualityGates;
  const rules = ruleCommands(config.codeRules.hardGates).map(({ command }) => command);
  return [typeCheckCommand, lintCommand, buildCommand, ...rules].filter(
    (command): command is string => command !== undefined && !isPlaceholderCommand(command),
  );
}

/** What in the change silences its judges, and nobody has allowed. */
async function unallowedSuppressions(work: Work, diff: TicketDiff): Promise<Suppression[]> {
  const found = await suppressionsOfWork(work, diff);
  return isAllowed(work.lines, suppressionDigest(found)) ? [] : found;
}

/** A soft rule's command that fails: what it found, or that it failed. */
function asRemarks({ run, problem, found }: LintVerdict, rules: readonly CodeRule[]): ToolFinding[] {
  if (problem === undefined) return [];
  const rule = ruleCommands(rules).find(({ command }) => command === run.command)?.rule ?? run.command;
  if (found.length === 0) return [findingOf({ rule, message: problem })];
  return found.map((one) => ({ ...one, rule }));
}

function withRule(finding: ToolFinding): string {
  return `${inWords(finding)} (${finding.rule})`;
}

function remarked(remarks: readonly ToolFinding[]): string {
  if (remarks.length === 0) return '';
  return `\nsoft rules, which do not block: ${listed(remarks.map(withRule))}`;
}

async function judgeCommand(work: Work, command: string): Promise<LintVerdict> {
  work.call.note(`running \`${command}\``);
  const run = await runGateCommand(work.call, command, work.root);
  if (run.trouble !== undefined)
    return { run, problem: `\`${command}\`: ${run.trouble}`, found: [], debt: 0 };
  if (run.exitCode === 0) return { run, problem: undefined, found: [], debt: 0 };
  const roots = rootsOf(work.place.worktree, work.books.prefix);
  const findings = readFindings(run.output, roots);
  const rule = ruleCommands(work.config.codeRules.hardGates).find((one) => one.command === command)?.rule;
  const exits = `\`${command}\`${rule === undefined ? '' : ` (${rule})`} exits ${run.exitCode}`;
  if (work.config.qualityGates.baseline === 'strict')
    return {
      run,
      problem: `${exits} with ${counted(findings.length, 'finding')}; baseline: strict asks for none`,
      found: findings,
      debt: 0,
    };
  const base = await runOnBase(work, command);
  const known = base.exitCode === 0 ? [] : readFindings(base.output, base.roots);
  const found = newFindings(findings, known);
  const debt = findings.length - found.length;
  if (found.length > 0)
    return {
      run,
      problem: `${exits} with ${counted(found.length, 'finding')} that the base commit does not have: ${listed(found.map(inWords))}`,
      found,
      debt,
    };
  if (base.exitCode === run.exitCode && findings.length > 0) return { run, problem: undefined, found, debt };
  return { run, problem: unreadable(run, base, roots, exits), found, debt: 1 };
}

/** A failure without findings is one of its own, unless the base fails in the same words. */
function unreadable(
  run: CommandRun,
  base: Awaited<ReturnType<typeof runOnBase>>,
  roots: readonly string[],
  exits: string,
): string | undefined {
  if (base.trouble !== undefined) return `${exits}; on the base commit: ${base.trouble}`;
  if (base.exitCode === 0) return `${exits}, and it does not on the base commit`;
  const lines = withoutKnown(comparableLines(run.output, roots), comparableLines(base.output, base.roots));
  if (lines.length === 0 && base.exitCode === run.exitCode) return undefined;
  return `${exits} (on the base commit ${base.exitCode ?? 'a signal'}), and its output is another: ${lines[0]?.slice(0, 200) ?? ''}`;
}

function summary(verdicts: readonly LintVerdict[], debt: number): string {
  if (verdicts.length === 0) return 'no type check, linter or build is configured; nothing ran';
  const names = verdicts.map(({ run }) => `\`${run.command}\``).join(', ');
  return `${names}: nothing new${debt > 0 ? ` (debt: ${counted(debt, 'finding')} of the base)` : ''}`;
}

function fixOf(work: Work, verdicts: readonly LintVerdict[], silenced: readonly Suppression[]): string {
  if (verdicts.some(({ run }) => run.trouble?.includes('could not be started')))
    return 'install the tool, or mend the command in qualityGates';
  if (silenced.length > 0 && verdicts.every(({ problem }) => problem === undefined))
    return `take the suppression out and mend its cause, or let a person allow it: backlog gate run lint --ticket ${work.ticket.id} --allow-suppression "<reason>"`;
  return 'mend what is new, then run the gate again';
}

function inWords({ file, line, message }: ToolFinding): string {
  return `${file}${line > 0 ? `:${line}` : ''}${file === '' ? '' : ': '}${message.slice(0, 160)}`;
}

/** One line of evidence for the whole gate. */
function together(verdicts: readonly LintVerdict[]): CommandRun | undefined {
  const [first] = verdicts;
  if (first === undefined) return undefined;
  const runs = verdicts.map(({ run }) => run);
  return {
    command: runs.map((run) => run.command).join(' ; '),
    exitCode: runs.find((run) => run.exitCode !== 0)?.exitCode ?? 0,
    startedAt: first.run.startedAt,
    durationMs: runs.reduce((sum, run) => sum + run.durationMs, 0),
    output: runs.map((run) => run.output).join('\n'),
    outputSha256:
      runs.length === 1 ? first.run.outputSha256 : sha256(runs.map((run) => run.outputSha256).join('\n')),
    trouble: undefined,
  };
}
