import { type Gate, gates } from '../project/gates.ts';
import type { Evidence, EvidenceLine } from './evidence.ts';
import { reviewAnswers } from './review-answers.ts';

/** What is true now, against which evidence is held. Made by `currentFacts`; for a commit by its tree. */
export interface GateFacts {
  readonly ticketId: string;
  readonly base: string;
  /** Digest of the ticket's promise. */
  readonly promise: string;
  /** Code tree: of the worktree, or of the commit that is judged. */
  readonly tree: string;
  /** Digest of the difference from base to `tree`. */
  readonly diff: string;
  /** Path → blob of the new and changed test files in `tree`. */
  readonly testBlobs: Readonly<Record<string, string>>;
  /** The ticket's `tests` field: only `new` asks for a red run. */
  readonly tests: 'new' | 'existing' | 'none';
  readonly required: readonly Gate[];
  /** Names of the reviewers whose approval the change needs; empty when the user chose that it is not reviewed. */
  readonly reviewers: readonly string[];
}

/**
 * `holds`: evidence for what is there now. `waived`: a person let it go. `failed`: the newest run of what is there now
 * said no. `stale`: there is evidence, of something else. `missing`: there is none.
 */
export type GateVerdict = 'holds' | 'waived' | 'failed' | 'stale' | 'missing';

export interface GateState {
  readonly gate: Gate;
  readonly required: boolean;
  readonly verdict: GateVerdict;
  /** `holds` or `waived`. */
  readonly holds: boolean;
  /** One sentence. */
  readonly reason: string;
  /** What the verdict rests on: newest first; red and green for implement. */
  readonly evidence: readonly EvidenceLine[];
  /** The command that makes it hold. */
  readonly next: string;
}

/** Each gate in order: does it hold for what is there now, and on what does that rest. */
export function gateStatus(lines: readonly EvidenceLine[], facts: GateFacts): GateState[] {
  const states: GateState[] = [];
  for (const gate of gates) {
    const judged = judge(gate, lines, facts, states);
    const waiver = judged.verdict === 'holds' ? undefined : waiverOf(gate, lines, facts);
    const verdict = waiver === undefined ? judged.verdict : 'waived';
    states.push({
      gate,
      required: facts.required.includes(gate),
      verdict,
      holds: verdict === 'holds' || verdict === 'waived',
      reason: waiver === undefined ? judged.reason : waiverReason(waiver),
      evidence: waiver === undefined ? judged.evidence : [waiver],
      next: nextCommand(gate, facts.ticketId),
    });
  }
  return states;
}

/** The first required gate before `gate` that does not hold; `undefined` when the way is free. */
export function firstUnmet(states: readonly GateState[], before?: Gate): GateState | undefined {
  const end = before === undefined ? gates.length : gates.indexOf(before);
  return states.slice(0, end).find((state) => state.required && !state.holds);
}

function nextCommand(gate: Gate, ticketId: string): string {
  switch (gate) {
    case 'plan':
      return `backlog gate run plan --ticket ${ticketId} --from -`;
    case 'review':
      return `backlog review request ${ticketId}`;
    case 'commit':
      return `backlog commit --ticket ${ticketId} --type feat --summary "<what it does now>"`;
    default:
      return `backlog gate run ${gate} --ticket ${ticketId}`;
  }
}

interface Judged {
  readonly verdict: Exclude<GateVerdict, 'waived'>;
  readonly reason: string;
  readonly evidence: readonly EvidenceLine[];
}

function judge(
  gate: Gate,
  lines: readonly EvidenceLine[],
  facts: GateFacts,
  earlier: readonly GateState[],
): Judged {
  const of = runsOf(gate, lines);
  switch (gate) {
    case 'plan':
      return newest(
        of,
        ({ holds_for: held }) => held.kind === 'promise' && held.promise === facts.promise,
        "the ticket's criteria, test strategy, files or `tests` changed after the plan",
      );
    case 'implement':
      return judgeImplement(of, facts);
    case 'lint':
      return newest(of, (record) => holdsForTree(record, facts), 'the code changed after the last run');
    case 'review':
      return judgeReview(of, lines, facts);
    case 'commit':
      return judgeCommit(of, facts, earlier);
  }
}

function judgeImplement(of: readonly EvidenceLine[], facts: GateFacts): Judged {
  const green = newest(
    of.filter(({ record }) => record.phase !== 'red'),
    (record) => holdsForTree(record, facts),
    'the code changed after the last test run',
  );
  if (facts.tests !== 'new') return green;
  const red = newest(
    of.filter(({ record }) => record.phase === 'red'),
    (record) => isRedOf(record, facts),
    'the base or the test files changed after the failing run was made',
  );
  const worse = red.verdict === 'holds' ? green : red;
  return { ...worse, evidence: [...red.evidence, ...green.evidence] };
}

function judgeReview(of: readonly EvidenceLine[], lines: readonly EvidenceLine[], facts: GateFacts): Judged {
  const stale = newest(of, () => false, 'the change is another than the one that was reviewed');
  const judged = judgeAnswers(of, facts) ?? stale;
  const replanned = lines.find(
    ({ line, record }) =>
      record.gate === 'plan' &&
      record.result === 'pass' &&
      record.details?.replanned === true &&
      judged.evidence.some((answer) => line > answer.line),
  );
  if (judged.verdict !== 'holds' || replanned === undefined) return judged;
  return { ...judged, verdict: 'stale', reason: 'the ticket was planned again after the review' };
}

/** `undefined` when nobody has answered for this very change. */
function judgeAnswers(of: readonly EvidenceLine[], facts: GateFacts): Judged | undefined {
  const { failed, approved, missing, repeated } = reviewAnswers(of, facts);
  const evidence = [...failed, ...approved];
  if (evidence.length === 0) return undefined;
  const reasons = (answers: readonly EvidenceLine[]) => answers.map(({ record }) => restsOn(record));
  if (failed.length > 0) return { verdict: 'failed', reason: reasons(failed).join('; '), evidence };
  if (missing.length > 0)
    return {
      verdict: 'missing',
      reason: `still to answer: ${missing.join(', ')}; ${reasons(approved).join('; ')}`,
      evidence,
    };
  if (repeated.length > 0)
    return {
      verdict: 'failed',
      reason: `${repeated.join(', ')} answered for more than one reviewer of the change`,
      evidence,
    };
  return { verdict: 'holds', reason: reasons(approved).join('; '), evidence };
}

/** A commit counts when its code tree is the one that is judged, and implement and lint hold for that. */
function judgeCommit(of: readonly EvidenceLine[], facts: GateFacts, earlier: readonly GateState[]): Judged {
  const judged = newest(
    // An attempt that failed made no commit.
    of.filter(({ record }) => record.holds_for.kind === 'commit'),
    ({ holds_for: held }) => held.kind === 'commit' && held.tree === facts.tree,
    'the code changed after the commit',
  );
  const unmet = firstUnmet(earlier);
  if (judged.verdict !== 'holds' || unmet === undefined) return judged;
  return {
    ...judged,
    verdict: 'stale',
    reason: `the gate ${unmet.gate} does not hold for what was committed`,
  };
}

/** The newest line that fits decides; without one, older lines make the gate stale. */
function newest(
  lines: readonly EvidenceLine[],
  fits: (record: Evidence) => boolean,
  whyStale: string,
): Judged {
  const fitting = lines.findLast(({ record }) => fits(record));
  if (fitting !== undefined) {
    const passed = fitting.record.result === 'pass';
    return {
      verdict: passed ? 'holds' : 'failed',
      reason: restsOn(fitting.record),
      evidence: [fitting],
    };
  }
  const last = lines.at(-1);
  if (last === undefined) return { verdict: 'missing', reason: 'it has not run yet', evidence: [] };
  return { verdict: 'stale', reason: whyStale, evidence: [last] };
}

/** What a line rests on, in words. */
function restsOn(record: Evidence): string {
  const when = `at ${record.started_at}`;
  const message = record.details?.message;
  if (record.result !== 'pass')
    return typeof message === 'string' ? message : `\`${record.command ?? record.gate}\` failed ${when}`;
  if (record.exit_code !== 0 && typeof message === 'string') return `${message}, ${when}`;
  if (record.command !== null) return `\`${record.command}\` exited ${record.exit_code ?? '?'} ${when}`;
  const { reviewer, role, reviewers } = record.details ?? {};
  if (record.gate === 'review' && typeof reviewer !== 'string' && typeof message === 'string')
    return `${message}, ${when}`;
  const as = typeof role === 'string' && Array.isArray(reviewers) && reviewers.length > 1 ? ` (${role})` : '';
  return typeof reviewer === 'string' ? `approved by ${reviewer}${as} ${when}` : `passed ${when}`;
}

/** Whether a line is the failing run of this base and these test files. */
export function isRedOf(record: Evidence, facts: Pick<GateFacts, 'base' | 'testBlobs'>): boolean {
  const { phase, holds_for: held } = record;
  return (
    phase === 'red' &&
    held.kind === 'red' &&
    held.base === facts.base &&
    sameBlobs(held.blobs, facts.testBlobs)
  );
}

function holdsForTree(record: Evidence, facts: GateFacts): boolean {
  // Judged against the base: another base makes it stale although the tree is the same.
  return (
    record.holds_for.kind === 'tree' &&
    record.holds_for.tree === facts.tree &&
    record.base_commit === facts.base
  );
}

function sameBlobs(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function runsOf(gate: Gate, lines: readonly EvidenceLine[]): EvidenceLine[] {
  return lines.filter(
    ({ record }) => record.gate === gate && (record.result === 'pass' || record.result === 'fail'),
  );
}

/** A waiver covers one gate of one promise: another promise, another decision. */
function waiverOf(gate: Gate, lines: readonly EvidenceLine[], facts: GateFacts): EvidenceLine | undefined {
  return lines.findLast(
    ({ record }) =>
      record.gate === gate &&
      record.result === 'waived' &&
      record.holds_for.kind === 'promise' &&
      record.holds_for.promise === facts.promise,
  );
}

function waiverReason({ record }: EvidenceLine): string {
  const { person, reason } = record.details ?? {};
  return `waived by ${String(person ?? 'a person')} at ${record.started_at}: ${String(reason ?? '')}`;
}
