/**
 * Reads simple front matter without a YAML library, so that a list of a thousand tickets costs little. It takes only what it
 * understands fully (`key: scalar`, `[a, b]`, block lists of scalars) and gives exactly what the library would give;
 * a test compares both. For everything else it answers `undefined`, and the library reads it.
 * @param yaml the text between the fences, beginning with the line end of the first
 */
export function readSimpleFields(yaml: string): Readonly<Record<string, unknown>> | undefined {
  const fields = new Map<string, unknown>();
  const lines = yaml.split('\n');
  let at = 1;
  while (at < lines.length) {
    const line = trimmedLine(lines[at]);
    at += 1;
    if (line === undefined) return undefined;
    if (line === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const key = line.slice(0, colon);
    if (colon < 1 || !isSimpleKey(key) || fields.has(key)) return undefined;
    if (colon + 1 < line.length && line[colon + 1] !== ' ') return undefined;
    const rest = line.slice(colon + 1).trimStart();
    if (rest !== '') {
      const value = rest.startsWith('[') ? flowList(rest) : simpleScalar(rest);
      if (value === undefined) return undefined;
      fields.set(key, value);
      continue;
    }
    const list = blockList(lines, at);
    if (list === undefined) return undefined;
    fields.set(key, list.items.length === 0 ? null : list.items);
    at = list.next;
  }
  return Object.fromEntries(fields);
}

/**
 * The value of a scalar that is written on one line (YAML 1.2 core schema), or `undefined` when only the library can tell.
 */
export function simpleScalar(text: string): string | number | boolean | null | undefined {
  const first = text[0];
  if (first === "'" || first === '"') return quoted(text, first);
  if (!PLAIN_START.test(text) || text.includes(': ') || text.includes(' #') || text.endsWith(':'))
    return undefined;
  return resolved(text);
}

const PLAIN_START = /^[A-Za-z0-9_./$(]/;
const KEY = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const WORDS = /^(?:null|true|false)$/i;
/** The numbers of the core schema, without sign, which no plain scalar begins with here. */
const NUMBER = /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[0-9]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/;
const FLOW_ITEM = /^[A-Za-z0-9_./][A-Za-z0-9_./@ -]*$/;
/** Characters for which the library has rules of its own: controls, tabs, odd line ends and spaces, byte order marks, lone surrogates. */
const ODD =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\ufffe\uffff\ud800-\udfff]/;

/** Without the carriage return of its line end and without spaces at its end; `undefined` for odd characters. */
function trimmedLine(line = ''): string | undefined {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return ODD.test(text) ? undefined : text.trimEnd();
}

function isSimpleKey(key: string): boolean {
  return key.length <= 64 && KEY.test(key) && !WORDS.test(key) && key !== '__proto__';
}

function quoted(text: string, mark: string): string | undefined {
  if (text.length < 2 || !text.endsWith(mark)) return undefined;
  const inner = text.slice(1, -1);
  return inner.includes(mark) || (mark === '"' && inner.includes('\\')) ? undefined : inner;
}

function resolved(text: string): string | number | boolean | null | undefined {
  const code = text.charCodeAt(0);
  const digit = code >= 0x30 && code <= 0x39;
  if (!digit && code !== 0x2e) {
    if (!WORDS.test(text)) return text;
    if (/^(?:null|Null|NULL)$/.test(text)) return null;
    if (/^(?:true|True|TRUE)$/.test(text)) return true;
    return /^(?:false|False|FALSE)$/.test(text) ? false : text;
  }
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return text;
  return NUMBER.test(text) || /^\.(?:inf|nan)$/i.test(text) ? undefined : text;
}

function flowList(text: string): unknown[] | undefined {
  if (!text.endsWith(']')) return undefined;
  const inner = text.slice(1, -1).trim();
  if (inner === '') return [];
  const items: unknown[] = [];
  for (const part of inner.split(',')) {
    const item = part.trim();
    const isQuoted = /^'[^'[\]{}]*'$/.test(item) || /^"[^"\\[\]{}]*"$/.test(item);
    const value = isQuoted || FLOW_ITEM.test(item) ? simpleScalar(item) : undefined;
    if (value === undefined) return undefined;
    items.push(value);
  }
  return items;
}

interface BlockList {
  readonly items: unknown[];
  /** Index of the first line after the list. */
  readonly next: number;
}

function blockList(lines: readonly string[], from: number): BlockList | undefined {
  const items: unknown[] = [];
  let indent = -1;
  let next = from;
  for (; next < lines.length; next++) {
    const line = trimmedLine(lines[next]);
    if (line === undefined) return undefined;
    if (line === '') continue;
    const text = line.trimStart();
    const column = line.length - text.length;
    if (!text.startsWith('- ')) {
      if (column > 0 || text === '-') return undefined;
      break;
    }
    if (indent >= 0 && column !== indent) return undefined;
    indent = column;
    const value = simpleScalar(text.slice(2).trimStart());
    if (value === undefined) return undefined;
    items.push(value);
  }
  return { items, next };
}
