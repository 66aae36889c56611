import { listTickets } from '../tickets/listing.ts';
import { closedStatuses, type TicketStatus } from '../tickets/ticket.ts';
import { type GateCall, personName } from './call.ts';
import { readClaim } from './claims.ts';
import { requirePerson } from './person.ts';

/**
 * A started ticket that is closed without its gates is given up, and what it is about is free for other lanes: inside Claude Code a
 * person decides that. One that nobody has started may go.
 * @param status that the ticket is to have
 * @returns who closes started work; `undefined` when that is not what happens
 * @throws BacklogError `person-needed` (exit 1)
 */
export async function whoCloses(
  call: GateCall,
  ticketId: string,
  status: TicketStatus,
): Promise<string | undefined> {
  if (!closedStatuses.has(status) || status === 'completed') return undefined;
  if ((await listTickets(call.paths, call.config)).byId(ticketId)?.folder !== 'pending') return undefined;
  if (readClaim(call.paths.opsDir, ticketId) === undefined) return undefined;
  if (!call.caller.insideClaudeCode) return `human:${await personName(call)}`;
  return requirePerson(call, {
    purpose: 'close',
    question: `Close ${ticketId} as ${status}, although its work was started and is not completed?`,
    command: `backlog ticket move ${ticketId} ${status}`,
  });
}
