import path from 'node:path';
import { BacklogError } from '../platform/errors.ts';
import { readTicketFile } from '../tickets/file.ts';
import { bodyOf } from '../tickets/parse.ts';
import type { Ticket } from '../tickets/ticket.ts';
import {
  criteriaIn,
  type ForeignTicket,
  foreign,
  type Read,
  rest,
  type Source,
  sourceOf,
  word,
  words,
} from './foreign.ts';

export interface SourceFile {
  /** For people: relative to what was named. */
  readonly name: string;
  /** UTF-8. */
  readonly bytes: Buffer;
}

/** The folders of Backlog.md's `backlog/`, in the order in which a task that lies in two of them is taken. */
const order = ['tasks', 'completed', 'archive', 'drafts'];

/** Task files of Backlog.md. */
export function readBacklogMd(files: readonly SourceFile[]): Source {
  const inOrder = files.toSorted((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name));
  return sourceOf(function* () {
    for (const { name, bytes } of inOrder) yield readTask(name, bytes.toString('utf8'));
  });
}

function readTask(name: string, text: string): Read {
  const other = otherThan(name, text);
  if (other !== undefined) return { ignored: { place: name, reason: other } };
  try {
    const { ticket, repaired } = readRepaired(name, text);
    return { ticket: taskOf(name, ticket, repaired) };
  } catch (error) {
    if (!(error instanceof BacklogError)) throw error;
    const { line = 1, message } = error;
    return {
      refused: {
        place: name,
        line,
        reason: message.replace(`${name}:${line}: `, ''),
        fix: `mend ${name}:${line} and import again`,
      },
    };
  }
}

function rank(name: string): number {
  return Math.max(0, order.indexOf(name.split('/', 1)[0] ?? ''));
}

/** Files that lie beside tasks and are none. */
function otherThan(name: string, text: string): string | undefined {
  const folders = name.split('/').slice(0, -1);
  if (path.posix.basename(name).toLowerCase() === 'readme.md') return 'a README';
  const kind = folders.find((one) => ['milestones', 'docs', 'decisions'].includes(one));
  if (kind !== undefined) return `it lies in ${kind}/, which holds no tasks`;
  return /^\ufeff?---[ \t]*\r?\n/.test(text) ? undefined : 'it has no front matter, so it is no task';
}

/** Backlog.md's own files hold unquoted `@names` and colons, which are no YAML: those lines are read as the texts they show. */
function readRepaired(name: string, text: string): { ticket: Ticket; repaired: number } {
  try {
    return { ticket: readTicketFile(text, name), repaired: 0 };
  } catch (error) {
    if (!(error instanceof BacklogError) || error.code !== 'ticket-yaml') throw error;
    const lines = text.split('\n');
    const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
    let repaired = 0;
    const mended = lines.map((line, index) => {
      if (index === 0 || index >= end) return line;
      const quoted = withQuotes(line);
      if (quoted !== line) repaired += 1;
      return quoted;
    });
    if (repaired === 0) throw error;
    try {
      return { ticket: readTicketFile(mended.join('\n'), name), repaired };
    } catch {
      // The first message is about what stands in the file.
      throw error;
    }
  }
}

function withQuotes(line: string): string {
  const parts = /^(\s*(?:- +)?(?:[A-Za-z_]+: +)?)(\S.*?)(\s*)$/.exec(line);
  const [, key = '', value = '', space = ''] = parts ?? [];
  if (key === '' || /^(?:"[^"]*"|'[^']*'|\[.*\]|\{.*\}|[|>][+-]?)$/.test(value)) return line;
  return /^[@`%&*!"']|: |:$| #/.test(value) ? `${key}'${value.replaceAll("'", "''")}'${space}` : line;
}

function taskOf(name: string, ticket: Ticket, repaired: number): ForeignTicket {
  const { fields } = ticket;
  const folders = name.split('/');
  const sections = sectionsOf(ticket.text);
  const criteria = sections.filter(({ title }) => isCriteria(title)).map(({ text }) => criteriaIn(text));
  const left = criteria.map(({ other }) => other).filter((other) => other !== '');
  const status = word(fields.status);
  const known = [
    'id',
    'title',
    'status',
    'priority',
    'type',
    'labels',
    'assignee',
    'created_date',
    'created',
    'updated_date',
    'completed_date',
    'dependencies',
    'parent_task_id',
    'modified_files',
  ];
  return foreign({
    id: word(fields.id),
    place: name,
    title: word(fields.title),
    status:
      folders.includes('archive') && !/^done$/i.test(status)
        ? 'archived'
        : folders.includes('drafts')
          ? 'draft'
          : status,
    priority: word(fields.priority),
    type: word(fields.type),
    labels: words(fields.labels),
    assignees: words(fields.assignee),
    created: word(fields.created_date) || word(fields.created),
    updated: word(fields.updated_date),
    closed: word(fields.completed_date),
    dependsOn: words(fields.dependencies),
    parent: word(fields.parent_task_id),
    files: words(fields.modified_files),
    criteria: criteria.flatMap((one) => one.criteria),
    sections: [
      ...sections.filter(({ title, text }) => !isCriteria(title) && text.trim() !== ''),
      ...(left.length > 0 ? [{ title: 'Further Acceptance Criteria', text: left.join('\n\n') }] : []),
    ],
    more: rest(fields, known),
    notes:
      repaired === 0
        ? []
        : [
            `${repaired} ${repaired === 1 ? 'line' : 'lines'} of its front matter are no YAML and were read as plain text`,
          ],
  });
}

function isCriteria(title: string): boolean {
  return /^acceptance criteria:?$/i.test(title.trim());
}

/** Sections at the first or second level; what stands before the first is the description. Backlog.md's markers are left out. */
function sectionsOf(text: string): { title: string; text: string }[] {
  const sections: { title: string; lines: string[] }[] = [];
  let open: { title: string; lines: string[] } = { title: 'Description', lines: [] };
  for (const line of bodyOf(text).lines) {
    if (line.heading !== undefined && line.heading.level <= 2) {
      if (open.lines.some((one) => one.trim() !== '') || sections.length > 0) sections.push(open);
      open = { title: line.heading.title.replace(/:$/, '') || 'Notes', lines: [] };
    } else if (
      line.kind !== 'comment' ||
      !/^\s*<!-- (?:SECTION:\w+|AC|DOD|\w+):(?:BEGIN|END) -->\s*$/.test(line.text)
    )
      open.lines.push(line.text);
  }
  sections.push(open);
  return sections.map(({ title, lines }) => ({ title, text: lines.join('\n').trim() }));
}
