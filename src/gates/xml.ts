/** One piece of an XML document, in its order. An empty element (`<a/>`) is an `open` and a `close`. */
export type XmlPiece =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: Readonly<Record<string, string>> }
  | { readonly kind: 'close'; readonly name: string };

/** Most characters, elements and levels that are read; a report beyond them is refused, not cut. */
const MAX_CHARACTERS = 32 * 1024 * 1024;
const MAX_PIECES = 1_000_000;
const MAX_DEPTH = 256;
const MAX_ATTRIBUTE = 10_000;

const space = /\s/;
const nameCharacter = /[^\s/>=<"']/;

/**
 * The elements of a report in XML (JUnit, Checkstyle), read once from left to right. Texts are passed over. A document type is
 * refused, so no entity is ever declared, fetched or expanded; the five that XML has, and characters by number, are put as
 * they are meant.
 * @returns `undefined` when it is not well-formed, or beyond the limits above
 */
export function readXml(text: string): XmlPiece[] | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const pieces: XmlPiece[] = [];
  const open: string[] = [];
  let roots = 0;
  let at = 0;
  for (;;) {
    const start = text.indexOf('<', at);
    const between = text.slice(at, start < 0 ? undefined : start);
    if (open.length === 0 && between.replace('\uFEFF', '').trim() !== '') return undefined;
    if (start < 0) return open.length === 0 && roots === 1 ? pieces : undefined;
    const passed = passOver(text, start);
    if (passed === undefined) {
      const tag = readTag(text, start);
      if (tag === undefined || pieces.length > MAX_PIECES) return undefined;
      at = tag.end;
      if (tag.kind === 'close') {
        if (open.pop() !== tag.name) return undefined;
        pieces.push({ kind: 'close', name: tag.name });
        continue;
      }
      if (open.length === 0) roots += 1;
      pieces.push({ kind: 'open', name: tag.name, attributes: tag.attributes });
      if (tag.kind === 'empty') pieces.push({ kind: 'close', name: tag.name });
      else if (open.push(tag.name) > MAX_DEPTH) return undefined;
    } else if (passed < 0) return undefined;
    else at = passed;
  }
}

/** The end of a comment, CDATA section or processing instruction; -1 when it has none; `undefined` when it is a tag. */
function passOver(text: string, start: number): number | undefined {
  for (const [begin, end] of [
    ['<!--', '-->'],
    ['<![CDATA[', ']]>'],
    ['<?', '?>'],
  ] as const)
    if (text.startsWith(begin, start)) {
      const found = text.indexOf(end, start + begin.length);
      return found < 0 ? -1 : found + end.length;
    }
  return text.startsWith('<!', start) ? -1 : undefined;
}

interface Tag {
  readonly kind: 'open' | 'close' | 'empty';
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Behind its `>`. */
  readonly end: number;
}

function readTag(text: string, start: number): Tag | undefined {
  const closing = text[start + 1] === '/';
  let at = start + (closing ? 2 : 1);
  const name = wordAt(text, at);
  at += name.length;
  if (name === '') return undefined;
  const attributes = new Map<string, string>();
  for (;;) {
    while (space.test(text[at] ?? '')) at += 1;
    if (text[at] === '>') {
      const kind = closing ? 'close' : 'open';
      return { kind, name, attributes: Object.fromEntries(attributes), end: at + 1 };
    }
    if (text[at] === '/' && text[at + 1] === '>' && !closing)
      return { kind: 'empty', name, attributes: Object.fromEntries(attributes), end: at + 2 };
    const key = wordAt(text, at);
    at += key.length;
    while (space.test(text[at] ?? '')) at += 1;
    if (key === '' || closing || text[at] !== '=') return undefined;
    at += 1;
    while (space.test(text[at] ?? '')) at += 1;
    const quote = text[at];
    if (quote !== '"' && quote !== "'") return undefined;
    const end = text.indexOf(quote, at + 1);
    if (end < 0) return undefined;
    attributes.set(key, plain(text.slice(at + 1, Math.min(end, at + 1 + MAX_ATTRIBUTE))));
    at = end + 1;
  }
}

function wordAt(text: string, from: number): string {
  let at = from;
  while (at < text.length && at - from < 200 && nameCharacter.test(text[at] ?? '')) at += 1;
  return text.slice(from, at);
}

const known: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function plain(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g, (whole, ...found) => {
    const [decimal, hexadecimal, name] = found.map((value) => (typeof value === 'string' ? value : ''));
    if (name) return known[name] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
