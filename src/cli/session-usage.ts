import { sessionRecord } from '../attribution/session.ts';
import type { GateCall } from '../gates/call.ts';
import { ingest } from '../hooks/usage.ts';
import { messageOf } from '../platform/errors.ts';
import type { Io } from './io.ts';

/** Most bytes to read before a ticket is completed: 64 MiB; a hook reads the rest later. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Reads what the caller's session has used so far into the ledger, so that a completed ticket knows its cost. */
export async function readSessionUsage(io: Io, call: GateCall): Promise<void> {
  const { sessionId } = call.caller;
  const session = sessionId === undefined ? undefined : sessionRecord(call.home, sessionId);
  if (session === undefined || session.transcript_path === '') return;
  try {
    await ingest(session, { env: io.env, home: call.home, clock: io.clock }, MOST_BYTES);
  } catch (error) {
    io.note(
      `warning: this session's usage could not be read (${messageOf(error)}); rows that come later still count`,
    );
  }
}
