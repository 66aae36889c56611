import { BacklogError, ExitCode } from '../platform/errors.ts';
import { shellQuoted } from '../platform/shell.ts';
import { isLockOf } from '../project/lockfiles.ts';
import { touchedFiles } from '../tickets/touched-files.ts';
import type { ChangedFile } from './changed-file.ts';
import type { Work } from './work.ts';

/**
 * Changed files that the ticket does not name and that no person has let in yet, sorted. The lock file of a manifest that it
 * names comes with it: a package manager writes that.
 */
export function unnamedFiles(work: Work, files: readonly ChangedFile[]): string[] {
  const named = [...namedFiles(work), ...includedFiles(work)];
  const known = new Set(named);
  return files
    .map((file) => file.path)
    .filter((file) => !known.has(file) && !named.some((manifest) => isLockOf(file, manifest)))
    .sort();
}

/** @throws BacklogError `files-not-named` (exit 1) */
export function refuseUnnamed(work: Work, files: readonly ChangedFile[]): void {
  const unnamed = unnamedFiles(work, files);
  if (unnamed.length === 0) return;
  const { id } = work.ticket;
  throw new BacklogError({
    code: 'files-not-named',
    message: `${id} does not name ${unnamed.length === 1 ? 'this changed file' : 'these changed files'}:\n  ${unnamed.join('\n  ')}`,
    fix: [
      'undo, stash or ignore what is not the ticket’s',
      ...namingFix(work, unnamed),
      `a person may let a file in: backlog commit --ticket ${id} --include ${JSON.stringify(unnamed[0] ?? '')} --reason "<why>"`,
    ].join('; '),
    exitCode: ExitCode.CheckFailed,
    details: { files: unnamed },
  });
}

/** What belongs to the ticket is named in it. That makes a new promise, so the plan comes first, and the reviewer sees both. */
function namingFix({ ticket, books }: Work, unnamed: readonly string[]): string[] {
  const start = books.prefix === '' ? '' : `${books.prefix}/`;
  const missing = unnamed.filter((file) => file.startsWith(start)).map((file) => file.slice(start.length));
  if (missing.length === 0) return [];
  // Setting the field replaces it; rows of the table stay.
  const before =
    ticket.fields.affected_files === undefined ? [] : ticket.affectedFiles.map((file) => file.path);
  const list = [...before, ...missing].map((file) => JSON.stringify(file)).join(', ');
  return [
    `name in Affected Files what is, then plan again: backlog ticket edit ${ticket.id} --set ${shellQuoted(`affected_files=[${list}]`)}; backlog gate run plan --ticket ${ticket.id} --from -`,
  ];
}

/** The files that the ticket names, affected and shared ones, from the worktree's root. */
export function namedFiles(work: Pick<Work, 'books' | 'ticket'>): string[] {
  return touchedFiles(work.ticket).map((file) => inWorktree(work, file));
}

/** Files that a person has let into the change by `commit --include`. */
export function includedFiles({ lines }: Pick<Work, 'lines'>): string[] {
  const files = lines.flatMap(({ record }) =>
    record.gate === 'commit' && record.result === 'allowed' && Array.isArray(record.details?.files)
      ? record.details.files.map(String)
      : [],
  );
  return [...new Set(files)];
}

/** A path of the project as git sees it from the worktree's root. */
export function inWorktree({ books }: Pick<Work, 'books'>, file: string): string {
  const plain = file.replace(/^\.\//, '');
  return books.prefix === '' ? plain : `${books.prefix}/${plain}`;
}
