import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { type Gate, gates, waiversAllowed } from '../project/gates.ts';
import { settleAttempts } from './attempts.ts';
import type { GateCall } from './call.ts';
import { readClaim } from './claims.ts';
import type { EvidenceLine } from './evidence.ts';
import { writeHistory } from './history.ts';
import { notStarted } from './lease.ts';
import { store } from './outcome.ts';
import { requirePerson } from './person.ts';
import { promiseDigest } from './promise.ts';
import { openWork } from './work.ts';

/**
 * A person lets one gate of one promise go, on the record: in the evidence and in the ticket's History. It needs no lease: the
 * person is seldom the session that holds the ticket.
 * @throws BacklogError `waiver-not-allowed`, `person-needed` (exit 1), `reason-missing` (exit 2)
 */
export async function waiveGate(
  call: GateCall,
  wanted: { readonly ticketId: string; readonly gate: Gate; readonly reason: string },
): Promise<EvidenceLine> {
  const { ticketId, gate } = wanted;
  const reason = wanted.reason.trim().replace(/\s+/g, ' ');
  if (reason === '')
    throw usageError('a waiver needs a reason', 'add --reason "<why this gate may go>"', 'reason-missing');
  const claim = readClaim(call.paths.opsDir, ticketId);
  if (claim === undefined) throw notStarted(ticketId, 'its work was never started');
  const work = await openWork(call, claim);
  if (gate === 'commit')
    throw refused('the commit itself cannot be waived', `backlog commit --ticket ${ticketId} --help`);
  if (!waiversAllowed(work.config))
    throw refused(
      'profile: strict allows no waivers',
      `make the gate hold: backlog gate status ${ticketId} says what is missing`,
    );
  const person = await requirePerson(call, {
    purpose: 'waive',
    question: `Let ${ticketId} pass without the gate ${gate} ("${reason}")?`,
    command: `backlog gate waive ${gate} --ticket ${ticketId} --reason ${JSON.stringify(reason)}`,
  });
  const line = await store(work, undefined, {
    gate,
    result: 'waived',
    holds_for: { kind: 'promise', promise: promiseDigest(work.promise) },
    details: { person, reason },
  });
  if (gate === 'lint') await settleAttempts(work, gate);
  await writeHistory(call, ticketId, { change: `Gate ${gate} waived: ${reason}`, author: person });
  return line;
}

/** A gate by its name. @throws BacklogError `usage` (exit 2) */
export function gateNamed(name: string): Gate {
  const gate = gates.find((one) => one === name);
  if (gate !== undefined) return gate;
  throw usageError(`"${name}" is no gate`, `pass one of: ${gates.join(', ')}`);
}

function refused(message: string, fix: string): BacklogError {
  return new BacklogError({ code: 'waiver-not-allowed', message, fix, exitCode: ExitCode.CheckFailed });
}
