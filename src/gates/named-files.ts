import { sharedFiles } from '../tickets/touched-files.ts';
import type { ChangedFile } from './difference.ts';
import type { Work } from './work.ts';

/** Changed files that the ticket does not name and that no person has let in yet, sorted. */
export function unnamedFiles(work: Work, files: readonly ChangedFile[]): string[] {
  const named = new Set(work.ticket.affectedFiles.map((file) => inWorktree(work, file.path)));
  for (const file of sharedFiles(work.ticket)) named.add(inWorktree(work, file));
  for (const file of includedFiles(work)) named.add(file);
  return files
    .map((file) => file.path)
    .filter((file) => !named.has(file))
    .sort();
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
