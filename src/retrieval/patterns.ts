import path from 'node:path';
import type { BacklogConfig } from '../project/config.ts';
import type { CodeIndex } from './code-index.ts';

/** How the code around a request is written, as counted, for whoever writes more of it. */
export interface Patterns {
  /** How files are named there, such as `kebab-case (12 of 14)`; `null` where no manner prevails. */
  readonly naming: string | null;
  readonly tests: {
    /** Tests that are named like one of the files. */
    readonly files: readonly string[];
    readonly command: string | null;
  };
  /** How failures are raised, most frequent first, such as `throw new BacklogError (9)`. */
  readonly errors: readonly string[];
}

const manners: readonly (readonly [string, RegExp])[] = [
  ['kebab-case', /^[a-z0-9]+(?:-[a-z0-9]+)+$/],
  ['snake_case', /^[a-z0-9]+(?:_[a-z0-9]+)+$/],
  ['camelCase', /^[a-z]+(?:[A-Z][a-z0-9]*)+$/],
  ['PascalCase', /^[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)*$/],
];

const raises =
  /\b(?:throw (?:new )?[A-Z]\w{1,60}|raise [A-Z]\w{1,60}|return (?:nil, )?(?:fmt\.Errorf|errors\.New)|panic!|bail!|anyhow!|Err\([A-Z]\w{1,60})/g;

const testName = /(?:[._-](?:test|spec)s?|_test|Tests?)$|^test_/;

interface Example {
  readonly path: string;
  readonly snippet: { readonly text: string };
}

export function patternsOf(index: CodeIndex, files: readonly Example[], config: BacklogConfig): Patterns {
  const test = config.qualityGates.testCommand;
  return {
    naming: namingOf(index, files),
    tests: { files: testsOf(index, files), command: test === undefined || test === '' ? null : test },
    errors: errorsOf(files),
  };
}

function namingOf(index: CodeIndex, files: readonly Example[]): string | null {
  const folders = new Set(files.slice(0, 5).map(({ path: file }) => path.posix.dirname(file)));
  const names = index.files
    .filter(({ path: file, kind }) => kind === 'code' && folders.has(path.posix.dirname(file)))
    .map(({ path: file }) => stemOf(file).replace(testName, ''));
  const counted = manners
    .map(([manner, form]) => ({ manner, count: names.filter((name) => form.test(name)).length }))
    .sort((left, right) => right.count - left.count);
  const [most] = counted;
  const several = counted.reduce((sum, { count }) => sum + count, 0);
  return most === undefined || most.count < 2 || most.count * 2 <= several
    ? null
    : `${most.manner} (${most.count} of ${several} names of several words)`;
}

/** Tests whose name is that of a file: `basket.test.ts`, `test_basket.py`, `BasketTest.java`. */
function testsOf(index: CodeIndex, files: readonly Example[]): string[] {
  const wanted = new Set(files.map(({ path: file }) => stemOf(file).toLowerCase()));
  return index.files
    .map(({ path: file }) => file)
    .filter((file) => {
      const stem = stemOf(file);
      return testName.test(stem) && wanted.has(stem.replace(testName, '').toLowerCase());
    })
    .sort()
    .slice(0, 10);
}

function errorsOf(files: readonly Example[]): string[] {
  const counts = new Map<string, number>();
  for (const { snippet } of files)
    for (const [found] of snippet.text.matchAll(raises)) counts.set(found, (counts.get(found) ?? 0) + 1);
  return [...counts]
    .sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
    .slice(0, 3)
    .map(([form, count]) => `${form} (${count})`);
}

/** The name without its last ending. */
function stemOf(file: string): string {
  const name = path.posix.basename(file);
  return name.replace(/\.[^.]*$/, '');
}
