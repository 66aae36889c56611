import { type TicketStatus, ticketPriorities, ticketStatuses } from '../tickets/ticket.ts';

export interface MappedStatus {
  readonly status: TicketStatus;
  /** Why the ticket is not ready, in the source's word; empty when nothing holds it. */
  readonly hold: string;
  /** The word is known. */
  readonly known: boolean;
}

const byWord: Readonly<Record<string, TicketStatus>> = {
  '': 'pending',
  'to do': 'pending',
  todo: 'pending',
  open: 'pending',
  new: 'pending',
  ready: 'pending',
  reopened: 'pending',
  backlog: 'pending',
  'in progress': 'in_progress',
  doing: 'in_progress',
  started: 'in_progress',
  active: 'in_progress',
  wip: 'in_progress',
  hooked: 'in_progress',
  review: 'in_progress',
  'in review': 'in_progress',
  done: 'completed',
  closed: 'completed',
  complete: 'completed',
  resolved: 'completed',
  merged: 'completed',
  shipped: 'completed',
  "won't do": 'obsolete',
  'wont do': 'obsolete',
  "won't fix": 'obsolete',
  wontfix: 'obsolete',
  cancelled: 'obsolete',
  canceled: 'obsolete',
  'not planned': 'obsolete',
  duplicate: 'obsolete',
  archived: 'obsolete',
  tombstone: 'obsolete',
  rejected: 'obsolete',
};

/** Statuses of tickets that wait for something that the source does not name. */
const holding = new Set(['blocked', 'deferred', 'draft', 'on hold', 'pinned', 'waiting', 'paused']);

/** Another program's status in our words. A status of ours is itself; what is not known is pending. */
export function statusOf(text: string): MappedStatus {
  const own = ticketStatuses.find((one) => one === text.trim());
  if (own !== undefined) return { status: own, hold: '', known: true };
  const plain = text
    .trim()
    .toLowerCase()
    .replaceAll(/[_\s-]+/g, ' ')
    .replaceAll('’', "'");
  if (holding.has(plain)) return { status: 'pending', hold: plain, known: true };
  const status = Object.hasOwn(byWord, plain) ? byWord[plain] : undefined;
  return { status: status ?? 'pending', hold: '', known: status !== undefined };
}

const priorityWords: Readonly<Record<string, (typeof ticketPriorities)[number]>> = {
  '': 'medium',
  highest: 'critical',
  urgent: 'critical',
  blocker: 'critical',
  p0: 'critical',
  '0': 'critical',
  major: 'high',
  p1: 'high',
  '1': 'high',
  normal: 'medium',
  p2: 'medium',
  '2': 'medium',
  minor: 'low',
  lowest: 'low',
  trivial: 'low',
  p3: 'low',
  '3': 'low',
  p4: 'low',
  '4': 'low',
};

/** Numbers are those of Beads and of most trackers: 0 is the most urgent. `undefined` when the word is not known. */
export function priorityOf(text: string): (typeof ticketPriorities)[number] | undefined {
  const plain = text.trim().toLowerCase();
  const own = ticketPriorities.find((one) => one === plain);
  return own ?? (Object.hasOwn(priorityWords, plain) ? priorityWords[plain] : undefined);
}

/** The day of a time as trackers write it; `undefined` when it is none. */
export function dayOf(text: string): string | undefined {
  const day = /^(\d{4}-\d{2}-\d{2})(?![0-9])/.exec(text.trim())?.[1];
  if (day === undefined) return undefined;
  const time = Date.parse(`${day}T00:00:00Z`);
  // 31 February is read as 2 March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day) ? day : undefined;
}

/** The prefix for a kind of ticket, when the project has it. */
export function prefixFor(kind: readonly string[], prefixes: readonly string[]): string | undefined {
  const named = kind.map((one) => one.toLowerCase());
  const rules: readonly (readonly [string, readonly string[]])[] = [
    ['BUG', ['bug', 'defect', 'fix', 'regression']],
    ['FEAT', ['feature', 'feat', 'enhancement', 'story', 'epic']],
    ['IDEA', ['idea', 'spike']],
    ['TASK', ['task', 'chore']],
  ];
  return rules.find(
    ([prefix, all]) => prefixes.includes(prefix) && all.some((one) => named.includes(one)),
  )?.[0];
}
