import { grant } from '../attribution/stamps.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

/**
 * A typed `/backlog-toolkit:waive <gate> <ticket> …` is a person's decision about that gate of that ticket. Only what a person types
 * is expanded: the text of a wake-up that a model has planned, and the report of a background agent, come as prompts alone.
 */
export function userPromptExpansion(input: HookInput, { home }: HookWorld): undefined {
  if (input.agent_id !== undefined || input.command_name !== 'backlog-toolkit:waive') return;
  const [gate, ticket] = input.command_args.trim().split(/\s+/);
  if (gate === undefined || ticket === undefined) return;
  grant(home, input.session_id, {
    purpose: 'waive',
    subject: `${gate} ${ticket}`,
    prompt_id: input.prompt_id,
  });
}
