import { matchesAny } from '../platform/globs.ts';
import { isCodeFile } from '../project/code-files.ts';
import { defaultTestFiles } from '../project/test-files.ts';
import { changedFiles } from './difference.ts';
import { listed } from './outcome.ts';
import { changedLines } from './patch.ts';
import type { RepositoryPlace } from './repository.ts';
import { lineRisks, pathRisks } from './risk-groups.ts';
import { type JudgedChange, suppressionsOf } from './suppressions.ts';

/** Ids of changes without a ticket: `QUICK-` and eight hexadecimal digits. */
export const quickId = /^QUICK-[0-9a-f]{8}$/;

export const QUICK_FILES = 3;
export const QUICK_CODE_LINES = 20;

const testFiles = defaultTestFiles('');

export interface QuickSize {
  readonly files: readonly string[];
  /** Changed lines in files of code; a replaced line is one. */
  readonly codeLines: number;
  /** Risk groups with the file that shows each. */
  readonly risks: readonly string[];
  /** Why the change needs a ticket, one sentence each; empty when the quick lane takes it. */
  readonly reasons: readonly string[];
}

/** Measures a change between two code trees against what the quick lane takes. */
export async function quickSize(place: RepositoryPlace, from: string, to: string): Promise<QuickSize> {
  const [changed, patch] = await Promise.all([changedFiles(place, from, to), changedLines(place, from, to)]);
  const files = changed.map((file) => file.path);
  let codeLines = 0;
  const risks = new Set<string>();
  for (const file of changed) {
    for (const [group, pattern] of pathRisks)
      if (pattern.test(file.path)) risks.add(`${group} (${file.path})`);
    if (file.status === 'T' || file.mode === '160000' || file.mode === '120000')
      risks.add(`links and submodules (${file.path})`);
    if (!isCodeFile(file.path)) continue;
    const { added = [], removed = [] } = patch.find((one) => one.file === file.path) ?? {};
    codeLines += Math.max(added.length, removed.length);
    for (const [group, pattern] of lineRisks)
      if ([...added, ...removed].some(({ text }) => pattern.test(text))) risks.add(`${group} (${file.path})`);
  }
  const gone = changed
    .filter(({ path, status }) => status === 'D' && matchesAny(path, testFiles))
    .map(({ path }) => path);
  const reasons = [
    ...(files.length > QUICK_FILES ? [`${files.length} files, more than ${QUICK_FILES}`] : []),
    ...(codeLines > QUICK_CODE_LINES
      ? [`${codeLines} changed lines of code, more than ${QUICK_CODE_LINES}`]
      : []),
    ...(gone.length > 0 ? [`it takes tests away: ${listed(gone)}`] : []),
    ...(risks.size > 0 ? [`it touches ${[...risks].join(', ')}`] : []),
  ];
  return { files, codeLines, risks: [...risks], reasons };
}

/**
 * What in a change makes its judges look away, one sentence each: what silences a tool, what weakens tests or configuration, and
 * files that a gate command runs.
 */
export async function silencedBy(change: JudgedChange, judges: readonly string[]): Promise<string[]> {
  const { place, from, to } = change;
  const [found, files] = await Promise.all([suppressionsOf(change), changedFiles(place, from, to)]);
  return [
    ...found.map(({ kind, file }) =>
      kind === 'suppression'
        ? `it silences a tool in ${file}`
        : `it weakens what judges it in ${file} (${kind})`,
    ),
    ...files
      .filter(({ path: file }) => judges.includes(file))
      .map(({ path: file }) => `a gate command runs ${file}`),
  ];
}
