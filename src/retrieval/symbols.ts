import type { Language } from './languages.ts';

/** Where a symbol, or a section, begins. */
export interface Boundary {
  /** 0-based line: that of the comment above it, where there is one. */
  readonly line: number;
  readonly name: string;
}

/** Most characters of a line that are looked at: declarations are short, and a scanner must not slow down on what is none. */
const MOST_SEEN = 240;

/**
 * Where the declarations of a file begin, by the look of single lines. One pass: a file that is no valid program costs as
 * little as any other, and has at worst its chunks elsewhere.
 */
export function declarations(lines: readonly string[], language: Language): Boundary[] {
  const found: Boundary[] = [];
  /** The container that the next deeper lines belong to, with the indentation of its members once it is known. */
  let container: { readonly name: string; readonly indent: number; members: number | undefined } | undefined;
  lines.forEach((whole, index) => {
    const line = whole.length > MOST_SEEN ? whole.slice(0, MOST_SEEN) : whole;
    const text = line.trimStart();
    if (text === '') return;
    const indent = line.length - text.length;
    if (container !== undefined && indent <= container.indent && isWord(text.charCodeAt(0)))
      container = undefined;
    if (indent > 0 && container === undefined) return;
    if (container !== undefined && indent > container.indent) {
      // Only the outermost members: what is inside of them is their own matter.
      container.members ??= language.lead.test(text) ? undefined : indent;
      if (container.members !== undefined && indent > container.members) return;
    }
    const declared = declaration(text, language, container !== undefined && indent > container.indent);
    if (declared === undefined) return;
    const name = container === undefined ? declared.name : `${container.name}.${declared.name}`;
    found.push({ line: leadOf(lines, index, language), name });
    if (declared.container) container = { name, indent, members: undefined };
  });
  return found;
}

/** The first line of the comment or the decorators right above a declaration. */
function leadOf(lines: readonly string[], index: number, { lead }: Language): number {
  let first = index;
  while (first > 0 && lead.test((lines[first - 1] ?? '').trimStart())) first -= 1;
  return first;
}

interface Declared {
  readonly name: string;
  readonly container: boolean;
}

function declaration(whole: string, language: Language, isMember: boolean): Declared | undefined {
  // Rust's `pub(crate)`: its parenthesis is no parameter list.
  const text = whole.replace(/^pub\([^)]*\)/, 'pub');
  const head = /^[^({=;]*/.exec(text)?.[0] ?? '';
  const words = head.split(/[\s:<]+/, 12).filter((word) => word !== '');
  let at = 0;
  while (at < words.length && isModifier(words[at] ?? '', language)) {
    // `const fn` and `enum class`: a modifier that may be the keyword itself, too.
    if (language.keywords.has(words[at] ?? '') && !language.keywords.has(words[at + 1] ?? '')) break;
    at += 1;
  }
  const keyword = words[at] ?? '';
  if (language.keywords.has(keyword)) {
    const name = nameAfter(keyword, words, at, text);
    return name === undefined ? undefined : { name, container: language.containers.has(keyword) };
  }
  if (!isMember || !text.slice(head.length).startsWith('(')) return undefined;
  const name = words.at(-1) ?? '';
  if (language.members === 'modified')
    return at > 0 && words.length > at && isName(name) ? { name, container: false } : undefined;
  if (language.members === 'bare')
    return words.length === at + 1 && isName(name) && !statements.has(name) && text.trimEnd().endsWith('{')
      ? { name, container: false }
      : undefined;
  return undefined;
}

/** Words of statements that look like a method: `if (…) {`. */
const statements = new Set(['if', 'for', 'while', 'switch', 'catch', 'return', 'function', 'with', 'do']);

function nameAfter(keyword: string, words: readonly string[], at: number, text: string): string | undefined {
  // Go's methods have their receiver before the name: `func (s *Server) Serve(`.
  const receiver = keyword === 'func' ? /^func\s*\(([^)]*)\)\s*(\w+)/.exec(text) : null;
  if (receiver) return `${/\w+\s*$/.exec(receiver[1] ?? '')?.[0].trim() ?? ''}.${receiver[2]}`;
  if (keyword === 'init') return 'init';
  const name = words.slice(at + 1).find((word) => isName(word) && word !== 'for' && word !== 'class');
  return name ?? (keyword === 'object' || keyword === 'impl' ? keyword : undefined);
}

function isModifier(word: string, { modifiers }: Language): boolean {
  return modifiers.has(word) || /^\[|^@\w/.test(word);
}

function isName(word: string): boolean {
  return /^[#$\p{L}_][\p{L}\p{N}_$.!?]*$/u.test(word);
}

function isWord(code: number): boolean {
  // Braces stand alone where they open or close what is above them.
  return code > 64 && code !== 0x7b && code !== 0x7d;
}

/** Where the sections of a Markdown text begin; a heading's name carries those above it. Fenced code has no headings. */
export function headings(lines: readonly string[]): Boundary[] {
  const found: Boundary[] = [];
  const above: string[] = [];
  let fence = '';
  lines.forEach((line, index) => {
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1] ?? '';
    if (fence !== '') {
      if (mark.startsWith(fence)) fence = '';
      return;
    }
    if (mark !== '') {
      fence = mark;
      return;
    }
    const heading = /^(#{1,6})[ \t]+(\S.*)$/.exec(line.slice(0, MOST_SEEN));
    if (heading === null) return;
    const level = heading[1]?.length ?? 1;
    above.length = Math.min(above.length, level - 1);
    above[level - 1] = heading[2]?.replace(/[ \t#]+$/, '') ?? '';
    found.push({ line: index, name: above.filter(Boolean).join(' > ') });
  });
  return found;
}
