import { BacklogError, ExitCode } from '../platform/errors.ts';
import { type Bookkeeping, isBookkeeping } from './bookkeeping.ts';
import { quickId } from './quick-rules.ts';
import { commitId, plumb, type RepositoryPlace, tryPlumb } from './repository.ts';

/** What is judged: everything in HEAD that is not in `base`. */
export interface VerifyRange {
  /** Where HEAD's history left the base: commits of `base..HEAD`. Full id. */
  readonly base: string;
  readonly head: string;
}

/** A commit of the range. */
export interface VerifiedCommit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly subject: string;
  /** Its `Ticket:` trailers. */
  readonly tickets: readonly string[];
  /** Its `Backlog-Evidence:` trailers. */
  readonly evidence: readonly string[];
  /** It touches bookkeeping only. */
  readonly booksOnly: boolean;
}

/**
 * The range of a call: from `--base`, else the upstream branch, else the first commit.
 * @param tip what is judged instead of HEAD
 * @throws BacklogError `verify-range-missing` (exit 4) when this clone does not have it
 */
export async function verifyRange(
  place: RepositoryPlace,
  named: string | undefined,
  tip = 'HEAD',
): Promise<VerifyRange> {
  const head = await commitId(place, tip);
  if (head === undefined)
    throw tip === 'HEAD'
      ? missing('this repository has no commit yet', 'commit something first')
      : missing(`${tip} names no commit in this clone`, 'pass a branch or commit that is there');
  const shallow = (await tryPlumb(place, ['rev-parse', '--is-shallow-repository'])).stdout.trim() === 'true';
  const fetch = shallow
    ? 'git fetch --unshallow (in CI: check out with the whole history, such as fetch-depth: 0)'
    : 'git fetch --all, then pass a branch or commit that is there: --base origin/main';
  const upstream =
    named ?? ((await commitId(place, '@{upstream}')) === undefined ? undefined : '@{upstream}');
  if (upstream === undefined) {
    if (shallow) throw missing('this is a shallow clone: where the range begins is not in it', fetch);
    const roots = await plumb(place, ['rev-list', '--max-parents=0', head]);
    return { base: roots.split('\n').at(-1) ?? head, head };
  }
  const id = await commitId(place, upstream);
  if (id === undefined) throw missing(`${upstream} names no commit in this clone`, fetch);
  const shared = (await tryPlumb(place, ['merge-base', id, head])).stdout.trim();
  if (shared === '') throw missing(`${upstream} and ${tip} have no common commit in this clone`, fetch);
  return { base: shared, head };
}

/** The commits of the range, newest first. */
export async function rangeCommits(
  place: RepositoryPlace,
  books: Bookkeeping,
  { base, head }: VerifyRange,
): Promise<VerifiedCommit[]> {
  const trailer = (key: string): string => `%(trailers:key=${key},valueonly,separator=%x2C)`;
  const format = `%H%x1f%P%x1f%s%x1f${trailer('Ticket')}%x1f${trailer('Backlog-Evidence')}%x1e`;
  const text = await plumb(place, ['log', '--topo-order', `--format=${format}`, `${base}..${head}`]);
  const commits: VerifiedCommit[] = [];
  for (const entry of text.split('\x1e')) {
    const [id = '', parents = '', subject = '', tickets = '', evidence = ''] = entry.trim().split('\x1f');
    if (id === '') continue;
    const files = await plumb(place, [
      'diff-tree',
      '-r',
      '-z',
      '--name-only',
      '--no-commit-id',
      '--first-parent',
      '-m',
      '--root',
      id,
    ]);
    commits.push({
      id,
      parents: parents.split(' ').filter((parent) => parent !== ''),
      subject,
      tickets: values(tickets),
      evidence: values(evidence),
      booksOnly: files.split('\0').every((file) => file === '' || isBookkeeping(file, books)),
    });
  }
  return commits;
}

/** The id of a change that went through the quick lane; `undefined` for any other commit. */
export function quickIdOf({ tickets }: VerifiedCommit): string | undefined {
  return tickets.find((ticket) => quickId.test(ticket));
}

function values(text: string): string[] {
  return text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function missing(message: string, fix: string): BacklogError {
  return new BacklogError({ code: 'verify-range-missing', message, fix, exitCode: ExitCode.Outside });
}
