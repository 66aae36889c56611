import { findingOf, type ToolFinding } from './finding.ts';
import { readXml } from './xml.ts';

/** The findings of a document; `undefined` when it has not the form of this tool. */
export type DocumentReader = (value: unknown) => ToolFinding[] | undefined;

/** A JSON document in a tool's output, and the lines around it. */
export interface FoundDocument {
  readonly value: unknown;
  readonly around: readonly string[];
}

/** The one JSON document in a text: the whole of it, or from the first line that begins one to the last that ends one. */
export function jsonIn(output: string): FoundDocument | undefined {
  const text = output.replace(/^\uFEFF/, '');
  const whole = parsed(text);
  if (whole !== undefined) return { value: whole.value, around: [] };
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^\s*(?:\[(?:\s*[[{\]]|\s*$)|\{)/.test(line.slice(0, 1000)));
  const last = lines.findLastIndex((line) => /[\]}]\s*$/.test(line.slice(-1000)));
  if (first < 0 || last < first) return undefined;
  const part = parsed(lines.slice(first, last + 1).join('\n'));
  return part && { value: part.value, around: [...lines.slice(0, first), ...lines.slice(last + 1)] };
}

/** A text of one JSON object a line, and the lines that are none. */
export function jsonLinesIn(output: string): { readonly values: unknown[]; readonly around: string[] } {
  const values: unknown[] = [];
  const around: string[] = [];
  for (const line of output.split('\n')) {
    const found = line.startsWith('{') ? parsed(line) : undefined;
    if (found === undefined) around.push(line);
    else values.push(found.value);
  }
  return { values, around };
}

/** eslint's `--format json`. */
export const eslintDocument: DocumentReader = (value) =>
  each(value, (file) => {
    const { filePath, messages } = fieldsOf(file);
    if (typeof filePath !== 'string') return undefined;
    return each(messages, (message) => {
      const { line, column, ruleId, message: text, severity } = fieldsOf(message);
      if (typeof text !== 'string' || (severity !== 1 && severity !== 2)) return undefined;
      const word = severity === 2 ? 'error' : 'warning';
      return [findingOf({ file: filePath, line, column, rule: ruleId, message: text, severity: word })];
    });
  });

/** ruff's `--output-format json`. */
export const ruffDocument: DocumentReader = (value) =>
  each(value, (one) => {
    const { filename, code, message, location } = fieldsOf(one);
    if (typeof filename !== 'string' || typeof message !== 'string') return undefined;
    const { row, column } = fieldsOf(location);
    return [findingOf({ file: filename, line: row, column, rule: code, message })];
  });

/** biome's `--reporter=json`, and the Reviewdog form (`rdjson`) of biome and others. */
export const diagnosticsDocument: DocumentReader = (value) => {
  const { diagnostics } = fieldsOf(value);
  return each(diagnostics, (one) => {
    const { severity, message, category, code, location } = fieldsOf(one);
    if (typeof message !== 'string') return undefined;
    const { path, start, range } = fieldsOf(location);
    const file = typeof path === 'string' ? path : fieldsOf(path).file;
    const { line, column } = fieldsOf(start ?? fieldsOf(range).start);
    return [findingOf({ file, line, column, rule: category ?? fieldsOf(code).value, message, severity })];
  });
};

/** golangci-lint's JSON output. */
export const golangciDocument: DocumentReader = (value) => {
  const { Issues, Report } = fieldsOf(value);
  if (Issues === null && typeof Report === 'object') return [];
  return each(Issues, (issue) => {
    const { FromLinter, Text, Severity, Pos } = fieldsOf(issue);
    if (typeof Text !== 'string') return undefined;
    const { Filename, Line, Column } = fieldsOf(Pos);
    // Its severity is empty unless the project's own rules set one; an issue fails the run either way.
    return [
      findingOf({
        file: Filename,
        line: Line,
        column: Column,
        rule: FromLinter,
        message: Text,
        severity: Severity,
      }),
    ];
  });
};

/** pyright's `--outputjson`; its lines and columns begin at 0. */
export const pyrightDocument: DocumentReader = (value) => {
  const { generalDiagnostics } = fieldsOf(value);
  return each(generalDiagnostics, (one) => {
    const { file, severity, message, rule, range } = fieldsOf(one);
    if (typeof message !== 'string') return undefined;
    const { line, character } = fieldsOf(fieldsOf(range).start);
    return [findingOf({ file, line: fromZero(line), column: fromZero(character), rule, message, severity })];
  });
};

/** SARIF 2.1.0. A run that says itself that it did not succeed is not understood. */
export const sarifDocument: DocumentReader = (value) => {
  const { runs } = fieldsOf(value);
  return each(runs, (one) => {
    const { results, invocations } = fieldsOf(one);
    const failed =
      Array.isArray(invocations) && invocations.some((call) => fieldsOf(call).executionSuccessful === false);
    if (failed) return undefined;
    return each(results, (result) => {
      const { ruleId, level = 'warning', message, locations } = fieldsOf(result);
      const [place] = Array.isArray(locations) ? locations : [];
      const { artifactLocation, region } = fieldsOf(fieldsOf(place).physicalLocation);
      const { startLine, startColumn } = fieldsOf(region);
      const file = String(fieldsOf(artifactLocation).uri ?? '').replace(/^file:\/\//, '');
      const { text } = fieldsOf(message);
      return [
        findingOf({
          file,
          line: startLine,
          column: startColumn,
          rule: ruleId,
          message: text,
          severity: level,
        }),
      ];
    });
  });
};

/** Lines of mypy's `--output json`. */
export const mypyRecord: DocumentReader = (value) => {
  const { file, line, column, message, code, severity } = fieldsOf(value);
  if (typeof file !== 'string' || typeof message !== 'string') return undefined;
  return [findingOf({ file, line, column: fromZero(column), rule: code, message, severity })];
};

/** Lines of cargo's `--message-format=json`: rustc and clippy. */
export const cargoRecord: DocumentReader = (value) => {
  const { reason, message, success } = fieldsOf(value);
  if (typeof reason !== 'string') return undefined;
  if (reason === 'build-finished' && success !== true) return [findingOf({ message: 'the build failed' })];
  if (reason !== 'compiler-message') return [];
  const { level, code, message: text, spans } = fieldsOf(message);
  if (typeof text !== 'string') return undefined;
  // The last two of a run only count what was said above them.
  if (/^(?:aborting due to|\d+ warnings? emitted)/.test(text) || level === 'failure-note') return [];
  const all = Array.isArray(spans) ? spans.map(fieldsOf) : [];
  const span = all.find(({ is_primary }) => is_primary === true) ?? all[0];
  const rule = fieldsOf(code).code;
  return [
    findingOf({
      file: span?.file_name,
      line: span?.line_start,
      column: span?.column_start,
      rule,
      message: text,
      severity: level,
    }),
  ];
};

/** Checkstyle's XML, which many linters write. */
export function checkstyleFindings(text: string): ToolFinding[] | undefined {
  const pieces = readXml(text);
  const [root] = pieces ?? [];
  if (pieces === undefined || root?.kind !== 'open' || root.name !== 'checkstyle') return undefined;
  const findings: ToolFinding[] = [];
  let file = '';
  for (const piece of pieces) {
    if (piece.kind !== 'open') continue;
    if (piece.name === 'file') file = piece.attributes.name ?? '';
    if (piece.name !== 'error') continue;
    const { line, column, severity, message, source } = piece.attributes;
    findings.push(findingOf({ file, line, column, severity, message, rule: source }));
  }
  return findings;
}

/** Every reader of a whole document, for output whose tool is not known. */
export const documentReaders: readonly DocumentReader[] = [
  eslintDocument,
  ruffDocument,
  diagnosticsDocument,
  golangciDocument,
  pyrightDocument,
  sarifDocument,
];

/** The findings of all items; `undefined` when it is no list, or one item has another form. */
function each(value: unknown, read: (item: unknown) => ToolFinding[] | undefined): ToolFinding[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const findings: ToolFinding[] = [];
  for (const item of value) {
    const found = read(item);
    if (found === undefined) return undefined;
    for (const one of found) findings.push(one);
  }
  return findings;
}

function fromZero(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? value + 1 : 0;
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
