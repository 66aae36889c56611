import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import type { Claim } from './claims.ts';
import { counted, listed } from './outcome.ts';
import { commitsSince, type RangeCommit, rangeCommits } from './range-commits.ts';
import { commitId, type RepositoryPlace, tryPlumb } from './repository.ts';

/** A commit between base and HEAD. */
export interface TicketCommit extends RangeCommit {
  /** It has the trailer `Ticket: <id>` of the ticket that was asked for. */
  readonly own: boolean;
}

/** The commits of `from..to`, newest first, told apart by the `Ticket:` trailer. */
export async function commitsBetween(
  place: RepositoryPlace,
  books: Bookkeeping,
  ticketId: string,
  range: { readonly from: string; readonly to: string },
): Promise<TicketCommit[]> {
  const commits = await rangeCommits(place, books, range);
  return commits.map((commit) => ({ ...commit, own: commit.tickets.includes(ticketId) }));
}

/**
 * base..tree is the ticket's change and nothing else: commits of others in between are refused until the base moves.
 * @throws BacklogError `foreign-commits`, `base-not-in-history` (exit 1)
 */
export async function refuseForeignCommits(
  place: RepositoryPlace,
  books: Bookkeeping,
  claim: Claim,
): Promise<void> {
  const { ticket_id: id, base_commit: base } = claim;
  const fix = `backlog ticket start ${id} --rebase`;
  const commits = await commitsSince(place, books, base);
  if (commits === undefined)
    throw new BacklogError({
      code: 'base-not-in-history',
      message: `HEAD no longer contains the base commit ${base.slice(0, 12)} of ${id} (a rebase, an amend, or another branch)`,
      fix: `${fix}, or check out ${claim.branch ?? 'the branch of the work'}`,
      exitCode: ExitCode.CheckFailed,
    });
  const foreign = commits.filter(({ tickets, booksOnly }) => !tickets.includes(id) && !booksOnly);
  if (foreign.length === 0) return;
  const names = foreign.map((commit) => `${commit.id.slice(0, 12)} ${commit.subject}`);
  throw new BacklogError({
    code: 'foreign-commits',
    message: `${counted(foreign.length, 'commit')} since the base of ${id} are not its own: ${listed(names)}`,
    fix,
    exitCode: ExitCode.CheckFailed,
    details: { commits: foreign.map((commit) => commit.id) },
  });
}

/**
 * Where `--rebase` moves the base: to HEAD, or below the ticket's own commits when they lie on top.
 * @throws BacklogError `own-commits-below` (exit 1) when commits of others lie on top of the ticket's own
 */
export async function newBase(
  place: RepositoryPlace,
  books: Bookkeeping,
  { ticket_id: id, base_commit: base }: Claim,
): Promise<string> {
  const known = await commitId(place, base);
  const shared =
    known === undefined ? undefined : (await tryPlumb(place, ['merge-base', known, 'HEAD'])).stdout.trim();
  const head = (await commitId(place, 'HEAD')) ?? base;
  if (shared === undefined || shared === '') return head;
  const commits = await commitsBetween(place, books, id, { from: shared, to: 'HEAD' });
  const onTop = commits.findIndex(({ own, booksOnly }) => !own && !booksOnly);
  const below = onTop < 0 ? [] : commits.slice(onTop).filter(({ own }) => own);
  const [buried] = below;
  if (buried !== undefined)
    throw new BacklogError({
      code: 'own-commits-below',
      message: `commit ${buried.id.slice(0, 12)} of ${id} lies below commits of others, so no base has only the ticket's change above it`,
      fix: `put the ticket's commits on top: git rebase -i ${shared.slice(0, 12)}`,
      exitCode: ExitCode.CheckFailed,
    });
  if (onTop >= 0) return commits[onTop]?.id ?? head;
  return commits.some(({ own }) => own) ? shared : head;
}
