import { lineRiskGroups, type RiskGroup, riskGroups } from './risk-groups.ts';
import { nameOfFile, parseDiff } from './unified-diff.ts';

/** Where a risk group shows in a difference. */
export interface FoundRisk {
  readonly group: RiskGroup;
  readonly file: string;
  /** 1-based, in the old file for what was removed; 0 when the difference does not tell. */
  readonly line: number;
  readonly side: 'added' | 'removed';
  /** The line, trimmed, at most 200 characters. */
  readonly text: string;
}

export interface ReviewRisks {
  /** Each group once, in the order of `riskGroups`. */
  readonly detected: readonly RiskGroup[];
  readonly found: readonly FoundRisk[];
}

/** The risk groups that a unified difference touches, by what it adds and what it takes away. */
export function reviewRisks(diff: string): ReviewRisks {
  const found = parseDiff(diff).flatMap((file) =>
    file.lines.flatMap(({ kind, line, text }): FoundRisk[] => {
      if (kind === 'context') return [];
      const shown = text.trim().slice(0, 200);
      return lineRiskGroups(text).map((group) => ({
        group,
        file: nameOfFile(file),
        line,
        side: kind,
        text: shown,
      }));
    }),
  );
  return { detected: riskGroups.filter((group) => found.some((one) => one.group === group)), found };
}

/** The six points that a reviewer goes through when a change is risky. */
const checklist: readonly string[] = [
  'Type safety: no value is taken for a type that nobody has checked, above all where data comes in.',
  'Error propagation: each failure reaches somebody who can act on it; none is swallowed or turned into a default.',
  'Production readiness: it holds under load, at the limits, with slow and broken partners, and can be observed.',
  'Semantic correctness: it does what the criteria say, also for empty, huge, repeated and late input.',
  'Resource management: files, sockets, locks, timers and memory are given back on every path, errors included.',
  'Backward compatibility: stored data, public names, formats and callers of today keep working.',
];

const paragraphs: Readonly<Record<RiskGroup, string>> = {
  auth: 'auth: who may do what. Look for a path around the check, a comparison that takes time by content, tokens that do not expire or are logged, a session that survives sign-out, and a check that was removed.',
  db_schema:
    'db_schema: the change meets data that exists. Look for a migration that cannot be run twice or back, a lock on a large table, a column that old code still reads or writes while both run, and a default for rows that are there.',
  serialization:
    'serialization: bytes become values and back. Look for input that is parsed without a check of its shape, dates, big numbers, undefined and non-ASCII text on the round trip, and a format that older readers do not know.',
  error_handling:
    'error_handling: what happens when it fails. Look for one failure that ends or hides the others, a retry of something that must not happen twice, a retry without end or wait, and an error whose cause is lost.',
  external_api:
    'external_api: another system answers. Look for a missing timeout, a status that is not looked at, an answer that is trusted, secrets in addresses and logs, and what users see while it is down.',
  concurrency:
    'concurrency: things happen at the same time. Look for a check and an act that are apart, locks that are taken in two orders or not given back, work that goes on after the race is lost, and shared state without an owner.',
};

/** What the reviewers of a risky change are asked besides; empty when nothing was detected. */
export function riskChecklist(detected: readonly RiskGroup[]): string[] {
  if (detected.length === 0) return [];
  return [...checklist, ...detected.map((group) => paragraphs[group])];
}
