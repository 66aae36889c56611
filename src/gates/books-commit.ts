import { existsSync } from 'node:fs';
import path from 'node:path';
import { BacklogError } from '../platform/errors.ts';
import { commitPaths } from './git-commit.ts';
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
  const paths: string[] = [];
  for (const file of new Set(files)) {
    const relative = path.relative(place.worktree, file).split(path.sep).join('/');
    if (await differsFromHead(place, relative)) paths.push(relative);
  }
  if (paths.length === 0) return null;
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

/** Whether a commit of this path would change anything; a path that git ignores or never knew is left alone. */
async function differsFromHead(place: RepositoryPlace, file: string): Promise<boolean> {
  const literal = `:(literal,top)${file}`;
  const tracked = (await plumb(place, ['ls-tree', '-r', '--name-only', '-z', 'HEAD', '--', file])) !== '';
  if (!existsSync(path.join(place.worktree, file))) return tracked;
  if (!tracked)
    return (await tryPlumb(place, ['check-ignore', '-q', '--no-index', '--', file])).exitCode !== 0;
  return (await tryPlumb(place, ['diff', '--quiet', 'HEAD', '--', literal])).exitCode !== 0;
}
