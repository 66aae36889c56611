import { type Ticket, ticketPriorities } from '../../tickets/ticket.ts';

const first: readonly string[] = ['SEC', 'BUG', 'QUALITY', 'FEAT'];
const priorities: readonly string[] = ticketPriorities;

/** SEC, BUG, QUALITY, FEAT, then other prefixes by name; inside critical to low; then by number. */
export function inOrder<T extends Pick<Ticket, 'id' | 'prefix' | 'priority'>>(tickets: readonly T[]): T[] {
  return tickets.toSorted(
    (a, b) =>
      rank(first, a.prefix) - rank(first, b.prefix) ||
      compare(a.prefix, b.prefix) ||
      rank(priorities, a.priority) - rank(priorities, b.priority) ||
      byNumber.compare(a.id, b.id),
  );
}

const byNumber = new Intl.Collator('en', { numeric: true });

function rank(order: readonly string[], word: string): number {
  const at = order.indexOf(word);
  return at < 0 ? order.length : at;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
