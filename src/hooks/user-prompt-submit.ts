import { grant } from '../attribution/stamps.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

/** A typed `/backlog-toolkit:waive …` is a person's decision. Everything else passes, reports of background agents too. */
export function userPromptSubmit(input: HookInput, { env, home }: HookWorld): undefined {
  // The Bash tool says that it is the agent's: what runs in there is typed by no person.
  if (env.AI_AGENT?.endsWith('_agent')) return;
  if (input.agent_id !== undefined) return;
  // One gate of one ticket: the decision holds for nothing else that the agent may waive later.
  const typed = /^\/backlog-toolkit:waive\s+(\S+)\s+(\S+)/.exec(input.prompt);
  if (typed !== null) grant(home, input.session_id, 'waive', `${typed[1]} ${typed[2]}`);
}
