import { ownText } from '../../platform/own-text.ts';
import type { Watch } from '../../platform/watch.ts';
import type { ListedTicket, Ticket } from '../../tickets/ticket.ts';
import { type Outline, type Study, studyOf } from '../checks/study.ts';
import { callable } from '../commands.ts';
import { isUntouched } from '../open-tickets.ts';
import { normal, type World } from '../world.ts';
import { type GitHistory, historyOf } from './git-history.ts';
import { passes, trusted } from './verification.ts';

/** A ticket that has probably nothing left to do, and why. For a person to decide. */
export interface ObsoleteProposal {
  readonly id: string;
  /** Absolute. */
  readonly file: string;
  readonly reason: 'files-gone' | 'already-met';
  readonly why: string;
}

export interface ObsoleteResult {
  /**
   * Ids that are not proposed although their files are missing: no file of any open ticket is there, and git has never seen one
   * of them. That speaks of another folder, or of code that is still to come, rather than of the tickets.
   */
  readonly doubtful: readonly string[];
  readonly proposals: readonly ObsoleteProposal[];
  /** Commands of tickets that are not run, as they are neither a gate nor a script with plain paths. */
  readonly notRun: readonly { readonly id: string; readonly command: string }[];
}

/** How verification commands are run; without it none is. */
export interface RunVerification {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Tickets that nobody has begun and whose files are all gone, or (when commands may be run) whose criteria the code already
 * meets. Each command runs once, however many tickets name it.
 */
export async function obsoleteProposals(
  world: World,
  only?: readonly ListedTicket[],
  run?: RunVerification,
  watch?: Watch,
): Promise<ObsoleteResult> {
  const all = await studyOf(world);
  const asked = new Set(only?.map(({ file }) => file));
  const outlines = all.outlines.filter(
    (one) => isUntouched(one) && (only === undefined || asked.has(one.file)),
  );
  const { gone, doubtful } = await filesGone(outlines, all, watch);
  if (run === undefined) return { proposals: gone, notRun: [], doubtful };
  const told = new Set([...gone.map(({ id }) => id), ...doubtful]);
  const rest = new Set(outlines.filter(({ id }) => !told.has(id)).map(({ file }) => file));
  const { met, notRun } = await alreadyMet(
    world,
    all.open.filter(({ file }) => rest.has(file)),
    run,
    watch,
  );
  const proposals = new Map([...gone, ...met].map((one) => [one.file, one]));
  return { proposals: outlines.flatMap(({ file }) => proposals.get(file) ?? []), notRun, doubtful };
}

async function filesGone(
  outlines: readonly Outline[],
  all: Study,
  watch: Watch | undefined,
): Promise<{ readonly gone: readonly ObsoleteProposal[]; readonly doubtful: readonly string[] }> {
  const { world } = all;
  watch?.begin('looking for finished work', outlines.length);
  const missing = outlines.filter((one) => {
    watch?.advance();
    return allMissing(one, world);
  });
  if (missing.length === 0) return { gone: [], doubtful: [] };
  const history = await historyOf(world);
  const lost = missing.filter(({ affectedFiles }) =>
    affectedFiles.every((one) => history.movedTo(normal(one.path) ?? '', world.has) === undefined),
  );
  if (noneKnown(all, history)) return { gone: [], doubtful: lost.map(({ id }) => id) };
  const gone = lost.map(({ id, file, affectedFiles }): ObsoleteProposal => {
    const deletes = affectedFiles.every(({ action }) => action === 'delete');
    const why = deletes
      ? 'every file that it deletes is gone already'
      : 'none of the files that it changes exists any more';
    return { id, file, reason: 'files-gone', why };
  });
  return { gone, doubtful: [] };
}

async function alreadyMet(
  world: World,
  tickets: readonly ListedTicket[],
  run: RunVerification,
  watch: Watch | undefined,
): Promise<{ readonly met: readonly ObsoleteProposal[]; readonly notRun: ObsoleteResult['notRun'] }> {
  const met: ObsoleteProposal[] = [];
  const notRun: { id: string; command: string }[] = [];
  const call = callable(world);
  const results = new Map<string, boolean>();
  watch?.begin('running verification commands', tickets.length);
  for await (const ticket of world.whole(tickets)) {
    watch?.advance();
    const { id, file } = ticket;
    const commands = ticket.verificationCommands.map((command) => ({
      command,
      safe: trusted(command, call),
    }));
    for (const { command, safe } of commands) if (safe === undefined) notRun.push(ownText({ id, command }));
    const safe = commands.flatMap((one) => (one.safe === undefined ? [] : [one.safe]));
    // Commands that pass on any code prove nothing: something that the ticket asks for has to be there to be seen.
    if (safe.length < commands.length || safe.length === 0 || !isSeen(ticket, world)) continue;
    let green = true;
    for (const command of safe) {
      const key = JSON.stringify([command.file, command.args]);
      const before = results.get(key);
      const result = before ?? (await passes(command, world, run.env, run.signal));
      results.set(key, result);
      green = result;
      if (!green) break;
    }
    if (green)
      met.push({
        id,
        file,
        reason: 'already-met',
        why: `what it creates is there, and its verification commands pass: ${ticket.verificationCommands.join('; ')}`,
      });
  }
  return { met, notRun };
}

function allMissing({ affectedFiles }: Pick<Ticket, 'affectedFiles'>, world: World): boolean {
  return (
    affectedFiles.length > 0 &&
    affectedFiles.every(({ path: file, action }) => action !== 'create' && !world.has(file))
  );
}

/** Of all files that open tickets change or delete, none is there, and none ever was. */
function noneKnown({ outlines, world }: Study, history: GitHistory): boolean {
  return outlines.every(({ affectedFiles }) =>
    affectedFiles.every(({ path: file, action }) => {
      const plain = normal(file);
      return (
        action === 'create' ||
        plain === undefined ||
        (!world.has(plain) &&
          history.changes(plain).length === 0 &&
          history.movedTo(plain, () => true) === undefined)
      );
    }),
  );
}

/** It creates or deletes something, and all of that has been done. */
function isSeen({ affectedFiles }: Ticket, world: World): boolean {
  const made = affectedFiles.filter(({ action }) => action === 'create' || action === 'delete');
  return made.length > 0 && made.every(({ path: file, action }) => world.has(file) === (action === 'create'));
}
