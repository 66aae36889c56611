import { leaseState } from '../gates/claims.ts';
import { messageOf } from '../platform/errors.ts';
import { holdingsOf } from './holdings.ts';
import type { HookInput } from './input.ts';
import { readUsage } from './usage.ts';
import type { HookWorld } from './world.ts';

/**
 * Stop and SubagentStop: reads the usage, then sends back whoever ends while a gate of their work is open, once for each gate
 * and code tree, with the command that comes next.
 */
export async function stop(input: HookInput, world: HookWorld): Promise<object | undefined> {
  const problems: string[] = [];
  const noted = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push(messageOf(error));
      return undefined;
    }
  };
  await noted(() => readUsage(input, world));
  const reason = await noted(() => reasonToGoOn(input, world));
  // The answer must reach the client all the same; runHook logs what is thrown, and prints nothing then.
  if (problems.length > 0) {
    if (reason === undefined) throw new Error(problems.join('; '));
    world.report?.(problems.join('; '));
  }
  return reason === undefined ? undefined : { decision: 'block', reason };
}

async function reasonToGoOn(input: HookInput, world: HookWorld): Promise<string | undefined> {
  if (input.stop_hook_active || isQuestion(input.last_assistant_message)) return undefined;
  const holdings = holdingsOf(input, world);
  if (holdings === undefined) return undefined;
  const held = holdings.mine.filter(
    (claim) => claim.session_id === input.session_id && leaseState(claim, world.clock()) === 'held',
  );
  if (held.length === 0) return undefined;
  const { agentsReason, leadersReason } = await import('./stop-reason.ts');
  return input.agent_id === undefined
    ? leadersReason(input, world, holdings, held)
    : agentsReason(input, world, holdings, held);
}

/** Whoever asks waits for an answer. */
function isQuestion(message: string): boolean {
  return /\?[\s*_`)"']*$/.test(message);
}
