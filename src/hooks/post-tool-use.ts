import { joinByCall, linkTeammate, noteParent } from '../attribution/registry.ts';
import { type HookInput, textOf } from './input.ts';
import { nameOfProject } from './join.ts';
import type { HookWorld } from './world.ts';

/** After a call that started an agent the answer names it: one more exact join, also for an agent that used no tool. */
export function postToolUse(input: HookInput, world: HookWorld): undefined {
  if (input.tool_name === 'Agent') joinAgents(input, world);
  else if (input.tool_name === 'Skill') joinFork(input, world);
}

function joinAgents(input: HookInput, { home, clock }: HookWorld): void {
  const sessionId = input.session_id;
  const agentId = textOf(input.tool_response.agentId);
  const wireId = textOf(input.tool_response.teammate_id);
  if (agentId !== '' && wireId !== '') linkTeammate(home, { sessionId, wireId, agentId });
  const id = agentId || wireId;
  if (id === '') return;
  joinByCall(home, {
    sessionId,
    agentId: id,
    toolUseId: input.tool_use_id,
    project: nameOfProject(input.cwd),
    clock,
  });
}

/** A skill that ran as an agent of its own works on the ticket of the agent that started it. */
function joinFork(input: HookInput, { home, clock }: HookWorld): void {
  const agentId = textOf(input.tool_response.agentId);
  if (input.agent_id === undefined || agentId === '') return;
  noteParent(home, { sessionId: input.session_id, agentId, parentAgentId: input.agent_id, clock });
}
