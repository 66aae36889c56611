import { changedFiles } from './difference.ts';
import { plumb } from './repository.ts';
import { commitsBetween } from './ticket-commits.ts';
import { codeTreeOf } from './tree.ts';
import type { Work } from './work.ts';

export interface UnrecordedCommit {
  readonly commit: string;
  readonly subject: string;
  /** What it changed, bookkeeping left out. */
  readonly files: readonly string[];
  /** SHA-256 of the line of evidence that its message names; empty when it names none. */
  readonly trailer: string;
}

/**
 * The ticket's commit of this code tree when no evidence tells of it: a run that was killed between the two leaves it so. It
 * is found by its trailer, and counts by its tree as any other.
 */
export async function unrecordedCommit(work: Work, tree: string): Promise<UnrecordedCommit | undefined> {
  const { place, books, claim, ticket, lines } = work;
  const recorded = lines.some(
    ({ record }) =>
      record.gate === 'commit' &&
      record.result === 'pass' &&
      record.base_commit === claim.base_commit &&
      record.holds_for.kind === 'commit' &&
      record.holds_for.tree === tree,
  );
  if (recorded) return undefined;
  const commits = await commitsBetween(place, books, ticket.id, { from: claim.base_commit, to: 'HEAD' });
  for (const { id, subject, own } of commits) {
    if (!own || (await codeTreeOf(place, id, books)) !== tree) continue;
    const named = await plumb(place, [
      'show',
      '--no-patch',
      '--format=%(trailers:key=Backlog-Evidence,valueonly,separator=%x2C)',
      id,
    ]);
    const before = await codeTreeOf(place, `${id}^`, books);
    const files = (await changedFiles(place, before, tree)).map((file) => file.path);
    return { commit: id, subject, files, trailer: named.trim() };
  }
  return undefined;
}
