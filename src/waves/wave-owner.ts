import type { GateCall } from '../gates/call.ts';
import { type Claim, leaseState, readClaims } from '../gates/claims.ts';
import { isSameClient } from '../gates/lease.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { WaveRecord } from './wave-record.ts';

/**
 * Keeps a session away from the wave of another one that works on it.
 * @throws BacklogError `wave-open` (exit 1)
 */
export function refuseOthersWave(call: GateCall, record: WaveRecord): void {
  const others = readClaims(call.paths.opsDir).claims.filter((claim) => isElsewhere(claim, record, call));
  const [other] = others;
  if (other === undefined) return;
  throw new BacklogError({
    code: 'wave-open',
    message: `wave ${record.wave} is open, and session ${other.session_id} works on ${others.map((one) => one.ticket_id).join(', ')}`,
    fix: 'it can be taken over when that session has ended (`backlog wave status` shows it); when it does not come back, type in a terminal of your own: backlog wave end',
    exitCode: ExitCode.CheckFailed,
  });
}

function isElsewhere(claim: Claim, record: WaveRecord, call: GateCall): boolean {
  return (
    record.tickets.some(({ id }) => id === claim.ticket_id) &&
    claim.session_id !== null &&
    claim.session_id !== (call.caller.sessionId ?? null) &&
    !isSameClient(claim, call) &&
    leaseState(claim, call.clock()) === 'held'
  );
}

/** The same for what ends the others' work; a person in a terminal may, as with `ticket release`. */
export function refuseOthersEnd(call: GateCall, record: WaveRecord): void {
  const { insideClaudeCode, sessionId } = call.caller;
  if (insideClaudeCode || sessionId !== undefined) refuseOthersWave(call, record);
}
