import { findSection } from '../../tickets/body.ts';
import { appendHistory, editFrontMatter, type FieldValue, replaceSection } from '../../tickets/file.ts';
import { bodyOf } from '../../tickets/parse.ts';
import type { Ticket } from '../../tickets/ticket.ts';
import { criteriaFor, strategyFor } from './divide.ts';
import type { Part } from './plan.ts';

export interface PartFacts {
  readonly id: string;
  /** Ids of the parts that come first, in the order of `part.after`. */
  readonly after: readonly string[];
  /** UTC day. */
  readonly date: string;
}

/** What the ticket of a part is called. */
export function partTitle(ticket: Ticket, index: number, parts: readonly Part[]): string {
  const { boundary = '' } = parts[index] ?? {};
  return `${ticket.title.slice(0, 120)} (${index + 1} of ${parts.length}${boundary === '' ? '' : `: ${boundary.slice(-60)}`})`;
}

/** The text of a part: the ticket's own, with its share of files, criteria and tests; everything else is kept as it is. */
export function partText(
  ticket: Ticket,
  index: number,
  parts: readonly Part[],
  { id, after, date }: PartFacts,
): string {
  const part = parts[index];
  if (part === undefined) throw new Error(`there is no part ${index}`);
  const title = partTitle(ticket, index, parts);
  const listed = ticket.fields.depends_on;
  const before = Array.isArray(listed) ? listed.filter((one): one is string => typeof one === 'string') : [];
  const fields: Record<string, FieldValue> = {
    id,
    title,
    status: 'pending',
    created: date,
    updated: date,
    depends_on: [...before, ...after],
    estimated_tokens: part.estimatedTokens,
    scope_boundary: part.boundary,
    split_from: ticket.id,
    ...(ticket.fields.affected_files === undefined
      ? {}
      : {
          affected_files: part.files.map(({ path: file, action }) => ({
            path: file,
            ...(action ? { action } : {}),
          })),
        }),
  };
  let text = editFrontMatter(withHeading(ticket, id, title), fields, ticket.file);
  const { sections } = bodyOf(ticket.text);
  const rows = part.files.map(
    ({ path: file, action, description }) => `| ${file} | ${action ?? ''} | ${cell(description)} |`,
  );
  text = replaceSection(
    text,
    'Affected Files',
    ['| File | Action | Description |', '|---|---|---|', ...rows].join('\n'),
  );
  const criteria = findSection(sections, 'Acceptance Criteria');
  if (criteria !== undefined)
    text = replaceSection(text, 'Acceptance Criteria', criteriaFor(criteria, part, parts));
  const strategy = findSection(sections, 'Test Strategy');
  if (strategy !== undefined)
    text = replaceSection(text, 'Test Strategy', strategyFor(strategy, index, parts));
  if (after.length > 0) text = replaceSection(text, 'Dependencies', dependencies(text, after));
  return appendHistory(text, {
    date,
    change: `Part ${index + 1} of ${parts.length} of ${ticket.id}`,
    author: 'backlog',
  });
}

/** The heading names the ticket; what else stands on level 1 is the author's. */
function withHeading({ text, id }: Ticket, newId: string, title: string): string {
  const heading = bodyOf(text).lines.find(
    (line) => line.heading?.level === 1 && line.heading.title.includes(id),
  );
  if (heading === undefined) return text;
  return `${text.slice(0, heading.start)}# ${newId}: ${title}${text.slice(heading.start + heading.text.length)}`;
}

function dependencies(text: string, after: readonly string[]): string {
  const now = findSection(bodyOf(text).sections, 'Dependencies')?.lines ?? [];
  const rows = after.map((id) => `| ${id} | the part before it | pending |`);
  const kept = now.map((line) => line.text);
  const isTable = now.some(({ kind, text: line }) => kind === 'text' && line.trim().startsWith('|'));
  if (isTable) return [kept.join('\n').trimEnd(), ...rows].join('\n');
  const prose = kept.join('\n').trim();
  const table = ['| Ticket | What it needs | Status |', '|---|---|---|', ...rows].join('\n');
  return /^none\.?$/i.test(prose) || prose === '' ? table : `${prose}\n\n${table}`;
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}

/** The text of a ticket that depended on `from`, when it is to depend on `to`; the same text where it does not name it. */
export function redirected(ticket: Ticket, from: string, to: readonly string[]): string {
  const fields: Record<string, FieldValue> = {};
  for (const key of ['depends_on', 'blockers']) {
    const value = ticket.fields[key];
    const list = Array.isArray(value)
      ? value
      : typeof value === 'string'
        ? value.split(',').map((one) => one.trim())
        : [];
    const names = list.filter((one): one is string => typeof one === 'string');
    if (!names.includes(from)) continue;
    fields[key] = [...new Set(names.flatMap((one) => (one === from ? to : [one])))];
  }
  let text = Object.keys(fields).length > 0 ? editFrontMatter(ticket.text, fields, ticket.file) : ticket.text;
  const lines = findSection(bodyOf(text).sections, 'Dependencies')?.lines ?? [];
  for (const { kind, text: line, start } of lines.toReversed()) {
    if (kind !== 'text' || !line.trim().startsWith('|')) continue;
    const end = line.indexOf('|', line.indexOf('|') + 1);
    const first = end < 0 ? line : line.slice(0, end);
    const named = first.replaceAll(new RegExp(`(?<![A-Za-z0-9-])${from}(?![A-Za-z0-9])`, 'g'), to.join(', '));
    text = `${text.slice(0, start)}${named}${text.slice(start + first.length)}`;
  }
  return text;
}
