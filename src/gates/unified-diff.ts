/** One line inside a hunk. */
export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'context';
  /** 1-based, in the old file for what was removed, else in the new one; 0 when the difference does not tell. */
  readonly line: number;
  /** Without its sign. */
  readonly text: string;
}

/** One file of a unified difference. */
export interface DiffFile {
  /** `null` for a file that is new. */
  readonly from: string | null;
  /** `null` for a file that is taken away. */
  readonly to: string | null;
  readonly lines: readonly DiffLine[];
}

/** The name under which a file of a difference is spoken of; empty when the difference names none. */
export function nameOfFile({ from, to }: Pick<DiffFile, 'from' | 'to'>): string {
  return to ?? from ?? '';
}

/** What is read so far. */
interface Reading {
  readonly files: { from: string | null; to: string | null; readonly lines: DiffLine[] }[];
  inHunk: boolean;
  /** Lines that the hunk's header still promises; what comes after them is read by its sign alone. */
  oldLeft: number;
  newLeft: number;
  oldLine: number;
  newLine: number;
}

/**
 * Reads a unified difference as git and diff write it, and is patient with ones that a hand has shortened: a hunk's counts may
 * be wrong or missing, and lines without any header are read by their sign. `+++` and `---` are headers only where headers
 * stand: inside a hunk they are lines that begin with `++` or `--`.
 */
export function parseDiff(text: string): DiffFile[] {
  const rows = text.split('\n').map((row) => (row.endsWith('\r') ? row.slice(0, -1) : row));
  const state: Reading = { files: [], inHunk: false, oldLeft: 0, newLeft: 0, oldLine: 0, newLine: 0 };
  const hasHunks = rows.some((row) => row.startsWith('@@'));
  for (const [index, row] of rows.entries()) {
    if (row.startsWith('diff --git ') || row.startsWith('diff -')) openFile(state, gitNames(row));
    else if (row.startsWith('@@')) openHunk(state, row);
    else if (isHeader(state, rows, index)) readHeader(state, row);
    else if (state.inHunk || !hasHunks) readLine(state, row);
  }
  return state.files;
}

function openFile(state: Reading, names: readonly [string | null, string | null]): void {
  state.files.push({ from: names[0], to: names[1], lines: [] });
  state.inHunk = false;
}

function openHunk(state: Reading, row: string): void {
  const found = /^@@+ -(\d+)(?:,(\d+))? (?:-\S+ )*\+(\d+)(?:,(\d+))? @@/.exec(row);
  if (state.files.length === 0) openFile(state, [null, null]);
  state.inHunk = true;
  state.oldLine = Number(found?.[1] ?? 0);
  state.oldLeft = found === null ? 0 : Number(found[2] ?? 1);
  state.newLine = Number(found?.[3] ?? 0);
  state.newLeft = found === null ? 0 : Number(found[4] ?? 1);
}

/** Whether `--- a` or `+++ b` at `index` is a header. In a hunk only when a pair of them and a new hunk follow. */
function isHeader(state: Reading, rows: readonly string[], index: number): boolean {
  const row = rows[index] ?? '';
  if (row.startsWith('+++ ')) return !state.inHunk;
  if (!row.startsWith('--- ')) return false;
  if (!state.inHunk) return true;
  // The last two lines of a hunk may look like this too; its counts say so.
  if (state.oldLeft === 1 && state.newLeft === 1) return false;
  return (rows[index + 1] ?? '').startsWith('+++ ') && (rows[index + 2] ?? '').startsWith('@@');
}

function readHeader(state: Reading, row: string): void {
  const name = headerName(row.slice(4));
  const last = state.files.at(-1);
  if (row.startsWith('--- ')) {
    if (last === undefined || state.inHunk || last.lines.length > 0) openFile(state, [name, name]);
    else last.from = name;
  } else if (last === undefined) openFile(state, [name, name]);
  else last.to = name;
}

function readLine(state: Reading, row: string): void {
  const sign = row[0];
  // `\ No newline at end of file`, and what is no line of a hunk.
  if (sign !== '+' && sign !== '-' && sign !== ' ' && row !== '') return;
  if (!state.inHunk && sign !== '+' && sign !== '-') return;
  if (row === '' && state.newLeft === 0) return;
  if (state.files.length === 0) openFile(state, [null, null]);
  const lines = state.files.at(-1)?.lines;
  const text = row.slice(1);
  if (sign === '+') lines?.push({ kind: 'added', line: state.newLine, text });
  else if (sign === '-') lines?.push({ kind: 'removed', line: state.oldLine, text });
  else lines?.push({ kind: 'context', line: state.newLine, text });
  if (sign !== '+') [state.oldLine, state.oldLeft] = next(state.oldLine, state.oldLeft);
  if (sign !== '-') [state.newLine, state.newLeft] = next(state.newLine, state.newLeft);
}

/** The next line's number, which stays 0 when nobody knows it, and how many are left. */
function next(line: number, left: number): [number, number] {
  return [line === 0 ? 0 : line + 1, Math.max(0, left - 1)];
}

/** `a/src/a.ts`, `/dev/null`, `"a/with \303\244"`, with diff's own time stamp behind a tab. */
function headerName(text: string): string | null {
  const plain = text.startsWith('"') ? unquoted(text) : (text.split('\t')[0] ?? '').trimEnd();
  return plain === '/dev/null' ? null : plain.replace(/^[abciwo]\//, '');
}

/** Names of `diff --git a/x b/x`: for files without `---` and `+++`, such as binary ones and mode changes. */
function gitNames(row: string): [string | null, string | null] {
  const quoted = /^diff --git ("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")$/.exec(row);
  if (quoted) return [headerName(quoted[1] ?? ''), headerName(quoted[2] ?? '')];
  const rest = row.replace(/^diff --git /, '');
  const middle = (rest.length - 1) / 2;
  // Without renames both halves name the same file, which may itself hold spaces.
  if (Number.isInteger(middle) && rest[middle] === ' ' && rest.slice(2, middle) === rest.slice(middle + 3))
    return [headerName(rest.slice(0, middle)), headerName(rest.slice(middle + 1))];
  const [from = '', to = ''] = rest.split(' ').slice(-2);
  return [headerName(from), headerName(to)];
}

/** git's C quoting: octal bytes of UTF-8, and the usual letters. */
function unquoted(text: string): string {
  const bytes: number[] = [];
  const body = /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text;
  const letters: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
  for (const part of body.match(/\\[0-7]{3}|\\.|[^\\]/gsu) ?? []) {
    if (/^\\[0-7]{3}$/.test(part)) bytes.push(Number.parseInt(part.slice(1), 8));
    else if (part.startsWith('\\')) bytes.push(letters[part[1] ?? ''] ?? part.charCodeAt(1));
    else bytes.push(...Buffer.from(part, 'utf8'));
  }
  return Buffer.from(bytes).toString('utf8');
}
