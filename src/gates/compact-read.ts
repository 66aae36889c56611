import { type CompactEvidence, compactDigest } from './compact.ts';
import { type EvidenceLine, isEvidence } from './evidence.ts';

/** What `verify` needs of a committed evidence file. */
export interface CommittedEvidence
  extends Pick<CompactEvidence, 'base_commit' | 'commit' | 'tree' | 'promise' | 'newest_sha256'> {
  /** The lines on which the gates rest. */
  readonly lines: readonly EvidenceLine[];
  /** What a person allowed. */
  readonly allowed: readonly EvidenceLine[];
  readonly included: readonly string[];
  /** It has a digest, and that is of another content. */
  readonly edited: boolean;
}

/**
 * Reads `<dataDir>/evidence/<ticket>.json`. It was written by whoever made the commit: nothing in it is taken for granted.
 * @returns the evidence, or what is wrong with it
 */
export function readCompact(text: string, ticketId: string): CommittedEvidence | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'its evidence file is no JSON';
  }
  if (typeof value !== 'object' || value === null) return 'its evidence file has not the form of evidence';
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value));
  if (fields.v !== 1) return `its evidence file has version ${String(fields.v)}, which is not known here`;
  if (fields.ticket_id !== ticketId) return `its evidence file is of ${String(fields.ticket_id)}`;
  const { base_commit, commit, tree, promise, newest_sha256, included } = fields;
  const lines = linesOf(fields.gates, ticketId);
  const allowed = linesOf(fields.allowed, ticketId);
  if (
    !isObjectId(base_commit) ||
    !isObjectId(commit) ||
    !isObjectId(tree) ||
    typeof promise !== 'string' ||
    !(newest_sha256 === null || isDigest(newest_sha256)) ||
    !Array.isArray(included) ||
    lines === undefined ||
    allowed === undefined
  )
    return 'its evidence file has not the form of evidence';
  const broken = chainProblem([...lines, ...allowed]);
  if (broken !== undefined) return broken;
  return {
    base_commit,
    commit,
    tree,
    promise,
    newest_sha256,
    lines,
    allowed,
    included: included.map(String),
    edited: typeof fields.digest === 'string' && fields.digest !== compactDigest(fields),
  };
}

function linesOf(value: unknown, ticketId: string): EvidenceLine[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const lines: EvidenceLine[] = [];
  for (const item of value) {
    const fields: Readonly<Record<string, unknown>> =
      typeof item === 'object' && item !== null ? Object.fromEntries(Object.entries(item)) : {};
    const { sha256, ...rest } = fields;
    const record: unknown = { ...rest, output_tail: '' };
    if (!isDigest(sha256) || !isEvidence(record) || record.ticket_id !== ticketId) return undefined;
    lines.push({ line: lines.length + 1, sha256, record });
  }
  return lines;
}

/** Each line names its predecessor: no two can stand at the same place. */
function chainProblem(lines: readonly EvidenceLine[]): string | undefined {
  const own = new Set(lines.map(({ sha256 }) => sha256));
  const before = new Set(lines.map(({ record }) => record.previous_sha256));
  if (own.size === lines.length && before.size === lines.length) return undefined;
  return 'the chain of its evidence is broken: two lines stand at the same place';
}

function isObjectId(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
