import { releaseWork, startWork } from '../../gates/start.ts';
import { BacklogError, ExitCode } from '../../platform/errors.ts';
import { gateCallOf } from '../gate-call.ts';
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
  const claim = await releaseWork(gateCallOf(io), ticketId);
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
