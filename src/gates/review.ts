import { BacklogError, ExitCode } from '../platform/errors.ts';
import { editFrontMatter } from '../tickets/file.ts';
import { changeTicket } from '../tickets/store.ts';
import type { GateCall } from './call.ts';
import { type EvidenceLine, readEvidence } from './evidence.ts';
import { writeHistory } from './history.ts';
import { counted, store } from './outcome.ts';
import { fileAt } from './repository.ts';
import { type ReviewRequest, readRequest } from './review-request.ts';
import { type AgentRegistry, isPerson, reviewerOf } from './reviewer.ts';
import { openForGate } from './run.ts';
import { blockingFindings, parseVerdict, type ReviewFinding, readFindings, type Verdict } from './verdict.ts';
import { currentDiff, type Work } from './work.ts';

export interface ReviewOutcome {
  readonly ticketId: string;
  readonly verdict: Verdict['verdict'];
  readonly reviewer: string;
  readonly blocking: number;
  readonly evidence: EvidenceLine;
  /** The ticket was sent back as often as the configuration allows. */
  readonly reviewBlocked: boolean;
}

/**
 * Stores the verdict that answers a request, for exactly the tree and difference that were shown, once.
 * @throws BacklogError `verdict-invalid` (exit 2); `review-answered`, `review-stale`, `verdict-contradicts-itself`,
 * `findings-open`, `finding-not-in-tree`, `self-review`, `reviewer-unknown` (exit 1)
 */
export async function submitReview(
  call: GateCall,
  input: { readonly requestId: string; readonly text: string; readonly registry: AgentRegistry },
): Promise<ReviewOutcome> {
  const verdict = parseVerdict(input.text);
  const request = readRequest(call, input.requestId);
  refuseAnswered(readEvidence(call.paths.opsDir, request.ticket_id), request);
  const work = await openForGate(call, request.ticket_id);
  const reviewer = await reviewerOf(call, work, input.registry);
  await refuseStale(work, request);
  await refuseUnknownPlaces(work, request, verdict.findings);
  const threshold = work.config.reviewPipeline.confidenceThreshold;
  const blocking = blockingFindings(verdict.findings, threshold);
  if (verdict.verdict === 'approved' && blocking.length > 0)
    throw contradiction(blocking, threshold, request);
  const approved = verdict.verdict === 'approved';
  const line = {
    gate: 'review',
    result: approved ? 'pass' : 'fail',
    holds_for: { kind: 'diff', diff: request.diff, tree: request.tree },
    details: {
      message: inWords(verdict, blocking.length, reviewer),
      reviewer,
      request_id: request.id,
      reviewed_tree: request.reviewed_tree,
      verdict: verdict.verdict,
      findings: verdict.findings,
    },
  } as const;
  // Looked at again under the lock: two verdicts may come at the same time.
  const evidence = await store(work, undefined, line, (lines) => {
    refuseAnswered(lines, request);
    if (approved && !isPerson(reviewer)) refuseOpenFindings(lines, request, threshold);
  });
  const reviewBlocked = !approved && (await blockAfterTooManyRounds(work));
  return {
    ticketId: request.ticket_id,
    verdict: verdict.verdict,
    reviewer,
    blocking: blocking.length,
    evidence,
    reviewBlocked,
  };
}

function inWords({ verdict, findings }: Verdict, blocking: number, reviewer: string): string {
  const found = `${counted(findings.length, 'finding')}, ${blocking} of them blocking`;
  return verdict === 'approved'
    ? `approved by ${reviewer}: ${found}`
    : `${reviewer} asks for changes: ${found}`;
}

function refuseAnswered(lines: readonly EvidenceLine[], request: ReviewRequest): void {
  const answered = lines.some(
    ({ record }) => record.gate === 'review' && record.details?.request_id === request.id,
  );
  if (!answered) return;
  throw new BacklogError({
    code: 'review-answered',
    message: `review request ${request.id} has its verdict already; a request is answered once`,
    fix: `ask for another review: backlog review request ${request.ticket_id}`,
    exitCode: ExitCode.CheckFailed,
  });
}

/**
 * What one reviewer found is open as long as the change is the same: asking others until one approves closes nothing. A
 * person may judge otherwise.
 */
function refuseOpenFindings(lines: readonly EvidenceLine[], request: ReviewRequest, threshold: number): void {
  const open = lines.flatMap(({ record: { gate, result, holds_for: held, details } }) =>
    gate === 'review' && result === 'fail' && held.kind === 'diff' && held.diff === request.diff
      ? blockingFindings(readFindings(details?.findings), threshold)
      : [],
  );
  if (open.length === 0) return;
  throw new BacklogError({
    code: 'findings-open',
    message: `another review of this very change has open findings:\n  ${open.map(inShort).join('\n  ')}`,
    fix: `mend them, then: backlog gate run --stale --ticket ${request.ticket_id}; where they are wrong, a person submits the verdict, or: backlog gate waive review --ticket ${request.ticket_id} --reason "<why>"`,
    exitCode: ExitCode.CheckFailed,
    details: { findings: open },
  });
}

function inShort({ severity, confidence, file, line, message }: ReviewFinding): string {
  return `${severity} (${confidence}) ${file}:${line} ${message.replace(/\s+/g, ' ').slice(0, 160)}`;
}

async function refuseStale(work: Work, request: ReviewRequest): Promise<void> {
  const now = await currentDiff(work);
  if (now.tree === request.tree && now.digest === request.diff) return;
  throw new BacklogError({
    code: 'review-stale',
    message: `the code of ${request.ticket_id} changed after review request ${request.id} was made`,
    fix: `backlog gate run --stale --ticket ${request.ticket_id}, then backlog review request ${request.ticket_id}`,
    exitCode: ExitCode.CheckFailed,
  });
}

/** A finding names a line that is there: in the code that was shown or, for what was taken away, in the base. */
async function refuseUnknownPlaces(
  work: Work,
  request: ReviewRequest,
  findings: readonly ReviewFinding[],
): Promise<void> {
  const wrong: string[] = [];
  for (const { file, line } of findings) {
    const texts = await Promise.all(
      [request.tree, request.base_commit].map((treeish) => fileAt(work.place, treeish, file)),
    );
    const lines = Math.max(0, ...texts.map((text) => (text === undefined ? 0 : text.split('\n').length)));
    if (lines === 0) wrong.push(`${file} is no file of the change or its base`);
    else if (line > lines) wrong.push(`${file}:${line} is past the end (${lines} lines)`);
  }
  if (wrong.length === 0) return;
  throw new BacklogError({
    code: 'finding-not-in-tree',
    message: `the verdict names places that are not there:\n  ${wrong.join('\n  ')}`,
    fix: `name file and line as \`backlog review request ${request.ticket_id}\` shows them, and submit again`,
    exitCode: ExitCode.CheckFailed,
    details: { problems: wrong },
  });
}

function contradiction(
  blocking: readonly ReviewFinding[],
  threshold: number,
  request: ReviewRequest,
): BacklogError {
  const named = blocking.map(
    ({ severity, confidence, file, line }) => `${severity} (${confidence}) ${file}:${line}`,
  );
  return new BacklogError({
    code: 'verdict-contradicts-itself',
    message: `"approved" does not go with open findings at or above confidence ${threshold}:\n  ${named.join('\n  ')}`,
    fix: `submit "changes-requested", or the finding's true severity and confidence: backlog review submit --request ${request.id} --from -`,
    exitCode: ExitCode.CheckFailed,
  });
}

/** @returns whether the ticket is blocked now */
async function blockAfterTooManyRounds(work: Work): Promise<boolean> {
  const { call, ticket, config } = work;
  const rounds = readEvidence(call.paths.opsDir, ticket.id).filter(
    ({ record }) => record.gate === 'review' && record.result === 'fail',
  ).length;
  if (rounds < config.reviewPipeline.maxReviewRounds) return false;
  await changeTicket(call.paths, call.config, ticket.id, (text) =>
    editFrontMatter(text, { status: 'review-blocked' }),
  );
  await writeHistory(call, ticket.id, {
    change: `Sent back in ${counted(rounds, 'review round')}: review-blocked`,
    author: 'backlog',
  });
  return true;
}
