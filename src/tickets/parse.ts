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

/** As {@link bodyOf}, for those who only read: several checks look at one ticket, one after the other. */
export function readBody(text: string): Structure {
  if (lastRead?.text !== text) lastRead = { text, ...bodyOf(text) };
  return lastRead;
}

/** Of one text at a time: it takes ten times the memory of the text, and whoever looks at many goes from one to the next. */
let lastRead: (Structure & { readonly text: string }) | undefined;

/** 1-based line of a top-level key of the front matter; 1 when it has none. */
export function fieldLine(ticket: Pick<Ticket, 'text'>, key: string): number {
  const { text } = ticket;
  const names = [`${key}:`, `"${key}":`, `'${key}':`];
  let start = 0;
  for (let line = 1; line <= 2000; line += 1) {
    if (line > 1 && text.startsWith('---', start)) return 1;
    if (names.some((name) => text.startsWith(name, start))) return line;
    start = text.indexOf('\n', start) + 1;
    if (start === 0) return 1;
  }
  return 1;
}

function ticketOf(text: string, block: FrontMatterBlock, fields: Fields, file: string): Ticket {
  return new ReadTicket(text, block, fields, file);
}

/**
 * The body is parsed when it is first asked for: a list of a thousand tickets asks for none. The getters are those of a class,
 * since an object with getters of its own would cost kilobytes of hidden classes for each ticket.
 */
class ReadTicket implements Ticket {
  readonly id: string;
  readonly prefix: string;
  readonly title: string;
  readonly status: string;
  readonly priority: string;
  readonly tests: TestMode;
  readonly tags: readonly string[];
  readonly otherBlockers: readonly string[];
  readonly splitInto: readonly string[];
  readonly fields: Fields;
  readonly file: string;
  readonly folder: Ticket['folder'];
  readonly text: string;
  readonly #block: FrontMatterBlock;
  readonly #blockers: readonly string[];
  #made: Partial<Body> = {};

  constructor(text: string, block: FrontMatterBlock, fields: Fields, file: string) {
    const mode = plainText(fields.tests);
    this.id = plainText(fields.id) || idOfName(file);
    this.prefix = prefixOf(this.id);
    this.title = plainText(fields.title);
    this.status = plainText(fields.status);
    this.priority = plainText(fields.priority);
    this.tests = testModes.find((one): one is TestMode => one === mode) ?? 'new';
    this.tags = textList(fields.tags);
    this.#blockers = textList(fields.blockers);
    this.otherBlockers = this.#blockers.filter((one) => ticketIdsIn(one).length === 0);
    this.splitInto = Array.isArray(fields.split_into)
      ? fields.split_into.filter((one): one is string => typeof one === 'string')
      : [];
    this.fields = fields;
    this.file = file;
    this.folder = path.basename(path.dirname(file)) === 'completed' ? 'completed' : 'pending';
    this.text = text;
    this.#block = block;
  }

  get dependsOn(): readonly string[] {
    // Most of the cost of a list is the structure of bodies: those without the section's name have no such table.
    this.#made.dependsOn ??= unique([
      ...namedIds(this.fields, this.#blockers),
      ...(/dependencies/i.test(this.text) ? dependencyRows(this.#sections) : []),
    ]);
    return this.#made.dependsOn;
  }

  get affectedFiles(): readonly AffectedFile[] {
    this.#made.affectedFiles ??= affectedFiles(this, this.fields, affectedFileRows(this.#sections));
    return this.#made.affectedFiles;
  }

  get criteria(): Ticket['criteria'] {
    this.#made.criteria ??= criteriaOf(this.#sections);
    return this.#made.criteria;
  }

  get verificationCommands(): readonly string[] {
    this.#made.commands ??= verificationCommandsOf(this.#lines);
    return this.#made.commands;
  }

  get sections(): Ticket['sections'] {
    this.#made.plainSections ??= this.#sections.map(({ title, text, line }) => ({ title, text, line }));
    return this.#made.plainSections;
  }

  get #lines(): readonly BodyLine[] {
    return this.#structure.lines;
  }

  get #sections(): readonly BodySection[] {
    return this.#structure.sections;
  }

  get #structure(): Structure {
    if (lastRead?.text === this.text) return lastRead;
    const lines = bodyLines(this.text, this.#block.body, this.#block.bodyLine);
    lastRead = { text: this.text, lines, sections: bodySections(this.text, lines) };
    return lastRead;
  }
}

interface Structure {
  readonly lines: readonly BodyLine[];
  readonly sections: readonly BodySection[];
}

/** What a ticket's body has been found to hold. */
interface Body {
  dependsOn: readonly string[];
  affectedFiles: readonly AffectedFile[];
  criteria: Ticket['criteria'];
  commands: readonly string[];
  plainSections: Ticket['sections'];
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

/** `FEAT` of `FEAT-001`. */
export function prefixOf(id: string): string {
  return id.includes('-') ? id.slice(0, id.lastIndexOf('-')) : id;
}

/** `FEAT-001` of `FEAT-001-add-health.md`; the whole name when it begins with no id. */
export function idOfName(file: string): string {
  const name = path.basename(file, '.md');
  return BEGINS_WITH_ID.exec(name)?.[0]?.toUpperCase() ?? name;
}

/** Whether the name of a file (no path) says an id. */
export function beginsWithId(name: string): boolean {
  return BEGINS_WITH_ID.test(name);
}

/** An id with which a name begins, as a regular expression. */
export const ID_FIRST = '[A-Za-z][A-Za-z0-9]*-[0-9]{1,9}(?![0-9A-Za-z])';
const BEGINS_WITH_ID = new RegExp(`^${ID_FIRST}`);

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
