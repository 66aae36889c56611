import type { Ticket } from '../../tickets/ticket.ts';
import { callable } from '../commands.ts';
import { isUntouched, openTickets } from '../open-tickets.ts';
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
  only?: readonly Ticket[],
  run?: RunVerification,
): Promise<ObsoleteResult> {
  const asked = new Set(only?.map(({ file }) => file));
  const tickets = openTickets(world.backlog).filter(
    (one) => isUntouched(one) && (only === undefined || asked.has(one.file)),
  );
  const proposals: ObsoleteProposal[] = [];
  const notRun: { id: string; command: string }[] = [];
  const history = tickets.some((one) => allMissing(one, world)) ? await historyOf(world) : undefined;
  const isElsewhere = history !== undefined && noneKnown(world, history);
  const doubtful: string[] = [];
  const call = callable(world);
  const results = new Map<string, boolean>();
  for (const ticket of tickets) {
    const { id, file } = ticket;
    const moved = ticket.affectedFiles.some(
      (one) => history?.movedTo(normal(one.path) ?? '', world.has) !== undefined,
    );
    if (allMissing(ticket, world) && !moved) {
      if (isElsewhere) {
        doubtful.push(id);
        continue;
      }
      const deletes = ticket.affectedFiles.every(({ action }) => action === 'delete');
      const why = deletes
        ? 'every file that it deletes is gone already'
        : 'none of the files that it changes exists any more';
      proposals.push({ id, file, reason: 'files-gone', why });
      continue;
    }
    if (run === undefined) continue;
    const commands = ticket.verificationCommands.map((command) => ({
      command,
      safe: trusted(command, call),
    }));
    for (const { command, safe } of commands) if (safe === undefined) notRun.push({ id, command });
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
      proposals.push({
        id,
        file,
        reason: 'already-met',
        why: `what it creates is there, and its verification commands pass: ${ticket.verificationCommands.join('; ')}`,
      });
  }
  return { proposals, notRun, doubtful };
}

function allMissing({ affectedFiles }: Ticket, world: World): boolean {
  return (
    affectedFiles.length > 0 &&
    affectedFiles.every(({ path: file, action }) => action !== 'create' && !world.has(file))
  );
}

/** Of all files that open tickets change or delete, none is there, and none ever was. */
function noneKnown(world: World, history: GitHistory): boolean {
  return openTickets(world.backlog).every(({ affectedFiles }) =>
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
