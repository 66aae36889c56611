import type { BacklogConfig } from '../project/config.ts';
import { isTier, type Tier, tierNames } from '../router/model.ts';
import { builtInRegistry } from '../router/registry.ts';
import type { RoutedStep } from './tier.ts';

/** Gates, and other work of a ticket that asks a model, by the step whose entry tier holds for them. */
const steps = {
  classify: 'classify',
  draft: 'draft',
  refine: 'draft',
  plan: 'plan',
  implement: 'implement',
  // A finding of the linter is mended by whoever writes the code.
  lint: 'implement',
  review: 'review',
  commit: 'classify',
} as const satisfies Readonly<Record<string, RoutedStep>>;
export type RoutedGate = keyof typeof steps;
export const routedGates = Object.keys(steps).filter((name): name is RoutedGate =>
  Object.hasOwn(steps, name),
);

export function stepOf(gate: RoutedGate): RoutedStep {
  return steps[gate];
}

/** What the tiers are called by Claude Code: its own aliases, which never go out of date. `free` has no agent. */
const aliases: Readonly<Record<Exclude<Tier, 'free'>, string>> = {
  cheap: 'haiku',
  balanced: 'sonnet',
  frontier: 'opus',
};

/** How a model is asked: as an agent of Claude Code, or by `backlog llm-call`, which gives it no tools. */
export type Dispatch = 'agent' | 'llm-call';

export interface StepModel {
  /** Tier, or the model that the configuration names. */
  readonly tier: string;
  /** What the agent, or `llm-call --model`, is given. */
  readonly model: string;
  readonly dispatch: Dispatch;
}

/**
 * @param tier a tier, `provider/model`, or a model's name
 * @param text the work is text alone, so that a model without tools can do it
 */
export function stepModel(tier: string, text: boolean): StepModel {
  if (tier === 'free') return { tier, model: tier, dispatch: 'llm-call' };
  const model = new Map<string, string>(Object.entries(aliases)).get(tier) ?? tier;
  return { tier, model, dispatch: text && model.includes('/') ? 'llm-call' : 'agent' };
}

/** Whether `to` is dearer than `from`. Of models that are no tiers nobody knows, so whoever named another one meant it. */
export function isHigher(to: string, from: string): boolean {
  return isTier(to) && isTier(from) ? tierNames.indexOf(to) > tierNames.indexOf(from) : to !== from;
}

/** Whether a value of the configuration means a model of this machine. */
export function isLocal(tier: string, { llmOps }: Pick<BacklogConfig, 'llmOps'>): boolean {
  const provider = tier.includes('/') ? tier.slice(0, tier.indexOf('/')) : undefined;
  if (provider === undefined) return tier === 'free';
  const settings = Object.hasOwn(llmOps.providers, provider) ? llmOps.providers[provider] : undefined;
  if (settings?.billing !== undefined) return settings.billing === 'local';
  return builtInRegistry.canonical(settings?.type ?? provider) === 'ollama';
}
