import { elements, type Span } from '../platform/json-scan.ts';

/** A JSON document whose long lists are not built: their elements are parsed one by one. */
export interface JsonLists {
  /** What the document holds; in the place of each of those lists stands something that `listIn` knows. */
  readonly document: unknown;
  /** The elements of a list; `undefined` when the value is none. */
  listIn(value: unknown): Iterable<unknown> | undefined;
}

/**
 * @param json UTF-8
 * @param places offsets where lists begin, in their order
 * @returns `undefined` for what is no JSON as far as this can be told without its elements
 */
export function jsonLists(json: Buffer, places: readonly number[]): JsonLists | undefined {
  let mark = 'list';
  while (json.includes(mark)) mark += '-';
  const lists: Span[][] = [];
  const frame: string[] = [];
  let at = afterMark(json);
  for (const start of places) {
    const spans = [...elements(json, start)];
    const end = endOfList(json, start, spans);
    if (end === undefined) return undefined;
    frame.push(json.toString('utf8', at, start), JSON.stringify({ [mark]: lists.length }));
    lists.push(spans);
    at = end;
  }
  frame.push(json.toString('utf8', at));
  const document = parsed(frame.join(''));
  return document && { ...document, listIn: (value) => listIn(value, json, mark, lists) };
}

function parsed(text: string): { readonly document: unknown } | undefined {
  try {
    return { document: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function listIn(
  value: unknown,
  json: Buffer,
  mark: string,
  lists: readonly (readonly Span[])[],
): Iterable<unknown> | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const spans = lists[typeof fields[mark] === 'number' ? fields[mark] : -1];
  return spans && valuesAt(spans, json);
}

/** @throws SyntaxError */
function* valuesAt(spans: readonly Span[], json: Buffer): Generator<unknown> {
  for (const { start, end } of spans) yield JSON.parse(json.toString('utf8', start, end));
}

/** Behind a byte order mark, if there is one. */
export function afterMark(json: Buffer): number {
  return json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf ? 3 : 0;
}

/** @returns behind the bracket that closes the list; `undefined` where between its elements stands what is no JSON */
function endOfList(json: Buffer, start: number, spans: readonly Span[]): number | undefined {
  let at = start + 1;
  for (const [index, span] of spans.entries()) {
    const between = json.toString('latin1', at, span.start);
    if (!(index === 0 ? SPACE : COMMA).test(between)) return undefined;
    at = span.end;
  }
  const close = json.indexOf(']', at);
  return close >= 0 && SPACE.test(json.toString('latin1', at, close)) ? close + 1 : undefined;
}

const SPACE = /^[ \t\r\n]*$/;
const COMMA = /^[ \t\r\n]*,[ \t\r\n]*$/;
