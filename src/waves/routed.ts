import type { GateCall } from '../gates/call.ts';
import type { Routed } from '../gates/record-completion.ts';
import { openTickets } from '../tickets/store.ts';
import { routeAgent } from './agent-rules.ts';
import { candidateOf } from './candidate.ts';
import { pipelineOf } from './pipeline.ts';
import { readWaves } from './wave-record.ts';

/** How a ticket is implemented: as its last wave had it, else as one would have it now. `undefined` for no ticket. */
export function routedAs({ paths, config }: GateCall, ticketId: string): Routed | undefined {
  const inWave = readWaves(paths.opsDir)
    .flatMap(({ tickets }) => tickets)
    .findLast(({ id }) => id === ticketId);
  if (inWave !== undefined) return { pipeline: inWave.pipeline, agentType: inWave.agent_type };
  const backlog = openTickets(paths, config);
  const ticket = backlog.byId(ticketId);
  if (ticket === undefined) return undefined;
  const candidate = candidateOf(ticket, backlog);
  return { pipeline: pipelineOf(candidate).pipeline, agentType: routeAgent(candidate, config).agentType };
}

/** The branch that a ticket's last wave merges it into; `undefined` for one that was in no wave. */
export function takerOf({ paths }: Pick<GateCall, 'paths'>, ticketId: string): string | undefined {
  return readWaves(paths.opsDir).findLast(({ tickets }) => tickets.some(({ id }) => id === ticketId))?.branch;
}
