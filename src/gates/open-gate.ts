import type { Gate } from '../project/gates.ts';
import { unallowedRemovals } from './allow.ts';
import type { GateCall } from './call.ts';
import type { Claim } from './claims.ts';
import { firstUnmet, type GateState, gateStatus } from './status.ts';
import { currentDiff, factsOf, openWork } from './work.ts';

export interface OpenGate {
  readonly state: GateState;
  /** Code tree for which the gate does not hold. */
  readonly tree: string;
  /** Agents whose runs and verdicts stand in the gate's evidence. */
  readonly agents: readonly string[];
}

/** In these nobody but the holder has to do anything; every other status waits for somebody. */
const worked: ReadonlySet<string> = new Set(['pending', 'in_progress', 'ready-to-implement']);

/**
 * The gate at which the work of a ticket stands.
 * @param only this gate; without it, the first required one that does not hold, once implementation has begun
 * @returns `undefined` when it holds, when the ticket is blocked, and when a person has to decide first
 */
export async function openGate(call: GateCall, claim: Claim, only?: Gate): Promise<OpenGate | undefined> {
  const work = await openWork(call, claim);
  const { ticket, judging, lines } = work;
  if (!worked.has(ticket.status) || judging.changes.length > 0 || unallowedRemovals(work).length > 0)
    return undefined;
  if (only === undefined && !lines.some(({ record }) => record.gate === 'implement')) return undefined;
  const diff = await currentDiff(work);
  const states = gateStatus(lines, factsOf(work, diff));
  const state =
    only === undefined
      ? firstUnmet(states)
      : states.find(({ gate, required, holds }) => gate === only && required && !holds);
  if (state === undefined) return undefined;
  const agents = lines.flatMap(({ record }) =>
    record.gate === state.gate && record.agent_id ? [record.agent_id] : [],
  );
  return { state, tree: diff.tree, agents };
}
