import { copyFileSync, lstatSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makeFolders } from '../platform/files.ts';
import { isAlive } from '../platform/owner.ts';
import type { GateCall } from './call.ts';
import { plumb, type RepositoryPlace } from './repository.ts';

/** Claude Code writes `<file>.tmp.<pid>.<12 hexadecimal digits>` beside a file and renames it (seen in its code, 2.x). */
const TEMPORARY = /\.tmp\.(\d{1,10})\.[0-9a-f]{12}$/;

/**
 * Takes out of the worktree what a client that was killed was about to write: it would be taken for a part of the change, and
 * stop the commit. Nothing is lost: it lies in `.backlog-ops/half-written/<ticket>/` then, and a note says so. What a process
 * that still runs is writing stays.
 */
export async function setAsideHalfWritten(
  call: GateCall,
  place: RepositoryPlace,
  ticketId: string,
): Promise<void> {
  const untracked = await plumb(place, ['ls-files', '-z', '--others', '--exclude-standard']);
  for (const name of untracked.split('\0')) {
    const pid = TEMPORARY.exec(name)?.[1];
    if (pid === undefined || isAlive({ pid: Number(pid), started: 'unknown' })) continue;
    const file = path.join(place.worktree, name);
    if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) continue;
    const aside = path.join(call.paths.opsDir, 'half-written', ticketId, name.replaceAll('/', '__'));
    makeFolders(path.dirname(aside));
    copyFileSync(file, aside);
    rmSync(file);
    call.note(`${name} was left by a client that was killed while it wrote; it lies in ${aside} now`);
  }
}
