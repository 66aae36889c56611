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
  const paths = await differingFromHead(place, all);
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
 * The paths of which a commit would change anything; one that git ignores or never knew is left alone. Content is compared, without
 * the index: that may be behind.
 */
async function differingFromHead(place: RepositoryPlace, files: readonly string[]): Promise<string[]> {
  const committed = await blobsInHead(place, files);
  const present = files.filter((file) => existsSync(path.join(place.worktree, file)));
  const now = await blobsOf(
    place,
    present.filter((file) => committed.has(file)),
  );
  const ignored = await ignoredAmong(
    place,
    present.filter((file) => !committed.has(file)),
  );
  return files.filter((file) => {
    if (!present.includes(file)) return committed.has(file);
    return committed.has(file) ? now.get(file) !== committed.get(file) : !ignored.has(file);
  });
}

async function blobsInHead(
  place: RepositoryPlace,
  files: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const listed = await plumb(place, ['ls-tree', '-z', 'HEAD', '--', ...files]);
  const entries = listed.split('\0').map((entry) => /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(entry) ?? []);
  return new Map(entries.map(([, blob = '', file = '']) => [file, blob] as const));
}

/** What a commit would make of the files as they are on disk. */
async function blobsOf(
  place: RepositoryPlace,
  files: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (files.length === 0) return new Map();
  const blobs = (await plumb(place, ['hash-object', '--', ...files])).split('\n');
  return new Map(files.map((file, index) => [file, blobs[index] ?? ''] as const));
}

async function ignoredAmong(place: RepositoryPlace, files: readonly string[]): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  const input = files.map((file) => `${file}\0`).join('');
  const { stdout } = await tryPlumb(place, ['check-ignore', '--no-index', '-z', '--stdin'], { input });
  return new Set(stdout.split('\0'));
}
