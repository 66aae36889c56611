import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { BacklogError, ExitCode, messageOf, usageError } from '../../platform/errors.ts';
import { gateCommands, missingTools, worktreeSetupCommand } from '../../project/gate-commands.ts';
import { hooksPlace, type InstalledHooks, installGitHooks } from '../../project/git-hooks.ts';
import { installRoot } from '../../project/install-root.ts';
import { backlogHome, CONFIG_FILE } from '../../project/paths.ts';
import { hasBacklog, planScaffold, refuseLinkedWorktree } from '../../project/scaffold.ts';
import { applyScaffold } from '../../project/scaffold-apply.ts';
import { checkCommittable, commitScaffold } from '../../project/scaffold-commit.ts';
import { detectName, detectStack, isTagValue, stacks } from '../../project/stack.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import { runnable } from '../program-name.ts';
import type { CommandFunction } from '../table.ts';
import { askInit, type InitAnswers, nameRule, parsePrefixes, prefixRule } from './init-questions.ts';
import { nextCommand, notesOn, report, shown } from './init-report.ts';

const defaultPrefixes = ['TASK', 'BUG', 'FEAT', 'IDEA'];

/** `backlog init`: detects, asks when a person is there, plans, writes all or nothing. */
export const init: CommandFunction = async (call, io) => {
  const root = projectFolder(io.cwd);
  const commit = call.flag('commit');
  const local = call.flag('local');
  const dryRun = call.flag('dryRun');
  if (commit && local)
    throw usageError(
      '--commit and --local exclude each other: --local keeps everything out of the repository',
      'leave one of them out',
    );
  const flags = answersOf(call, root);
  refuseLinkedWorktree(root);
  const configured = existsSync(path.join(root, CONFIG_FILE));
  const wantsHooks = call.flag('gitHooks');
  // Asked for before anything is written: outside a repository there is nowhere to put them.
  const hooks = wantsHooks ? await hooksPlace(root, io.env) : undefined;
  if (hooks !== undefined && configured && !commit && !call.flag('force')) {
    const installed = dryRun ? undefined : putHooks(hooks, io);
    printResult(io, {
      json: { root, dryRun, git_hooks: hooksAsJson(installed, hooks.folder) },
      text: dryRun ? `would put git hooks into ${hooks.folder} (nothing was written)` : hooksText(installed),
    });
    return ExitCode.Ok;
  }
  // With a configuration there, `--commit` is the way to commit what an earlier `init` wrote.
  if (!call.flag('force') && !(commit && configured)) refuseExisting(root, configured);

  const asks = io.interactive && !io.json && !call.flag('yes') && !dryRun && !configured;
  const answers = asks
    ? await askInit(flags, { input: process.stdin, output: process.stderr }, io.signal)
    : flags;
  if (answers === undefined) {
    io.note('\ninterrupted; nothing was written');
    return ExitCode.Interrupted;
  }
  const commands = gateCommands(root, answers.stack);
  const plan = planScaffold({
    root,
    config: {
      ...answers,
      commands,
      setupCommand: worktreeSetupCommand(root),
      llmOps: call.flag('llmops'),
      local,
    },
    templatesFrom: path.join(installRoot(), 'templates'),
  });
  if (commit) await checkCommittable(plan, io.env);
  if (!dryRun) applyScaffold(plan);
  const routed = answers.gateway && !dryRun ? await routeProject(root, answers.name, io) : undefined;
  const installed = hooks === undefined || dryRun ? undefined : putHooks(hooks, io);
  const committed = commit && !dryRun ? await commitScaffold(plan, io.env) : undefined;

  const notes = notesOn(plan, configured, missingTools(root, plan.project.gateCommands, io.env));
  if (committed?.leftOut.length)
    notes.push(`not committed, because there are other changes in it: ${committed.leftOut.join(', ')}`);
  if (routed !== undefined) notes.push(routed);
  if (installed !== undefined) notes.push(hooksText(installed));
  for (const note of notes) io.note(`note: ${note}`);
  printResult(io, {
    json: {
      root,
      dryRun,
      project: plan.project.name,
      stack: plan.project.stack,
      prefixes: plan.project.prefixes,
      gateCommands: plan.project.gateCommands,
      files: plan.files.map(({ file, action }) => ({ path: shown(plan, file), action })),
      commit: committed?.commit ?? null,
      ...(hooks === undefined ? {} : { git_hooks: hooksAsJson(installed, hooks.folder) }),
      notes,
    },
    text: report(plan, { dryRun, committed, next: runnable(nextCommand(plan), io.env) }),
  });
  return ExitCode.Ok;
};

function putHooks(place: Parameters<typeof installGitHooks>[0], io: Io): InstalledHooks {
  const installed = installGitHooks(place, path.join(installRoot(), 'bin', 'backlog'), backlogHome(io.env));
  for (const note of installed.notes) io.note(`note: ${note}`);
  return installed;
}

function hooksAsJson(installed: InstalledHooks | undefined, folder: string) {
  return {
    folder,
    installed: installed?.installed ?? [],
    kept: installed?.kept ?? [],
    notes: installed?.notes ?? [],
  };
}

function hooksText(installed: InstalledHooks | undefined): string {
  if (installed === undefined) return '';
  const { folder, installed: names, kept } = installed;
  const before = kept.length === 0 ? '' : `; what was there is called first: ${kept.join(', ')}`;
  return `git hooks in ${folder}: ${names.join(', ')}${before}; \`backlog uninstall\` takes them out`;
}

/** @returns what it did, for people; a gateway that does not start does not undo the project's set-up */
async function routeProject(root: string, name: string, io: Io): Promise<string> {
  const { enableIn } = await import('./gateway-enable.ts');
  try {
    const { file, base_url } = await enableIn(root, name, io);
    return `${path.relative(root, file)} sends requests to ${base_url}; \`backlog gateway disable\` undoes it`;
  } catch (error) {
    return `the gateway is not enabled: ${messageOf(error)}; \`backlog gateway enable\` tries again`;
  }
}

function projectFolder(cwd: string): string {
  try {
    return realpathSync(cwd);
  } catch {
    throw usageError(`there is no folder ${cwd}`, 'make it first, or pass another --cwd');
  }
}

/** The flags over what is detected. */
function answersOf(call: Invocation, root: string): InitAnswers {
  const stack = call.choice('stack', stacks) ?? detectStack(root);
  const name = call.text('name')?.trim() ?? detectName(root, stack);
  if (!isTagValue(name))
    throw usageError(`--name is ${JSON.stringify(name)}: ${nameRule}`, 'pass such a name');
  const list = call.text('prefixes');
  const prefixes = list === undefined ? defaultPrefixes : parsePrefixes(list);
  if (prefixes === undefined)
    throw usageError(
      `--prefixes is ${JSON.stringify(list)}: ${prefixRule}`,
      'pass such a list, as --prefixes FEAT,BUG',
    );
  return { name, stack, prefixes, codeRules: !call.isOff('codeRules'), gateway: call.flag('gateway') };
}

function refuseExisting(root: string, configured: boolean): void {
  const there = [...(hasBacklog(root) ? ['backlog/'] : []), ...(configured ? [CONFIG_FILE] : [])];
  if (there.length === 0) return;
  throw new BacklogError({
    code: 'backlog-exists',
    message: `${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} already in ${root}; nothing was written`,
    fix: '`backlog init --force` adds what is missing and keeps every file that is there',
    exitCode: ExitCode.CheckFailed,
  });
}
