import { grant } from '../attribution/stamps.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

/** The plugin's command, and the name that it has without the plugin system (install.sh). */
const waiveCommands: ReadonlySet<string> = new Set(['backlog-toolkit:waive', 'backlog-waive']);

/**
 * A typed `/backlog-toolkit:waive <gate> <ticket> …` is a person's decision about that gate of that ticket. Only what a person types
 * is expanded: the text of a wake-up that a model has planned, and the report of a background agent, come as prompts alone.
 */
export function userPromptExpansion(input: HookInput, { home }: HookWorld): undefined {
  if (input.agent_id !== undefined || !waiveCommands.has(input.command_name)) return;
  const [gate, ticket] = input.command_args.trim().split(/\s+/);
  if (gate === undefined || ticket === undefined) return;
  grant(home, input.session_id, {
    purpose: 'waive',
    subject: `${gate} ${ticket}`,
    prompt_id: input.prompt_id,
  });
}
