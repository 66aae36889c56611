import { bare, parseCsv } from './csv.ts';
import { criteriaIn, type ForeignTicket, foreign, isFields, type Refused, type Source } from './foreign.ts';
import { ownTicket } from './own.ts';

/** Headings of trackers' CSV files, in lower case, for what a ticket of ours has. */
const columns: Readonly<Record<string, readonly string[]>> = {
  id: ['id', 'key', 'issue key', 'ticket', 'issue id', 'number', 'identifier'],
  title: ['title', 'summary', 'name', 'subject'],
  status: ['status', 'state'],
  priority: ['priority'],
  type: ['type', 'issue type', 'kind'],
  labels: ['labels', 'tags', 'label'],
  assignees: ['assignee', 'assignees', 'assigned to', 'owner'],
  created: ['created', 'created at', 'created_at', 'created date'],
  updated: ['updated', 'updated at', 'updated_at', 'updated date'],
  closed: ['closed', 'completed', 'resolved', 'completed at', 'closed_at'],
  dependsOn: [
    'depends_on',
    'depends on',
    'dependencies',
    'blocked by',
    'blocked_by',
    'inward issue link (blocks)',
  ],
  parent: ['parent', 'parent id', 'parent issue'],
  description: ['description', 'body', 'details'],
  criteria: ['acceptance criteria', 'acceptance_criteria', 'criteria'],
  fields: ['fields'],
};

/** A table with a row of headings, as spreadsheets and trackers write it. Columns with one heading are one list. */
export function readCsv(text: string, place: string): Source {
  const { rows, open } = parseCsv(text);
  const refused: Refused[] =
    open === undefined
      ? []
      : [
          {
            place,
            line: open,
            reason: 'a quote that begins here is never closed',
            fix: `close it at ${place}:${open}`,
          },
        ];
  const [head, ...body] = rows;
  const names = head?.cells.map((cell) => bare(cell).trim().toLowerCase()) ?? [];
  const at = (key: string): number[] =>
    names.flatMap((name, index) => (columns[key]?.includes(name) ? [index] : []));
  if (at('title').length === 0)
    return {
      tickets: [],
      refused: [
        ...refused,
        {
          place,
          line: 1,
          reason: 'no column is called title, summary or name',
          fix: 'name the columns in the first line',
        },
      ],
      ignored: [],
    };
  const tickets: ForeignTicket[] = [];
  for (const { cells, line } of body) {
    const values = cells.map(bare);
    const all = (key: string): string[] =>
      at(key).flatMap((index) =>
        values[index] === undefined || values[index] === '' ? [] : [values[index]],
      );
    const one = (key: string): string => all(key)[0] ?? '';
    const row = `${place}:${line}`;
    if (one('title').trim() === '' && one('id') === '')
      refused.push({ place, line, reason: 'the row has neither id nor title', fix: `fill or delete ${row}` });
    else tickets.push(ownRow(one, row) ?? rowTicket({ one, all, row, names, values }));
  }
  return { tickets, refused, ignored: [] };
}

/** A row that this program exported. */
function ownRow(one: (key: string) => string, place: string): ForeignTicket | undefined {
  if (!one('fields').startsWith('{')) return undefined;
  try {
    const fields: unknown = JSON.parse(one('fields'));
    return isFields(fields) ? ownTicket({ fields, body: one('description') }, place) : undefined;
  } catch {
    return undefined;
  }
}

interface Row {
  readonly one: (key: string) => string;
  readonly all: (key: string) => string[];
  readonly row: string;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

function rowTicket({ one, all, row, names, values }: Row): ForeignTicket {
  const list = (key: string): string[] =>
    all(key)
      .flatMap((cell) => cell.split(/[,;]/))
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const known = new Set(Object.values(columns).flat());
  const description = one('description');
  const { criteria, other } = criteriaIn(one('criteria'));
  const plain = other
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ text: line.trim(), checked: false }));
  return foreign({
    id: one('id').trim(),
    place: row,
    title: one('title'),
    status: one('status'),
    priority: one('priority'),
    type: one('type'),
    labels: list('labels'),
    assignees: list('assignees'),
    created: one('created'),
    updated: one('updated'),
    closed: one('closed'),
    dependsOn: list('dependsOn'),
    parent: one('parent').trim(),
    criteria: [...criteria, ...plain],
    sections: description.trim() === '' ? [] : [{ title: 'Description', text: description }],
    more: Object.fromEntries(
      names.flatMap((name, index) => {
        const value = values[index];
        return name === '' || known.has(name) || value === undefined || value === '' ? [] : [[name, value]];
      }),
    ),
  });
}
