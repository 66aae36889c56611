import { BacklogError, ExitCode } from '../platform/errors.ts';
import { openTickets } from '../tickets/store.ts';
import type { GateCall } from './call.ts';

/** Statuses that only a person takes away: the work was stopped because it went in circles. */
export const personsStatuses: ReadonlySet<string> = new Set([
  'review-blocked',
  'lint-blocked',
  'commit-blocked',
]);

/**
 * Holds a ticket that was stopped for a person: an agent may not set another status.
 * @param status the one that is to be set; `undefined` when none is
 * @param known the ticket's status, for those who have just read it
 * @throws BacklogError `person-needed` (exit 1)
 */
export async function refuseUnblocking(
  { paths, config, caller }: Pick<GateCall, 'paths' | 'config' | 'caller'>,
  ticketId: string,
  status: string | undefined,
  known?: string,
): Promise<void> {
  if (!caller.insideClaudeCode || status === undefined) return;
  const found = known ?? openTickets(paths, config).byId(ticketId)?.status;
  if (found === undefined || found === status || !personsStatuses.has(found)) return;
  throw new BacklogError({
    code: 'person-needed',
    message: `only a person may decide this: ${ticketId} is ${found}, and stays so until one takes it up again`,
    fix: `type it in a terminal of your own, outside Claude Code: backlog ticket move ${ticketId} ${status}`,
    exitCode: ExitCode.CheckFailed,
  });
}
