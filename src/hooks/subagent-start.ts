import { registerAgent } from '../attribution/registry.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

/** A subagent begins: its id and kind are noted. Its call is not known yet; the first tool call joins it. */
export function subagentStart(input: HookInput, { home, clock }: HookWorld): undefined {
  if (input.agent_id === undefined) return;
  registerAgent(home, {
    sessionId: input.session_id,
    agentId: input.agent_id,
    agentType: input.agent_type.replace(/^.*:/, ''),
    clock,
  });
}
