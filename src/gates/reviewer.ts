import { BacklogError, ExitCode } from '../platform/errors.ts';
import { type GateCall, personName } from './call.ts';
import type { Work } from './work.ts';
import { hasWritten } from './writers.ts';

/** What hooks have written down about agents; the attribution room answers. */
export interface AgentRegistry {
  /** Whether a hook saw this agent begin. */
  known(sessionId: string, agentId: string): boolean;
  /** Every ticket and gate that this agent was ever bound to. */
  roles(sessionId: string, agentId: string): readonly { readonly ticket_id: string; readonly gate: string }[];
}

const PERSON = 'human:';

/** Whether a reviewer is a person, not an agent. */
export function isPerson(reviewer: string): boolean {
  return reviewer.startsWith(PERSON);
}

const writingGates: ReadonlySet<string> = new Set(['plan', 'implement', 'lint']);

/**
 * Who hands in a verdict: an agent that a hook has seen and that did not write the change, or a person at a terminal. The
 * main thread of a session never counts: it leads the work.
 * @throws BacklogError `reviewer-unknown`, `self-review` (exit 1)
 */
export async function reviewerOf(call: GateCall, work: Work, registry: AgentRegistry): Promise<string> {
  const { insideClaudeCode, sessionId, agentId } = call.caller;
  if (!insideClaudeCode && sessionId === undefined) {
    if (call.confirm === undefined)
      throw unknown(work, 'it comes from no terminal and from no agent, so nobody answers for it');
    return `${PERSON}${await personName(call)}`;
  }
  if (sessionId === undefined || agentId === undefined)
    throw unknown(
      work,
      'it comes from the main thread, which leads the work; a verdict is a reviewing agent’s own',
    );
  if (!registry.known(sessionId, agentId))
    throw unknown(work, `no hook has seen an agent ${agentId} in this session`);
  const wrote =
    work.lines.some(
      // By the agent alone: its id is its own, and a session that goes on under another id is still its session.
      ({ record }) => writingGates.has(record.gate) && record.agent_id === agentId,
    ) ||
    registry
      .roles(sessionId, agentId)
      .some(({ ticket_id, gate }) => ticket_id === work.ticket.id && writingGates.has(gate)) ||
    hasWritten(call.paths.opsDir, work.ticket.id, agentId);
  if (wrote)
    throw new BacklogError({
      code: 'self-review',
      message: `agent ${agentId} worked on ${work.ticket.id} itself; its verdict on it does not count`,
      fix: `let another agent review it: dispatch the reviewer with \`backlog review request ${work.ticket.id}\``,
      exitCode: ExitCode.CheckFailed,
    });
  return agentId;
}

function unknown(work: Work, why: string): BacklogError {
  return new BacklogError({
    code: 'reviewer-unknown',
    message: `the verdict on ${work.ticket.id} does not count: ${why}`,
    fix: `dispatch the reviewer agent, which submits its verdict itself; or review it in a terminal of your own: backlog review request ${work.ticket.id}`,
    exitCode: ExitCode.CheckFailed,
  });
}
