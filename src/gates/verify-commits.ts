import path from 'node:path';
import { readTicketFile } from '../tickets/file.ts';
import { isBookkeeping } from './bookkeeping.ts';
import type { RangeCommit } from './range-commits.ts';
import { fileAt, plumb, tryPlumb } from './repository.ts';
import { codeTreeOf } from './tree.ts';
import { quickIdOf } from './verify-range.ts';
import { filesIn, type TicketVerdict, type VerifyScope } from './verify-tickets.ts';

/** Commits of the range that change code, the quick lane's left out. */
export async function codeCommits(scope: VerifyScope): Promise<RangeCommit[]> {
  const found: RangeCommit[] = [];
  for (const commit of scope.commits) {
    if (commit.booksOnly || quickIdOf(commit) !== undefined) continue;
    if (commit.parents.length < 2 || (await addsOfItsOwn(scope, commit))) found.push(commit);
  }
  return found;
}

/**
 * Whether a merge says something that none of its parents says: code that was put into the merge itself, or a conflict that was
 * resolved by other words than one of the sides. What git merges by itself is judged with the commits that were merged.
 */
async function addsOfItsOwn({ place, books }: VerifyScope, { id }: RangeCommit): Promise<boolean> {
  const how = ['diff-tree', '-r', '--cc', '--no-commit-id', '--no-ext-diff', '--no-textconv'];
  const differing = (await plumb(place, [...how, '-z', '--name-only', id])).split('\0');
  for (const file of differing) {
    if (file === '' || isBookkeeping(file, books)) continue;
    const patch = await plumb(place, ['--literal-pathspecs', ...how, '-p', id, '--', file]);
    if (patch.trim() !== '') return true;
  }
  return false;
}

/**
 * Why commits with code are answered for by no completed ticket, one sentence each: they name none, or one that is open,
 * obsolete or split, or one whose work was over before the range.
 */
export async function unansweredCommits(
  scope: VerifyScope,
  commits: readonly RangeCommit[],
  items: readonly TicketVerdict[],
): Promise<string[]> {
  const judged = new Set(items.map(({ ticket_id }) => ticket_id));
  // A squash may lose the trailer, and has the code of its ticket all the same.
  const fitting = new Set(items.map(({ commit }) => commit));
  const files = await filesIn(scope.place, scope.range.head, `${dataOf(scope)}/completed/`);
  const problems: string[] = [];
  for (const { id, subject, tickets, parents } of commits) {
    if (fitting.has(id) || tickets.some((ticket) => judged.has(ticket))) continue;
    const over = await firstCompleted(scope, files, tickets);
    const merge = parents.length > 1 ? ' (a merge that changes code itself)' : '';
    problems.push(
      over === undefined
        ? `commit ${id.slice(0, 12)} is of no completed ticket: ${subject}${merge}`
        : `commit ${id.slice(0, 12)} names ${over}, which was completed before this range: ${subject}${merge}`,
    );
  }
  return problems;
}

async function firstCompleted(
  { place, range }: VerifyScope,
  files: readonly string[],
  tickets: readonly string[],
): Promise<string | undefined> {
  for (const ticket of tickets)
    for (const file of files.filter((name) => path.posix.basename(name).startsWith(ticket))) {
      try {
        const { id, status } = readTicketFile((await fileAt(place, range.head, file)) ?? '', file);
        if (id === ticket && status === 'completed') return id;
      } catch {
        // One that cannot be read answers for nothing; `broken` names it when the range touches it.
      }
    }
  return undefined;
}

/**
 * Commits that name a ticket and came after the one that its evidence is for, one sentence each: their code is what nobody
 * has judged.
 */
export async function laterCommits(
  { place, books }: VerifyScope,
  commits: readonly RangeCommit[],
  items: readonly TicketVerdict[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const { ticket_id: ticket, commit: judged } of items) {
    if (judged === null) continue;
    const tree = await codeTreeOf(place, judged, books);
    for (const { id, subject, tickets } of commits) {
      if (id === judged || !tickets.includes(ticket)) continue;
      const before = await tryPlumb(place, ['merge-base', '--is-ancestor', id, judged]);
      if (before.exitCode === 0 || (await codeTreeOf(place, id, books)) === tree) continue;
      problems.push(
        `${ticket}: commit ${id.slice(0, 12)} (${subject}) came after ${judged.slice(0, 12)}, for which its evidence is`,
      );
    }
  }
  return problems;
}

function dataOf({ books }: VerifyScope): string {
  return `${books.prefix === '' ? '' : `${books.prefix}/`}${books.dataDir}`;
}
