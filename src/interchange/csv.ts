/**
 * CSV as RFC 4180 has it, with the two liberties that spreadsheets take: any line end, and quotes in the middle of a field.
 * Fifty lines that a property test holds are less than any library would weigh at start-up.
 */

export interface CsvRow {
  readonly cells: readonly string[];
  /** 1-based line where the row begins. */
  readonly line: number;
}

/** @returns the rows; a quote that is never closed is in `open`, with the line where it begins */
export function parseCsv(text: string): {
  readonly rows: readonly CsvRow[];
  readonly open: number | undefined;
} {
  const rows: CsvRow[] = [];
  const walk = csvRows(text);
  for (;;) {
    const { done, value } = walk.next();
    if (!done) rows.push(value);
    else if (value !== undefined) return { rows, open: value };
    else return { rows: rows.filter((row) => !isBlank(row)), open: undefined };
  }
}

/** A row that is an empty line, but for quotes or white space around nothing. */
export function isBlank({ cells }: CsvRow): boolean {
  return cells.length === 1 && cells[0] === '';
}

/** @returns the line where a quote begins that is never closed; rows that are blank may be among those before it */
export function* csvRows(text: string): Generator<CsvRow, number | undefined> {
  let cells: string[] = [];
  let line = 1;
  let begun = 1;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  for (;;) {
    let cell = '';
    if (text[at] === '"') {
      const opened = line;
      for (at += 1; ; ) {
        const end = text.indexOf('"', at);
        if (end < 0) return opened;
        const part = text.slice(at, end);
        cell += part;
        line += part.split('\n').length - 1;
        at = end + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at += 1;
      }
    }
    const from = at;
    while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') at += 1;
    cells.push(cell + text.slice(from, at));
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    if (cells.length > 1 || cells[0] !== '' || from > 0) yield { cells, line: begun };
    if (at >= text.length) break;
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
    begun = line;
    cells = [];
    if (at >= text.length) break;
  }
  return undefined;
}

/** A row as CSV, ended by CR LF. */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

function cellText(value: string): string {
  return /[",\r\n]/.test(value) || value !== value.trim() ? `"${value.replaceAll('"', '""')}"` : value;
}

/** What a spreadsheet would take for a formula (OWASP, CSV injection), and what looks like one that was made harmless. */
const formula = /^'*[=+\-@\t\r]/;

/** A cell that no spreadsheet runs: an apostrophe before what could be a formula. {@link bare} takes it away. */
export function harmless(value: string): string {
  return formula.test(value) ? `'${value}` : value;
}

export function bare(value: string): string {
  return value.startsWith("'") && formula.test(value.slice(1)) ? value.slice(1) : value;
}
