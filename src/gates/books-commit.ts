import { existsSync } from 'node:fs';
import path from 'node:path';
import { BacklogError } from '../platform/errors.ts';
import { commitPaths, indexFollowsHead } from './git-commit.ts';
import { plumb, type RepositoryPlace, tryPlumb } from './repository.ts';

/**
 * The second commit of a ticket: the moved ticket and its compact evidence, nothing else; what the user has staged stays.
 * @param files absolute
 * @throws BacklogError as `commitPaths`
 * @returns the commit's id; `null` when git has them so already, or ignores them
 */
export async function commitBooks(
  place: RepositoryPlace,
  files: readonly string[],
  ticketId: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const all = [...new Set(files)].map((file) =>
    path.relative(place.worktree, file).split(path.sep).join('/'),
  );
  const paths: string[] = [];
  for (const file of all) if (await differsFromHead(place, file)) paths.push(file);
  if (paths.length === 0) {
    // A run that was killed after this commit may have left the index behind it.
    if (await isStaged(place, all)) await indexFollowsHead(place, all);
    return null;
  }
  const message = `chore(backlog): complete ${ticketId}\n\nThe ticket and the evidence of its gates; no code.\n`;
  try {
    return await commitPaths({ place, paths, message, signal });
  } catch (error) {
    if (!(error instanceof BacklogError) || error.code !== 'commit-refused') throw error;
    throw new BacklogError({
      code: error.code,
      message: `${ticketId} has moved to its place, and that is not committed yet: ${error.message}`,
      fix: `mend what git or its hook names, then run again, which goes on from here: backlog ticket complete ${ticketId}`,
      exitCode: error.exitCode,
      cause: error,
    });
  }
}

async function isStaged(place: RepositoryPlace, files: readonly string[]): Promise<boolean> {
  const args = ['--literal-pathspecs', 'diff', '--cached', '--quiet', 'HEAD', '--', ...files];
  return (await tryPlumb(place, args)).exitCode === 1;
}

/**
 * Whether a commit of this path would change anything; a path that git ignores or never knew is left alone. Content is
 * compared, without the index: that may be behind.
 */
async function differsFromHead(place: RepositoryPlace, file: string): Promise<boolean> {
  const entry = await plumb(place, ['ls-tree', '-z', 'HEAD', '--', file]);
  const committed = /^\d+ blob ([0-9a-f]+)\t/.exec(entry)?.[1];
  if (!existsSync(path.join(place.worktree, file))) return committed !== undefined;
  if (committed !== undefined) return (await plumb(place, ['hash-object', '--', file])) !== committed;
  return (await tryPlumb(place, ['check-ignore', '-q', '--no-index', '--', file])).exitCode !== 0;
}
