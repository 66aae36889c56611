import { existsSync } from 'node:fs';
import path from 'node:path';
import type { GateCall } from '../gates/call.ts';
import { leaseState, readClaims } from '../gates/claims.ts';
import { GitFacts } from '../gates/git-facts.ts';
import { usageError } from '../platform/errors.ts';
import { backlogHome, CONFIG_FILE, requireProject } from '../project/paths.ts';
import { confirm } from './confirm.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import { openProject } from './project.ts';

/** What gates stand on, from a command's world. */
export function gateCallOf(io: Io): GateCall {
  return {
    ...openProject(io),
    env: io.env,
    home: backlogHome(io.env),
    clock: io.clock,
    caller: io.caller,
    signal: io.signal,
    note: (text) => io.note(text),
    confirm: io.interactive ? (question) => confirm(question, io.signal) : undefined,
    facts: new GitFacts(),
  };
}

/**
 * The same, seen from the project's folder in the main worktree, where its tickets lie: what is planned, routed or merged follows the
 * configuration there, and not the one of the worktree that somebody happens to stand in, which an agent may be changing.
 */
export function mainCallOf(io: Io): GateCall {
  return gateCallOf(inMain(io));
}

/** The world as it is in the main worktree; where that has no project (another branch), as it is here. */
export function inMain<T extends Pick<Io, 'cwd'>>(io: T): T {
  const { mainRoot } = requireProject(io.cwd);
  return existsSync(path.join(mainRoot, CONFIG_FILE)) ? { ...io, cwd: mainRoot } : io;
}

/**
 * The ticket that a call is about: its argument, `--ticket`, else the only one that is held.
 * @param position of the argument; `undefined` when the command has none
 */
export function ticketIdOf(call: Invocation, gateCall: GateCall, position?: number): string {
  const named = (position === undefined ? undefined : call.arg(position)) ?? call.text('ticket');
  if (named !== undefined) return named;
  const { claims } = readClaims(gateCall.paths.opsDir);
  const held = claims.filter((claim) => leaseState(claim, gateCall.clock()) === 'held');
  const [only] = held;
  if (only !== undefined && held.length === 1) return only.ticket_id;
  throw usageError(
    held.length === 0
      ? 'which ticket? None is being worked on'
      : `which ticket? Work goes on at ${held.map((claim) => claim.ticket_id).join(', ')}`,
    'add --ticket <id>',
  );
}
