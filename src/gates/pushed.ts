import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { GateCall } from './call.ts';
import { commitId, placeAround, type RepositoryPlace, tryPlumb } from './repository.ts';
import { verifyRangeOf } from './verify.ts';

/**
 * git's pre-push: judges what each pushed branch adds to the remote one, as `backlog verify --no-rerun` does.
 * @param lines what git hands over on stdin: `<local ref> <local id> <remote ref> <remote id>`
 * @throws BacklogError `verify-failed` (exit 1), and what `verify` throws
 */
export async function judgePush(call: GateCall, remote: string, lines: string): Promise<void> {
  const place = await placeAround(call.paths.root, call);
  const failures: string[] = [];
  for (const line of lines.split('\n')) {
    const [localRef = '', local = '', remoteRef = '', there = ''] = line.trim().split(' ');
    // Tags add no commits of their own to a branch, and a branch that is deleted adds nothing.
    if (!remoteRef.startsWith('refs/heads/') || /^0+$/.test(local)) continue;
    const base = (await known(place, there)) ?? (await defaultBranch(place, remote));
    const result = await verifyRangeOf(call, { base, head: local, rerun: false, waivers: true });
    const unreadable = result.broken.map(({ file, message }) => `${file}: ${message}`);
    failures.push(...[...result.failures, ...unreadable].map((failure) => `${localRef}: ${failure}`));
  }
  if (failures.length === 0) return;
  throw new BacklogError({
    code: 'verify-failed',
    message: `what is pushed does not hold:\n  ${failures.join('\n  ')}`,
    fix: 'backlog verify says more; a person who pushes it all the same: git push --no-verify',
    exitCode: ExitCode.CheckFailed,
  });
}

/** The remote's commit when this clone has it. */
function known(place: RepositoryPlace, id: string): Promise<string | undefined> {
  return /^0*$/.test(id) ? Promise.resolve(undefined) : commitId(place, id);
}

/** For a branch that is new there: where it left the remote's main branch. */
async function defaultBranch(place: RepositoryPlace, remote: string): Promise<string | undefined> {
  for (const name of ['HEAD', 'main', 'master']) {
    const found = await tryPlumb(place, [
      'rev-parse',
      '--verify',
      '--quiet',
      `refs/remotes/${remote}/${name}`,
    ]);
    if (found.exitCode === 0) return found.stdout.trim();
  }
  return undefined;
}
