import { grant } from '../attribution/stamps.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

/** A typed `/backlog-toolkit:waive …` is a person's decision. Everything else passes, reports of background agents too. */
export function userPromptSubmit(input: HookInput, { home }: HookWorld): undefined {
  if (input.agent_id === undefined && /^\/backlog-toolkit:waive\s/.test(input.prompt))
    grant(home, input.session_id, 'waive');
}
