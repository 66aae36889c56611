import path from 'node:path';
import { matchesAny } from '../platform/globs.ts';
import { sha256 } from '../platform/ids.ts';
import { isCodeFile } from '../project/code-files.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import type { ChangedFile } from './changed-file.ts';
import { changedFiles, type TicketDiff } from './difference.ts';
import type { ToolFinding } from './finding.ts';
import { mayConfigureGates, touchedGateConfig } from './gate-files.ts';
import { changedLines, type PatchFile } from './patch.ts';
import { fileAt, plumb, type RepositoryPlace } from './repository.ts';
import { type MarkKind, markIn } from './suppression-marks.ts';
import { assertsNothing, type WeakenedTests, weakenedTests } from './weakened-tests.ts';
import { testFilesOf, type Work } from './work.ts';

/** Something by which a change makes its own judges look away. A person may allow it. */
export interface Suppression {
  readonly kind:
    | MarkKind
    | WeakenedTests['kind']
    | 'asserts-nothing'
    | 'gate-config'
    | 'link-outside'
    | 'backlog-ops';
  /** Relative to the worktree's root. */
  readonly file: string;
  /** 1-based; 0 when it is about the whole file. */
  readonly line: number;
  /** The added line, trimmed; for what is no line, what happened. */
  readonly text: string;
}

export interface JudgedChange {
  readonly place: RepositoryPlace;
  readonly books: Bookkeeping;
  /** Code trees, and the base commit. */
  readonly from: string;
  readonly to: string;
  readonly baseCommit: string;
  /** Commit up to which the history is looked at. */
  readonly head: string;
  /** Globs of the test files, relative to the project. */
  readonly testFiles: readonly string[];
}

/**
 * All by which a change silences what judges it: comments that make a tool look away, tests skipped, deleted or asserting less,
 * edits of the tools' configuration, files of `.backlog-ops` in the history. What only moved does not count.
 */
export async function suppressionsOf(change: JudgedChange): Promise<Suppression[]> {
  const { place, from, to, books, testFiles } = change;
  const [files, patch] = await Promise.all([changedFiles(place, from, to), changedLines(place, from, to)]);
  const isTest = (file: string): boolean => isTestFile(file, books, testFiles);
  return [
    ...addedMarks(patch, isTest),
    ...weakenedTests(
      await testChanges(
        change,
        files.filter(({ path }) => isTest(path)),
      ),
      // What moved to where no runner looks is gone.
      patch.filter(({ file }) => isTest(file)),
    ),
    ...(await configEdits(change, files, patch)),
    ...(await linksOutside(change, files)),
    ...(await opsInHistory(change)),
  ];
}

/** Marks that a change adds. One that only moved (removed in the same words) does not count. */
export function addedMarks(patch: readonly PatchFile[], isTest: (file: string) => boolean): Suppression[] {
  const added: Suppression[] = [];
  const removed: string[] = [];
  for (const { file, added: lines, removed: gone } of patch) {
    if (!isCodeFile(file) && !/\.(?:css|scss|sass|less)$/.test(file)) continue;
    const test = isTest(file);
    for (const { line, text } of lines) {
      const kind = markIn(text, test);
      if (kind !== undefined) added.push({ kind, file, line, text: text.trim() });
    }
    for (const { text } of gone) if (markIn(text, test) !== undefined) removed.push(text.trim());
  }
  return added.filter(({ text }) => {
    const index = removed.indexOf(text);
    if (index >= 0) removed.splice(index, 1);
    return index < 0;
  });
}

/** What of the ticket's change needs a person at the lint gate. */
export function suppressionsOfWork(work: Work, diff: TicketDiff): Promise<Suppression[]> {
  return suppressionsOf({
    place: work.place,
    books: work.books,
    from: diff.baseTree,
    to: diff.tree,
    baseCommit: work.claim.base_commit,
    head: 'HEAD',
    testFiles: work.config.qualityGates.testFiles,
  });
}

/** New test files that declare tests which cannot fail: at the implement gate, a person may allow them. */
export async function emptyTests(work: Work, diff: TicketDiff): Promise<Suppression[]> {
  const added = testFilesOf(work, diff.files).filter(({ status }) => status === 'A');
  const found = await Promise.all(
    added.map(async ({ path: file }): Promise<Suppression[]> => {
      const text = (await fileAt(work.place, diff.tree, file)) ?? '';
      return assertsNothing(text)
        ? [{ kind: 'asserts-nothing', file, line: 0, text: 'its tests assert nothing' }]
        : [];
    }),
  );
  return found.flat();
}

/** Digest of what a person allows when they allow these. Lines may move. */
export function suppressionDigest(found: readonly Suppression[]): string {
  return sha256(JSON.stringify(found.map(({ kind, file, text }) => [kind, file, text])));
}

/** `src/a.ts:3: // eslint-disable-line`. */
export function inWords({ kind, file, line, text }: Suppression): string {
  const what = kind === 'gate-config' ? `gate configuration: ${text}` : text;
  return `${file}${line > 0 ? `:${line}` : ''}: ${what.slice(0, 120)}`;
}

/** As a finding of the gate, for `--json`. */
export function asFinding({ kind, file, line, text }: Suppression): ToolFinding {
  return { file, line, column: 0, rule: kind, message: text.slice(0, 300), severity: 'error' };
}

function isTestFile(file: string, { prefix }: Bookkeeping, globs: readonly string[]): boolean {
  if (prefix !== '' && !file.startsWith(`${prefix}/`)) return false;
  return matchesAny(prefix === '' ? file : file.slice(prefix.length + 1), globs);
}

async function testChanges({ place, from, to }: JudgedChange, files: readonly ChangedFile[]) {
  const changes = files.filter(({ status }) => status !== 'A');
  return Promise.all(
    changes.map(async (file) => ({
      file,
      before: (await fileAt(place, from, file.path)) ?? '',
      after: file.status === 'D' ? undefined : ((await fileAt(place, to, file.path)) ?? ''),
    })),
  );
}

async function configEdits(
  { place, from, to }: JudgedChange,
  files: readonly ChangedFile[],
  patch: readonly PatchFile[],
): Promise<Suppression[]> {
  const edits = await Promise.all(
    files
      .filter(({ path }) => mayConfigureGates(path))
      .map(async ({ path: file }): Promise<Suppression[]> => {
        const lines = patch.find((one) => one.file === file);
        const changed = [...(lines?.added ?? []), ...(lines?.removed ?? [])].map(({ text }) => text);
        const [before, after] = await Promise.all([fileAt(place, from, file), fileAt(place, to, file)]);
        const text = touchedGateConfig(file, before, after, changed);
        const line = lines?.added[0]?.line ?? 0;
        return text === undefined ? [] : [{ kind: 'gate-config', file, line, text }];
      }),
  );
  return edits.flat();
}

/** What such a link leads to is in no tree: it may be another after the gates, and is nothing in another clone. */
async function linksOutside(
  { place, to }: JudgedChange,
  files: readonly ChangedFile[],
): Promise<Suppression[]> {
  const links = files.filter(({ mode }) => mode === '120000');
  const found = await Promise.all(
    links.map(async ({ path: file }): Promise<Suppression[]> => {
      const target = (await fileAt(place, to, file)) ?? '';
      const inside = path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
      if (!path.posix.isAbsolute(target) && inside !== '..' && !inside.startsWith('../')) return [];
      return [{ kind: 'link-outside', file, line: 0, text: `it leads outside the repository, to ${target}` }];
    }),
  );
  return found.flat();
}

/** Evidence, claims and the ledger are the program's own; in the history they would travel with the change. */
async function opsInHistory({ place, books, baseCommit, head }: JudgedChange): Promise<Suppression[]> {
  const folder = books.prefix === '' ? '.backlog-ops' : `${books.prefix}/.backlog-ops`;
  const names = await plumb(place, ['diff-tree', '-r', '-z', '--name-only', baseCommit, head, '--', folder]);
  return names
    .split('\0')
    .filter((file) => file !== '')
    .map((file) => ({ kind: 'backlog-ops', file, line: 0, text: 'a file of this program in the history' }));
}
