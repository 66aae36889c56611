import { ticketPriorities } from '../tickets/ticket.ts';
import type { Candidate } from './candidate.ts';

/** Prefixes that go first among tickets of one priority; the rest come after them. */
const prefixOrder = ['SEC', 'BUG', 'QUALITY', 'FEAT'];

const priorityWords: readonly string[] = ticketPriorities;

/** What a priority that is missing or unknown counts as: last. */
const LAST = 99;

/** `critical` 0, `high` 1, `medium` 2, `low` 3; a number is itself. */
export function priorityRank(priority: string | number): number {
  if (typeof priority === 'number') return Number.isFinite(priority) ? priority : LAST;
  const word = priorityWords.indexOf(priority.trim().toLowerCase());
  if (word >= 0) return word;
  const number = priority.trim() === '' ? Number.NaN : Number(priority);
  return Number.isFinite(number) ? number : LAST;
}

/** Most urgent first; prefix, then id decide among equals, so that the order is the same each time. */
export function byUrgency(a: Candidate, b: Candidate): number {
  return (
    priorityRank(a.priority) - priorityRank(b.priority) || prefixRank(a) - prefixRank(b) || byId(a.id, b.id)
  );
}

function prefixRank({ prefix }: Candidate): number {
  const rank = prefixOrder.indexOf(prefix.toUpperCase());
  return rank < 0 ? prefixOrder.length : rank;
}

const numeric = new Intl.Collator('en', { numeric: true });

/** `FEAT-2` before `FEAT-10`. */
export function byId(a: string, b: string): number {
  return numeric.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
