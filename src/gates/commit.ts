import path from 'node:path';
import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { sha256 } from '../platform/ids.ts';
import type { Gate } from '../project/gates.ts';
import { refuseBlocked, settleAttempts } from './attempts.ts';
import type { GateCall } from './call.ts';
import { commitMessage } from './commit-message.ts';
import { changedFiles, type TicketDiff } from './difference.ts';
import type { EvidenceLine } from './evidence.ts';
import { refuseChangedConfig } from './gate-config.ts';
import { commitPaths, indexFollowsHead } from './git-commit.ts';
import { writeHistory } from './history.ts';
import { refuseIgnored } from './ignored-files.ts';
import { refuseUnnamed, unnamedFiles } from './named-files.ts';
import { listed, store } from './outcome.ts';
import { requirePerson } from './person.ts';
import { reviewAnswers } from './review-answers.ts';
import { openForGate, refuseOutOfOrder } from './run.ts';
import { codeTreeOf } from './tree.ts';
import { type UnrecordedCommit, unrecordedCommit } from './unrecorded-commit.ts';
import { currentDiff, currentStatus, factsOf, type Work, withNewEvidence } from './work.ts';

export interface CommitRequest {
  readonly ticketId: string;
  readonly type: string;
  readonly area: string;
  readonly summary: string;
  /** Files that a person lets in although the ticket does not name them; relative to the project's root. */
  readonly include: readonly string[];
  readonly reason: string;
}

export interface CommitOutcome {
  readonly commit: string;
  readonly subject: string;
  readonly files: readonly string[];
  readonly evidence: EvidenceLine;
  /** Files whose content a git hook changed on the way; then these gates are to be run again. */
  readonly changedByHook: readonly string[];
  readonly gatesToRunAgain: readonly Gate[];
}

/**
 * Commits the ticket's whole change, when every gate before holds for it. Files that the ticket does not name are refused. A
 * commit that is there already, of a run that was cut off, is put on record.
 * @throws BacklogError `gate-order`, `commit-blocked`, `files-not-named`, `file-ignored`, `nothing-to-commit`, `person-needed` and what git says (exit 1)
 */
export async function commitWork(call: GateCall, request: CommitRequest): Promise<CommitOutcome> {
  const work = await openForGate(call, request.ticketId);
  refuseBlocked(work, 'commit');
  refuseChangedConfig(work.judging, request.ticketId, 'lint');
  // A wrong form is told before a person is asked anything.
  commitMessage(request);
  const seen = await refuseOutOfOrder(work, 'commit');
  const including = request.include.length > 0;
  const wanted = including ? await include(work, request) : work;
  try {
    // While a person was asked, files may have changed.
    const diff = seen === undefined || including ? await currentDiff(wanted) : seen;
    return await commitChange(wanted, request, diff);
  } catch (error) {
    await countFailure(wanted, error);
    throw error;
  }
}

/** What git, a hook or a file in the change refused counts; five times stop the ticket. */
async function countFailure(work: Work, error: unknown): Promise<void> {
  if (!(error instanceof BacklogError) || error.code === 'nothing-to-commit') return;
  if (error.exitCode !== ExitCode.CheckFailed && error.exitCode !== ExitCode.Outside) return;
  const { tree } = await currentDiff(work);
  await store(work, undefined, {
    gate: 'commit',
    result: 'fail',
    holds_for: { kind: 'tree', tree },
    details: { message: error.message, code: error.code },
  });
  const { failed, most, blocked } = await settleAttempts(work, 'commit');
  work.call.note(
    blocked
      ? `${work.ticket.id} is commit-blocked after ${failed} failed attempts: a person decides, or a new plan`
      : `attempt ${failed} of ${most} at commit failed`,
  );
}

async function commitChange(opened: Work, request: CommitRequest, diff: TicketDiff): Promise<CommitOutcome> {
  let work = opened;
  const { call } = work;
  refuseUnnamed(work, diff.files);
  await refuseIgnored(work);
  work = await carryReviewOver(work, diff);
  const headTree = await codeTreeOf(work.place, 'HEAD', work.books);
  const files = (await changedFiles(work.place, headTree, diff.tree)).map((file) => file.path);
  if (files.length === 0) return recordCutOff(work, diff.tree);
  const message = commitMessage({ ...request, evidence: work.lines.at(-1)?.sha256 });
  const commit = await commitPaths({ place: work.place, paths: files, message, signal: call.signal });
  const tree = await codeTreeOf(work.place, commit, work.books);
  const subject = message.split('\n')[0] ?? '';
  const evidence = await record(work, { commit, subject, files }, tree);
  const changedByHook = (await changedFiles(work.place, diff.tree, tree)).map((file) => file.path);
  return {
    commit,
    subject,
    files,
    evidence,
    changedByHook,
    gatesToRunAgain:
      changedByHook.length === 0
        ? []
        : (await currentStatus(withNewEvidence(work), tree))
            .filter(({ required, holds }) => required && !holds)
            .map(({ gate }) => gate),
  };
}

/**
 * Puts a ticket's commit on record that was made by a rebase: HEAD of the work's place, with the trailer of the ticket. A review of
 * the same difference is carried over. Nothing is stored when it is on record already.
 */
export async function recordRebased(opened: Work): Promise<Work> {
  const diff = await currentDiff(opened);
  const work = await carryReviewOver(opened, diff);
  const { tree } = diff;
  const found = await unrecordedCommit(work, tree);
  if (found === undefined) return work;
  await record(work, { ...found, rebased: true }, tree);
  return withNewEvidence(work);
}

/** The gate's evidence; a run that was cut off before it was stored is made good by the next one. */
function record(
  work: Work,
  {
    commit,
    subject,
    files,
    trailer,
    rebased,
  }: Omit<UnrecordedCommit, 'trailer'> & { readonly trailer?: string; readonly rebased?: true },
  tree: string,
): Promise<EvidenceLine> {
  return store(work, undefined, {
    gate: 'commit',
    result: 'pass',
    holds_for: { kind: 'commit', commit, tree },
    details: {
      message: `${commit.slice(0, 12)} ${subject}`,
      subject,
      files,
      ...(trailer ? { trailer } : {}),
      ...(rebased ? { rebased } : {}),
    },
  });
}

async function recordCutOff(work: Work, tree: string): Promise<CommitOutcome> {
  const found = await unrecordedCommit(work, tree);
  if (found === undefined) throw nothing(work.ticket.id);
  const { commit, subject, files } = found;
  work.call.note(`${commit.slice(0, 12)} was made by a run that was cut off; its evidence is stored now`);
  await indexFollowsHead(work.place, files);
  const evidence = await record(work, found, tree);
  return { commit, subject, files, evidence, changedByHook: [], gatesToRunAgain: [] };
}

/** A person lets files in; it stands in the evidence and in the ticket's History. */
async function include(work: Work, request: CommitRequest): Promise<Work> {
  const { call, ticket } = work;
  const unnamed = unnamedFiles(work, (await currentDiff(work)).files);
  const wanted = request.include.map((file) => inTree(work, file));
  const unknown = wanted.filter((file) => !unnamed.includes(file));
  if (unknown.length > 0)
    throw usageError(
      `${listed(unknown)}: not among the changed files that ${ticket.id} does not name`,
      unnamed.length === 0 ? 'leave --include out' : `pass one of: ${listed(unnamed, 20)}`,
    );
  const reason = request.reason.trim().replace(/\s+/g, ' ');
  if (reason === '')
    throw usageError(
      'an included file needs a reason',
      'add --reason "<why it belongs to the ticket>"',
      'reason-missing',
    );
  const person = await requirePerson(call, {
    purpose: 'include',
    question: `Commit ${listed(wanted, 20)} with ${ticket.id}, which does not name ${wanted.length === 1 ? 'it' : 'them'} ("${reason}")?`,
    command: `backlog commit --ticket ${ticket.id} --type ${request.type} ${wanted.map((file) => `--include ${JSON.stringify(file)}`).join(' ')} --reason ${JSON.stringify(reason)}`,
  });
  await store(work, undefined, {
    gate: 'commit',
    result: 'allowed',
    holds_for: { kind: 'allowance', digest: sha256(wanted.join('\0')) },
    details: { what: 'include', files: wanted, person, reason },
  });
  await writeHistory(call, ticket.id, {
    change: `Included ${listed(wanted, 20)}: ${reason}`,
    author: person,
  });
  return withNewEvidence(work);
}

/** Relative to the worktree's root with forward slashes, as git names it. */
function inTree(work: Work, file: string): string {
  return path.relative(work.place.worktree, path.resolve(work.root, file)).split(path.sep).join('/');
}

/** A rebase that left the ticket's own difference as it was carries the review over, each reviewer's verdict on the record. */
async function carryReviewOver(work: Work, diff: TicketDiff): Promise<Work> {
  const { tree, digest } = diff;
  const runs = work.lines.filter(
    ({ record }) => record.gate === 'review' && (record.result === 'pass' || record.result === 'fail'),
  );
  const { approved } = reviewAnswers(runs, factsOf(work, diff));
  const others = approved.filter(
    ({ record: { holds_for: held } }) => held.kind === 'diff' && held.tree !== tree,
  );
  if (others.length === 0) return work;
  for (const { record, sha256: carried_from } of others.toSorted((a, b) => a.line - b.line))
    await store(work, undefined, {
      gate: 'review',
      result: 'pass',
      holds_for: { kind: 'diff', diff: digest, tree },
      details: { ...record.details, carried_from },
    });
  return withNewEvidence(work);
}

function nothing(ticketId: string): BacklogError {
  return new BacklogError({
    code: 'nothing-to-commit',
    message: `HEAD has the code of ${ticketId} as it is already`,
    fix: `backlog gate status ${ticketId} says what is next`,
    exitCode: ExitCode.CheckFailed,
  });
}
