import path from 'node:path';
import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { shellQuoted } from '../platform/shell.ts';
import { type BacklogConfig, parseConfig } from '../project/config.ts';
import { CONFIG_FILE } from '../project/paths.ts';
import { type Listing, unreadable } from '../tickets/backlog.ts';
import { listTickets, type OnLost, wholeTickets } from '../tickets/listing.ts';
import { idOfName } from '../tickets/parse.ts';
import type { ListedTicket } from '../tickets/ticket.ts';
import { touchedFiles } from '../tickets/touched-files.ts';
import { type JudgedCommand, judgeCommands } from './against-base.ts';
import { type Bookkeeping, bookkeepingOf } from './bookkeeping.ts';
import { type GateCall, relativeFolder } from './call.ts';
import { type Claim, holderOf, readClaims } from './claims.ts';
import { brokenRules } from './code-rule-checks.ts';
import { onSteadyTree } from './command.ts';
import { changedFiles, ticketDiff } from './difference.ts';
import { appendEvidence } from './evidence.ts';
import type { ToolFinding } from './finding.ts';
import { judgesAt } from './gate-config.ts';
import { commitPaths } from './git-commit.ts';
import { requireTestCommand } from './implement.ts';
import { listed, tailOf } from './outcome.ts';
import { quickId, quickSize, silencedBy } from './quick-rules.ts';
import { commitId, fileAt, placeAround, type RepositoryPlace } from './repository.ts';
import { codeTree, codeTreeOf } from './tree.ts';

export interface QuickRequest {
  readonly summary: string;
  readonly type: string;
  /** Scope; left out when empty. */
  readonly area: string;
  /** The id under which the session's requests are counted already. */
  readonly id: string | undefined;
}

export interface QuickOutcome {
  readonly id: string;
  readonly commit: string;
  readonly subject: string;
  readonly files: readonly string[];
  readonly codeLines: number;
  readonly commands: readonly JudgedCommand[];
  readonly changedByHook: readonly string[];
}

/** An id for a change without a ticket. */
export function newQuickId(): string {
  return `QUICK-${newId().slice(0, 8)}`;
}

/**
 * Lints, tests and commits a trifle that has been edited in the working tree. What is more than a trifle is refused with the
 * command that makes a ticket of it.
 * @throws BacklogError `quick-promoted`, `quick-ticket-open`, `quick-failed`, `nothing-to-commit` (exit 1) and what git says
 */
export async function quickCommit(call: GateCall, request: QuickRequest): Promise<QuickOutcome> {
  const id = request.id !== undefined && quickId.test(request.id) ? request.id : newQuickId();
  checkedMessage(id, request);
  const place = await placeAround(call.paths.root, call);
  refuseOpenTicket(call, place);
  const prefix = relativeFolder(place.worktree, call.paths.root);
  const base = await requireHead(place);
  const config = await configAt(call, place, prefix, base);
  const books = bookkeepingOf(place.worktree, call.paths.root, config.backlog.dataDir);
  const tree = await codeTree(place, books);
  const diff = await ticketDiff(place, books, base, tree);
  const { files, codeLines, reasons } = await quickSize(place, diff.baseTree, tree);
  if (files.length === 0) throw nothing();
  await refuseTicketsFiles(call, books, files);
  const { testFiles } = config.qualityGates;
  const change = { place, books, from: diff.baseTree, to: tree, baseCommit: base, head: base, testFiles };
  const silenced = await silencedBy(change, await judgesAt(place, base, prefix, config));
  if (reasons.length + silenced.length > 0) throw promoted(request, config, [...reasons, ...silenced]);

  const broken = await brokenRules(
    { place, books, from: diff.baseTree, to: tree },
    config.codeRules.hardGates,
  );
  if (broken.length > 0) throw ruleBroken(broken);
  if (codeLines > 0) requireTestCommand({ config });
  const commands = await onSteadyTree(place, books, tree, () =>
    judgeCommands({ call, place, root: call.paths.root, worktree: place.worktree, prefix, base, config }),
  );
  const newest = await storeRuns(call, { id, base, tree, commands });
  const failed = commands.filter(({ problem }) => problem !== null);
  if (failed.length > 0) throw failure(failed);
  const message = checkedMessage(id, request, newest);
  const commit = await commitPaths({ place, paths: files, message, signal: call.signal });
  const committed = await codeTreeOf(place, commit, books);
  const changedByHook = (await changedFiles(place, tree, committed)).map((file) => file.path);
  return { id, commit, subject: message.split('\n')[0] ?? '', files, codeLines, commands, changedByHook };
}

/** A ticket's change goes through its own gates: while one is open here, nothing passes it by. */
function refuseOpenTicket(call: GateCall, place: RepositoryPlace): void {
  const open: Claim | undefined = readClaims(call.paths.opsDir).claims.find(
    (claim) => claim.owner !== null && claim.worktree === place.worktree,
  );
  if (open === undefined) return;
  throw new BacklogError({
    code: 'quick-ticket-open',
    message: `${open.ticket_id} is being worked on in ${place.worktree} (${holderOf(open)}), and what is changed here belongs to it`,
    fix: `go on with it: backlog gate status ${open.ticket_id}`,
    exitCode: ExitCode.CheckFailed,
  });
}

/**
 * What a started ticket names stays that ticket's until it is over: giving it back, or working on it elsewhere, frees nothing of it
 * for a commit that none of its gates has seen.
 */
async function refuseTicketsFiles(
  call: GateCall,
  { prefix }: Bookkeeping,
  files: readonly string[],
): Promise<void> {
  const { paths, config } = call;
  const backlog = await listTickets(paths, config);
  const claimed = readClaims(paths.opsDir).claims.flatMap(({ ticket_id: id }) => unlessGone(backlog, id));
  // A closed ticket lies where the program puts it; the word alone may be anybody's edit.
  const open = claimed.filter(({ folder }) => folder !== 'completed');
  const refuseBroken: OnLost = (file, broken) => {
    if (broken !== undefined) throw unreadable(open.find((one) => one.file === file)?.id ?? file, broken);
  };
  for await (const ticket of wholeTickets(open, paths, config, refuseBroken)) {
    const { id } = ticket;
    const named = touchedFiles(ticket).map((file) => path.posix.join(prefix, file).replace(/\/$/, ''));
    const own = files.filter((file) => named.some((one) => file === one || file.startsWith(`${one}/`)));
    if (own.length === 0) continue;
    throw new BacklogError({
      code: 'quick-ticket-open',
      message: `${id} was started and is not completed, and it is about ${listed(own)}`,
      fix: `go on with it: backlog ticket start ${id}; a ticket that is given up is closed by a person first: backlog ticket move ${id} obsolete`,
      exitCode: ExitCode.CheckFailed,
      details: { ticket_id: id, files: own },
    });
  }
}

function ruleBroken(broken: readonly ToolFinding[]): BacklogError {
  const places = broken.map(({ file, line, rule }) => `${file}:${line}: ${rule}`);
  return new BacklogError({
    code: 'quick-failed',
    message: `the change breaks hard rules: ${listed(places)}`,
    fix: 'mend what the rules of codeRules.hardGates name, then run it again',
    exitCode: ExitCode.CheckFailed,
    details: { findings: broken },
  });
}

/** A ticket that was claimed; none when its file is gone. @throws BacklogError `ticket-broken` (exit 3): what it names is not known */
function unlessGone(backlog: Listing, id: string): ListedTicket[] {
  const broken = backlog.broken.find(({ file }) => idOfName(file) === id);
  if (broken !== undefined) throw unreadable(id, broken);
  const found = backlog.byId(id);
  return found === undefined ? [] : [found];
}

async function requireHead(place: RepositoryPlace): Promise<string> {
  const head = await commitId(place, 'HEAD');
  if (head !== undefined) return head;
  throw new BacklogError({
    code: 'no-first-commit',
    message: `${place.worktree} has no commit to compare the change with`,
    fix: 'commit what is there first: git add -A && git commit',
    exitCode: ExitCode.ProjectUnusable,
  });
}

/** The judged change does not choose its judge; a configuration that is not committed counts as it is. */
async function configAt(
  call: GateCall,
  place: RepositoryPlace,
  prefix: string,
  commit: string,
): Promise<BacklogConfig> {
  const text = await fileAt(place, commit, prefix === '' ? CONFIG_FILE : `${prefix}/${CONFIG_FILE}`);
  return text === undefined ? call.config : parseConfig(text, `${commit.slice(0, 12)}:${CONFIG_FILE}`).config;
}

async function storeRuns(
  call: GateCall,
  facts: {
    readonly id: string;
    readonly base: string;
    readonly tree: string;
    readonly commands: readonly JudgedCommand[];
  },
): Promise<string | undefined> {
  let newest: string | undefined;
  for (const { gate, command, problem, debt, run } of facts.commands) {
    const line = await appendEvidence(call.paths.opsDir, {
      ticket_id: facts.id,
      gate,
      ...(gate === 'implement' ? { phase: 'green' as const } : {}),
      result: problem === null ? 'pass' : 'fail',
      command,
      exit_code: run.exitCode,
      started_at: run.startedAt,
      duration_ms: run.durationMs,
      holds_for: { kind: 'tree', tree: facts.tree },
      base_commit: facts.base,
      output_sha256: run.outputSha256,
      output_tail: tailOf(run.output),
      details: { message: problem ?? 'nothing new fails', debt },
      agent_id: call.caller.agentId ?? null,
      session_id: call.caller.sessionId ?? null,
    });
    newest = line.sha256;
  }
  return newest;
}

function checkedMessage(id: string, request: QuickRequest, evidence?: string): string {
  const summary = request.summary.trim();
  if (summary === '' || /[\r\n\0]/.test(summary) || summary.length > 200)
    throw usageError(
      'the summary is not one line of 1 to 200 characters',
      'say in one line what it does now',
    );
  if (!/^[a-z][a-z0-9-]{0,29}$/.test(request.type))
    throw usageError(`"${request.type}" is no commit type`, 'pass a word in small letters: --type fix');
  if (!/^[A-Za-z0-9_./-]{0,60}$/.test(request.area))
    throw usageError(`"${request.area}" is no commit scope`, 'pass one word, such as --area api');
  const scope = request.area === '' ? '' : `(${request.area})`;
  const trailers = [`Ticket: ${id}`, ...(evidence === undefined ? [] : [`Backlog-Evidence: ${evidence}`])];
  return `${request.type}${scope}: ${summary}\n\n${trailers.join('\n')}\n`;
}

function promoted(request: QuickRequest, config: BacklogConfig, reasons: readonly string[]): BacklogError {
  const { ticketPrefixes: known } = config.backlog;
  const fitting = request.type === 'fix' ? 'BUG' : 'FEAT';
  const type = known.includes(fitting) ? fitting : (known[0] ?? fitting);
  return new BacklogError({
    code: 'quick-promoted',
    message: `this needs a ticket: ${reasons.join('; ')}`,
    fix: `backlog ticket new --type ${type} --title ${shellQuoted(request.summary.trim())}`,
    exitCode: ExitCode.CheckFailed,
    details: { reasons },
  });
}

function failure(failed: readonly JudgedCommand[]): BacklogError {
  const last = failed.at(-1);
  return new BacklogError({
    code: 'quick-failed',
    message: `nothing was committed: ${listed(failed.map(({ problem }) => problem ?? ''))}`,
    fix: 'mend what is new, and run the same command again',
    exitCode: ExitCode.CheckFailed,
    details: { output_tail: tailOf(last?.run.output ?? '') },
  });
}

function nothing(): BacklogError {
  return new BacklogError({
    code: 'nothing-to-commit',
    message: 'there is no change outside the bookkeeping',
    fix: 'edit the files first, then run the same command again',
    exitCode: ExitCode.CheckFailed,
  });
}
