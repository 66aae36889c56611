import path from 'node:path';
import { type BodyLine, type BodySection, bodyLines, bodySections } from './body.ts';
import {
  actionOf,
  affectedFileRows,
  cleanPath,
  criteriaOf,
  dependencyRows,
  ticketIdsIn,
  verificationCommandsOf,
} from './body-parts.ts';
import { type FrontMatterBlock, frontMatterBlock, ticketText } from './front-matter-block.ts';
import { readSimpleFields } from './front-matter-fast.ts';
import type { AffectedFile, TestMode, Ticket } from './ticket.ts';
import { testModes } from './ticket.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads the front matter that is not simple; see `front-matter.ts`, the only one, which costs the YAML library. */
export type FieldReader = (text: string, block: FrontMatterBlock, file: string) => Fields;

/**
 * Text or bytes of a file as a ticket. What is wrong with its content is `validate`'s business.
 * @param file absolute path
 * @param reader for front matter that is not simple; without it such a file gives `undefined`
 * @throws BacklogError with the line (exit 3) for a file that cannot be read as a ticket
 */
export function parseTicket(content: string | Uint8Array, file: string, reader: FieldReader): Ticket;
export function parseTicket(
  content: string | Uint8Array,
  file: string,
  reader: FieldReader | undefined,
): Ticket | undefined;
export function parseTicket(
  content: string | Uint8Array,
  file: string,
  reader: FieldReader | undefined,
): Ticket | undefined {
  const text = ticketText(content, file);
  const block = frontMatterBlock(text, file);
  const fields = readSimpleFields(block.yaml) ?? reader?.(text, block, file);
  return fields === undefined ? undefined : ticketOf(text, block, fields, file);
}

/** The body of a ticket's text, for those who edit it. */
export function bodyOf(text: string, file = 'ticket'): { lines: BodyLine[]; sections: BodySection[] } {
  const block = frontMatterBlock(text, file);
  const lines = bodyLines(text, block.body, block.bodyLine);
  return { lines, sections: bodySections(text, lines) };
}

/** 1-based line of a top-level key of the front matter; 1 when it has none. */
export function fieldLine(ticket: Pick<Ticket, 'text'>, key: string): number {
  for (const [index, line] of ticket.text.split('\n', 2000).entries()) {
    if (index > 0 && line.startsWith('---')) return 1;
    if (line.startsWith(`${key}:`) || line.startsWith(`"${key}":`) || line.startsWith(`'${key}':`))
      return index + 1;
  }
  return 1;
}

/** The body is parsed when it is first asked for: a list of a thousand tickets asks for none. */
function ticketOf(text: string, block: FrontMatterBlock, fields: Fields, file: string): Ticket {
  const id = plainText(fields.id) || idOfName(file);
  const mode = plainText(fields.tests);
  const lines = once(() => bodyLines(text, block.body, block.bodyLine));
  const sections = once(() => bodySections(text, lines()));
  const blockers = textList(fields.blockers);
  const dependsOn = once(() => unique([...namedIds(fields, blockers), ...dependencyRows(sections())]));
  const files = once(() => affectedFiles({ text }, fields, affectedFileRows(sections())));
  const criteria = once(() => criteriaOf(sections()));
  const commands = once(() => verificationCommandsOf(lines()));
  const plainSections = once(() =>
    sections().map(({ title, text: content, line }) => ({ title, text: content, line })),
  );
  return {
    id,
    prefix: id.includes('-') ? id.slice(0, id.lastIndexOf('-')) : id,
    title: plainText(fields.title),
    status: plainText(fields.status),
    priority: plainText(fields.priority),
    tests: testModes.find((one): one is TestMode => one === mode) ?? 'new',
    tags: textList(fields.tags),
    get dependsOn() {
      return dependsOn();
    },
    otherBlockers: blockers.filter((one) => ticketIdsIn(one).length === 0),
    get affectedFiles() {
      return files();
    },
    get criteria() {
      return criteria();
    },
    get verificationCommands() {
      return commands();
    },
    get sections() {
      return plainSections();
    },
    fields,
    file,
    folder: path.basename(path.dirname(file)) === 'completed' ? 'completed' : 'pending',
    text,
  };
}

/** What `depends_on` says, as it is written, and the ids among the blockers. */
function namedIds(fields: Fields, blockers: readonly string[]): string[] {
  return [...textList(fields.depends_on), ...blockers.flatMap(ticketIdsIn)];
}

function affectedFiles(
  ticket: Pick<Ticket, 'text'>,
  fields: Fields,
  rows: readonly AffectedFile[],
): AffectedFile[] {
  const byPath = new Map<string, AffectedFile>();
  const listed = fields.affected_files;
  const line = listed === undefined ? 1 : fieldLine(ticket, 'affected_files');
  for (const one of Array.isArray(listed) ? listed : textList(listed)) {
    const entry: Fields = typeof one === 'object' && one !== null ? one : { path: one };
    const file = cleanPath(plainText(entry.path) || plainText(entry.file));
    if (file === '' || byPath.has(file)) continue;
    byPath.set(file, {
      path: file,
      action: actionOf(plainText(entry.action)),
      description: plainText(entry.description),
      line,
    });
  }
  const inTable = new Set<string>();
  for (const row of rows) {
    if (inTable.has(row.path)) continue;
    inTable.add(row.path);
    const before = byPath.get(row.path);
    byPath.set(row.path, {
      ...row,
      action: row.action ?? before?.action,
      description: row.description || before?.description || '',
    });
  }
  return [...byPath.values()];
}

/** `FEAT-001` of `FEAT-001-add-health.md`; the whole name when it begins with no id. */
export function idOfName(file: string): string {
  const name = path.basename(file, '.md');
  return /^[A-Za-z][A-Za-z0-9]*-[0-9]{1,9}(?![0-9A-Za-z])/.exec(name)?.[0]?.toUpperCase() ?? name;
}

/** A list, or one value, as texts; what says "nothing" (`none`, `n/a`, `-`) is nothing. */
function textList(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list
    .flatMap((one) => {
      const text = plainText(one).trim();
      return !Array.isArray(value) && text.includes(',') ? text.split(',') : [text];
    })
    .map((one) => one.trim())
    .filter((one) => !nothing.has(one.toLowerCase()));
}

const nothing = new Set(['', '-', '—', 'none', 'n/a', 'null']);

function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
