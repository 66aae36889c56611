import path from 'node:path';
import { isBookkeeping } from '../gates/bookkeeping.ts';
import { noteWriting } from '../gates/writers.ts';
import { timestamp } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';
import { isInside, realPlace } from '../platform/files.ts';
import { dataDirOf } from '../project/data-dir.ts';
import { worktreeRoot } from '../project/paths.ts';
import { type Holdings, worktreeOf } from './holdings.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

/**
 * Notes that an agent edits code in the worktree of a ticket, whatever its prompt said of it: who wrote a change does not review
 * it. Tickets and other books are no code.
 */
export function noteWriter(file: string, holdings: Holdings, input: HookInput, world: HookWorld): void {
  const { agent_id, session_id } = input;
  if (agent_id === undefined || holdings.claims.length === 0) return;
  try {
    const { project } = holdings;
    const real = realPlace(path.resolve(input.cwd, file));
    const at = timestamp(world.clock);
    for (const { ticketId, worktree } of worktreesAround(real, holdings))
      if (!isBook(path.relative(worktree, real), project))
        noteWriting(project.opsDir, ticketId, { at, session_id, agent_id, file: real });
  } catch (error) {
    world.report?.(`it was not noted that ${agent_id} edits ${file}: ${messageOf(error)}`);
  }
}

/** A worktree inside another one is its own; several tickets may be worked on in one. */
function worktreesAround(
  real: string,
  { claims }: Holdings,
): { readonly ticketId: string; readonly worktree: string }[] {
  const around = claims
    .map((claim) => ({ ticketId: claim.ticket_id, worktree: worktreeOf(claim) }))
    .filter(({ worktree }) => isInside(worktree, real));
  const nearest = Math.max(0, ...around.map(({ worktree }) => worktree.length));
  return around.filter(({ worktree }) => worktree.length === nearest);
}

function isBook(file: string, project: Holdings['project']): boolean {
  const { mainRoot } = project;
  const slashes = (name: string): string => name.split(path.sep).join('/');
  const prefix = slashes(path.relative(worktreeRoot(mainRoot) ?? mainRoot, mainRoot));
  return isBookkeeping(slashes(file), {
    prefix,
    dataDir: slashes(path.relative(mainRoot, dataDirOf(project))),
  });
}
