import { HeldText } from '../platform/held-text.ts';
import { frontMatterBlock } from '../tickets/front-matter-block.ts';
import { idNumber } from '../tickets/ids.ts';
import { table, tableRow } from '../tickets/render.ts';
import { closedStatuses, type Ticket } from '../tickets/ticket.ts';
import { csvRow, harmless } from './csv.ts';
import { word, words } from './foreign.ts';
import { withMark } from './own.ts';

export const exportForms = ['github-json', 'csv', 'json', 'md'] as const;
export type ExportForm = (typeof exportForms)[number];

/**
 * Tickets in another form, in pieces: those that are handed out one after the other are let go one after the other. All forms but
 * `md`, which is for people, hold the whole ticket: what `ticket import` makes of them is the same ticket again.
 */
export async function* exportTickets(
  tickets: Iterable<Ticket> | AsyncIterable<Ticket>,
  form: ExportForm,
): AsyncGenerator<string> {
  if (form === 'md') yield* markdown(tickets);
  else if (form === 'csv') {
    yield csvRow(head);
    for await (const ticket of tickets) yield csvRow(cells(ticket));
  } else if (form === 'github-json') {
    const issueOf = issues();
    yield* listed('[', tickets, issueOf, '\n  ', '\n]\n');
  } else yield* listed('{\n  "schemaVersion": 1,\n  "tickets": [', tickets, parts, '\n    ', '\n  ]\n}\n');
}

/** A list as `JSON.stringify` indents it. @param indent what each line of an item begins with */
async function* listed(
  before: string,
  tickets: Iterable<Ticket> | AsyncIterable<Ticket>,
  itemOf: (ticket: Ticket) => object,
  indent: string,
  after: string,
): AsyncGenerator<string> {
  let between = `${before}${indent}`;
  for await (const ticket of tickets) {
    yield `${between}${JSON.stringify(itemOf(ticket), null, 2).replaceAll('\n', indent)}`;
    between = `,${indent}`;
  }
  yield between.startsWith(',') ? after : `${before}${after.trimStart()}`;
}

function parts(ticket: Ticket): { readonly fields: Ticket['fields']; readonly body: string } {
  return { fields: { ...ticket.fields, id: ticket.id }, body: bodyText(ticket) };
}

function bodyText({ text, file }: Ticket): string {
  return text.slice(frontMatterBlock(text, file).body);
}

/** The shape of `gh issue list --json …`. The front matter, for which an issue has no place, stands in a comment of the body. */
function issues(): (ticket: Ticket) => object {
  const numbers = new Set<number>();
  let index = 0;
  return (ticket) => {
    const { fields } = ticket;
    index += 1;
    let number = idNumber(ticket.prefix, ticket.id) ?? index;
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
  };
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

function cells(ticket: Ticket): string[] {
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
}

/** The table of all comes first: until it is whole the bodies wait. */
async function* markdown(tickets: Iterable<Ticket> | AsyncIterable<Ticket>): AsyncGenerator<string> {
  const rows: string[] = [];
  const bodies = new HeldText();
  for await (const ticket of tickets) {
    const { id, title, status, priority, dependsOn } = ticket;
    rows.push(tableRow([id, title, status, priority, dependsOn.join(', ')]));
    bodies.add(`\n\n${bodyText(ticket).trim()}`);
  }
  yield `# Backlog\n\n${table(['Ticket', 'Title', 'Status', 'Priority', 'Depends on'], [])}`;
  for (const row of rows) yield `\n${row}`;
  yield* bodies.blocks();
  yield '\n';
}
