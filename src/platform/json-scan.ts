// Finds values in a JSON text without building it: request bodies and exports are large, and we need a handful of fields, or one
// element at a time. What lies between is jumped over string by string with the native search.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/** How far a string's end is looked for byte by byte. */
const NEAR = 32;

/** Where a value lies: bytes `[start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The members of the JSON object that begins at `from`, in their order. Stops quietly where the text is no JSON: whoever needs
 * to know judges what was found.
 */
export function* members(json: Buffer, from = 0): Generator<Span & { readonly key: string }> {
  let at = skipSpace(json, from);
  if (json[at] !== OPEN_OBJECT) return;
  at = skipSpace(json, at + 1);
  while (json[at] === QUOTE) {
    const keyEnd = endOfString(json, at);
    if (keyEnd < 0) return;
    const key = keyAt(json, at, keyEnd);
    at = skipSpace(json, keyEnd);
    if (json[at] !== COLON) return;
    const start = skipSpace(json, at + 1);
    const end = endOfValue(json, start);
    if (end < 0) return;
    yield { key, start, end };
    at = skipSpace(json, end);
    if (json[at] !== COMMA) return;
    at = skipSpace(json, at + 1);
  }
}

/** A key may be spelled with escapes, in other places than we would. */
function keyAt(json: Buffer, start: number, end: number): string {
  const raw = json.toString('utf8', start + 1, end - 1);
  if (!raw.includes('\\')) return raw;
  const key = valueAt(json, { start, end });
  return typeof key === 'string' ? key : raw;
}

/** The elements of the JSON array that begins at `from`. */
export function* elements(json: Buffer, from: number): Generator<Span> {
  let at = skipSpace(json, from);
  if (json[at] !== OPEN_ARRAY) return;
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] !== CLOSE_ARRAY) {
    const end = endOfValue(json, at);
    if (end < 0) return;
    yield { start: at, end };
    at = skipSpace(json, end);
    if (json[at] !== COMMA) return;
    at = skipSpace(json, at + 1);
  }
}

/** The value at a span; `undefined` when it is no JSON. */
export function valueAt(json: Buffer, { start, end }: Span): unknown {
  try {
    return JSON.parse(json.toString('utf8', start, end));
  } catch {
    return undefined;
  }
}

function skipSpace(json: Buffer, from: number): number {
  let at = from;
  while (json[at] === 0x20 || json[at] === 0x0a || json[at] === 0x0d || json[at] === 0x09) at += 1;
  return at;
}

/** @param start at the opening quote @returns behind the closing one, or -1 */
function endOfString(json: Buffer, start: number): number {
  // Most strings are short: the native search costs more than a look at a few bytes.
  const near = Math.min(json.length, start + NEAR);
  for (let at = start + 1; at < near; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  for (let quote = json.indexOf(QUOTE, start + 1); quote >= 0; quote = json.indexOf(QUOTE, quote + 1)) {
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return -1;
}

/** @returns behind the value that begins at `start`, or -1; nesting is counted, so no depth can exhaust the stack */
function endOfValue(json: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; ) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = endOfString(json, at);
      if (at < 0) return -1;
      if (depth === 0) return at;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1;
      at += 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      if (depth === 0) return at;
      depth -= 1;
      at += 1;
      if (depth === 0) return at;
    } else if (depth === 0 && (byte === COMMA || byte === 0x20 || byte === 0x0a || byte === 0x0d)) {
      return at;
    } else at += 1;
  }
  return depth === 0 ? json.length : -1;
}
