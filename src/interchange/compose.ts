import type { FieldValue } from '../tickets/file.ts';
import { lazyEdit } from '../tickets/library.ts';
import { bodyOf } from '../tickets/parse.ts';
import { oneLine, prose, table } from '../tickets/render.ts';
import type { TicketStatus } from '../tickets/ticket.ts';
import type { ForeignTicket } from './foreign.ts';
import { dayOf, priorityOf, statusOf } from './vocabulary.ts';

export interface ComposeFacts {
  readonly id: string;
  /** `backlog-md:BACK-12`. */
  readonly from: string;
  /** Ids of this backlog. */
  readonly dependsOn: readonly string[];
  readonly parent: string | undefined;
  /** Dependencies that were not found, as the source names them. */
  readonly lost: readonly string[];
  /** UTC day of the import. */
  readonly today: string;
  /** Rewrites the ids that a text names. */
  readonly rewrite: (text: string) => string;
}

export interface Composed {
  readonly text: string;
  readonly status: TicketStatus;
  /** What could not be mapped, in words. */
  readonly unmapped: readonly string[];
}

/** Most characters of what is kept in `imported_fields`; the front matter as a whole has a bound. */
const MOST_KEPT = 16_000;

/** The text of a ticket of ours from one of another program, and what of it has no place there. Only inside `withLibrary`. */
export function compose(ticket: ForeignTicket, facts: ComposeFacts): Composed {
  return ticket.own === undefined ? fromForeign(ticket, facts) : fromOwn(ticket, ticket.own, facts);
}

function fromForeign(ticket: ForeignTicket, facts: ComposeFacts): Composed {
  const { id, lost, dependsOn, rewrite } = facts;
  const unmapped: string[] = [...ticket.notes];
  const { status, hold, known } = statusOf(ticket.status);
  if (!known) unmapped.push(`status "${shown(ticket.status)}" is not known here: pending`);
  const priority = priorityOf(ticket.priority);
  if (priority === undefined) unmapped.push(`priority "${shown(ticket.priority)}" is not known here: medium`);
  for (const one of lost) unmapped.push(`dependency ${shown(one)} is not among the imported tickets`);
  const title = titleOf(ticket, id);
  if (title.cut)
    unmapped.push('its title is longer than 200 characters, or empty; the whole one is in imported_fields');
  const created = dayOf(ticket.created);
  if (ticket.created !== '' && created === undefined) unmapped.push(`"${shown(ticket.created)}" is no date`);
  const closed = status === 'completed' || status === 'obsolete';
  const more: Record<string, unknown> = {
    ...ticket.more,
    ...(title.cut ? { title: ticket.title } : {}),
    ...(known ? {} : { status: ticket.status }),
    ...(priority === undefined ? { priority: ticket.priority } : {}),
    ...(lost.length > 0 ? { dependencies: lost } : {}),
    ...(created === undefined && ticket.created !== '' ? { created: ticket.created } : {}),
  };
  const keeps = keptFields(more, unmapped);
  const holds = closed
    ? []
    : [
        ...(hold === '' ? [] : [`${hold} where it was imported from`]),
        ...lost.map((one) => `waits for ${one}, which was not imported`),
      ];
  const fields: Record<string, FieldValue> = {
    title: title.text,
    status,
    priority: priority ?? 'medium',
    created: created ?? facts.today,
    updated: dayOf(ticket.updated) ?? created ?? facts.today,
    assignee: ticket.assignees.join(', ') || 'unassigned',
    blockers: holds,
    depends_on: dependsOn,
    shared_files: [],
    related_docs: [],
    estimated_tokens: 0,
    scope_boundary: '',
    ...(ticket.labels.length > 0 ? { tags: ticket.labels } : {}),
    ...(facts.parent === undefined ? {} : { parent: facts.parent }),
    ...(status === 'completed'
      ? { completed: dayOf(ticket.closed) ?? dayOf(ticket.updated) ?? created ?? facts.today }
      : {}),
    imported_from: facts.from,
    ...(keeps === undefined ? {} : { imported_fields: keeps }),
  };
  for (const key of Object.keys(keeps ?? {}))
    if (Object.hasOwn(ticket.more, key))
      unmapped.push(`\`${shown(key)}\` has no place in a ticket; it is in imported_fields`);
  const text = lazyEdit(
    `---\nid: ${id}\n---\n\n${bodyFor(ticket, { ...facts, title: title.text, rewrite })}`,
    fields,
  );
  return { text, status, unmapped };
}

/** The front matter and body of our own export; only the ids may have changed. */
function fromOwn(
  ticket: ForeignTicket,
  own: NonNullable<ForeignTicket['own']>,
  { id, from, dependsOn, rewrite, lost }: ComposeFacts,
): Composed {
  const { id: _, ...rest } = own.fields;
  const { status } = statusOf(ticket.status);
  const unmapped = lost.map((one) => `dependency ${shown(one)} is not among the imported tickets`);
  const known: [string, FieldValue][] = [];
  for (const [key, value] of Object.entries(rest)) {
    const plain = kept(key, value, unmapped);
    if (plain !== undefined) known.push([key, renamed(plain, rewrite)]);
  }
  const fields: Record<string, FieldValue> = {
    ...Object.fromEntries(known),
    ...(ticket.dependsOn.length > 0 ? { depends_on: [...dependsOn, ...lost] } : {}),
    imported_from: from,
  };
  const eol = own.body.startsWith('\r\n') ? '\r\n' : '\n';
  const text = lazyEdit(`---${eol}id: ${id}${eol}---${eol}${rewrite(own.body)}`, fields);
  return { text, status, unmapped };
}

function bodyFor(ticket: ForeignTicket, facts: ComposeFacts & { readonly title: string }): string {
  const parts: (readonly [string, string])[] = [];
  const before = ['context', 'description'];
  const isBefore = ({ title }: { readonly title: string }): boolean => before.includes(title.toLowerCase());
  const named = ticket.sections.map(({ title, text }) => ({
    title: oneLine(title),
    text: facts.rewrite(text),
  }));
  for (const { title, text } of named.filter(isBefore)) parts.push([title, text]);
  if (ticket.files.length > 0)
    parts.push([
      'Affected Files',
      table(
        ['File', 'Action', 'Description'],
        ticket.files.map((file) => [file, 'modify', '']),
      ),
    ]);
  if (ticket.criteria.length > 0)
    parts.push([
      'Acceptance Criteria',
      ticket.criteria
        .map(
          ({ text, checked }, index) =>
            `- [${checked ? 'x' : ' '}] AC-${index + 1}: ${facts.rewrite(oneLine(text))}`,
        )
        .join('\n'),
    ]);
  parts.push([
    'Dependencies',
    facts.dependsOn.length === 0
      ? 'None.'
      : table(
          ['Ticket', 'What it needs', 'Status'],
          facts.dependsOn.map((one) => [one, '', '']),
        ),
  ]);
  for (const { title, text } of named.filter((one) => !isBefore(one))) parts.push([uniqueTitle(title), text]);
  const row = [facts.today, `Imported from ${facts.from}`, 'backlog'];
  const history = table(['Date', 'Change', 'Author'], [row]);
  const whole = (clean: (text: string) => string): string =>
    [
      `# ${facts.id}: ${facts.title}`,
      ...parts.map(([title, text]) => `## ${title}\n\n${clean(text)}`),
      `## History\n\n${history}`,
    ].join('\n\n');
  // Text that holds an open fence, comment or heading would swallow what follows; only then is it changed.
  const titles = [...parts.map(([title]) => title), 'History'];
  const plain = `${whole((text) => text.replaceAll(/\r\n?/g, '\n'))}\n`;
  const found = bodyOf(`---\nid: x\n---\n${plain}`).sections.map(({ title }) => title);
  return JSON.stringify(found) === JSON.stringify(titles) ? plain : `${whole(prose)}\n`;
}

/** Titles that mean something here are not given to foreign text. */
function uniqueTitle(title: string): string {
  const own = [
    'affected files',
    'dependencies',
    'history',
    'cost estimate',
    'implementation plan',
    'actual cost',
  ];
  const name = title.replaceAll(/[#\s]+$/g, '') || 'Notes';
  return own.includes(name.toLowerCase()) ? `${name} (imported)` : name;
}

export function titleOf(
  ticket: Pick<ForeignTicket, 'id' | 'title'>,
  id: string,
): { readonly text: string; readonly cut: boolean } {
  const plain = oneLine(ticket.title.replaceAll(/\p{Cc}+/gu, ' '));
  if (plain === '') return { text: ticket.id || id, cut: true };
  const points = [...plain];
  return points.length <= 200
    ? { text: plain, cut: false }
    : { text: points.slice(0, 200).join('').trim(), cut: true };
}

function keptFields(
  more: Readonly<Record<string, unknown>>,
  unmapped: string[],
): Readonly<Record<string, FieldValue>> | undefined {
  const all: Record<string, FieldValue> = {};
  let size = 0;
  for (const [key, value] of Object.entries(more)) {
    const plain = kept(key, value, unmapped);
    if (plain === undefined) continue;
    const length = key.length + JSON.stringify(plain).length;
    if (size + length > MOST_KEPT) {
      unmapped.push(`\`${shown(key)}\` is too large to be kept, and was left out`);
      continue;
    }
    size += length;
    all[key] = plain;
  }
  return Object.keys(all).length === 0 ? undefined : all;
}

/** A value as front matter can hold it; what of it cannot be held is told. */
function kept(key: string, value: unknown, unmapped: string[]): FieldValue | undefined {
  let whole = true;
  const plain =
    key === '__proto__'
      ? undefined
      : fieldValue(value, () => {
          whole = false;
        });
  if (plain === undefined) unmapped.push(`\`${shown(key)}\` cannot be kept, and was left out`);
  else if (!whole) unmapped.push(`\`${shown(key)}\` is nested too deeply, and was cut`);
  return plain;
}

/** A value with the ids that its texts name rewritten: dependencies stand in more fields than one. */
function renamed(value: FieldValue, rewrite: (text: string) => string): FieldValue {
  if (typeof value === 'string') return rewrite(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((one) => renamed(one, rewrite));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamed(one, rewrite)]));
}

function isList(value: FieldValue): value is readonly FieldValue[] {
  return Array.isArray(value);
}

/** A JSON value of moderate depth as front matter can hold it; `lost` is called for each value in it that is left out. */
function fieldValue(value: unknown, lost: () => void, depth = 0): FieldValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (depth > 8 || typeof value !== 'object') {
    lost();
    return undefined;
  }
  const inner = (one: unknown): FieldValue[] => {
    const plain = fieldValue(one, lost, depth + 1);
    return plain === undefined ? [] : [plain];
  };
  if (Array.isArray(value)) return value.flatMap(inner);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => {
      if (key === '__proto__') lost();
      return key === '__proto__' ? [] : inner(one).map((plain) => [key, plain] as const);
    }),
  );
}

function shown(text: string): string {
  const plain = oneLine(text.replaceAll(/\p{Cc}+/gu, ' '));
  return plain.length > 80 ? `${plain.slice(0, 80)}…` : plain;
}
