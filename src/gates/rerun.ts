import path from 'node:path';
import type { BacklogConfig } from '../project/config.ts';
import { isPlaceholderCommand } from '../project/gate-commands.ts';
import { withBaseCopy } from './base-copy.ts';
import { rootsOf } from './baseline.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import type { GateCall } from './call.ts';
import { type CommandRun, runGateCommand } from './command.ts';
import { lintCommands } from './lint.ts';
import { tailOf } from './outcome.ts';
import type { RepositoryPlace } from './repository.ts';
import { comparableLines, withoutKnown } from './test-results.ts';

export interface RerunCommand {
  readonly command: string;
  readonly exitCode: number | null;
  readonly green: boolean;
  /** Why, in words. */
  readonly reason: string;
  readonly outputTail: string;
}

export interface Rerun {
  readonly green: boolean;
  readonly commands: readonly RerunCommand[];
}

interface Range {
  readonly place: RepositoryPlace;
  readonly books: Bookkeeping;
  readonly config: BacklogConfig;
  readonly base: string;
  readonly head: string;
}

/** Runs the gates' commands again on a clean checkout of HEAD. What fails on the base in the same words is debt. */
export async function rerunCommands(call: GateCall, range: Range): Promise<Rerun> {
  const test = range.config.qualityGates.testCommand;
  const commands = [
    ...(test === undefined || isPlaceholderCommand(test) ? [] : [test]),
    ...lintCommands(range),
  ];
  if (commands.length === 0)
    return {
      green: false,
      commands: [
        {
          command: '',
          exitCode: null,
          green: false,
          reason: 'no test command is configured',
          outputTail: '',
        },
      ],
    };
  const results: RerunCommand[] = [];
  for (const command of commands) results.push(await rerunOne(call, range, command));
  return { green: results.every(({ green }) => green), commands: results };
}

async function rerunOne(call: GateCall, range: Range, command: string): Promise<RerunCommand> {
  call.note(`running \`${command}\` on a clean checkout`);
  const now = await runAt(call, range, range.head, command);
  const about = { command, exitCode: now.run.exitCode, outputTail: tailOf(now.run.output) };
  if (now.run.trouble !== undefined) return { ...about, green: false, reason: now.run.trouble };
  if (now.run.exitCode === 0) return { ...about, green: true, reason: 'exits 0' };
  if (range.config.qualityGates.baseline === 'strict')
    return { ...about, green: false, reason: `exits ${now.run.exitCode}` };
  const before = await runAt(call, range, range.base, command);
  const added = withoutKnown(
    comparableLines(now.run.output, now.roots),
    comparableLines(before.run.output, before.roots),
  );
  const debt = before.run.exitCode === now.run.exitCode && added.length === 0;
  return {
    ...about,
    green: debt,
    reason: debt ? 'fails on the base in the same words' : `exits ${now.run.exitCode}: ${added[0] ?? ''}`,
  };
}

async function runAt(
  call: GateCall,
  { place, books, config }: Range,
  commit: string,
  command: string,
): Promise<{ readonly run: CommandRun; readonly roots: readonly string[] }> {
  return withBaseCopy(place, { commit, dependenciesFrom: [place.worktree] }, async ({ worktree, linked }) => {
    const root = path.join(worktree, books.prefix);
    const roots = rootsOf(worktree, books.prefix);
    const setup = config.worktrees.setupCommand;
    if (linked.length === 0 && setup !== undefined) {
      const done = await runGateCommand(call, setup, root);
      if (done.exitCode !== 0) return { run: { ...done, trouble: `the set-up \`${setup}\` failed` }, roots };
    }
    return { run: await runGateCommand(call, command, root), roots };
  });
}
