import { frontMatterBlock } from '../tickets/front-matter-block.ts';
import { idNumber } from '../tickets/ids.ts';
import { table } from '../tickets/render.ts';
import { closedStatuses, type Ticket } from '../tickets/ticket.ts';
import { csvText, harmless } from './csv.ts';
import { word, words } from './foreign.ts';
import { withMark } from './own.ts';

export const exportForms = ['github-json', 'csv', 'json', 'md'] as const;
export type ExportForm = (typeof exportForms)[number];

/**
 * Tickets in another form. All but `md`, which is for people, hold the whole ticket: what `ticket import` makes of them is the
 * same ticket again.
 */
export function exportTickets(tickets: readonly Ticket[], form: ExportForm): string {
  if (form === 'json')
    return `${JSON.stringify({ schemaVersion: 1, tickets: tickets.map(parts) }, null, 2)}\n`;
  if (form === 'github-json') return `${JSON.stringify(issues(tickets), null, 2)}\n`;
  return form === 'csv' ? csv(tickets) : markdown(tickets);
}

function parts(ticket: Ticket): { readonly fields: Ticket['fields']; readonly body: string } {
  return { fields: { ...ticket.fields, id: ticket.id }, body: bodyText(ticket) };
}

function bodyText({ text, file }: Ticket): string {
  return text.slice(frontMatterBlock(text, file).body);
}

/** The shape of `gh issue list --json …`. The front matter, for which an issue has no place, stands in a comment of the body. */
function issues(tickets: readonly Ticket[]): object[] {
  const numbers = new Set<number>();
  return tickets.map((ticket, index) => {
    const { fields } = ticket;
    let number = idNumber(ticket.prefix, ticket.id) ?? index + 1;
    while (numbers.has(number)) number += 1;
    numbers.add(number);
    const closed = closedStatuses.has(ticket.status);
    const assignees = words(fields.assignee).filter((one) => one !== 'unassigned');
    return {
      number,
      title: ticket.title,
      body: withMark(parts(ticket).fields, bodyText(ticket)),
      state: closed ? 'CLOSED' : 'OPEN',
      stateReason: closed ? (ticket.status === 'completed' ? 'COMPLETED' : 'NOT_PLANNED') : '',
      labels: [...ticket.tags, ...(ticket.priority === '' ? [] : [`priority:${ticket.priority}`])].map(
        (name) => ({ name }),
      ),
      assignees: assignees.map((login) => ({ login })),
      createdAt: timeOf(word(fields.created)),
      updatedAt: timeOf(word(fields.updated)),
      closedAt: closed ? timeOf(word(fields.completed) || word(fields.updated)) : null,
    };
  });
}

function timeOf(day: string): string | null {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00Z` : null;
}

const head = [
  'id',
  'title',
  'status',
  'priority',
  'tags',
  'assignee',
  'created',
  'updated',
  'depends_on',
  'body',
  'fields',
];

function csv(tickets: readonly Ticket[]): string {
  const rows = tickets.map((ticket) => {
    const { fields, body } = parts(ticket);
    return [
      ticket.id,
      ticket.title,
      ticket.status,
      ticket.priority,
      ticket.tags.join(', '),
      word(fields.assignee),
      word(fields.created),
      word(fields.updated),
      ticket.dependsOn.join(', '),
      body,
      JSON.stringify(fields),
    ].map(harmless);
  });
  return csvText([head, ...rows]);
}

function markdown(tickets: readonly Ticket[]): string {
  const rows = tickets.map(({ id, title, status, priority, dependsOn }) => [
    id,
    title,
    status,
    priority,
    dependsOn.join(', '),
  ]);
  const list = table(['Ticket', 'Title', 'Status', 'Priority', 'Depends on'], rows);
  return `${[`# Backlog\n\n${list}`, ...tickets.map((one) => bodyText(one).trim())].join('\n\n')}\n`;
}
