import { LEASE_MS } from '../../gates/claims.ts';
import { claimTicket, dropReservation } from '../../gates/reservation.ts';
import { releaseWork, startWork } from '../../gates/start.ts';
import { BacklogError, ExitCode, usageError } from '../../platform/errors.ts';
import { gateCallOf } from '../gate-call.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { printResult } from '../output.ts';
import type { CommandFunction } from '../table.ts';

const said = {
  started: 'started',
  resumed: 'goes on',
  'taken-over': 'taken over',
  rebased: 'has a new base',
} as const;

/** `backlog ticket start`: opens the work, takes the lease. */
export const start: CommandFunction = async (call, io) => {
  const ticketId = call.requiredArg(0, 'id');
  const { claim, what, projectRoot } = await startWork(gateCallOf(io), {
    ticketId,
    worktree: call.flag('worktree'),
    rebase: call.flag('rebase'),
  });
  const next = `backlog gate run plan --ticket ${ticketId} --from -`;
  printResult(io, {
    json: {
      ticket_id: ticketId,
      what,
      project_root: projectRoot,
      worktree: claim.worktree,
      branch: claim.branch,
      base_commit: claim.base_commit,
      expires_at: claim.expires_at,
      claim,
      next,
    },
    text: `${ticketId} ${said[what]}: base ${claim.base_commit.slice(0, 12)}, in ${projectRoot}`,
  });
  return ExitCode.Ok;
};

/** `backlog ticket release`: gives the lease back. */
export const release: CommandFunction = async (call, io) => {
  const ticketId = call.requiredArg(0, 'id');
  const gateCall = gateCallOf(io);
  const reserved = await dropReservation(gateCall, ticketId);
  const claim = await releaseWork(gateCall, ticketId);
  if (claim === undefined && reserved) {
    printResult(io, {
      json: { ticket_id: ticketId, released: true, base_commit: null },
      text: `${ticketId} is free`,
    });
    return ExitCode.Ok;
  }
  if (claim === undefined)
    throw new BacklogError({
      code: 'ticket-not-started',
      message: `nobody works on ${ticketId}: its work was never started`,
      fix: 'nothing has to be given back',
      exitCode: ExitCode.CheckFailed,
    });
  printResult(io, {
    json: { ticket_id: ticketId, released: true, base_commit: claim.base_commit },
    text: `${ticketId} is free; base, evidence and changes stay`,
  });
  return ExitCode.Ok;
};

/** `backlog ticket claim`: nobody else may start it until the lease ends. */
export const claim: CommandFunction = (call, io) => lease(call, io, false);

/** `backlog ticket renew`: a lease of the caller's goes on. */
export const renew: CommandFunction = (call, io) => lease(call, io, true);

async function lease(call: Invocation, io: Io, renews: boolean): Promise<ExitCode> {
  const ticketId = call.requiredArg(0, 'id');
  const time = durationOf(call.text('for'));
  const { session_id, agent_id, owner, expires_at } = await claimTicket(gateCallOf(io), ticketId, {
    lease: time,
    renew: renews,
  });
  printResult(io, {
    json: { ticket_id: ticketId, session_id, agent_id, owner, expires_at },
    text: `${ticketId} is yours until ${expires_at}; \`backlog ticket start ${ticketId}\` begins its work`,
  });
  return ExitCode.Ok;
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const MOST_MS = 7 * units.d;

/** `90m`, `2h`, `1d` in ms; at most a week. */
function durationOf(text: string | undefined): number {
  if (text === undefined) return LEASE_MS;
  const [, count = '', unit] = /^([0-9]{1,5})([mhd])$/.exec(text) ?? [];
  const time = unit === 'm' || unit === 'h' || unit === 'd' ? Number(count) * units[unit] : 0;
  if (time > 0 && time <= MOST_MS) return time;
  throw usageError(`--for is "${text.slice(0, 20)}"`, 'pass minutes, hours or days, at most 7d: 90m, 2h, 1d');
}
