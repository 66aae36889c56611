import { type DiffFile, nameOfFile } from './unified-diff.ts';

/** Something that a change should not leave behind, in an added line. */
export interface Leftover {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const javascript = /\bconsole\.(?:log|debug|trace|dir|table)\(|(?:^|[;{}()])\s*debugger\s*(?:;|\}|$)/;
const python =
  /(?<![\w.])print\(|(?<![\w.])breakpoint\(\)|\b(?:pdb|ipdb|pudb)\.set_trace\(|^\s*import i?pdb\b/;
const go = /\bfmt\.Print(?:ln|f)?\(|(?<![\w.])println\(/;

/** Calls by which people look at a running program, by the ending of the file. */
const debugCalls: readonly (readonly [endings: RegExp, call: RegExp])[] = [
  [/\.(?:[cm]?[jt]sx?|vue|svelte)$/, javascript],
  [/\.pyi?$/, python],
  [/\.(?:rb|rake)$/, /\bbinding\.(?:pry|irb)\b|(?<![\w.])byebug\b|(?<![\w.])debugger\b/],
  [/\.rs$/, /\bdbg!\s*[([{]/],
  [/\.go$/, go],
  [/\.php$/, /(?<![\w>:])(?:var_dump|print_r|dd|dump)\(/],
  [/\.java$/, /\bSystem\.(?:out|err)\.print|\.printStackTrace\(\)/],
  [/\.(?:swift|dart)$/, /(?<![\w.])(?:print|debugPrint|dump)\(/],
];

/** Prints to its user, as a program does that has a `main`; then a print is no leftover. */
const printingPrograms: readonly (readonly [ending: RegExp, main: RegExp])[] = [
  [/\.go$/, /^package main\b/m],
];

/**
 * Calls in added lines that were meant for whoever wrote them. What stands in a string or a comment is no call.
 * @param textOf the file as it is now; `undefined` when it cannot be read
 */
export async function debugLeftovers(
  files: readonly DiffFile[],
  textOf: (file: string) => Promise<string | undefined>,
): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const file of files) {
    const name = nameOfFile(file);
    const call = debugCalls.find(([endings]) => endings.test(name))?.[1];
    if (call === undefined) continue;
    const here = added(file).flatMap(({ line, text }): Leftover[] => {
      const match = call.exec(codeOf(text, name));
      return match === null ? [] : [{ file: name, line, message: `debug leftover: ${match[0].trim()}` }];
    });
    if (here.length > 0 && !(await printsToItsUser(name, textOf))) found.push(...here);
  }
  return found;
}

async function printsToItsUser(
  name: string,
  textOf: (file: string) => Promise<string | undefined>,
): Promise<boolean> {
  const main = printingPrograms.find(([ending]) => ending.test(name))?.[1];
  return main === undefined ? false : main.test((await textOf(name)) ?? '');
}

/** Text in which white space at the end of a line means something. */
const keepsSpaces = /\.(?:diff|patch|snap)$/;

/** White space at line ends, spaces before tabs, and marks of a merge conflict, in added lines. */
export function formatLeftovers(files: readonly DiffFile[]): Leftover[] {
  return files.flatMap((file) => {
    const name = nameOfFile(file);
    // A row of = is a heading in some texts; between the other marks it is one of them.
    const conflict = added(file).some(({ text }) => /^(?:<{7}|>{7})(?: |$)/.test(text));
    return added(file).flatMap(({ line, text }) =>
      formatProblems(text, name, conflict).map((message) => ({ file: name, line, message })),
    );
  });
}

function formatProblems(text: string, name: string, conflict: boolean): string[] {
  if (conflict && /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/.test(text)) return ['mark of a merge conflict'];
  const problems: string[] = [];
  if (
    /[ \t]$/.test(text) &&
    !keepsSpaces.test(name) &&
    !(/\.(?:md|markdown)$/.test(name) && /\S {2}$/.test(text))
  )
    problems.push('white space at the end of the line');
  if (/^\t* +\t/.test(text) && !keepsSpaces.test(name))
    problems.push('spaces before a tab in the indentation');
  return problems;
}

function added(file: DiffFile): DiffFile['lines'] {
  return file.lines.filter(({ kind }) => kind === 'added');
}

/** A line without the text of its strings and without a comment that begins in it. */
function codeOf(text: string, name: string): string {
  const bare = withoutStrings(text);
  if (/^\s*(?:\/\/|\*|\/\*)/.test(bare) && !/\.(?:py|rb)/.test(name)) return '';
  return /\.(?:pyi?|rb|rake)$/.test(name) ? bare.replace(/#.*$/, '') : bare.replace(/\/\/.*$/, '');
}

/** One pass, so that no line can make it slow; what follows a quote that is not closed in its line is taken for code. */
function withoutStrings(text: string): string {
  let code = '';
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const quote = text[at] ?? '';
    if (quote !== '"' && quote !== "'" && quote !== '`') continue;
    let end = at + 1;
    while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) break;
    code += `${text.slice(from, at)}${quote}${quote}`;
    from = end + 1;
    at = end;
  }
  return code + text.slice(from);
}
