import { randomUUID } from 'node:crypto';
import type { Answer, ModelCall, RouterDeps } from './call.ts';
import { chainFor } from './chain.ts';
import { providerShelf } from './open-provider.ts';
import { walkChain } from './walk.ts';

/**
 * Asks the targets of a tier, a role or a model one after the other until one answers.
 * @throws BacklogError `llm-<failure type>` (exit 4; 130 when cancelled), and what `chainFor` throws
 */
export async function callModel(call: ModelCall, deps: RouterDeps): Promise<Answer> {
  const provider = providerShelf(deps);
  const scripted = deps.script !== undefined;
  const chain = await chainFor(call.wanted, call.noFallback ?? false, { ...deps, provider, scripted });
  return walkChain({ ...call, id: call.id ?? randomUUID() }, chain, deps);
}
