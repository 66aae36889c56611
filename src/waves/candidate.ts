import type { Listing } from '../tickets/backlog.ts';
import { type Classification, classifyTicket } from '../tickets/classify.ts';
import { openDependencies } from '../tickets/ready.ts';
import type { Ticket } from '../tickets/ticket.ts';
import { touchedFiles } from '../tickets/touched-files.ts';

/** What planning knows of a ticket, wherever it comes from. */
export interface Candidate {
  readonly id: string;
  /** `SEC` of `SEC-004`. */
  readonly prefix: string;
  /** As written: a word, or a number (lower is more urgent). */
  readonly priority: string | number;
  readonly tags: readonly string[];
  /** Paths that the ticket may touch, affected and shared ones. */
  readonly files: readonly string[];
  /** `create`, `modify`, `delete` of the affected files, each once; empty when none is said. */
  readonly actions: readonly string[];
  /** Ids of tickets that are not completed yet and have to be first. */
  readonly waitsFor: readonly string[];
  readonly classification: Classification;
}

/** A ticket of the backlog as planning sees it. */
export function candidateOf(ticket: Ticket, backlog: Pick<Listing, 'byId'>): Candidate {
  return {
    id: ticket.id,
    prefix: ticket.prefix,
    priority: priorityOf(ticket),
    tags: ticket.tags,
    files: touchedFiles(ticket),
    actions: [
      ...new Set(ticket.affectedFiles.flatMap(({ action }) => (action === undefined ? [] : [action]))),
    ],
    waitsFor: openDependencies(ticket, backlog),
    classification: classifyTicket(ticket),
  };
}

/** YAML reads `priority: 2` as a number; `ticket.priority` is its text. */
function priorityOf(ticket: Ticket): string | number {
  const stated = ticket.fields.priority;
  return typeof stated === 'number' ? stated : ticket.priority;
}
