import { type Bookkeeping, isBookkeeping } from './bookkeeping.ts';
import { plumb, type RepositoryPlace } from './repository.ts';

/** A commit of a range, as its message and its files tell. */
export interface RangeCommit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly subject: string;
  /** Its `Ticket:` trailers. */
  readonly tickets: readonly string[];
  /** Its `Backlog-Evidence:` trailers. */
  readonly evidence: readonly string[];
  /** It touches bookkeeping only, such as another ticket's completion. */
  readonly booksOnly: boolean;
}

/** The commits of `from..to`, newest first. */
export async function rangeCommits(
  place: RepositoryPlace,
  books: Bookkeeping,
  range: { readonly from: string; readonly to: string },
): Promise<RangeCommit[]> {
  const trailer = (key: string): string => `%(trailers:key=${key},valueonly,separator=%x2C)`;
  const format = `%H%x1f%P%x1f%s%x1f${trailer('Ticket')}%x1f${trailer('Backlog-Evidence')}%x1e`;
  const text = await plumb(place, [
    'log',
    '--topo-order',
    `--format=${format}`,
    `${range.from}..${range.to}`,
  ]);
  const commits: RangeCommit[] = [];
  for (const entry of text.split('\x1e')) {
    const [id = '', parents = '', subject = '', tickets = '', evidence = ''] = entry.trim().split('\x1f');
    if (id === '') continue;
    const files = await filesOf(place, id);
    commits.push({
      id,
      parents: parents.split(' ').filter((parent) => parent !== ''),
      subject,
      tickets: values(tickets),
      evidence: values(evidence),
      booksOnly: files.every((file) => isBookkeeping(file, books)),
    });
  }
  return commits;
}

/** What a commit touches; a merge, what it changes against its first parent. */
async function filesOf(place: RepositoryPlace, commit: string): Promise<string[]> {
  const how = ['-r', '-z', '--name-only', '--no-commit-id', '--first-parent', '-m', '--root'];
  return (await plumb(place, ['diff-tree', ...how, commit])).split('\0').filter((file) => file !== '');
}

function values(text: string): string[] {
  return text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}
