import type { Listing } from '../tickets/backlog.ts';
import type { Finding } from '../tickets/finding.ts';
import { closedStatuses, type ListedTicket, type Section, type Ticket } from '../tickets/ticket.ts';

/** Tickets with work left, in the order of their files. */
export function openTickets<T extends ListedTicket>(backlog: Listing<T>): T[] {
  return backlog.tickets.filter(({ folder, status }) => folder === 'pending' && !closedStatuses.has(status));
}

/** Nobody has begun: what the ticket says of its files is still to come. */
export function isUntouched({ status }: Pick<Ticket, 'status'>): boolean {
  return untouched.has(status);
}

const untouched = new Set(['pending', 'ready-to-implement', 'needs-investigation']);

export function sectionOf(ticket: Pick<Ticket, 'sections'>, title: string): Section | undefined {
  return ticket.sections.find((section) => section.title.trim().toLowerCase() === title);
}

/**
 * A finding about a ticket. Its keys are written out: an object that others are spread into leaves kilobytes for the next full
 * collection, which is what tens of thousands of findings take most of.
 */
export function found(
  { file }: Pick<Ticket, 'file'>,
  { code, severity }: Pick<Finding, 'code' | 'severity'>,
  line: number,
  { message, fix }: Pick<Finding, 'message' | 'fix'>,
): Finding {
  return { code, severity, file, line, message, fix };
}

/** The command that adds ids to a ticket's `depends_on`; what stands only in its table stays there. */
export function dependOn(ticket: Pick<Ticket, 'id' | 'fields'>, ids: readonly string[]): string {
  const listed = ticket.fields.depends_on;
  const now = Array.isArray(listed) ? listed.filter((one) => typeof one === 'string') : [];
  return `backlog ticket edit ${ticket.id} --set "depends_on=[${[...new Set([...now, ...ids])].join(', ')}]"`;
}
