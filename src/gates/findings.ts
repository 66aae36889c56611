import { plainLines } from './test-results.ts';

/** One finding of a type checker, linter or compiler. */
export interface ToolFinding {
  /** Relative to the folder in which the tool ran, as far as it tells. */
  readonly file: string;
  /** 1-based; 0 when the tool names none. */
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/**
 * Reads the findings of a tool's output: eslint (stylish, json, unix), tsc (plain and pretty), biome, ruff (concise and
 * full), rustc and clippy, mypy, and everything that writes `file:line: message`. What is no finding is left out, so an
 * empty list never means "clean": that only the exit code says.
 * @param roots folders in which it ran, taken out of paths
 */
export function readFindings(output: string, roots: readonly string[]): ToolFinding[] {
  const lines = plainLines(output, roots);
  const json = lines.find((line) => /^\[\{"filePath":/.test(line.trimStart()));
  if (json !== undefined || /^\s*\[\s*\{\s*"filePath"/.test(lines.join('\n'))) {
    const found = eslintJson(output, roots);
    if (found !== undefined) return found;
  }
  return lineFindings(lines);
}

/** Which finding it is, wherever it moved to: without its line, and without the places that its message names. */
function findingKey(finding: ToolFinding): string {
  const message = finding.message
    .replace(/:\d+(?::\d+)?\b/g, ':#')
    .replace(/\(\d+,\d+\)/g, '(#)')
    .replace(/\bline \d+/g, 'line #')
    .replace(/\s+/g, ' ');
  return `${finding.file}\n${finding.rule}\n${message}`;
}

/** Findings that `base` does not have, counting how often: a second one of a kind in a file is new. */
export function newFindings(found: readonly ToolFinding[], base: readonly ToolFinding[]): ToolFinding[] {
  const left = new Map<string, number>();
  for (const finding of base) {
    const key = findingKey(finding);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  return found.filter((finding) => {
    const key = findingKey(finding);
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
}

function lineFindings(lines: readonly string[]): ToolFinding[] {
  const findings: ToolFinding[] = [];
  // eslint's stylish form: a line with the file, then its findings, indented.
  let stylishFile = '';
  for (const [index, line] of lines.entries()) {
    const stylish = /^ {2,}(\d+):\d+ {2,}(?:error|warning) {2,}(.+?)(?: {2,}(\S+))?$/.exec(line);
    if (stylish && stylishFile !== '') {
      findings.push(finding(stylishFile, stylish[1], stylish[3], stylish[2]));
      continue;
    }
    if (/^\S.*\.\w+$/.test(line) && !line.includes(': ')) stylishFile = line.trim();
    else if (line.trim() === '') stylishFile = '';
    const found = tsc(line) ?? biome(line, lines, index) ?? arrow(line, lines, index) ?? general(line);
    if (found !== undefined) findings.push(found);
  }
  return findings;
}

/** `src/a.ts(3,5): error TS2322: …`, pretty `src/a.ts:3:5 - error TS2322: …`, and `error TS18003: …` without a place. */
function tsc(line: string): ToolFinding | undefined {
  const plain = /^([^\s(][^(]*)\((\d+),\d+\): (?:error|warning) (TS\d+): (.*)$/.exec(line);
  if (plain) return finding(plain[1], plain[2], plain[3], plain[4]);
  const pretty = /^([^\s:][^:]*):(\d+):\d+ - (?:error|warning) (TS\d+): (.*)$/.exec(line);
  if (pretty) return finding(pretty[1], pretty[2], pretty[3], pretty[4]);
  const bare = /^error (TS\d+): (.*)$/.exec(line);
  return bare ? finding('', '0', bare[1], bare[2]) : undefined;
}

/** `src/a.ts:3:5 lint/suspicious/noExplicitAny ━━━`, the message some lines below behind a sign. */
function biome(line: string, lines: readonly string[], index: number): ToolFinding | undefined {
  const found =
    /^([^\s:][^:]*?)(?::(\d+):\d+)? ((?:lint|assist|parse|format|organizeImports|suppressions)\S*).* ━+$/.exec(
      line,
    );
  if (!found) return undefined;
  const message = lines.slice(index + 1, index + 6).find((later) => /^\s+[×✖!ℹ] /.test(later));
  return finding(found[1], found[2], found[3], message?.trim() ?? '');
}

/** ` --> src/a.rs:3:5` of rustc, clippy and ruff: the message is the line above. */
function arrow(line: string, lines: readonly string[], index: number): ToolFinding | undefined {
  const found = /^\s*--> ([^\s:][^:]*):(\d+)(?::\d+)?$/.exec(line);
  if (!found) return undefined;
  const above = lines[index - 1] ?? '';
  const [, rule = '', message = above] =
    /^(?:error|warning)\[(\w+)\]: (.*)$/.exec(above) ?? /^([A-Z]+\d+) (?:\[\*\] )?(.*)$/.exec(above) ?? [];
  return finding(found[1], found[2], rule, message);
}

/** `file:line[:column]: message`, as compilers have always written it. */
function general(line: string): ToolFinding | undefined {
  const found = /^([^\s:][^:]*):(\d+)(?::\d+)?: (.+)$/.exec(line);
  // A stack trace's or a clock's colons are no finding: a file has a letter or a dot in its name.
  if (!found || !/[A-Za-z.]/.test(found[1] ?? '')) return undefined;
  const rest = found[3] ?? '';
  const rule =
    /^(?:error|warning|note|fatal error)?:? ?([A-Z]+\d{2,})\b/.exec(rest)?.[1] ??
    /[[(]([\w/@.-]+)[\])]$/.exec(rest)?.[1];
  return finding(found[1], found[2], rule, rest);
}

function eslintJson(output: string, roots: readonly string[]): ToolFinding[] | undefined {
  const start = output.indexOf('[');
  const end = output.lastIndexOf(']');
  let value: unknown;
  try {
    value = JSON.parse(output.slice(start, end + 1));
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((file: unknown) => {
    const { filePath, messages } = fieldsOf(file);
    if (typeof filePath !== 'string' || !Array.isArray(messages)) return [];
    const name = roots.reduce((text, root) => text.replaceAll(`${root}/`, ''), filePath);
    return messages.map((message: unknown) => {
      const { line, ruleId, message: text } = fieldsOf(message);
      return finding(name, String(line ?? 0), String(ruleId ?? ''), String(text ?? ''));
    });
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function finding(
  file: string | undefined,
  line: string | undefined,
  rule: string | undefined,
  message: string | undefined,
): ToolFinding {
  return {
    file: (file ?? '').replace(/^\.\//, ''),
    line: Number(line ?? 0) || 0,
    rule: rule ?? '',
    message: (message ?? '').trim(),
  };
}
