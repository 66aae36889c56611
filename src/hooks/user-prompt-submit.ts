import { budgetWord, refusedBy } from './budget.ts';
import type { HookInput } from './input.ts';
import type { HookWorld } from './world.ts';

/** A prompt is refused when its budget is spent. Reports of background agents always pass: a blocked one is lost. */
export async function userPromptSubmit(input: HookInput, world: HookWorld): Promise<object | undefined> {
  if (input.agent_id !== undefined) return undefined;
  if (input.prompt.trimStart().startsWith('<task-notification>')) return undefined;
  const word = budgetWord(input, world);
  const reason = await refusedBy(word, input, world);
  if (reason !== undefined) return { decision: 'block', reason };
  const { context } = word;
  if (context === undefined) return undefined;
  return { hookSpecificOutput: { hookEventName: 'UserPromptSubmit', additionalContext: context } };
}
