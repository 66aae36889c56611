import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists, realPlace } from '../platform/files.ts';
import { bookkeepingOf } from './bookkeeping.ts';
import type { GateCall } from './call.ts';
import { type Claim, isTicketId, leaseState, readClaims } from './claims.ts';
import { readCompact } from './compact-read.ts';
import { readEvidence } from './evidence.ts';
import { commitId, gitFile, placeAround, plumb } from './repository.ts';
import { firstUnmet } from './status.ts';
import { codeTreeOf, codeTreeOfIndex } from './tree.ts';
import { currentStatus, openWork } from './work.ts';

/**
 * git's pre-commit: while a ticket is open in this worktree, code is committed only when every gate before the commit holds
 * for exactly what is staged. `backlog commit` passes because of that, not because of who calls.
 * @throws BacklogError `commit-past-gates` (exit 1)
 */
export async function judgeStaged(call: GateCall): Promise<void> {
  const staged = await stagedCode(call);
  if (staged === undefined) return;
  const reasons: string[] = [];
  for (const claim of staged.open) {
    const work = await openWork(call, claim);
    const unmet = firstUnmet(await currentStatus(work, staged.tree), 'commit');
    if (unmet === undefined) return;
    reasons.push(`${claim.ticket_id}: ${unmet.gate}: ${unmet.reason}`);
  }
  throw pastGates(staged.open, `the gates do not hold for what is staged (${reasons.join('; ')})`);
}

/**
 * git's commit-msg: the evidence that a message names is there, and a commit of an open ticket's code names it.
 * @param messageFile as git hands it over
 * @throws BacklogError `commit-past-gates`, `commit-evidence-unknown` (exit 1)
 */
export async function judgeMessage(call: GateCall, messageFile: string): Promise<void> {
  const place = await placeAround(call.paths.root, call);
  const trailers = await plumb(place, ['interpret-trailers', '--parse', messageFile]);
  const valuesOf = (key: string): string[] =>
    trailers
      .split('\n')
      .flatMap((line) => (line.startsWith(`${key}: `) ? [line.slice(key.length + 2).trim()] : []));
  const tickets = valuesOf('Ticket');
  const evidence = valuesOf('Backlog-Evidence');
  for (const digest of evidence)
    if (!tickets.some((ticket) => known(call, ticket).has(digest))) throw unknownEvidence(tickets, digest);
  const staged = await stagedCode(call);
  if (staged === undefined) return;
  const own = staged.open.some(({ ticket_id: id }) => tickets.includes(id));
  if (own && evidence.length > 0) return;
  throw pastGates(staged.open, 'its message names no evidence (the trailers Ticket and Backlog-Evidence)');
}

interface StagedCode {
  /** Code tree of the index. */
  readonly tree: string;
  /** Tickets that are open in this worktree; at least one. */
  readonly open: readonly Claim[];
}

/** @returns `undefined` when no ticket is open here, or nothing but bookkeeping is staged */
async function stagedCode(call: GateCall): Promise<StagedCode | undefined> {
  const { paths, env, clock, config } = call;
  const { claims, broken } = readClaims(paths.opsDir);
  const [unreadable] = broken;
  if (unreadable !== undefined)
    call.note(`warning: ${unreadable.file} is no claim (${unreadable.message}); it was left out`);
  const place = await placeAround(paths.root, call);
  const here = realPlace(place.worktree);
  const open = claims.filter(
    (claim) =>
      claim.owner !== null &&
      leaseState(claim, clock()) !== 'expired' &&
      realPlace(path.resolve(claim.worktree)) === here,
  );
  if (open.length === 0) return undefined;
  // For `git commit -a` and `git commit <path>` git hands over an index of its own.
  const index = env.GIT_INDEX_FILE ?? (await gitFile(place, 'index'));
  const books = bookkeepingOf(place.worktree, paths.root, config.backlog.dataDir);
  const tree = await codeTreeOfIndex(place, path.resolve(place.worktree, index), books);
  const head = await commitId(place, 'HEAD');
  if (head !== undefined && (await codeTreeOf(place, head, books)) === tree) return undefined;
  return { tree, open };
}

/** Every line of evidence of a ticket that this clone knows: the working copy's, and those that were committed. */
function known({ paths, config }: GateCall, ticketId: string): ReadonlySet<string> {
  if (!isTicketId(ticketId)) return new Set();
  const text = readTextIfExists(
    path.join(paths.mainRoot, config.backlog.dataDir, 'evidence', `${ticketId}.json`),
  );
  const compact = text === undefined ? undefined : readCompact(text, ticketId);
  const committed = typeof compact === 'object' ? [...compact.lines, ...compact.allowed] : [];
  return new Set(
    [...readEvidence(paths.opsDir, ticketId), ...committed].flatMap(({ sha256, record }) =>
      record.previous_sha256 === null ? [sha256] : [sha256, record.previous_sha256],
    ),
  );
}

function pastGates(open: readonly Claim[], why: string): BacklogError {
  const [first] = open;
  const id = first?.ticket_id ?? '';
  return new BacklogError({
    code: 'commit-past-gates',
    message: `this commit goes past the gates of ${open.map((claim) => claim.ticket_id).join(', ')}, which is worked on here: ${why}`,
    fix: `backlog gate status ${id}, then backlog commit --ticket ${id} --type feat --summary "<what it does now>"; a person whose commit is not the ticket's: git commit --no-verify`,
    exitCode: ExitCode.CheckFailed,
  });
}

function unknownEvidence(tickets: readonly string[], digest: string): BacklogError {
  return new BacklogError({
    code: 'commit-evidence-unknown',
    message: `the message names evidence that ${tickets.join(', ') || 'no ticket'} does not have: Backlog-Evidence: ${digest.slice(0, 80)}`,
    fix: 'let `backlog commit` write the trailers, or take them out of the message',
    exitCode: ExitCode.CheckFailed,
  });
}
