import type { GateCall } from '../gates/call.ts';
import { messageOf } from '../platform/errors.ts';
import { openTickets } from '../tickets/store.ts';
import { settleAttempts } from '../waves/route.ts';
import type { Io } from './io.ts';

/** Ends local attempts after a completion, which is done by then: what cannot be counted is said and takes nothing back. */
export async function settleAfterwards(io: Pick<Io, 'note'>, gateCall: GateCall): Promise<void> {
  try {
    const lines = await settleAttempts(gateCall, openTickets(gateCall.paths, gateCall.config));
    for (const line of lines) io.note(line);
  } catch (error) {
    io.note(`warning: local attempts were not counted: ${messageOf(error)}`);
  }
}
