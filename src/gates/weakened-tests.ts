import type { ChangedFile } from './changed-file.ts';
import type { PatchFile } from './patch.ts';

/** A test file of the base and what the change makes of it. */
export interface TestFileChange {
  readonly file: ChangedFile;
  readonly before: string;
  /** `undefined` when it was deleted. */
  readonly after: string | undefined;
}

export interface WeakenedTests {
  readonly kind: 'test-removed' | 'assertions-removed';
  readonly file: string;
  /** In the base's file, of the first that is gone; 0 for a whole file. */
  readonly line: number;
  readonly text: string;
}

/** A declaration of a test, by the runners whose reports are read too; the first group is its name. */
const declarations = [
  /\b(?:it|test|specify)(?:\.(?!skip|todo)\w+)*(?:\([^()]{0,200}\)|`[^`]{0,200}`)?\s*\(\s*(["'`].{0,300}?["'`])/,
  /^\s*(?:async\s+)?def\s+(test\w*)\s*\(/,
  /^func\s+((?:Test|Fuzz|Example)\w*)\s*\(/,
  /^\s*(#\[(?:\w+::)*test\b.{0,100})/,
  /^\s*(@(?:Parameterized|Repeated)?Test\b.{0,100})/,
  /^\s*func\s+(test\w*)\s*\(/,
  /^\s*(?:public\s+)?function\s+(test\w*)\s*\(/,
];

/** What test libraries call to check something. The word alone, in an import, checks nothing. */
const assertion = new RegExp(
  [
    '\\bexpect\\w*\\s*[(.<!]|(?<![A-Za-z])assert\\w*\\s*[!(.]|^\\s*assert\\s|\\.should\\b|\\bshould_panic\\b|\\bXCTAssert\\w*',
    '\\b[tb]\\.(?:Error|Fatal|Fail)\\w*\\(|\\brequire\\.[A-Z]\\w*\\(',
    '\\bt\\.(?:is|not|true|false|truthy|falsy|deepEqual|equals?|throws\\w*|like|regex|ok|same|snapshot|assert)\\b',
    '\\bverify\\w*\\s*\\(|\\bpytest\\.(?:raises|warns|fail)\\b|\\bself\\.fail\\b',
  ].join('|'),
);
const importing = /^\s*(?:import|from|use|using|export)\b|\brequire\s*\(\s*['"]/;

/** Whether a file declares tests, and nothing in it could make one fail. */
export function assertsNothing(text: string): boolean {
  const lines = codeLines(text).map((one) => one.text);
  return (
    lines.some((line) => nameOfTest(line) !== undefined) &&
    !lines.some((line) => checkOf(line) !== undefined || /\bthrow\b|\bpanic!/.test(line))
  );
}

/** Tests that the change takes away, and files in which fewer things are asserted. What only moved to another file is neither. */
export function weakenedTests(
  changes: readonly TestFileChange[],
  patch: readonly PatchFile[],
): WeakenedTests[] {
  const elsewhere = new Elsewhere(patch, changes);
  return changes.flatMap(({ file: { path: file }, before, after }) => {
    const lostTests = lost(before, after ?? '', nameOfTest, (name) => elsewhere.takeTest(file, name));
    const lostChecks = lost(before, after ?? '', checkOf, (text) => elsewhere.takeCheck(file, text));
    const found: WeakenedTests[] = [];
    if (after === undefined && lostTests.length + lostChecks.length > 0)
      found.push({
        kind: 'test-removed',
        file,
        line: 0,
        text: `the test file is deleted (${names(lostTests)})`,
      });
    else if (after !== undefined) {
      const [test] = lostTests;
      if (test !== undefined)
        found.push({ kind: 'test-removed', file, line: test.line, text: `taken away: ${names(lostTests)}` });
      const [check] = lostChecks;
      if (check !== undefined)
        found.push({
          kind: 'assertions-removed',
          file,
          line: check.line,
          text: `${lostChecks.length} fewer to check, such as: ${check.text.slice(0, 120)}`,
        });
    }
    return found;
  });
}

interface Item {
  readonly line: number;
  readonly text: string;
}

/**
 * The items that went, as far as there are fewer than before: one that was replaced in the same file, or moved to another, is
 * not lost.
 */
function lost(
  before: string,
  after: string,
  read: (line: string) => string | undefined,
  movedAway: (item: string) => boolean,
): Item[] {
  const old = itemsOf(before, read);
  const now = itemsOf(after, read);
  const missing = old.length - now.length;
  if (missing <= 0) return [];
  const left = new Map<string, number>();
  for (const { text } of now) left.set(text, (left.get(text) ?? 0) + 1);
  const gone = old.filter(({ text }) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
  return gone.filter(({ text }) => !movedAway(text)).slice(0, missing);
}

function itemsOf(text: string, read: (line: string) => string | undefined): Item[] {
  return codeLines(text).flatMap(({ line, text: one }) => {
    const item = read(one);
    return item === undefined ? [] : [{ line, text: item }];
  });
}

function nameOfTest(line: string): string | undefined {
  for (const declaration of declarations) {
    const name = declaration.exec(line.slice(0, 2000))?.[1];
    if (name !== undefined) return name.trim();
  }
  return undefined;
}

function checkOf(line: string): string | undefined {
  return assertion.test(line) && !importing.test(line) ? line.trim() : undefined;
}

/** Items that the change adds to other files, each of which can make good for one that went. */
class Elsewhere {
  readonly #tests = new Map<string, string[]>();
  readonly #checks = new Map<string, string[]>();

  constructor(patch: readonly PatchFile[], changes: readonly TestFileChange[]) {
    const gone = new Set(changes.filter(({ after }) => after === undefined).map(({ file }) => file.path));
    for (const { file, added } of patch) {
      if (gone.has(file)) continue;
      for (const { text } of codeLines(added.map((one) => one.text).join('\n'))) {
        const test = nameOfTest(text);
        if (test !== undefined) this.#tests.set(test, [...(this.#tests.get(test) ?? []), file]);
        const check = checkOf(text);
        if (check !== undefined) this.#checks.set(check, [...(this.#checks.get(check) ?? []), file]);
      }
    }
  }

  takeTest = (file: string, name: string): boolean => take(this.#tests, file, name);
  takeCheck = (file: string, text: string): boolean => take(this.#checks, file, text);
}

function take(items: Map<string, string[]>, file: string, item: string): boolean {
  const files = items.get(item) ?? [];
  const index = files.findIndex((other) => other !== file);
  if (index < 0) return false;
  items.set(item, files.toSpliced(index, 1));
  return true;
}

/** Lines that are no comment as a whole: what is commented out checks nothing. */
function codeLines(text: string): Item[] {
  const lines: Item[] = [];
  let end = '';
  for (const [index, full] of text.split('\n').entries()) {
    const line = full.trim();
    if (end !== '') {
      if (line.includes(end)) end = '';
      continue;
    }
    const [, opener = ''] = /^(\/\*|"""|'''|<!--|=begin)/.exec(line) ?? [];
    if (opener !== '') {
      const closer = { '/*': '*/', '<!--': '-->', '=begin': '=end' }[opener] ?? opener;
      if (!line.slice(opener.length).includes(closer)) end = closer;
      continue;
    }
    if (!/^(?:\/\/|#(?!\[)|\*|--)/.test(line)) lines.push({ line: index + 1, text: full });
  }
  return lines;
}

function names(items: readonly Item[]): string {
  const shown = items.slice(0, 3).map(({ text }) => text.slice(0, 100));
  const rest = items.length - shown.length;
  return `${shown.join(', ') || 'no test of it is elsewhere'}${rest > 0 ? ` and ${rest} more` : ''}`;
}
