import path from 'node:path';
import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { newId } from '../platform/ids.ts';
import type { GateCall } from './call.ts';
import { codeRulesOf } from './code-rules.ts';
import { type TicketDiff, ticketDiff } from './difference.ts';
import type { Evidence } from './evidence.ts';
import { refuseChangedConfig } from './gate-config.ts';
import { unnamedFiles } from './named-files.ts';
import type { PromiseChange } from './promise.ts';
import { openForGate, refuseOutOfOrder } from './run.ts';
import { gateStatus } from './status.ts';
import { currentDiff, factsOf, type Work } from './work.ts';

/** What a verdict answers for: `.backlog-ops/reviews/<id>.json`. */
export interface ReviewRequest {
  readonly v: 1;
  readonly id: string;
  readonly ticket_id: string;
  /** Code tree that was shown. */
  readonly tree: string;
  /** Digest of the difference from the base to that tree. */
  readonly diff: string;
  readonly base_commit: string;
  /** Code tree of an earlier review; then the difference from there is what is new. */
  readonly reviewed_tree: string | null;
  readonly created_at: string;
}

/** All that a reviewer may see: the change and what it was to be, not the story. */
export interface ReviewPackage {
  readonly request: ReviewRequest;
  readonly title: string;
  readonly criteria: readonly { readonly id: string; readonly text: string }[];
  readonly difference: TicketDiff;
  /** What changed since the tree that was reviewed before. */
  readonly since: TicketDiff | undefined;
  /** The evidence of implement and lint that holds. */
  readonly results: readonly Evidence[];
  /** Numbered from 1 in this order. */
  readonly codeRules: readonly string[];
  readonly codeRulesText: string;
  /** Changed files that the ticket does not name. */
  readonly unnamedFiles: readonly string[];
  /** What the promise became since the first plan. */
  readonly planChanges: readonly PromiseChange[];
  /** Confidence from which on a Critical or Important finding blocks. */
  readonly threshold: number;
}

/**
 * Asks for a review of the change as it is now, and stores what was shown.
 * @throws BacklogError `gate-order`, `review-blocked`, `nothing-to-review` (exit 1)
 */
export async function requestReview(call: GateCall, ticketId: string): Promise<ReviewPackage> {
  const work = await openForGate(call, ticketId);
  refuseChangedConfig(work.judging, ticketId, 'lint');
  if (work.ticket.status === 'review-blocked') throw blocked(work);
  await refuseOutOfOrder(work, 'review');
  const difference = await currentDiff(work);
  if (difference.files.length === 0) throw nothing(ticketId);
  const reviewed = lastReviewedTree(work, difference.tree);
  const request: ReviewRequest = {
    v: 1,
    id: newId(),
    ticket_id: ticketId,
    tree: difference.tree,
    diff: difference.digest,
    base_commit: work.claim.base_commit,
    reviewed_tree: reviewed ?? null,
    created_at: timestamp(call.clock),
  };
  writeFileAtomic(requestFile(call, request.id), `${JSON.stringify(request, null, 2)}\n`);
  const rules = await codeRulesOf(work);
  return {
    request,
    title: work.ticket.title,
    criteria: work.promise.criteria,
    difference,
    since:
      reviewed === undefined
        ? undefined
        : await ticketDiff(work.place, work.books, reviewed, difference.tree),
    results: gateStatus(work.lines, factsOf(work, difference))
      .filter(({ gate }) => gate === 'implement' || gate === 'lint')
      .flatMap(({ evidence }) => evidence.map(({ record }) => record)),
    codeRules: rules.numbered,
    codeRulesText: rules.text,
    unnamedFiles: unnamedFiles(work, difference.files),
    planChanges: planChanges(work),
    threshold: work.config.reviewPipeline.confidenceThreshold,
  };
}

/** @throws BacklogError `review-request-not-found` (exit 3) */
export function readRequest(call: GateCall, id: string): ReviewRequest {
  const text = /^[0-9a-f-]{36}$/.test(id) ? readTextIfExists(requestFile(call, id)) : undefined;
  const request = text === undefined ? undefined : parseRequest(text);
  if (request !== undefined) return request;
  throw new BacklogError({
    code: 'review-request-not-found',
    message: `there is no review request ${id.slice(0, 60)}`,
    fix: 'backlog review request <ticket> makes one, and prints its id',
    exitCode: ExitCode.ProjectUnusable,
  });
}

function requestFile(call: GateCall, id: string): string {
  return path.join(call.paths.opsDir, 'reviews', `${id}.json`);
}

function parseRequest(text: string): ReviewRequest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRequest(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRequest(value: unknown): value is ReviewRequest {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return (
    fields.v === 1 &&
    ['id', 'ticket_id', 'tree', 'diff', 'base_commit', 'created_at'].every(
      (key) => typeof fields[key] === 'string',
    )
  );
}

/** The tree of the newest verdict on this base, when it is another than the one of now. */
function lastReviewedTree(work: Work, tree: string): string | undefined {
  const last = work.lines.findLast(
    ({ record }) =>
      record.gate === 'review' &&
      record.holds_for.kind === 'diff' &&
      record.base_commit === work.claim.base_commit,
  )?.record.holds_for;
  return last?.kind === 'diff' && last.tree !== tree ? last.tree : undefined;
}

function planChanges(work: Work): PromiseChange[] {
  return work.lines.flatMap(({ record }) =>
    record.gate === 'plan' && record.result === 'pass' && Array.isArray(record.details?.changes)
      ? record.details.changes
      : [],
  );
}

function blocked({ ticket, config }: Work): BacklogError {
  return new BacklogError({
    code: 'review-blocked',
    message: `${ticket.id} was sent back in ${config.reviewPipeline.maxReviewRounds} review rounds: a person decides how it goes on`,
    fix: `in a terminal of your own: backlog ticket move ${ticket.id} in_progress (one more round), or backlog gate waive review --ticket ${ticket.id} --reason "<why>"`,
    exitCode: ExitCode.CheckFailed,
  });
}

function nothing(ticketId: string): BacklogError {
  return new BacklogError({
    code: 'nothing-to-review',
    message: `${ticketId} has no change since its base commit`,
    fix: `write the change, then run: backlog gate run implement --ticket ${ticketId}`,
    exitCode: ExitCode.CheckFailed,
  });
}
