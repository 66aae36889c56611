import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isInside, realPlace } from '../platform/files.ts';
import type { ToolFinding } from './finding.ts';
import {
  cargoRecord,
  checkstyleFindings,
  type DocumentReader,
  diagnosticsDocument,
  eslintDocument,
  golangciDocument,
  jsonIn,
  jsonLinesIn,
  mypyRecord,
  pyrightDocument,
  ruffDocument,
  sarifDocument,
} from './finding-documents.ts';
import {
  arrowLine,
  biomeLine,
  generalLine,
  isStylishFile,
  type LineReader,
  stylishReader,
  tscLine,
} from './finding-lines.ts';
import { withoutRoots } from './findings.ts';
import { plainLines } from './test-results.ts';

/** A finding with the lines around its place, each as `12: text`. */
export interface ReportedFinding extends Omit<ToolFinding, 'severity'> {
  /** Five lines before and after; empty when the place cannot be read, or is outside the project. */
  readonly context: readonly string[];
}

export interface LintReport {
  /** The tool exited 0, and its whole output was understood as "nothing is wrong". */
  readonly clean: boolean;
  readonly errors: readonly ReportedFinding[];
  readonly warnings: readonly ReportedFinding[];
  /** Why it is not clean; `null` when it is. */
  readonly reason: string | null;
  /** The first lines of the output that are no part of the format. */
  readonly unread: readonly string[];
}

/** Lines before and after a finding's own. */
const AROUND = 5;
/** Findings that get context, and the largest file that is read for it, in bytes: a report stays readable. */
const MAX_WITH_CONTEXT = 500;
const MAX_FILE = 4 * 1024 * 1024;
const MAX_SHOWN_LINE = 300;
const MAX_UNREAD = 20;

/** What one format makes of an output. */
interface Reading {
  readonly findings: readonly ToolFinding[];
  /** Lines, trimmed, that are no part of the format; empty when all was understood. */
  readonly unread: readonly string[];
}

type Format = (output: string, roots: readonly string[]) => Reading;

/** What npm and Node.js print around any tool's output. */
const runnerNoise = /^(?:> .*|\(node:\d+\) .*|\(Use `node --trace-.*)$/;

const formats = {
  'eslint-json': document(eslintDocument),
  'eslint-stylish': text(
    [stylishReader],
    /^✖ \d+ problems? |^ {2}\d+ errors? and \d+ warnings? potentially fixable/,
    {
      isPart: isStylishFile,
    },
  ),
  tsc: text([() => tscLine], /^Found \d+ errors?|^Errors {2}Files$|^ +\d+ {2}\S+:\d+$/),
  'ruff-json': document(ruffDocument),
  ruff: either(
    document(ruffDocument),
    text(
      [() => arrowLine, () => generalLine],
      /^(?:Found \d+ errors?|All checks passed!$|\[\*\] \d+ fixable|No fixes available|(?:[A-Z]+\d+|invalid-syntax:?) |warning: (?!No Python files))/,
    ),
  ),
  biome: either(
    document(diagnosticsDocument),
    text(
      [() => biomeLine],
      /^(?:Checked \d+ files? in |Found \d+ (?:errors?|warnings?|infos?)\.|(?:check|lint|format|ci) ━+$|The number of diagnostics exceeds|Diagnostics not shown)/,
    ),
  ),
  rdjson: document(diagnosticsDocument),
  mypy: either(
    records(mypyRecord),
    text([() => generalLine], /^(?:Success: no issues found in \d+ source files?$|Found \d+ errors? in )/),
  ),
  'golangci-json': document(golangciDocument, /^\d+ issues?[.:]$|^\* [\w-]+: \d+$/),
  'pyright-json': document(pyrightDocument),
  clippy: records(
    cargoRecord,
    /^\s*(?:Compiling|Checking|Finished|Downloading|Downloaded|Updating|Locking|Blocking|Adding|Dirty|Fresh) |^(?:warning|error): .*(?:generated \d+ warnings?|could not compile)/,
    /"reason":"build-finished","success":true/,
  ),
  sarif: document(sarifDocument),
  checkstyle: (output) => {
    const start = output.indexOf('<');
    const findings = start < 0 ? undefined : checkstyleFindings(output.slice(start));
    return findings === undefined
      ? { findings: [], unread: unreadable(output) }
      : { findings, unread: foreign(output.slice(0, start).split('\n')) };
  },
  unix: text([() => generalLine], /^\d+ problems?$|^# \S+$/),
} satisfies Readonly<Record<string, Format>>;

export type ReportFormat = keyof typeof formats;

export const reportFormats = Object.keys(formats).filter((name): name is ReportFormat => name in formats);

/**
 * Reads a linter's or type checker's output in a named format. Fails closed: what is not understood is not clean, whatever
 * it says, and neither is any exit code but 0.
 * @param root the project's folder: paths are given relative to it, and context is read below it only
 * @param cwd the folder in which the tool ran, which relative paths begin at
 */
export function lintReport(
  output: string,
  options: {
    readonly format: ReportFormat;
    readonly exitCode: number;
    readonly root: string;
    readonly cwd: string;
  },
): LintReport {
  const { format, exitCode } = options;
  const [root, cwd] = [realPlace(options.root), realPlace(options.cwd)];
  const roots = [...new Set([cwd, options.cwd])];
  const { findings, unread } = formats[format](output, roots);
  const withContext = contextReader(root, cwd);
  const placed = withoutRoots(findings, roots).map(withContext);
  const of = (severity: ToolFinding['severity']): ReportedFinding[] =>
    placed.filter(({ finding }) => finding.severity === severity).map(({ reported }) => reported);
  const errors = of('error');
  const reason = whyNotClean(format, exitCode, errors.length, unread);
  return {
    clean: reason === null,
    errors,
    warnings: of('warning'),
    reason,
    unread: unread.slice(0, MAX_UNREAD),
  };
}

function whyNotClean(
  format: ReportFormat,
  exitCode: number,
  errors: number,
  unread: readonly string[],
): string | null {
  if (errors > 0) return `${errors} error${errors === 1 ? '' : 's'}`;
  const seen = unread.length === 0 ? '' : `: ${unread[0]?.slice(0, 160)}`;
  if (exitCode !== 0) return `exit code ${exitCode} without an error that could be read as ${format}${seen}`;
  return unread.length === 0 ? null : `this is not all ${format}${seen}`;
}

/** One JSON document. Without one nothing was understood, also when there was no output at all. */
function document(read: DocumentReader, noise?: RegExp): Format {
  return (output) => {
    const found = jsonIn(output);
    const findings = found && read(found.value);
    if (found === undefined || findings === undefined) return { findings: [], unread: unreadable(output) };
    return { findings, unread: foreign(found.around, noise) };
  };
}

/** One JSON object a line. @param needs what an output without findings must have in it */
function records(read: DocumentReader, noise?: RegExp, needs?: RegExp): Format {
  return (output) => {
    const { values, around } = jsonLinesIn(output);
    const findings = values.map(read);
    const wrong = findings.some((one) => one === undefined) ? ['a record of another form'] : [];
    const missing =
      values.length === 0 || (needs !== undefined && !needs.test(output.slice(-100_000)))
        ? unreadable(output).slice(0, 1)
        : [];
    const flat = findings.flatMap((one) => one ?? []);
    return {
      findings: flat,
      unread: [...foreign(around, noise), ...wrong, ...(flat.length > 0 ? [] : missing)],
    };
  };
}

/**
 * Lines of text. Indented lines and code frames belong to the finding above them; before the first finding they are foreign.
 * No output at all is what most of these tools say when nothing is wrong; the exit code then decides.
 */
function text(
  readers: readonly (() => LineReader)[],
  noise: RegExp,
  { isPart = () => false }: { readonly isPart?: (line: string) => boolean } = {},
): Format {
  return (output, roots) => {
    const lines = plainLines(output, roots);
    const reading = readers.map((make) => make());
    const findings: ToolFinding[] = [];
    const unread: string[] = [];
    for (const [index, line] of lines.entries()) {
      let found: ToolFinding | undefined;
      for (const read of reading) found ??= read(line, lines, index);
      if (found !== undefined) findings.push(found);
      else if (findings.length > 0 && /^\s|^\d+\s|^[|~^]|^help: /.test(line)) continue;
      else if (!isPart(line) && foreign([line], noise).length > 0) unread.push(line.trim());
    }
    return { findings, unread };
  };
}

/** The first format that understands all of it, else what the last one makes of it. */
function either(first: Format, second: Format): Format {
  return (output, roots) => {
    const reading = first(output, roots);
    return reading.unread.length === 0 ? reading : second(output, roots);
  };
}

function foreign(lines: readonly string[], noise?: RegExp): string[] {
  return lines
    .map((line) => line.slice(0, 1000))
    .filter((line) => line.trim() !== '' && !runnerNoise.test(line) && !noise?.test(line))
    .map((line) => line.trim());
}

function unreadable(output: string): string[] {
  const lines = foreign(output.slice(0, 100_000).split('\n'));
  return lines.length === 0 ? ['(no output)'] : lines;
}

function contextReader(
  root: string,
  cwd: string,
): (
  finding: ToolFinding,
  index: number,
) => { readonly finding: ToolFinding; readonly reported: ReportedFinding } {
  const texts = new Map<string, readonly string[]>();
  return (finding, index) => {
    const { severity: _severity, ...shown } = finding;
    const absolute = path.resolve(cwd, finding.file);
    const inside = finding.file !== '' && isInside(root, absolute);
    const file = inside ? path.relative(root, absolute).split(path.sep).join('/') : finding.file;
    const context =
      inside && finding.line > 0 && index < MAX_WITH_CONTEXT
        ? linesAround(linesOf(texts, root, absolute), finding.line)
        : [];
    return { finding, reported: { ...shown, file, context } };
  };
}

/** A file's lines; none when it is missing, no file, too large, or a link leads out of the project. */
function linesOf(texts: Map<string, readonly string[]>, root: string, file: string): readonly string[] {
  const known = texts.get(file);
  if (known !== undefined) return known;
  const lines = isInside(root, realPlace(file)) ? (textOf(file)?.split(/\r?\n/) ?? []) : [];
  texts.set(file, lines);
  return lines;
}

function textOf(file: string): string | undefined {
  try {
    const found = statSync(file);
    // A pipe would keep its reader waiting.
    return found.isFile() && found.size <= MAX_FILE ? readFileSync(file, 'utf8') : undefined;
  } catch {
    // Missing, or not to be read: there is nothing to show, and the finding stands without it.
    return undefined;
  }
}

function linesAround(lines: readonly string[], line: number): string[] {
  if (line > lines.length) return [];
  const first = Math.max(1, line - AROUND);
  return lines
    .slice(first - 1, line + AROUND)
    .map((one, index) => `${first + index}: ${one.slice(0, MAX_SHOWN_LINE)}`);
}
