import type { Section } from './ticket.ts';

/** One line of the body, with what Markdown makes of it. */
export interface BodyLine {
  /** Without its line end. */
  readonly text: string;
  /** 1-based, in the whole file. */
  readonly line: number;
  /** Offset of the first character in the whole text. */
  readonly start: number;
  /** Offset after the line end. */
  readonly end: number;
  /** Only `text` lines can be headings, rows and list items: fences, code and HTML comments are not structure. */
  readonly kind: 'text' | 'fence' | 'code' | 'comment';
  /** Of an opening fence: its first word, such as `bash`; empty when there is none. */
  readonly language?: string | undefined;
  readonly heading?: { readonly level: number; readonly title: string } | undefined;
}

/** A section with the lines below its heading. */
export interface BodySection extends Section {
  readonly heading: BodyLine;
  readonly lines: readonly BodyLine[];
}

/**
 * The lines of a body. Code fences and HTML comments follow CommonMark: an open one goes on to the end of the text.
 * @param from offset where the body begins
 * @param firstLine 1-based line of that offset
 */
export function bodyLines(text: string, from: number, firstLine: number): BodyLine[] {
  const lines: BodyLine[] = [];
  let fence: { readonly mark: string; readonly length: number } | undefined;
  let inComment = false;
  let line = firstLine;
  for (let start = from; start < text.length; line++) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    const last = newline < 0 ? end : newline;
    const content = text.slice(start, last > start && text.charCodeAt(last - 1) === 0x0d ? last - 1 : last);
    const made = new Line(content, line, start, end);
    lines.push(made);
    start = end;
    if (fence !== undefined) {
      const closes = closesFence(content, fence);
      made.kind = closes ? 'fence' : 'code';
      if (closes) fence = undefined;
      continue;
    }
    const trimmed = content.trimStart();
    if (inComment || trimmed.startsWith('<!--')) {
      const opening: number = inComment ? 0 : content.indexOf('<!--') + 4;
      inComment = !content.includes('-->', opening);
      made.kind = 'comment';
      continue;
    }
    const opened = openedFence(trimmed);
    if (opened) {
      fence = opened;
      made.kind = 'fence';
      made.language = opened.language;
      continue;
    }
    if (trimmed.startsWith('#')) made.heading = headingOf(content);
  }
  return lines;
}

/**
 * A class, since V8 puts what a literal makes again and again straight into its old space once it has lived a while: of ten
 * thousand tickets that are read one after the other, every line would stay in memory to the end.
 */
class Line implements BodyLine {
  readonly text: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  kind: BodyLine['kind'] = 'text';
  language: string | undefined = undefined;
  heading: BodyLine['heading'] = undefined;

  constructor(text: string, line: number, start: number, end: number) {
    this.text = text;
    this.line = line;
    this.start = start;
    this.end = end;
  }
}

/** The `##` sections. One ends where the next heading of its level or above begins. */
export function bodySections(text: string, lines: readonly BodyLine[]): BodySection[] {
  const sections: BodySection[] = [];
  let open: { heading: BodyLine; title: string; lines: BodyLine[] } | undefined;
  const finish = (): void => {
    if (!open) return;
    const { heading, title } = open;
    const last = open.lines.at(-1)?.end ?? heading.end;
    sections.push({
      title,
      text: text.slice(heading.end, last),
      line: heading.line,
      heading,
      lines: open.lines,
    });
    open = undefined;
  };
  for (const one of lines) {
    if (one.heading !== undefined && one.heading.level <= 2) {
      finish();
      if (one.heading.level === 2) open = { heading: one, title: one.heading.title, lines: [] };
    } else open?.lines.push(one);
  }
  finish();
  return sections;
}

/** Finds a section by its title, whatever its case. */
export function findSection<S extends Section>(sections: readonly S[], title: string): S | undefined {
  const wanted = title.trim().toLowerCase();
  return sections.find((one) => one.title.toLowerCase() === wanted);
}

export interface TableRow {
  readonly cells: readonly string[];
  /** 1-based, in the whole file. */
  readonly line: number;
}

/** The rows of the tables in these lines, without header and delimiter rows; `\|` in a cell is a bar. */
export function tableRows(lines: readonly BodyLine[]): TableRow[] {
  const rows: (TableRow & { readonly delimiter: boolean })[] = [];
  for (const one of lines) {
    if (one.kind !== 'text' || !one.text.trimStart().startsWith('|')) continue;
    const cells = tableCells(one.text);
    rows.push({ cells, line: one.line, delimiter: cells.every((cell) => /^:?-+:?$/.test(cell)) });
  }
  return rows
    .filter(({ delimiter }, index) => !delimiter && !rows[index + 1]?.delimiter)
    .map(({ cells, line }) => ({ cells, line }));
}

/** The cells of one row, trimmed. */
export function tableCells(row: string): string[] {
  const cells: string[] = [];
  let cell = '';
  const text = row.trim();
  for (let at = text.startsWith('|') ? 1 : 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\' && text[at + 1] === '|') {
      cell += '|';
      at += 1;
    } else if (character === '|') {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  if (cell.trim() !== '' || !text.endsWith('|')) cells.push(cell.trim());
  return cells;
}

function openedFence(trimmed: string): { mark: string; length: number; language: string } | undefined {
  const mark = trimmed.charAt(0);
  if (mark !== '`' && mark !== '~') return undefined;
  const length = runLength(trimmed, mark);
  const info = trimmed.slice(length).trim();
  if (length < 3 || (mark === '`' && info.includes('`'))) return undefined;
  return { mark, length, language: (info.split(/\s/, 1)[0] ?? '').toLowerCase() };
}

function closesFence(content: string, fence: { readonly mark: string; readonly length: number }): boolean {
  const text = content.trim();
  return text.length >= fence.length && runLength(text, fence.mark) === text.length;
}

function runLength(text: string, mark: string): number {
  let length = 0;
  while (text[length] === mark) length += 1;
  return length;
}

function headingOf(content: string): { level: number; title: string } | undefined {
  const text = content.trimStart();
  if (content.length - text.length > 3) return undefined;
  const level = runLength(text, '#');
  if (level < 1 || level > 6 || (text.length > level && !/[ \t]/.test(text.charAt(level)))) return undefined;
  let title = text.slice(level).trim();
  let end = title.length;
  while (end > 0 && title[end - 1] === '#') end -= 1;
  if (end < title.length && (end === 0 || /[ \t]/.test(title.charAt(end - 1))))
    title = title.slice(0, end).trim();
  return { level, title };
}
