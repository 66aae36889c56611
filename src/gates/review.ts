import { BacklogError, ExitCode } from '../platform/errors.ts';
import { editFrontMatter } from '../tickets/file.ts';
import { changeTicket } from '../tickets/store.ts';
import type { GateCall } from './call.ts';
import type { TicketDiff } from './difference.ts';
import { type EvidenceLine, readEvidence } from './evidence.ts';
import { writeHistory } from './history.ts';
import { counted, listed, store } from './outcome.ts';
import { isNeeded, roleOf, roundsSentBack } from './review-answers.ts';
import { readRequest } from './review-record.ts';
import type { ReviewRequest } from './review-round.ts';
import { type AgentRegistry, isPerson, reviewerOf } from './reviewer.ts';
import { openForGate } from './run.ts';
import type { GateState } from './status.ts';
import { type DiffLine, nameOfFile, parseDiff } from './unified-diff.ts';
import { blockingFindings, parseVerdict, type ReviewFinding, readFindings, type Verdict } from './verdict.ts';
import { currentDiff, currentStatus, factsOf, type Work, withNewEvidence } from './work.ts';

/** Which model call gave a verdict. */
export interface ReviewCall {
  /** `call:<id of the ledger's record>`: the reviewer. */
  readonly id: string;
  readonly model: string;
  readonly provider: string;
  readonly tier: string | null;
}

export interface ReviewOutcome {
  readonly ticketId: string;
  readonly verdict: Verdict['verdict'];
  readonly reviewer: string;
  /** In whose place; `null` on behalf of all. */
  readonly role: string | null;
  /** The reviewer in words, with the role where there are several. */
  readonly shownAs: string;
  readonly blocking: number;
  readonly evidence: EvidenceLine;
  /** The gate as it stands with this verdict. */
  readonly gate: GateState | undefined;
  /** The ticket was sent back as often as the configuration allows. */
  readonly reviewBlocked: boolean;
}

export interface SubmittedVerdict {
  readonly requestId: string;
  readonly text: string;
  readonly registry: AgentRegistry;
  /** This program asked a model itself: who that was, in place of the caller. */
  readonly call?: ReviewCall;
}

/**
 * Stores the verdict that answers a request, for exactly the tree and difference that were shown, once.
 * @throws BacklogError `verdict-invalid` (exit 2); `review-answered`, `review-stale`, `verdict-contradicts-itself`,
 * `findings-open`, `finding-not-in-tree`, `self-review`, `reviewer-unknown`, `reviewer-unnamed`, `reviewer-repeated` (exit 1)
 */
export async function submitReview(call: GateCall, input: SubmittedVerdict): Promise<ReviewOutcome> {
  const verdict = parseVerdict(input.text);
  const request = readRequest(call, input.requestId);
  refuseAnswered(readEvidence(call.paths.opsDir, request.ticket_id), request);
  const work = await openForGate(call, request.ticket_id);
  const reviewer = input.call?.id ?? (await reviewerOf(call, work, input.registry));
  const difference = await currentDiff(work);
  const role = roleIn(request, reviewer, factsOf(work, difference).reviewers);
  refuseStale(difference, request);
  refuseUnknownPlaces(difference, verdict.findings);
  const threshold = work.config.reviewPipeline.confidenceThreshold;
  const blocking = blockingFindings(verdict.findings, threshold);
  if (verdict.verdict === 'approved' && blocking.length > 0)
    throw contradiction(blocking, threshold, request);
  const approved = verdict.verdict === 'approved';
  const shownAs = role === null || request.reviewers.length <= 1 ? reviewer : `${reviewer} (${role})`;
  const line = {
    gate: 'review',
    result: approved ? 'pass' : 'fail',
    holds_for: { kind: 'diff', diff: request.diff, tree: request.tree },
    details: {
      message: inWords(verdict, blocking.length, shownAs),
      reviewer,
      role,
      required: request.required,
      reviewers: request.reviewers,
      round: request.round,
      request_id: request.id,
      reviewed_tree: request.reviewed_tree,
      verdict: verdict.verdict,
      findings: verdict.findings,
      ...(input.call === undefined ? {} : { call: input.call }),
    },
  } as const;
  // Looked at again under the lock: several verdicts may come at the same time.
  const evidence = await store(inNameOf(work, input.call), undefined, line, (lines) => {
    refuseAnswered(lines, request);
    if (isPerson(reviewer) || !request.required) return;
    refuseRepeated(lines, request, reviewer);
    if (approved) refuseOpenFindings(lines, request, threshold);
  });
  const reviewBlocked = !approved && request.required && (await blockAfterTooManyRounds(work));
  return {
    ticketId: request.ticket_id,
    verdict: verdict.verdict,
    reviewer,
    role,
    shownAs,
    blocking: blocking.length,
    evidence,
    gate: (await currentStatus(withNewEvidence(work))).find(({ gate }) => gate === 'review'),
    reviewBlocked,
  };
}

/** The line is the model's own, whoever made this program ask it. */
function inNameOf(work: Work, call: ReviewCall | undefined): Work {
  if (call === undefined) return work;
  return { ...work, call: { ...work.call, caller: { ...work.call.caller, agentId: call.id } } };
}

/**
 * In whose place a verdict is given. A person who answers the whole round answers for all of its reviewers; an agent only where
 * the change needs one.
 */
function roleIn(request: ReviewRequest, reviewer: string, needed: readonly string[]): string | null {
  if (isPerson(reviewer) && request.id === request.round) return null;
  if (request.reviewer !== null || needed.length <= 1) return request.reviewer;
  throw new BacklogError({
    code: 'reviewer-unnamed',
    message: `${request.id} names no reviewer, and the change needs ${needed.join(', ')}; a verdict answers for one of them`,
    fix: `pass the request of your own package: it stands in its first line, and as \`reviewers[].request_id\` in \`backlog review request ${request.ticket_id} --json\``,
    exitCode: ExitCode.CheckFailed,
  });
}

/** Two reviewers of one change are two agents: the same eyes see the same. */
function refuseRepeated(lines: readonly EvidenceLine[], request: ReviewRequest, reviewer: string): void {
  const other = lines.find(
    (line) =>
      line.record.gate === 'review' &&
      line.record.holds_for.kind === 'diff' &&
      line.record.holds_for.diff === request.diff &&
      line.record.details?.reviewer === reviewer &&
      isNeeded(line) &&
      roleOf(line) !== request.reviewer,
  );
  if (other === undefined) return;
  throw new BacklogError({
    code: 'reviewer-repeated',
    message: `agent ${reviewer} has reviewed this change as ${roleOf(other) ?? 'its reviewer'} already`,
    fix: `dispatch another agent for ${request.reviewer ?? 'this request'}`,
    exitCode: ExitCode.CheckFailed,
  });
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
 * What one reviewer found is open as long as the change is the same: asking others in its place until one approves closes
 * nothing. The other reviewers of the same round judge for themselves. A person may judge otherwise.
 */
function refuseOpenFindings(lines: readonly EvidenceLine[], request: ReviewRequest, threshold: number): void {
  const open = lines.flatMap((line) => {
    const { gate, result, holds_for: held, details } = line.record;
    const here = gate === 'review' && result === 'fail' && held.kind === 'diff' && held.diff === request.diff;
    const beside = details?.round === request.round && roleOf(line) !== request.reviewer;
    return here && isNeeded(line) && !beside
      ? blockingFindings(readFindings(details?.findings), threshold)
      : [];
  });
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

function refuseStale(now: TicketDiff, request: ReviewRequest): void {
  if (now.tree === request.tree && now.digest === request.diff) return;
  throw new BacklogError({
    code: 'review-stale',
    message: `the code of ${request.ticket_id} changed after review request ${request.id} was made`,
    fix: `backlog gate run --stale --ticket ${request.ticket_id}, then backlog review request ${request.ticket_id}`,
    exitCode: ExitCode.CheckFailed,
  });
}

/** A finding names a line of the difference: one that it adds, takes away, or shows around those. */
function refuseUnknownPlaces(difference: TicketDiff, findings: readonly ReviewFinding[]): void {
  const shown = new Map(parseDiff(difference.text).map((file) => [nameOfFile(file), file.lines]));
  const changed = new Set(difference.files.map((file) => file.path));
  const wrong = findings.flatMap(({ file, line }) => {
    const lines = shown.get(file) ?? [];
    if (!changed.has(file)) return [`${file} is no file of the difference`];
    // A binary file and a change of mode have no lines: the file is meant.
    if (lines.some((one) => one.line === line) || (lines.length === 0 && line === 1)) return [];
    return [`${file}:${line} is no line of the difference, which has ${ranges(lines)}`];
  });
  if (wrong.length === 0) return;
  throw new BacklogError({
    code: 'finding-not-in-tree',
    message: `the verdict names places that are not there:\n  ${wrong.join('\n  ')}`,
    fix: 'name the changed line that causes it, as the package of the request shows it, and submit again',
    exitCode: ExitCode.CheckFailed,
    details: { problems: wrong },
  });
}

/** `lines 1-4, 9`. */
function ranges(lines: readonly DiffLine[]): string {
  const numbers = [...new Set(lines.map(({ line }) => line))].sort((a, b) => a - b);
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  const words = parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  return words.length === 0 ? 'no lines of it; name line 1' : `lines ${listed(words, 12)}`;
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
  const rounds = roundsSentBack(readEvidence(call.paths.opsDir, ticket.id));
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
