import { matchesAny } from '../platform/globs.ts';
import type { CodeRule } from '../project/schema/code-rule.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import type { ChangedFile } from './changed-file.ts';
import { changedFiles } from './difference.ts';
import { findingOf, type ToolFinding } from './finding.ts';
import { matchingLines } from './matching-lines.ts';
import { changedLines, type PatchFile } from './patch.ts';
import { fileAt, type RepositoryPlace } from './repository.ts';

type Checked = Exclude<CodeRule, string>;

export interface RuledChange {
  readonly place: RepositoryPlace;
  readonly books: Bookkeeping;
  /** Code trees. */
  readonly from: string;
  readonly to: string;
}

/** What rules a change breaks that can be checked by looking at it; commands among them are run elsewhere. */
export async function brokenRules(change: RuledChange, rules: readonly CodeRule[]): Promise<ToolFinding[]> {
  const checked = rules.filter((rule) => typeof rule !== 'string' && !('command' in rule));
  if (checked.length === 0) return [];
  const { place, from, to } = change;
  const [files, patch] = await Promise.all([changedFiles(place, from, to), changedLines(place, from, to)]);
  const found: ToolFinding[] = [];
  for (const rule of checked)
    if (typeof rule !== 'string') found.push(...(await breaches(change, rule, files, patch)));
  return found;
}

/** The commands among rules, each with what its rule says. */
export function ruleCommands(
  rules: readonly CodeRule[],
): { readonly rule: string; readonly command: string }[] {
  return rules.flatMap((rule) => (typeof rule !== 'string' && 'command' in rule ? [rule] : []));
}

/** The rules that only a reviewer can judge. */
export function rulesInWords(rules: readonly CodeRule[]): string[] {
  return rules.filter((rule) => typeof rule === 'string');
}

async function breaches(
  change: RuledChange,
  rule: Checked,
  files: readonly ChangedFile[],
  patch: readonly PatchFile[],
): Promise<ToolFinding[]> {
  const globs = 'files' in rule ? rule.files : undefined;
  const concerns = (file: string): boolean => globs === undefined || isOf(file, change.books, globs);
  const concerned = patch.filter(({ file }) => concerns(file));
  if ('pattern' in rule) return patternBreaches(rule, concerned);
  if ('maxLines' in rule) return addedTooMuch(rule, concerned);
  if ('maxFileLines' in rule)
    return tooLong(
      change,
      rule,
      files.filter(({ path, status }) => status !== 'D' && concerns(path)),
    );
  return [];
}

/** Added lines that match. A line that only moved is not added; what is no text has no lines. */
async function patternBreaches(
  { rule, pattern }: { readonly rule: string; readonly pattern: string },
  patch: readonly PatchFile[],
): Promise<ToolFinding[]> {
  const added = patch
    .filter((one) => !one.added.some(({ text }) => text.includes('\0')))
    .flatMap((one) => one.added.map((line) => ({ file: one.file, ...line })));
  const matching = await matchingLines(
    pattern,
    added.map(({ text }) => text),
  );
  if (matching === undefined)
    return [findingOf({ rule, message: `its pattern ${pattern} takes too long; write a simpler one` })];
  const moved = patch.flatMap((one) => one.removed.map(({ text }) => text.trim()));
  return matching.flatMap((index) => {
    const line = added[index];
    if (line === undefined) return [];
    const before = moved.indexOf(line.text.trim());
    if (before >= 0) {
      moved.splice(before, 1);
      return [];
    }
    return [findingOf({ file: line.file, line: line.line, rule, message: line.text.trim().slice(0, 200) })];
  });
}

function addedTooMuch(
  { rule, maxLines }: { readonly rule: string; readonly maxLines: number },
  patch: readonly PatchFile[],
): ToolFinding[] {
  const count = patch.reduce((sum, { added }) => sum + added.length, 0);
  if (count <= maxLines) return [];
  const [largest] = patch.toSorted((a, b) => b.added.length - a.added.length);
  const message = `${count} added lines, at most ${maxLines}`;
  return [findingOf({ file: largest?.file, line: largest?.added[0]?.line, rule, message })];
}

/** Files that are longer than they may be, and not because they were so before. */
async function tooLong(
  { place, from, to }: RuledChange,
  { rule, maxFileLines }: { readonly rule: string; readonly maxFileLines: number },
  files: readonly ChangedFile[],
): Promise<ToolFinding[]> {
  const found = await Promise.all(
    files.map(async ({ path: file }): Promise<ToolFinding[]> => {
      const [before, after] = await Promise.all([fileAt(place, from, file), fileAt(place, to, file)]);
      if (after === undefined || after.includes('\0')) return [];
      const lines = lineCount(after);
      if (lines <= Math.max(maxFileLines, lineCount(before ?? ''))) return [];
      return [
        findingOf({ file, line: maxFileLines + 1, rule, message: `${lines} lines, at most ${maxFileLines}` }),
      ];
    }),
  );
  return found.flat();
}

function lineCount(text: string): number {
  return text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

function isOf(file: string, { prefix }: Bookkeeping, globs: readonly string[]): boolean {
  if (prefix === '') return matchesAny(file, globs);
  return file.startsWith(`${prefix}/`) && matchesAny(file.slice(prefix.length + 1), globs);
}
