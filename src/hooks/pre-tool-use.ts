import path from 'node:path';
import { findMarker } from '../attribution/marker.ts';
import { rememberCall } from '../attribution/registry.ts';
import { consumeGrant, issueStamp } from '../attribution/stamps.ts';
import { readClaims } from '../gates/claims.ts';
import { readTextIfExists } from '../platform/files.ts';
import { sha256 } from '../platform/ids.ts';
import { dataDirOf } from '../project/data-dir.ts';
import { installRoot } from '../project/install-root.ts';
import { findProject, gitCommonDir, worktreeRoot } from '../project/paths.ts';
import {
  backlogCalls,
  closedTicket,
  isPlainCall,
  type Purpose,
  purposeOf,
  waiverSubject,
  withIds,
} from './backlog-calls.ts';
import { budgetWord, refusedBy } from './budget.ts';
import { confinesOf } from './confines.ts';
import { type Guarded, type Judgement, judgeFile, judgeLine } from './denials.ts';
import { type Holdings, holdingsOf } from './holdings.ts';
import { fieldsOf, type HookInput, textOf } from './input.ts';
import { joinFromSidecar } from './join.ts';
import { noteWriter } from './note-writer.ts';
import { mayWorkUnasked } from './own-files.ts';
import { renewLeases } from './renew.ts';
import { readShell, type ShellLine, type SimpleCommand } from './shell.ts';
import type { HookWorld } from './world.ts';

type Answer = object | undefined;

/** Before a tool: binds agents to their calls, hands ids to our own calls, and refuses what goes past a gate. */
export function preToolUse(input: HookInput, world: HookWorld): Answer | Promise<Answer> {
  if (input.agent_id !== undefined) quietly(() => joinFromSidecar(input, world));
  switch (input.tool_name) {
    case 'Agent':
    case 'Task':
      quietly(() => rememberAgentCall(input, world));
      return onAgent(input, world);
    case 'Bash':
      return failingClosed(input, textOf(input.tool_input.command), () => onBash(input, world));
    case 'Edit':
    case 'MultiEdit':
    case 'Write':
    case 'NotebookEdit':
      return failingClosed(input, fileOf(input), () => onFile(input, world));
    default:
      return undefined;
  }
}

/** A fault of ours in what is not a denial lets the call go on. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // Bindings and leases are tried again at the next call.
  }
}

/** A fault of ours stops only what a denial may be meant for, never every command. */
function failingClosed(input: HookInput, subject: string, judge: () => Answer): Answer {
  try {
    return judge();
  } catch (error) {
    const suspicious =
      (subject.includes('git') && subject.includes('commit')) ||
      ['--no-verify', '.backlog-ops', 'completed/'].some((part) => subject.includes(part));
    if (!suspicious) throw error;
    return decision(
      'deny',
      `backlog could not check this (${error instanceof Error ? error.message : String(error)}), so it does not run. \`backlog\` says what is wrong.`,
      input,
    );
  }
}

/** SubagentStart cannot refuse, so a spent budget is said here. */
async function onAgent(input: HookInput, world: HookWorld): Promise<Answer> {
  const word = budgetWord(input, world);
  const reason = await refusedBy(word, input, world);
  if (reason !== undefined) return decision('deny', reason, input);
  const { context } = word;
  return context === undefined ? undefined : output({ additionalContext: context });
}

function rememberAgentCall(input: HookInput, { home }: HookWorld): void {
  rememberCall(home, input.session_id, {
    tool_use_id: input.tool_use_id,
    marker: findMarker(textOf(input.tool_input.prompt)) ?? null,
    parent_agent_id: input.agent_id ?? null,
  });
}

function onBash(input: HookInput, world: HookWorld): Answer {
  const source = textOf(input.tool_input.command);
  const line = readShell(source);
  const holdings = holdingsOf(input, world);
  if (holdings !== undefined) quietly(() => renewLeases(holdings, input, world));
  const guarded = holdings && guardedBy(holdings, input, world);
  const judged = guarded && judgeLine(line, source, guarded);
  if (judged !== undefined) return answerTo(judged, input);
  const calls = backlogCalls(line.commands);
  if (calls.length === 0 || line.unreadable) return undefined;
  return handIds(input, world, { source, line, calls });
}

interface Calls {
  readonly source: string;
  readonly line: ShellLine;
  readonly calls: readonly SimpleCommand[];
}

/** A simple call needs no dialog; a compound line is never allowed by us; a person's decision is asked for. */
function handIds(input: HookInput, { home }: HookWorld, { source, line, calls }: Calls): Answer {
  const session = input.session_id;
  const purposes = calls.map((call) => purposeHere(call, input.cwd));
  const needed = purposes.find((purpose) => purpose !== undefined);
  const [first] = calls;
  const granted =
    needed !== undefined &&
    first !== undefined &&
    calls.length === 1 &&
    consumeGrant(home, session, {
      purpose: needed,
      subject: waiverSubject(first) ?? '',
      prompt_id: input.prompt_id,
    });
  if (needed !== undefined && !granted && !canAsk(input)) return decision('deny', personHint(needed), input);
  const stamps = new Map<SimpleCommand, string>();
  for (const [index, call] of calls.entries()) {
    const purpose = purposes[index];
    if (purpose !== undefined)
      stamps.set(call, issueStamp(home, session, { purpose, command_sha256: sha256(source) }));
  }
  const command = withIds(source, calls, { session, agent: input.agent_id }, (call) => stamps.get(call));
  const updatedInput = { ...input.tool_input, command };
  const plain =
    line.simple &&
    first !== undefined &&
    isPlainCall(first, path.join(installRoot(), 'bin', 'backlog'), (folder) =>
      isSameProject(path.resolve(input.cwd, folder), input.cwd),
    );
  if (needed !== undefined && !granted)
    return output({
      permissionDecision: 'ask',
      permissionDecisionReason: `This is for you to decide. ${personHint(needed)}`,
      updatedInput,
    });
  if (plain)
    return output({
      permissionDecision: 'allow',
      permissionDecisionReason: 'a call of backlog',
      updatedInput,
    });
  return output({ updatedInput });
}

function onFile(input: HookInput, world: HookWorld): Answer {
  const file = fileOf(input);
  const holdings = file === '' ? undefined : holdingsOf(input, world);
  if (holdings !== undefined) quietly(() => renewLeases(holdings, input, world));
  const guarded = holdings && guardedBy(holdings, input, world);
  const judged =
    guarded && judgeFile(file, addedText(input), guarded, resultOf(path.resolve(input.cwd, file), input));
  if (judged !== undefined) return answerTo(judged, input);
  if (holdings !== undefined) noteWriter(file, holdings, input, world);
  if (guarded === undefined || !mayWorkUnasked(file, guarded, input)) return undefined;
  return output({
    permissionDecision: 'allow',
    permissionDecisionReason: 'a file in the worktree of its ticket',
  });
}

/** All the text that an edit puts in. */
function addedText({ tool_input: fields }: HookInput): string {
  const edits = Array.isArray(fields.edits) ? fields.edits.map((edit) => fieldsOf(edit).new_string) : [];
  return [fields.new_string, fields.content, fields.new_source, ...edits].map(textOf).join('\n');
}

/** A ticket as an edit would leave it; empty where that cannot be told. */
function resultOf(file: string, { tool_input: fields }: HookInput): string {
  if (!file.endsWith('.md')) return '';
  const edits = Array.isArray(fields.edits) ? fields.edits.map(fieldsOf) : [fields];
  try {
    return edits.reduce((text, { old_string: old, new_string: now, replace_all: all }) => {
      const [from, to] = [textOf(old), textOf(now)];
      if (from === '') return text;
      return all === true ? text.replaceAll(from, () => to) : text.replace(from, () => to);
    }, readTextIfExists(file) ?? '');
  } catch {
    // What cannot be read is judged by what is put in.
    return '';
  }
}

/** Where nobody can be asked, what a person would have to decide is denied. */
function answerTo(judged: NonNullable<Judgement>, input: HookInput): Answer {
  const asked = judged.decision === 'ask' && canAsk(input);
  return decision(asked ? 'ask' : 'deny', judged.reason, input);
}

function fileOf(input: HookInput): string {
  return textOf(input.tool_input.file_path) || textOf(input.tool_input.notebook_path);
}

/**
 * The denials hold for the session that holds a ticket, and in a worktree of a held ticket. A claim that cannot be read may
 * be the caller's: then they hold too.
 */
function guardedBy(holdings: Holdings, input: HookInput, { env, home }: HookWorld): Guarded | undefined {
  const { project, mine, broken } = holdings;
  const confines = confinesOf(holdings, input, env);
  if (mine.length === 0 && !broken && confines === undefined) return undefined;
  const worktree = worktreeRoot(project.root);
  return {
    opsDir: project.opsDir,
    dataDir: dataDirOf(project),
    cwd: input.cwd,
    gitDir: worktree === undefined ? undefined : gitCommonDir(worktree),
    home,
    userHome: env.HOME,
    confines,
  };
}

/** A worktree is of the same project as the main one. */
function isSameProject(one: string, other: string): boolean {
  const root = findProject(one)?.mainRoot;
  return root !== undefined && root === findProject(other)?.mainRoot;
}

/** A ticket whose work was never started may be closed unasked. */
function purposeHere(call: SimpleCommand, cwd: string): Purpose | undefined {
  const purpose = purposeOf(call);
  if (purpose !== 'close') return purpose;
  const ticket = closedTicket(call);
  const project = findProject(cwd);
  if (ticket === undefined || ticket.dynamic || project === undefined) return purpose;
  const { claims, broken } = readClaims(project.opsDir);
  return broken.length > 0 || claims.some((claim) => claim.ticket_id === ticket.text) ? purpose : undefined;
}

/** Modes in which the client was seen to show the dialog; elsewhere something else may answer it. */
function canAsk(input: HookInput): boolean {
  return input.permission_mode === 'default' || input.permission_mode === 'acceptEdits';
}

function personHint(purpose: Purpose): string {
  const typed = purpose === 'waive' ? ' or type `/backlog-toolkit:waive <gate> <ticket> <reason>`' : '';
  return `Only a person may ${words[purpose]}: run it in a terminal of your own${typed}.`;
}

const words: Readonly<Record<Purpose, string>> = {
  waive: 'let a gate go',
  include: 'let a file into a ticket that does not name it',
  allow: 'allow a suppression or a change of the gates',
  raise: 'raise a budget',
  close: 'close a ticket whose work was started',
};

function decision(permissionDecision: 'deny' | 'ask', reason: string, _input: HookInput): object {
  return output({ permissionDecision, permissionDecisionReason: reason });
}

/** Without the right event name the client would ignore the answer, and the tool would run. */
function output(fields: object): object {
  return { hookSpecificOutput: { hookEventName: 'PreToolUse', ...fields } };
}
