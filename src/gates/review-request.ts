import path from 'node:path';
import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { newId } from '../platform/ids.ts';
import { excerptsFor } from '../retrieval/excerpts.ts';
import type { GateCall } from './call.ts';
import { codeRulesOf } from './code-rules.ts';
import { type TicketDiff, ticketDiff } from './difference.ts';
import type { EvidenceLine } from './evidence.ts';
import { refuseChangedConfig } from './gate-config.ts';
import { includedFiles, unnamedFiles } from './named-files.ts';
import { store } from './outcome.ts';
import { precheck } from './precheck.ts';
import type { PromiseChange } from './promise.ts';
import { isNeeded, NOT_REVIEWED, reviewAnswers, roleOf } from './review-answers.ts';
import { packageText } from './review-package.ts';
import { requestFile } from './review-record.ts';
import type { OpenFinding, ReviewerPackage, ReviewRequest, ReviewRound } from './review-round.ts';
import { type ReviewPlan, requiredReviewers, reviewPlan } from './reviewers.ts';
import { openForGate, refuseOutOfOrder } from './run.ts';
import { gateStatus } from './status.ts';
import { blockingFindings, readFindings } from './verdict.ts';
import { currentDiff, factsOf, type Work } from './work.ts';

/**
 * Asks for a review of the change as it is now: chooses the reviewers, writes a package for each, and stores what was shown.
 * Where the user wants no review of such a change, that is put on record.
 * @param full shows the whole change also to a reviewer who knows most of it
 * @throws BacklogError `gate-order`, `review-blocked`, `nothing-to-review` (exit 1)
 */
export async function requestReview(
  call: GateCall,
  ticketId: string,
  { full = false }: { readonly full?: boolean } = {},
): Promise<ReviewRound> {
  const work = await openForGate(call, ticketId);
  refuseChangedConfig(work.judging, ticketId, 'lint');
  if (work.ticket.status === 'review-blocked') throw blocked(work);
  const difference = (await refuseOutOfOrder(work, 'review')) ?? (await currentDiff(work));
  if (difference.files.length === 0) throw nothing(ticketId);
  const plan = reviewPlan({ ...work, diff: difference });
  const packages = await packagesOf(work, difference, plan, full);
  const rules = await codeRulesOf(work);
  const round: ReviewRound = {
    request: wholeRound(work, difference, plan, packages),
    plan,
    packages,
    title: work.ticket.title,
    criteria: work.promise.criteria,
    difference,
    since: packages[0]?.since,
    results: gateStatus(work.lines, factsOf(work, difference))
      .filter(({ gate }) => gate === 'implement' || gate === 'lint')
      .flatMap(({ evidence }) => evidence.map(({ record }) => record)),
    precheck: await precheck(work, difference),
    relatedCode: await excerptsFor(
      { paths: { ...call.paths, root: work.root }, config: work.config, env: call.env },
      work.ticket,
      difference.files.map((file) => file.path),
    ),
    codeRules: rules.numbered,
    codeRulesText: rules.text,
    unnamedFiles: unnamedFiles(work, difference.files),
    includedFiles: includedFiles(work),
    openFindings: openFindings(work, difference),
    planChanges: planChanges(work),
    threshold: work.config.reviewPipeline.confidenceThreshold,
  };
  for (const request of new Set([round.request, ...packages.map((one) => one.request)]))
    writeFileAtomic(requestFile(call, request.id), `${JSON.stringify(request, null, 2)}\n`, { mode: 0o600 });
  for (const one of packages) writeFileAtomic(one.file, packageText(round, one), { mode: 0o600 });
  if (plan.manner === 'none') await recordNotReviewed(work, difference);
  return round;
}

async function packagesOf(
  work: Work,
  difference: TicketDiff,
  plan: ReviewPlan,
  full: boolean,
): Promise<ReviewerPackage[]> {
  const { call, ticket, place, books } = work;
  const round = newId();
  const answered = answeredRoles(work, difference);
  const packages: ReviewerPackage[] = [];
  for (const reviewer of plan.reviewers) {
    const reviewed = lastReviewedTree(work, difference.tree, reviewer.name, plan);
    packages.push({
      request: {
        ...roundFields(work, difference, plan),
        id: plan.reviewers.length === 1 ? round : newId(),
        round,
        reviewer: reviewer.name,
        required: reviewer.required,
        reviewed_tree: reviewed ?? null,
      },
      reviewer,
      since: reviewed === undefined ? undefined : await ticketDiff(place, books, reviewed, difference.tree),
      full,
      answered: answered.has(reviewer.name) || answered.has(null),
      file: path.join(call.paths.opsDir, 'reviews', ticket.id, `${round}-${reviewer.name}.md`),
    });
  }
  return packages;
}

/** In whose place there is an approval of exactly this change; `null` on behalf of all. */
function answeredRoles(work: Work, difference: TicketDiff): Set<string | null> {
  const verdicts = work.lines.filter(isVerdict);
  const { approved } = reviewAnswers(verdicts, factsOf(work, difference));
  return new Set(approved.map(roleOf));
}

/** The request for all of them together; the only one's own where one is asked. */
function wholeRound(
  work: Work,
  difference: TicketDiff,
  plan: ReviewPlan,
  packages: readonly ReviewerPackage[],
): ReviewRequest {
  const [first, ...others] = packages;
  if (first !== undefined && others.length === 0) return first.request;
  const id = first?.request.round ?? newId();
  return {
    ...roundFields(work, difference, plan),
    id,
    round: id,
    reviewer: null,
    required: true,
    reviewed_tree: null,
  };
}

function roundFields(
  { call, ticket, claim }: Work,
  difference: TicketDiff,
  plan: ReviewPlan,
): Pick<ReviewRequest, 'v' | 'ticket_id' | 'reviewers' | 'tree' | 'diff' | 'base_commit' | 'created_at'> {
  return {
    v: 1,
    ticket_id: ticket.id,
    reviewers: requiredReviewers(plan),
    tree: difference.tree,
    diff: difference.digest,
    base_commit: claim.base_commit,
    created_at: timestamp(call.clock),
  };
}

/** That nobody reviews stands in the evidence, once for a change. */
async function recordNotReviewed(work: Work, { tree, digest: diff }: TicketDiff): Promise<void> {
  const known = work.lines.some(
    ({ record: { gate, holds_for: held } }) =>
      gate === 'review' && held.kind === 'diff' && held.diff === diff,
  );
  if (known) return;
  await store(work, undefined, {
    gate: 'review',
    result: 'pass',
    holds_for: { kind: 'diff', diff, tree },
    details: {
      message: 'not reviewed: reviewPipeline.trivial is none',
      verdict: NOT_REVIEWED,
      reviewer: null,
      reviewers: [],
      findings: [],
    },
  });
}

/** The tree of a reviewer's newest verdict on this base, when it is another than the one of now. */
function lastReviewedTree(
  work: Work,
  tree: string,
  name: string,
  { pipeline }: ReviewPlan,
): string | undefined {
  const replanned = work.lines.findLastIndex(
    ({ record }) => record.gate === 'plan' && record.details?.replanned === true,
  );
  // Another promise: what was looked at before was looked at for something else.
  const last = work.lines.slice(replanned + 1).findLast(
    (line) =>
      isVerdict(line) &&
      line.record.base_commit === work.claim.base_commit &&
      // Where one reviewer is asked, whoever reviewed before has seen the whole change too.
      (pipeline === 'fast' || roleOf(line) === null || roleOf(line) === name),
  )?.record.holds_for;
  return last?.kind === 'diff' && last.tree !== tree ? last.tree : undefined;
}

/** What blocked in each needed reviewer's last verdict, when it was on another change than the one of now. */
function openFindings(work: Work, { digest }: TicketDiff): OpenFinding[] {
  const threshold = work.config.reviewPipeline.confidenceThreshold;
  const last = new Map<string | null, EvidenceLine>();
  for (const line of work.lines.filter((one) => isVerdict(one) && isNeeded(one))) {
    if (roleOf(line) === null) last.clear();
    last.set(roleOf(line), line);
  }
  return [...last].flatMap(([from, { record }]) => {
    const { result, holds_for: held, details } = record;
    if (result === 'pass' || (held.kind === 'diff' && held.diff === digest)) return [];
    return blockingFindings(readFindings(details?.findings), threshold).map((one) => ({ ...one, from }));
  });
}

function isVerdict({ record: { gate, result, holds_for: held, details } }: EvidenceLine): boolean {
  return (
    gate === 'review' &&
    (result === 'pass' || result === 'fail') &&
    held.kind === 'diff' &&
    details?.verdict !== NOT_REVIEWED
  );
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
