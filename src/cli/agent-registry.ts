import { agentRecord, agentRoles } from '../attribution/registry.ts';
import type { AgentRegistry } from '../gates/reviewer.ts';

/** What the hooks have written down about agents, as the gates ask for it. */
export function agentRegistry(home: string): AgentRegistry {
  return {
    known: (session, agent) => agentRecord(home, session, agent) !== undefined,
    roles: (session, agent) => agentRoles(home, session, agent),
  };
}
