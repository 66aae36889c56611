import { joinByCall } from '../attribution/registry.ts';
import { type HookInput, textOf } from './input.ts';
import { nameOfProject } from './join.ts';
import type { HookWorld } from './world.ts';

/** After an Agent call the answer names the agent: one more exact join, also for one that used no tool. */
export function postToolUse(input: HookInput, { home, clock }: HookWorld): undefined {
  const agentId = textOf(input.tool_response.agentId);
  if (input.tool_name !== 'Agent' || agentId === '') return;
  joinByCall(home, {
    sessionId: input.session_id,
    agentId,
    toolUseId: input.tool_use_id,
    project: nameOfProject(input.cwd),
    clock,
  });
}
