import { bare, csvRows, isBlank } from './csv.ts';
import {
  criteriaIn,
  type ForeignTicket,
  foreign,
  isFields,
  type Read,
  type Refused,
  type Source,
  sourceOf,
} from './foreign.ts';
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

/** Those whose cells are all read; of the others, the first one that is filled. */
const lists = new Set(['labels', 'assignees', 'dependsOn']);

/** A table with a row of headings, as spreadsheets and trackers write it. Columns with one heading are one list. */
export function readCsv(text: string, place: string): Source {
  const open = openQuote(text);
  return sourceOf(() => readRows(text, place, open));
}

/** The line where a quote begins that is never closed. */
function openQuote(text: string): number | undefined {
  const walk = csvRows(text);
  for (;;) {
    const { done, value } = walk.next();
    if (done) return value;
  }
}

function* readRows(text: string, place: string, open: number | undefined): Generator<Read> {
  if (open !== undefined)
    yield {
      refused: {
        place,
        line: open,
        reason: 'a quote that begins here is never closed',
        fix: `close it at ${place}:${open}`,
      },
    };
  let head: Head | undefined;
  for (const { cells, line } of csvRows(text)) {
    // Of a table that is cut off, every row is told of.
    if (open === undefined && isBlank({ cells, line })) continue;
    if (head === undefined) {
      head = headOf(cells);
      if (head.at('title').length === 0) return yield { refused: untitled(cells, place) };
    } else yield readRow(cells, line, head, place);
  }
  if (head === undefined) yield { refused: untitled([], place) };
}

/** The row of headings. */
interface Head {
  readonly names: readonly string[];
  /** The columns of what a ticket of ours has. */
  readonly at: (key: string) => readonly number[];
}

function headOf(cells: readonly string[]): Head {
  const names = cells.map((cell) => bare(cell).trim().toLowerCase());
  const at = new Map(
    Object.entries(columns).map(([key, known]) => [
      key,
      names.flatMap((name, index) => (known.includes(name) ? [index] : [])),
    ]),
  );
  return { names, at: (key) => at.get(key) ?? [] };
}

function untitled(cells: readonly string[], place: string): Refused {
  return {
    place,
    line: 1,
    reason: 'no column is called title, summary or name',
    fix: divided(cells) ?? 'name the columns in the first line',
  };
}

function readRow(cells: readonly string[], line: number, { names, at }: Head, place: string): Read {
  const values = cells.map(bare);
  const all = (key: string): string[] =>
    at(key).flatMap((index) => (values[index] === undefined || values[index] === '' ? [] : [values[index]]));
  const one = (key: string): string => all(key)[0] ?? '';
  const row = `${place}:${line}`;
  if (one('title').trim() === '' && one('id') === '')
    return {
      refused: { place, line, reason: 'the row has neither id nor title', fix: `fill or delete ${row}` },
    };
  return { ticket: ownRow(one, row) ?? rowTicket({ one, all, row, names, values }) };
}

/** The fix where the first line is divided by something else than commas. */
function divided(cells: readonly string[]): string | undefined {
  const [only = '', ...more] = cells;
  const by = [';', '\t'].find((mark) => more.length === 0 && only.includes(mark));
  return by && `save it with commas between the cells: here it is ${by === ';' ? 'semicolons' : 'tabs'}`;
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
  const isTaken = (name: string, value: string): boolean => {
    const key = Object.keys(columns).find((one) => columns[one]?.includes(name));
    return key !== undefined && (lists.has(key) || one(key) === value);
  };
  const more: Record<string, string | string[]> = {};
  let unnamed = 0;
  for (const [index, value] of values.entries()) {
    const name = names[index] ?? '';
    if (value === '' || isTaken(name, value)) continue;
    if (name === '') unnamed += 1;
    else more[name] = Object.hasOwn(more, name) ? [more[name] ?? [], value].flat() : value;
  }
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
    more,
    notes: unnamed > 0 ? [`it has more cells than there are headings: ${unnamed} left out`] : [],
  });
}
