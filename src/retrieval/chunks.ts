import { isMarkdown, languageOf } from './languages.ts';
import { type Boundary, declarations, headings } from './symbols.ts';

/** A piece of a file that is found and shown as one. */
export interface Chunk {
  /** 1-based, both included. */
  readonly start: number;
  readonly end: number;
  /** Names of what it declares, or its heading; empty where neither is known. */
  readonly symbols: readonly string[];
}

/** A token has about four characters; the same figure as everywhere else here. */
export const CHARACTERS_A_TOKEN = 4;

/** Lines that two pieces share where a text is cut without regard to what stands in it. */
const OVERLAP = 3;

/**
 * Divides a file: by symbol where its language is known, by heading in Markdown, else by lines with an overlap. Small
 * neighbours are put together, up to a third of the size; what is larger than the size is cut by lines.
 * @param chunkTokens most tokens of a piece; one line is never cut
 */
export function chunksOf(file: string, lines: readonly string[], chunkTokens: number): Chunk[] {
  const most = chunkTokens * CHARACTERS_A_TOKEN;
  const language = languageOf(file);
  const boundaries =
    language !== undefined ? declarations(lines, language) : isMarkdown(file) ? headings(lines) : [];
  return joined(pieces(boundaries, lines), most / 3).flatMap((piece) => cut(piece, lines, most));
}

interface Piece {
  /** 0-based, `to` excluded. */
  readonly from: number;
  readonly to: number;
  readonly symbols: readonly string[];
  readonly size: number;
}

function pieces(boundaries: readonly Boundary[], lines: readonly string[]): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  let symbols: string[] = [];
  const close = (to: number) => {
    if (to > from) found.push({ from, to, symbols, size: sizeOf(lines, from, to) });
    from = to;
  };
  for (const { line, name } of boundaries) {
    if (line > from) {
      close(line);
      symbols = [];
    }
    symbols.push(name);
  }
  close(lines.length);
  return found;
}

/** Puts small neighbours together, so that a one-line function does not stand alone. */
function joined(all: readonly Piece[], most: number): Piece[] {
  const found: Piece[] = [];
  for (const piece of all) {
    const last = found.at(-1);
    if (last !== undefined && last.size + piece.size <= most)
      found[found.length - 1] = {
        from: last.from,
        to: piece.to,
        symbols: [...last.symbols, ...piece.symbols],
        size: last.size + piece.size,
      };
    else found.push(piece);
  }
  return found;
}

function cut({ from, to, symbols, size }: Piece, lines: readonly string[], most: number): Chunk[] {
  if (size <= most) return trimmed(from, to, symbols, lines);
  const found: Chunk[] = [];
  for (let start = from; start < to; ) {
    let end = start;
    for (let used = 0; end < to; end += 1) {
      used += lengthOf(lines, end);
      if (used > most && end > start) break;
    }
    found.push(...trimmed(start, end, symbols, lines));
    if (end >= to) break;
    start = Math.max(start + 1, end - OVERLAP);
  }
  return found;
}

/** Without empty lines at its ends; nothing where there is nothing else. */
function trimmed(from: number, to: number, symbols: readonly string[], lines: readonly string[]): Chunk[] {
  let [first, last] = [from, to - 1];
  while (first <= last && (lines[first] ?? '').trim() === '') first += 1;
  while (last >= first && (lines[last] ?? '').trim() === '') last -= 1;
  return first > last ? [] : [{ start: first + 1, end: last + 1, symbols }];
}

function sizeOf(lines: readonly string[], from: number, to: number): number {
  let size = 0;
  for (let index = from; index < to; index += 1) size += lengthOf(lines, index);
  return size;
}

function lengthOf(lines: readonly string[], index: number): number {
  return (lines[index]?.length ?? 0) + 1;
}
