import type { GateCall } from '../gates/call.ts';
import { readEvidence } from '../gates/evidence.ts';
import { plumb, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { openBacklog } from '../tickets/store.ts';
import { readWaves, type WaveRecord } from './wave-record.ts';

/**
 * Nothing of an earlier wave may have been lost: the files that its tickets' commits left are still on the branch, or a later
 * commit that says what it is took them away. A branch that was reset or rebuilt without them is refused.
 * @throws BacklogError `earlier-work-lost` (exit 1) naming tickets and files
 */
export async function refuseLostWork(
  call: GateCall,
  main: RepositoryPlace,
  current: WaveRecord,
): Promise<void> {
  const backlog = openBacklog(call.paths, call.config);
  const lost: string[] = [];
  for (const wave of readWaves(call.paths.opsDir)) {
    if (wave.wave >= current.wave || wave.branch !== current.branch) continue;
    for (const { id } of wave.tickets) {
      if (backlog.byId(id)?.status !== 'completed') continue;
      const files = await lostFiles(call, main, id, current.branch);
      if (files.length > 0) lost.push(`${id} (${files.slice(0, 5).join(', ')})`);
    }
  }
  if (lost.length === 0) return;
  throw new BacklogError({
    code: 'earlier-work-lost',
    message: `${current.branch} no longer has what earlier waves committed: ${lost.join('; ')}`,
    fix: `bring the commits back (\`git reflog ${current.branch}\` shows where they were), then run the command again`,
    exitCode: ExitCode.CheckFailed,
    details: { tickets: lost },
  });
}

/** Files of the ticket's commit that are neither on the branch nor were taken away by a commit after it. */
async function lostFiles(
  call: GateCall,
  main: RepositoryPlace,
  ticketId: string,
  branch: string,
): Promise<string[]> {
  const held = readEvidence(call.paths.opsDir, ticketId).findLast(
    ({ record }) => record.gate === 'commit' && record.result === 'pass',
  )?.record.holds_for;
  if (held?.kind !== 'commit') return [];
  const inHistory = await tryPlumb(main, ['merge-base', '--is-ancestor', held.commit, branch]);
  if (inHistory.exitCode === 0) return [];
  const known = await tryPlumb(main, ['cat-file', '-e', `${held.commit}^{commit}`]);
  if (known.exitCode !== 0) return [];
  // The commit itself was rewritten (amend, rebase): its content decides.
  const names = await plumb(main, [
    'diff-tree',
    '-r',
    '-z',
    '--name-only',
    '--no-commit-id',
    '--diff-filter=AM',
    held.commit,
  ]);
  const missing: string[] = [];
  for (const file of names.split('\0').filter((name) => name !== '')) {
    if ((await tryPlumb(main, ['cat-file', '-e', `${branch}:${file}`])).exitCode === 0) continue;
    const removed = await plumb(main, ['log', '-1', '--diff-filter=D', '--format=%H', branch, '--', file]);
    if (removed === '') missing.push(file);
  }
  return missing;
}
