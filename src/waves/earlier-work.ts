import { type Bookkeeping, bookkeepingOf, isBookkeeping } from '../gates/bookkeeping.ts';
import type { GateCall } from '../gates/call.ts';
import { changedFiles } from '../gates/difference.ts';
import { readEvidence } from '../gates/evidence.ts';
import { plumb, type RepositoryPlace, tryPlumb } from '../gates/repository.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { listTickets } from '../tickets/listing.ts';
import { readWaves, type WaveRecord } from './wave-record.ts';

/**
 * Nothing of an earlier wave may have been lost: the files are as its tickets' commits left them, or a later commit on the branch
 * has changed them or taken them away. A branch that was reset or rebuilt without them is refused.
 * @throws BacklogError `earlier-work-lost` (exit 1) naming tickets and files
 */
export async function refuseLostWork(
  call: GateCall,
  main: RepositoryPlace,
  current: WaveRecord,
): Promise<void> {
  const backlog = await listTickets(call.paths, call.config);
  const books = bookkeepingOf(main.worktree, call.paths.mainRoot, call.config.backlog.dataDir);
  const lost: string[] = [];
  for (const wave of readWaves(call.paths.opsDir)) {
    if (wave.wave >= current.wave || wave.branch !== current.branch) continue;
    for (const { id } of wave.tickets) {
      if (backlog.byId(id)?.status !== 'completed') continue;
      const files = await lostFiles(call, main, books, id, current.branch);
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

/** Files that are not as the ticket's commit left them, and that no later commit has changed. */
async function lostFiles(
  call: GateCall,
  main: RepositoryPlace,
  books: Bookkeeping,
  ticketId: string,
  branch: string,
): Promise<string[]> {
  const record = readEvidence(call.paths.opsDir, ticketId).findLast(
    (line) => line.record.gate === 'commit' && line.record.result === 'pass',
  )?.record;
  const held = record?.holds_for;
  if (record === undefined || held?.kind !== 'commit') return [];
  const inHistory = await tryPlumb(main, ['merge-base', '--is-ancestor', held.commit, branch]);
  if (inHistory.exitCode === 0) return [];
  const known = await tryPlumb(main, ['cat-file', '-e', `${held.commit}^{commit}`]);
  if (known.exitCode !== 0) return [];
  // The commit itself was rewritten (amend, rebase, squash): its content decides.
  const since = (await tryPlumb(main, ['merge-base', held.commit, branch])).stdout.trim();
  const missing: string[] = [];
  for (const { path: file, status, blob } of await changedFiles(main, record.base_commit, held.commit)) {
    if (isBookkeeping(file, books)) continue;
    const there = await tryPlumb(main, ['rev-parse', '--verify', '--quiet', `${branch}:${file}`]);
    if (there.exitCode === 0 ? there.stdout.trim() === blob : status === 'D') continue;
    // Whoever committed another content, or took the file away, after the two had parted knew what they did.
    const range = since === '' ? branch : `${since}..${branch}`;
    const changed = await plumb(main, ['--literal-pathspecs', 'log', '-1', '--format=%H', range, '--', file]);
    if (changed === '') missing.push(file);
  }
  return missing;
}
