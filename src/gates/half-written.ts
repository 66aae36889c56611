import { constants, copyFileSync, lstatSync, rmSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../platform/errors.ts';
import { isInside, makeFolders, realPlace } from '../platform/files.ts';
import { newId } from '../platform/ids.ts';
import { isAlive } from '../platform/owner.ts';
import type { GateCall } from './call.ts';
import { plumb, type RepositoryPlace } from './repository.ts';

/** Claude Code writes `<file>.tmp.<pid>.<12 hexadecimal digits>` beside a file and renames it (seen in its code, 2.x). */
const TEMPORARY = /\.tmp\.(\d{1,10})\.[0-9a-f]{12}$/;

/** A younger file may be of a process that is not seen from here, in a container; renaming takes it no longer than this, in ms. */
const WRITING_MS = 2_000;

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
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (!found?.isFile() || Date.now() - found.mtimeMs < WRITING_MS) continue;
    try {
      const aside = setAside(file, call.paths.opsDir, ticketId);
      call.note(`${name} was left by a client that was killed while it wrote; it lies in ${aside} now`);
    } catch (error) {
      // It can be taken away by hand; a ticket that cannot be started could not be helped.
      call.note(`warning: ${name} was left by a client that was killed while it wrote: ${messageOf(error)}`);
    }
  }
}

function setAside(file: string, opsDir: string, ticketId: string): string {
  const folder = path.join(opsDir, 'half-written', ticketId);
  if (!isInside(realPlace(opsDir), realPlace(folder)))
    throw new Error(`${folder} leads out of the project; take the link away`);
  makeFolders(folder);
  const aside = path.join(folder, `${newId()}-${path.basename(file).slice(0, 100)}`);
  copyFileSync(file, aside, constants.COPYFILE_EXCL);
  rmSync(file);
  return aside;
}
