import { type Bookkeeping, isBookkeeping } from './bookkeeping.ts';
import { plumb, type RepositoryPlace, tryPlumb } from './repository.ts';

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
  const text = await plumb(place, ['log', ...logFormat, `${range.from}..${range.to}`]);
  return commitsIn(place, books, text);
}

/** The commits of `base..HEAD`, newest first; `undefined` when HEAD's history has not got the base. */
export async function commitsSince(
  place: RepositoryPlace,
  books: Bookkeeping,
  base: string,
): Promise<RangeCommit[] | undefined> {
  const { exitCode, stdout } = await tryPlumb(place, ['log', ...logFormat, `${base}...HEAD`]);
  // `<` marks what only the base's side has.
  if (exitCode !== 0 || entriesIn(stdout).some((entry) => entry.startsWith('<'))) return undefined;
  return commitsIn(place, books, stdout);
}

const trailer = (key: string): string => `%(trailers:key=${key},valueonly,separator=%x2C)`;
const logFormat = [
  '--topo-order',
  '--left-right',
  `--format=%m%H%x1f%P%x1f%s%x1f${trailer('Ticket')}%x1f${trailer('Backlog-Evidence')}%x1e`,
];

function entriesIn(text: string): string[] {
  return text
    .split('\x1e')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

async function commitsIn(place: RepositoryPlace, books: Bookkeeping, text: string): Promise<RangeCommit[]> {
  const found = entriesIn(text).map((entry) => {
    const [id = '', parents = '', subject = '', tickets = '', evidence = ''] = entry.slice(1).split('\x1f');
    return { id, parents: parents.split(' ').filter((parent) => parent !== ''), subject, tickets, evidence };
  });
  const files = await filesOf(
    place,
    found.map(({ id }) => id),
  );
  return found.map((commit) => ({
    ...commit,
    tickets: values(commit.tickets),
    evidence: values(commit.evidence),
    booksOnly: (files.get(commit.id) ?? []).every((file) => isBookkeeping(file, books)),
  }));
}

/** What each commit touches; a merge, what it changes against any of its parents. One that touches nothing is not in the answer. */
async function filesOf(
  place: RepositoryPlace,
  commits: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = new Map<string, string[]>();
  if (commits.length === 0) return files;
  const how = ['--stdin', '-r', '-z', '--raw', '--no-renames', '-m', '--root'];
  const text = await plumb(place, ['diff-tree', ...how], {
    input: commits.map((commit) => `${commit}\n`).join(''),
  });
  const words = text.split('\0');
  let touched: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    // `:<modes> <ids> <letter>`, then the path, whatever that looks like; anything else begins the next commit.
    if (word.startsWith(':')) {
      index += 1;
      touched.push(words[index] ?? '');
    } else if (word !== '') {
      touched = files.get(word) ?? [];
      files.set(word, touched);
    }
  }
  return files;
}

function values(text: string): string[] {
  return text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}
