import path from 'node:path';
import { writeFileAtomic } from '../platform/files.ts';
import { sha256 } from '../platform/ids.ts';
import type { Profile } from '../project/gates.ts';
import type { TestMode } from '../tickets/ticket.ts';
import type { Evidence, EvidenceLine } from './evidence.ts';
import { includedFiles } from './named-files.ts';
import { promiseDigest } from './promise.ts';
import type { GateState } from './status.ts';
import type { Work } from './work.ts';

/** A line of evidence as it is committed: without output, with the digest that it has in the working copy. */
export type CompactLine = Omit<Evidence, 'output_tail'> & { readonly sha256: string };

/** `<dataDir>/evidence/<ticket>.json`: what a fresh clone and CI can read of a ticket's gates. */
export interface CompactEvidence {
  readonly v: 1;
  readonly ticket_id: string;
  readonly base_commit: string;
  readonly commit: string;
  /** Code tree of the commit. */
  readonly tree: string;
  /** Digest of the promise that was kept. */
  readonly promise: string;
  readonly tests: TestMode;
  readonly profile: Profile;
  readonly required: readonly string[];
  /** The lines on which the gates rest, in their order. */
  readonly gates: readonly CompactLine[];
  readonly newest_sha256: string | null;
  readonly waivers: readonly { readonly gate: string; readonly person: string; readonly reason: string }[];
  /** What else a person allowed: files, suppressions, changed gate commands, criteria taken away. */
  readonly allowed: readonly CompactLine[];
  /** Files that the ticket does not name and that a person let in. */
  readonly included: readonly string[];
  /** SHA-256 of everything above, so that an edit by accident is noticed. */
  readonly digest: string;
}

/** The digest of a committed evidence file: of its fields without the digest itself, in their order. */
export function compactDigest(fields: object): string {
  return sha256(JSON.stringify({ ...fields, digest: undefined }));
}

/** Puts together what is committed of a ticket's evidence. */
export function compactEvidence(
  work: Work,
  states: readonly GateState[],
  { commit, tree }: { readonly commit: string; readonly tree: string },
): CompactEvidence {
  const lines = states.flatMap(({ evidence }) => evidence).toSorted((a, b) => a.line - b.line);
  const fields = {
    v: 1 as const,
    ticket_id: work.ticket.id,
    base_commit: work.claim.base_commit,
    commit,
    tree,
    promise: promiseDigest(work.promise),
    tests: work.ticket.tests,
    profile: work.config.profile,
    required: states.filter(({ required }) => required).map(({ gate }) => gate),
    gates: lines.map(compact),
    newest_sha256: work.lines.at(-1)?.sha256 ?? null,
    waivers: lines
      .filter(({ record }) => record.result === 'waived')
      .map(({ record }) => ({
        gate: record.gate,
        person: String(record.details?.person ?? ''),
        reason: String(record.details?.reason ?? ''),
      })),
    allowed: work.lines.filter(({ record }) => record.result === 'allowed').map(compact),
    included: includedFiles(work),
  };
  return { ...fields, digest: compactDigest(fields) };
}

/** The file in the main worktree. */
export function compactFile({ call, config }: Pick<Work, 'call' | 'config'>, ticketId: string): string {
  return path.join(call.paths.mainRoot, config.backlog.dataDir, 'evidence', `${ticketId}.json`);
}

export function writeCompact(work: Work, evidence: CompactEvidence): string {
  const file = compactFile(work, work.ticket.id);
  writeFileAtomic(file, `${JSON.stringify(evidence, null, 2)}\n`);
  return file;
}

function compact({ record, sha256 }: EvidenceLine): CompactLine {
  const { output_tail: _output, ...rest } = record;
  return { ...rest, sha256 };
}
