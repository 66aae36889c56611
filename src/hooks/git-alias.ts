import { childProcess } from '../platform/child-process.ts';

/** Commands of git that agents type; an alias cannot take the name of one (git-config(1), alias.*). */
const own = new Set(
  (
    'add am apply archive bisect blame branch bundle cat-file check-ignore checkout cherry cherry-pick clean clone commit ' +
    'commit-tree config count-objects describe diff diff-tree fast-import fetch filter-branch for-each-ref format-patch fsck gc ' +
    'grep hash-object help init log ls-files ls-remote ls-tree maintenance merge merge-base merge-tree mv name-rev notes prune ' +
    'pull push range-diff read-tree rebase reflog remote replace reset restore rev-list rev-parse revert rm shortlog show ' +
    'show-ref sparse-checkout stash status submodule switch symbolic-ref tag update-index update-ref var version worktree ' +
    'write-tree'
  ).split(' '),
);

/** What an alias of the user's or the repository's stands for; `undefined` when the word is a command, or nothing. */
export function aliasOf(command: string, cwd: string): string | undefined {
  if (own.has(command) || !/^[\w.-]{1,100}$/.test(command)) return undefined;
  try {
    return (
      childProcess()
        .execFileSync('git', ['config', '--get', `alias.${command}`], {
          cwd,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
          timeout: 2000,
        })
        .trim() || undefined
    );
  } catch {
    // There is none, or no git: the call itself says so.
    return undefined;
  }
}
