import type { EvidenceLine } from './evidence.ts';

/** How the reviewers of one change have answered. */
export interface ReviewAnswers {
  /** Newest verdicts that ask for changes. */
  readonly failed: readonly EvidenceLine[];
  readonly approved: readonly EvidenceLine[];
  /** Names of reviewers whose answer is needed and not there. */
  readonly missing: readonly string[];
  /** Agents that answered for more than one of them. */
  readonly repeated: readonly string[];
}

/** The verdict of a line that says that the user wants no review of such a change. */
export const NOT_REVIEWED = 'not-reviewed';

/** The name of the reviewer in whose place a line's verdict was given; `null` for a verdict on behalf of all of them. */
export function roleOf({ record }: EvidenceLine): string | null {
  const role = record.details?.role;
  return typeof role === 'string' ? role : null;
}

/** Whether a verdict counts; that of a reviewer who is not needed is only recorded. */
export function isNeeded({ record }: EvidenceLine): boolean {
  return record.details?.required !== false;
}

/**
 * The answers for exactly one change. A later verdict in the same place replaces an earlier one, and one on behalf of all (a
 * person's, or of a version with one reviewer) replaces all before it.
 * @param of every run of the gate, oldest first
 * @param facts digest of the change; names of the reviewers who are needed
 */
export function reviewAnswers(
  of: readonly EvidenceLine[],
  { diff, reviewers }: { readonly diff: string; readonly reviewers: readonly string[] },
): ReviewAnswers {
  const here = of.filter(
    (line) =>
      line.record.holds_for.kind === 'diff' &&
      line.record.holds_for.diff === diff &&
      isNeeded(line) &&
      // The choice counts as long as it is the user's.
      (reviewers.length === 0 || line.record.details?.verdict !== NOT_REVIEWED),
  );
  const forAll = here.findLastIndex((line) => roleOf(line) === null);
  const newest = new Map<string | null, EvidenceLine>();
  for (const line of here.slice(Math.max(0, forAll))) newest.set(roleOf(line), line);
  // With one reviewer it does not matter in whose place the answer was given.
  const wanted = reviewers.length > 1 && forAll < 0 ? reviewers : [];
  const answers = [...newest.values()].filter(
    (line) => wanted.length === 0 || line.record.result === 'fail' || wanted.includes(roleOf(line) ?? ''),
  );
  const approved = answers.filter(({ record }) => record.result === 'pass');
  return {
    failed: answers.filter(({ record }) => record.result === 'fail'),
    approved,
    missing: wanted.filter((name) => !newest.has(name)),
    repeated: repeatedAgents(approved),
  };
}

/** A person may answer for several; an agent is one pair of eyes. */
function repeatedAgents(approved: readonly EvidenceLine[]): string[] {
  const names = approved
    .map(({ record }) => String(record.details?.reviewer ?? ''))
    .filter((name) => name !== '' && !name.startsWith('human:'));
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

/** Rounds in which the change was sent back: one request is one round, however many reviewers it has. */
export function roundsSentBack(lines: readonly EvidenceLine[]): number {
  return roundsOf(
    lines.filter((line) => line.record.gate === 'review' && line.record.result === 'fail' && isNeeded(line)),
  );
}

/** How many requests some verdicts answer; what was carried over and what nobody reviewed is no round. */
export function roundsOf(verdicts: readonly EvidenceLine[]): number {
  const rounds = verdicts.flatMap(({ record, sha256 }) => {
    const { round, request_id, carried_from, verdict } = record.details ?? {};
    if (carried_from !== undefined || verdict === NOT_REVIEWED) return [];
    return [String(round ?? request_id ?? sha256)];
  });
  return new Set(rounds).size;
}
