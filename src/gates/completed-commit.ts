import path from 'node:path';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { shellQuoted } from '../platform/shell.ts';
import { commitId, type RepositoryPlace, tryPlumb } from './repository.ts';
import { commitsBetween } from './ticket-commits.ts';
import { codeTreeOf } from './tree.ts';
import { currentStatus, type Work } from './work.ts';

export interface TicketCommit {
  readonly commit: string;
  readonly tree: string;
  /** The branch that has it, when that is not the one of the main worktree. */
  readonly branch?: string;
}

/**
 * The ticket's commit: the one that evidence names or, after an amend or a rebase, the one with the same code in the
 * history of the main worktree. One that lies on `takenBy` counts where the books are in no branch; elsewhere the branch that
 * is checked out would tell of a completed ticket whose code it has not.
 * @throws BacklogError `commit-missing` (exit 1)
 */
export async function requireCommit(
  work: Work,
  main: RepositoryPlace,
  takenBy: string | undefined,
): Promise<TicketCommit> {
  const { ticket, lines, claim, books } = work;
  const held = lines.findLast(({ record }) => record.gate === 'commit' && record.result === 'pass')?.record
    .holds_for;
  if (held?.kind !== 'commit') throw missing(`${ticket.id} has no commit`, await nextOf(work));
  const known = await commitId(main, held.commit);
  if (known !== undefined && (await isIn(main, known, 'HEAD')))
    return { commit: held.commit, tree: held.tree };
  const own = (await commitsBetween(main, books, ticket.id, { from: claim.base_commit, to: 'HEAD' })).filter(
    (one) => one.own,
  );
  for (const { id } of own)
    if ((await codeTreeOf(main, id, books)) === held.tree) return { commit: id, tree: held.tree };
  const taker = takenBy === undefined ? undefined : `refs/heads/${takenBy}`;
  if (
    takenBy !== undefined &&
    taker !== undefined &&
    known !== undefined &&
    (await isIn(main, known, taker))
  ) {
    if (await isIgnored(main, pendingFile(work))) return { commit: known, tree: held.tree, branch: taker };
    const at = (await tryPlumb(main, ['symbolic-ref', '--quiet', '--short', 'HEAD'])).stdout.trim();
    throw missing(
      `commit ${known.slice(0, 12)} of ${ticket.id} is on ${takenBy}, and ${main.worktree} is on ${at || 'no branch'}`,
      `git -C ${shellQuoted(main.worktree)} switch ${shellQuoted(takenBy)} && backlog ticket start ${ticket.id} && backlog ticket complete ${ticket.id}`,
    );
  }
  const where = claim.branch === null ? held.commit.slice(0, 12) : claim.branch;
  throw missing(
    `commit ${held.commit.slice(0, 12)} of ${ticket.id} is not in the history of ${main.worktree}`,
    `git -C ${JSON.stringify(main.worktree)} merge ${where}`,
  );
}

async function isIn(main: RepositoryPlace, commit: string, tip: string): Promise<boolean> {
  return (await tryPlumb(main, ['merge-base', '--is-ancestor', commit, tip])).exitCode === 0;
}

/** Neither tracked nor about to be: the same file whatever branch is checked out. */
async function isIgnored(main: RepositoryPlace, file: string): Promise<boolean> {
  return (await tryPlumb(main, ['check-ignore', '--quiet', '--', file])).exitCode === 0;
}

/**
 * Commits of the ticket after the one that its evidence is for: their code is what nobody has judged.
 * @throws BacklogError `commit-unproven` (exit 1)
 */
export async function refuseLaterCommits(
  work: Work,
  main: RepositoryPlace,
  { commit, tree, tip }: { readonly commit: string; readonly tree: string; readonly tip: string },
): Promise<void> {
  const { ticket, books } = work;
  const later = await commitsBetween(main, books, ticket.id, { from: commit, to: tip });
  for (const { id, subject, own, booksOnly } of later) {
    if (!own || booksOnly || (await codeTreeOf(main, id, books)) === tree) continue;
    throw new BacklogError({
      code: 'commit-unproven',
      message: `${id.slice(0, 12)} (${subject}) of ${ticket.id} came after ${commit.slice(0, 12)}, for which its evidence is`,
      fix: `backlog gate run --stale --ticket ${ticket.id}, then a review of the difference, then \`backlog commit\`, which puts it on record`,
      exitCode: ExitCode.CheckFailed,
      details: { commit: id },
    });
  }
}

/** Where the ticket lay before; after a crash it has moved already, and git still has it there. */
export function pendingFile({ call, ticket }: Work): string {
  return path.join(call.paths.mainRoot, call.config.backlog.dataDir, 'pending', path.basename(ticket.file));
}

async function nextOf(work: Work): Promise<string> {
  const states = await currentStatus(work);
  return (
    states.find(({ required, holds }) => required && !holds)?.next ?? `backlog gate status ${work.ticket.id}`
  );
}

function missing(message: string, fix: string): BacklogError {
  return new BacklogError({ code: 'commit-missing', message, fix, exitCode: ExitCode.CheckFailed });
}
