import { BacklogError, ExitCode } from '../platform/errors.ts';
import { quickId } from './quick-rules.ts';
import type { RangeCommit } from './range-commits.ts';
import { commitId, plumb, type RepositoryPlace, tryPlumb } from './repository.ts';

/** What is judged: everything in HEAD that is not in `base`. */
export interface VerifyRange {
  /** Where HEAD's history left the base: commits of `base..HEAD`. Full id. */
  readonly base: string;
  readonly head: string;
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

/** The id of a change that went through the quick lane; `undefined` for any other commit. */
export function quickIdOf({ tickets }: RangeCommit): string | undefined {
  return tickets.find((ticket) => quickId.test(ticket));
}

function missing(message: string, fix: string): BacklogError {
  return new BacklogError({ code: 'verify-range-missing', message, fix, exitCode: ExitCode.Outside });
}
