import type { GateCall } from '../gates/call.ts';
import type { Io } from './io.ts';

/** Reads what the caller's session has used so far into the ledger, so that a completed ticket knows its cost. */
export async function readSessionUsage(_io: Io, _call: GateCall): Promise<void> {
  // The hooks' room brings the way from a session to its transcripts.
}
