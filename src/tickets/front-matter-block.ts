import { isUtf8 } from 'node:buffer';
import { ticketProblem } from './problem.ts';

/** Where the front matter lies in the text; all offsets are in UTF-16 units of the whole text. */
export interface FrontMatterBlock {
  /** The YAML between the fences, from the line end of the first fence up to the last line end before the second. */
  readonly yaml: string;
  /** Offset of `yaml` in the text. */
  readonly start: number;
  /** Offset of the closing fence. */
  readonly fence: number;
  /** Offset of the first character after the closing fence's line. */
  readonly body: number;
  /** 1-based line of the first line of the body. */
  readonly bodyLine: number;
  /** The line end of the first fence, used for lines that are added. */
  readonly eol: '\n' | '\r\n';
}

/** A ticket is read by people and models; what is larger is no ticket, and reading it would only cost time. */
export const MAX_TICKET = 4 * 1024 * 1024;
const MAX_FRONT_MATTER = 64 * 1024;
/** gray-matter looks for comments with an expression that is quadratic in runs of white space. */
const MAX_BLANK_RUN = 512;

/**
 * The text of a ticket file. Bytes that are no UTF-8 would be changed by reading and writing them back, so they are refused.
 * @throws BacklogError `ticket-not-utf8`, `ticket-too-large` (exit 3)
 */
export function ticketText(content: string | Uint8Array, file: string): string {
  if (content.length > MAX_TICKET) throw tooLarge(file, content.length);
  if (typeof content === 'string') return content;
  if (!isUtf8(content)) {
    const line = firstBadLine(content);
    throw ticketProblem(file, {
      code: 'ticket-not-utf8',
      line,
      message: 'not UTF-8',
      fix: `save ${file} as UTF-8; line ${line} is the first that is not`,
    });
  }
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
}

export function tooLarge(file: string, bytes: number): Error {
  return ticketProblem(file, {
    code: 'ticket-too-large',
    line: 1,
    message: `${bytes} bytes are too many for a ticket (at most ${MAX_TICKET})`,
    fix: `move what is no ticket text out of ${file}`,
  });
}

/**
 * Finds the front matter. Only bare `---` lines are fences; this check comes before any library sees the text, because
 * gray-matter evaluates `---js` and takes `---foo` for a closing fence.
 * @throws BacklogError `ticket-frontmatter-missing`, `-language`, `-fence`, `-open`, `-too-large` (exit 3)
 */
export function frontMatterBlock(text: string, file: string): FrontMatterBlock {
  const first = text.startsWith('\uFEFF') ? 1 : 0;
  const firstEnd = text.indexOf('\n', first);
  const opening = text.slice(first, firstEnd < 0 ? Math.min(text.length, first + 200) : firstEnd);
  checkOpening(opening, file);
  const start = first + 3;
  const close = firstEnd < 0 ? -1 : text.indexOf('\n---', start);
  if (close < 0)
    throw ticketProblem(file, {
      code: 'ticket-frontmatter-open',
      line: 1,
      message: 'the front matter that begins here has no closing `---` line',
      fix: `add a line \`---\` after the last key of ${file}`,
    });
  const fence = close + 1;
  const lineEnd = text.indexOf('\n', fence);
  const fenceLine = text.slice(fence, lineEnd < 0 ? text.length : lineEnd).replace(/\r$/, '');
  if (close - start > MAX_FRONT_MATTER)
    throw ticketProblem(file, {
      code: 'ticket-frontmatter-too-large',
      line: 1,
      message: `the front matter is longer than ${MAX_FRONT_MATTER} characters`,
      fix: `move long text from the front matter into the body of ${file}`,
    });
  const yaml = text.slice(start, fence);
  const lines = countLines(yaml);
  if (fenceLine !== '---')
    throw ticketProblem(file, {
      code: 'ticket-frontmatter-fence',
      line: lines + 1,
      message: `\`${fenceLine.slice(0, 40)}\` is no fence: the front matter ends at a line that is exactly \`---\``,
      fix: `make line ${lines + 1} exactly \`---\`, or indent it`,
    });
  checkBlankRun(yaml, file);
  return {
    yaml,
    start,
    fence,
    body: lineEnd < 0 ? text.length : lineEnd + 1,
    bodyLine: lines + 2,
    eol: opening.endsWith('\r') ? '\r\n' : '\n',
  };
}

function checkOpening(opening: string, file: string): void {
  const line = opening.replace(/\r$/, '');
  if (line === '---') return;
  if (!line.startsWith('---') || line.startsWith('----'))
    throw ticketProblem(file, {
      code: 'ticket-frontmatter-missing',
      line: 1,
      message: 'no front matter: the first line has to be exactly `---`',
      fix: `begin ${file} with a front matter: \`---\`, the keys id, title, status and so on, \`---\``,
    });
  const language = line.slice(3).trim();
  if (language === '')
    throw ticketProblem(file, {
      code: 'ticket-frontmatter-fence',
      line: 1,
      message: 'the first line has white space after `---`',
      fix: 'make line 1 exactly `---`',
    });
  throw ticketProblem(file, {
    code: 'ticket-frontmatter-language',
    line: 1,
    message: `front matter in \`${language.slice(0, 40)}\`: only YAML is read, and nothing in a ticket is ever run`,
    fix: 'make line 1 exactly `---` and write the front matter as YAML',
  });
}

function checkBlankRun(yaml: string, file: string): void {
  let run = 0;
  let line = 1;
  for (let at = 0; at < yaml.length; at++) {
    const code = yaml.charCodeAt(at);
    if (code === 0x0a) line += 1;
    // Everything that `\s` takes below U+0080, and all that it could take above.
    run = code <= 0x20 || (code >= 0x80 && /\s/.test(yaml.charAt(at))) ? run + 1 : 0;
    if (run > MAX_BLANK_RUN)
      throw ticketProblem(file, {
        code: 'ticket-frontmatter-blank',
        line,
        message: `more than ${MAX_BLANK_RUN} blank characters in a row in the front matter`,
        fix: `take the blank lines before line ${line + 1} out`,
      });
  }
}

/** How many line ends there are. */
export function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end < 0 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(start, stop))) return line;
    start = stop + 1;
  }
  return line;
}
