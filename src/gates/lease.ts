import { hostname } from 'node:os';
import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import { type Owner, ownerOf } from '../platform/owner.ts';
import { type GateCall, personName } from './call.ts';
import {
  type Claim,
  type ClaimEvent,
  type ClaimOwner,
  changeClaim,
  holderOf,
  LEASE_MS,
  type Lease,
  leaseState,
} from './claims.ts';

/** The caller as the owner of a lease. Claude Code names its own process in `CLAUDE_PID`; a terminal has none that lasts. */
export async function ownerOfCall(call: GateCall): Promise<ClaimOwner> {
  return { name: await personName(call), host: hostname(), process: clientProcess(call) };
}

function clientProcess({ caller, env }: GateCall): Owner | null {
  const pid = Number(env.CLAUDE_PID);
  return caller.insideClaudeCode && Number.isInteger(pid) && pid > 0 ? ownerOf(pid) : null;
}

/** Whether the caller is who the claim is made out to: the same session; outside Claude Code the same person. */
export function isHolder(claim: Lease, call: GateCall, owner: ClaimOwner): boolean {
  if (claim.owner === null) return false;
  if (claim.session_id !== null || call.caller.sessionId !== undefined)
    return claim.session_id === (call.caller.sessionId ?? null);
  return samePerson(claim.owner, owner);
}

/**
 * Whether the holder's client is the caller's own: a new session in the same client (`/clear`) means that the one before is over,
 * although its process lives.
 */
export function isSameClient({ owner }: Claim, call: GateCall): boolean {
  const own = clientProcess(call);
  const holder = owner?.host === hostname() ? owner.process : null;
  return own !== null && holder?.pid === own.pid && holder.started === own.started;
}

export function samePerson(a: ClaimOwner, b: ClaimOwner): boolean {
  return a.name === b.name && a.host === b.host;
}

/** One more line of a claim's history. */
export function withEvent(claim: Claim, call: GateCall, event: ClaimEvent['event'], note: string): Claim {
  const { sessionId, agentId } = call.caller;
  const entry: ClaimEvent = {
    at: timestamp(call.clock),
    event,
    session_id: sessionId ?? null,
    agent_id: agentId ?? null,
    note,
  };
  return { ...claim, history: [...claim.history, entry] };
}

/** The claim made out to the caller, for another 12 hours. */
export function leasedTo(claim: Claim, call: GateCall, owner: ClaimOwner): Claim {
  return {
    ...claim,
    session_id: call.caller.sessionId ?? null,
    agent_id: call.caller.agentId ?? null,
    owner,
    expires_at: new Date(call.clock().getTime() + LEASE_MS).toISOString(),
  };
}

/**
 * What each gate command does first: asks for the claim and, when the caller holds it, renews the lease. A person outside
 * Claude Code may run the gates of a ticket that a session holds; it stays that session's.
 * @throws BacklogError `ticket-not-started`, `ticket-held` (exit 1)
 */
export async function renewLease(call: GateCall, ticketId: string): Promise<Claim> {
  const owner = await ownerOfCall(call);
  const claim = await changeClaim(call.paths.opsDir, ticketId, (found) => {
    if (found === undefined) throw notStarted(ticketId, 'its work was never started');
    if (isHolder(found, call, owner)) return { ...leasedTo(found, call, owner), agent_id: found.agent_id };
    const state = leaseState(found, call.clock());
    const watcher = !call.caller.insideClaudeCode && call.caller.sessionId === undefined;
    if (state === 'held' && watcher && found.owner !== null) return found;
    if (state === 'held') throw held(found);
    throw notStarted(
      ticketId,
      state === 'released' ? 'its lease was given back' : `the lease of ${holderOf(found)} has ended`,
    );
  });
  if (claim === undefined) throw notStarted(ticketId, 'its work was never started');
  return claim;
}

export function held(claim: Lease): BacklogError {
  return new BacklogError({
    code: 'ticket-held',
    message: `${claim.ticket_id} is held by ${holderOf(claim)} until ${claim.expires_at}`,
    fix: `take another ticket (\`backlog ticket list --ready\`), or, when that work has ended, type in a terminal of your own: backlog ticket release ${claim.ticket_id}`,
    exitCode: ExitCode.CheckFailed,
    details: { holder: { session_id: claim.session_id, agent_id: claim.agent_id, owner: claim.owner } },
  });
}

export function notStarted(ticketId: string, why: string): BacklogError {
  return new BacklogError({
    code: 'ticket-not-started',
    message: `nobody works on ${ticketId}: ${why}`,
    fix: `backlog ticket start ${ticketId}`,
    exitCode: ExitCode.CheckFailed,
  });
}
