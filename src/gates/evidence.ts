import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { appendLine, readTextIfExists } from '../platform/files.ts';
import { sha256 } from '../platform/ids.ts';
import { withLock } from '../platform/lock.ts';
import { type Gate, gates } from '../project/gates.ts';
import { claimFile } from './claims.ts';

/**
 * `pass` and `fail` are what a program or a reviewer found. `waived`: a person let the gate go. `allowed`: a person let one
 * named thing through (changed gate commands, a new suppression, a criterion taken away); `details` says which.
 */
export type EvidenceResult = 'pass' | 'fail' | 'waived' | 'allowed';

/** What a line of evidence holds for (contracts: Gate evidence). Compared field by field with what is there now. */
export type HoldsFor =
  | { readonly kind: 'promise'; readonly promise: string }
  /** Implement, red: the base commit, and path → blob of the test files. */
  | { readonly kind: 'red'; readonly base: string; readonly blobs: Readonly<Record<string, string>> }
  /** Implement, green, and lint. */
  | { readonly kind: 'tree'; readonly tree: string }
  /** Review: digest of the difference from base to `tree`. */
  | { readonly kind: 'diff'; readonly diff: string; readonly tree: string }
  | { readonly kind: 'commit'; readonly commit: string; readonly tree: string }
  /** A person's `allowed`: digest of the thing that was allowed. */
  | { readonly kind: 'allowance'; readonly digest: string };

/** Test counts of a run. `null` where the output did not tell. */
export interface TestCounts {
  readonly passed: number | null;
  readonly failed: number | null;
  /** Failures that the base commit has too: debt, which does not block. */
  readonly debt: number;
  /** Failures that the base commit does not have: these block. */
  readonly new_failures: readonly string[];
  /** Red only: what fails on the base with the new tests. */
  readonly red?: readonly string[];
  /** Red and green: tests that the base does not have; `null` where the output did not tell. */
  readonly added?: number | null;
}

/** Findings of type check, linter and build. */
export interface FindingCounts {
  readonly new: number;
  /** Those that the base commit has too. */
  readonly debt: number;
}

/** One line of `.backlog-ops/evidence/<ticket>.jsonl`. */
export interface Evidence {
  readonly v: 1;
  readonly ticket_id: string;
  readonly gate: Gate;
  /** Implement is made of two runs, which go stale apart. */
  readonly phase?: 'red' | 'green';
  readonly result: EvidenceResult;
  /** The command line that was run; `null` where no command runs (plan, review, waivers). */
  readonly command: string | null;
  readonly exit_code: number | null;
  /** RFC 3339, UTC. */
  readonly started_at: string;
  readonly duration_ms: number;
  readonly holds_for: HoldsFor;
  readonly base_commit: string;
  readonly output_sha256: string | null;
  /** The end of the output, at most 4,000 characters. */
  readonly output_tail: string;
  readonly tests?: TestCounts;
  readonly findings?: FindingCounts;
  /** What is particular to the gate: frozen promise, verdict, reviewer, reason of a waiver. JSON values only. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly agent_id: string | null;
  readonly session_id: string | null;
  /** SHA-256 of the line before, as its bytes stand in the file; `null` in the first one. */
  readonly previous_sha256: string | null;
}

/** A line as it stands in the file. */
export interface EvidenceLine {
  /** 1-based. */
  readonly line: number;
  /** SHA-256 of the line's bytes, without its line end. */
  readonly sha256: string;
  readonly record: Evidence;
}

/** What a caller gives; version and chain are filled in. */
export type NewEvidence = Omit<Evidence, 'v' | 'previous_sha256'>;

/** Most characters of output that a line keeps. */
export const OUTPUT_TAIL = 4000;

function evidenceFile(opsDir: string, ticketId: string): string {
  // The claim's file has the check that an id names no other folder.
  return path.join(opsDir, 'evidence', `${path.basename(claimFile(opsDir, ticketId), '.json')}.jsonl`);
}

/**
 * Every line of a ticket's evidence, oldest first; empty when there is none.
 * @throws BacklogError `evidence-broken` (exit 3) naming the first line that cannot be read or breaks the chain
 */
export function readEvidence(opsDir: string, ticketId: string): EvidenceLine[] {
  const file = evidenceFile(opsDir, ticketId);
  const text = readTextIfExists(file);
  if (text === undefined || text === '') return [];
  const rows = text.split('\n');
  if (rows.at(-1) === '') rows.pop();
  const lines: EvidenceLine[] = [];
  let previous: string | null = null;
  for (const [index, row] of rows.entries()) {
    const record = parseEvidence(row, ticketId);
    if (typeof record === 'string') throw broken(file, index + 1, rows.length, record);
    if (record.previous_sha256 !== previous)
      throw broken(file, index + 1, rows.length, 'it does not follow the line before it');
    previous = sha256(row);
    lines.push({ line: index + 1, sha256: previous, record });
  }
  return lines;
}

/**
 * Appends one line, chained to the last, under the file's lock. Nothing is appended to a broken chain.
 * @param admit looks at the lines before, still under the lock, and throws when this one must not follow them
 * @returns the line as it now stands in the file
 */
export async function appendEvidence(
  opsDir: string,
  evidence: NewEvidence,
  admit: (lines: readonly EvidenceLine[]) => void = () => {},
): Promise<EvidenceLine> {
  const file = evidenceFile(opsDir, evidence.ticket_id);
  return withLock(`${file}.lock`, () => {
    const lines = readEvidence(opsDir, evidence.ticket_id);
    admit(lines);
    const record: Evidence = {
      v: 1,
      ...evidence,
      output_tail: evidence.output_tail.slice(-OUTPUT_TAIL),
      previous_sha256: lines.at(-1)?.sha256 ?? null,
    };
    const row = JSON.stringify(record);
    appendLine(file, row, { sync: true });
    return { line: lines.length + 1, sha256: sha256(row), record };
  });
}

const results: readonly EvidenceResult[] = ['pass', 'fail', 'waived', 'allowed'];

/** The line, or what is wrong with it. Shapes inside `tests`, `findings` and `details` are this program's own writing. */
function parseEvidence(row: string, ticketId: string): Evidence | string {
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    return 'it is no JSON';
  }
  if (!isEvidence(value)) return 'it has not the form of evidence';
  if (value.ticket_id !== ticketId) return `it is of another ticket, ${value.ticket_id}`;
  return value;
}

/** Whether a parsed line has the form of evidence; shapes inside `tests`, `findings` and `details` are not looked at. */
export function isEvidence(value: unknown): value is Evidence {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value));
  const holds = fields.holds_for;
  return (
    fields.v === 1 &&
    typeof fields.ticket_id === 'string' &&
    gates.some((gate) => gate === fields.gate) &&
    results.some((result) => result === fields.result) &&
    typeof fields.started_at === 'string' &&
    typeof fields.base_commit === 'string' &&
    typeof fields.output_tail === 'string' &&
    isHoldsFor(holds) &&
    (fields.previous_sha256 === null || typeof fields.previous_sha256 === 'string')
  );
}

const holdsForFields: Readonly<Record<HoldsFor['kind'], readonly string[]>> = {
  promise: ['promise'],
  red: ['base'],
  tree: ['tree'],
  diff: ['diff', 'tree'],
  commit: ['commit', 'tree'],
  allowance: ['digest'],
};

function isHoldsFor(value: unknown): value is HoldsFor {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value));
  const wanted = Object.entries(holdsForFields).find(([kind]) => kind === fields.kind)?.[1];
  if (wanted === undefined || !wanted.every((name) => typeof fields[name] === 'string')) return false;
  return fields.kind !== 'red' || (typeof fields.blobs === 'object' && fields.blobs !== null);
}

function broken(file: string, line: number, count: number, why: string): BacklogError {
  const fix =
    line === count
      ? `delete line ${line} of ${file} (a write was cut short, or it was edited), then run its gate again`
      : `restore ${file} from a backup, or move it away and run the gates again`;
  return new BacklogError({
    code: 'evidence-broken',
    message: `${file}:${line}: this line of evidence cannot be relied on: ${why}`,
    fix,
    exitCode: ExitCode.ProjectUnusable,
    file,
    line,
  });
}
