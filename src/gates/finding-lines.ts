import { findingOf, type ToolFinding } from './finding.ts';

/** A finding in one line of a tool's text, with its neighbours where a finding has more than one. */
export type LineReader = (line: string, lines: readonly string[], index: number) => ToolFinding | undefined;

/** `src/a.ts(3,5): error TS2322: …`, pretty `src/a.ts:3:5 - error TS2322: …`, and `error TS18003: …` without a place. */
export const tscLine: LineReader = (line) => {
  const placed =
    /^(\S.*?)\((\d+),(\d+)\): (error|warning) (TS\d+): (.*)$/.exec(line) ??
    /^(\S[^:]*):(\d+):(\d+) - (error|warning) (TS\d+): (.*)$/.exec(line);
  if (placed) {
    const [, file, row, column, severity, rule, message] = placed;
    return findingOf({ file, line: row, column, severity, rule, message });
  }
  const [, severity, rule, message] = /^(error|warning) (TS\d+): (.*)$/.exec(line) ?? [];
  return rule === undefined ? undefined : findingOf({ severity, rule, message });
};

/** `src/a.ts:3:5 lint/suspicious/noExplicitAny ━━━`, the message some lines below behind a sign. */
export const biomeLine: LineReader = (line, lines, index) => {
  const found =
    /^([^\s:][^:]*?)(?::(\d+):(\d+))? ((?:lint|assist|parse|format|organizeImports|suppressions)\S*).* ━+$/.exec(
      line,
    );
  if (!found) return undefined;
  const below = lines.slice(index + 1, index + 6).find((later) => /^\s+[×✖!ℹ] /.test(later));
  const [, file, row, column, rule] = found;
  const severity = /^\s+[!ℹ] /.test(below ?? '') ? 'warning' : 'error';
  return findingOf({ file, line: row, column, rule, message: below, severity });
};

/** ` --> src/a.rs:3:5` of rustc, clippy and ruff: the message is the line above. */
export const arrowLine: LineReader = (line, lines, index) => {
  const found = /^\s*--> ([^\s:][^:]*):(\d+)(?::(\d+))?$/.exec(line);
  if (!found) return undefined;
  const above = lines[index - 1] ?? '';
  const [, file, row, column] = found;
  const [, severity, code, text] = /^(error|warning)(?:\[(\w+)\])?: (.*)$/.exec(above) ?? [];
  if (severity !== undefined)
    return findingOf({ file, line: row, column, rule: code, message: text, severity });
  const [, rule = '', message = above] = /^([A-Z]+\d+|invalid-syntax:?) (?:\[\*\] )?(.*)$/.exec(above) ?? [];
  return findingOf({ file, line: row, column, rule: rule.replace(/:$/, ''), message });
};

/** `file:line[:column]: message`, as compilers have always written it. */
export const generalLine: LineReader = (line) => {
  const found = /^([^\s:][^:]*):(\d+)(?::(\d+))?: (.+)$/.exec(line);
  // A stack trace's or a clock's colons are no finding: a file has a letter or a dot in its name.
  if (!found || !/[A-Za-z.]/.test(found[1] ?? '')) return undefined;
  const [, file, row, column, rest = ''] = found;
  const rule =
    /^(?:error|warning|note|fatal error)?:? ?([A-Z]+\d{2,}|invalid-syntax)\b/.exec(rest)?.[1] ??
    /[[(]([\w/@.-]+)[\])]$/.exec(rest)?.[1];
  const severity = /^(warning|note)\b|\[Warning\//i.exec(rest)?.[0];
  return findingOf({ file, line: row, column, rule, message: rest, severity: severity && 'warning' });
};

/** eslint's stylish form: a line with the file, then its findings, indented. It has to see the lines in their order. */
export function stylishReader(): LineReader {
  let file = '';
  return (line) => {
    const found = /^ {2,}(\d+):(\d+) {2,}(error|warning) {2,}(.+?)(?: {2,}(\S+))?$/.exec(line);
    if (found && file !== '') {
      const [, row, column, severity, message, rule] = found;
      return findingOf({ file, line: row, column, severity, message, rule });
    }
    if (isStylishFile(line)) file = line.trim();
    else if (line.trim() === '') file = '';
    return undefined;
  };
}

export function isStylishFile(line: string): boolean {
  return /^\S.*\.\w+$/.test(line) && !line.includes(': ');
}
