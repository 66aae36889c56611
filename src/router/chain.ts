import { BacklogError, ExitCode, usageError } from '../platform/errors.ts';
import { type DiscoverDeps, discoverer, type Found, providerOfModel } from './discover.ts';
import { isTier, type Provider, type Target, type Tier } from './model.ts';
import { isKnownProvider } from './open-provider.ts';
import type { RouterSettings } from './settings.ts';

/** What the caller asked for. */
export type Wanted =
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'role'; readonly name: string };

export interface Chain {
  /** The tier that was asked for, when one was. */
  readonly tier: Tier | undefined;
  /** As the caller named it: a tier, a role or a model. */
  readonly asked: string;
  readonly targets: readonly Target[];
  /**
   * `tier`: whoever is there stands in, and may be dearer, so a rate limit is waited for first. `role`: the caller has named
   * equals, so the next one is asked at once; but a mistake in the configuration ends the call, where going on would hide it
   * and move the cost elsewhere.
   */
  readonly manner: 'tier' | 'role';
}

export interface ChainDeps extends DiscoverDeps {
  readonly provider: (name: string) => Provider;
}

/** Where a tier goes when nothing of it answers. Never down, and never up to frontier by itself. */
const nextTiers: Readonly<Record<Tier, readonly Tier[]>> = {
  free: ['cheap', 'balanced'],
  cheap: ['balanced'],
  balanced: [],
  frontier: [],
};

/**
 * The ordered targets of a tier, a role or a model.
 * @throws BacklogError `llm-no-provider` (exit 4), `llm-provider-unknown` (exit 3), `llm-role-unknown` (exit 2)
 */
export async function chainFor(wanted: Wanted, noFallback: boolean, deps: ChainDeps): Promise<Chain> {
  const names = wanted.kind === 'role' ? roleNames(wanted.name, deps.settings) : [wanted.name];
  const [first] = names;
  const tier = first !== undefined && isTier(first) ? first : undefined;
  const discover = discoverer(deps);
  const targets: Target[] = [];
  const looked: string[] = [];
  for (const name of names) {
    const found = isTier(name)
      ? await tierTargets(name, noFallback, discover, deps)
      : await named(name, deps);
    targets.push(...found.targets);
    looked.push(...found.looked);
  }
  const distinct = targets.filter(
    (target, index) => targets.findIndex((other) => same(other, target)) === index,
  );
  if (distinct.length === 0) throw nobody(wanted.name, [...new Set(looked)]);
  return {
    tier,
    asked: wanted.name,
    targets: noFallback ? distinct.slice(0, 1) : distinct,
    manner: 'tier',
  };
}

interface Targets {
  readonly targets: readonly Target[];
  readonly looked: readonly string[];
}

async function tierTargets(
  tier: Tier,
  noFallback: boolean,
  discover: (tier: Tier) => Promise<Found>,
  deps: ChainDeps,
): Promise<Targets> {
  const targets: Target[] = [];
  const looked: string[] = [];
  for (const step of [tier, ...(noFallback ? [] : nextTiers[tier])]) {
    const configured = deps.settings.tiers[step];
    const found = configured ? { references: configured, looked: [] } : await discover(step);
    looked.push(...found.looked);
    for (const reference of found.references) {
      const target = targetOf(reference, tierOf(step, reference, configured !== undefined), deps);
      // Only a configuration that names it under `free` has asked for it.
      if (tier === 'free' && step !== 'free' && target.provider.type === 'claude-cli') continue;
      targets.push(target);
    }
  }
  return { targets, looked };
}

/** A vendor that stands in for `free`, because nothing else is there, is a cheap model and is called one. */
function tierOf(step: Tier, reference: string, configured: boolean): Tier {
  return step === 'free' && !configured && !/^(litellm|ollama|scripted)\//.test(reference) ? 'cheap' : step;
}

async function named(name: string, deps: ChainDeps): Promise<Targets> {
  const slash = name.indexOf('/');
  if (slash > 0 && isKnownProvider(name.slice(0, slash), deps.settings))
    return { targets: [targetOf(name, undefined, deps)], looked: [] };
  if (deps.scripted || deps.env.BACKLOG_LLM_SCRIPT)
    return { targets: [targetOf(`scripted/${name}`, undefined, deps)], looked: [] };
  const found = await providerOfModel(name, deps);
  return {
    targets: found.references.map((reference) => targetOf(reference, undefined, deps)),
    looked: found.looked,
  };
}

function targetOf(reference: string, tier: Tier | undefined, deps: ChainDeps): Target {
  const slash = reference.indexOf('/');
  return { provider: deps.provider(reference.slice(0, slash)), model: reference.slice(slash + 1), tier };
}

function same(left: Target, right: Target): boolean {
  return left.provider.name === right.provider.name && left.model === right.model;
}

function roleNames(role: string, settings: RouterSettings): readonly string[] {
  const value = Object.hasOwn(settings.roles, role) ? settings.roles[role] : undefined;
  if (value !== undefined) return [value].flat();
  const known = Object.keys(settings.roles);
  throw usageError(
    `there is no role "${role}"`,
    known.length > 0
      ? `use one of ${known.join(', ')}`
      : `add it under llmOps.roles in backlog.config.json, such as "${role}": "cheap", or use --model`,
    'llm-role-unknown',
  );
}

function nobody(asked: string, looked: readonly string[]): BacklogError {
  const client = looked.some((words) => words.includes('unasked'));
  return new BacklogError({
    code: 'llm-no-provider',
    message: `no model for "${asked}"; looked for:\n${looked.map((words) => `  - ${words}`).join('\n')}`,
    fix: client
      ? 'Claude Code is installed: use it with `--model cheap`; or install Ollama and run `ollama pull qwen3:8b` for a free one'
      : 'quickest: install Ollama (https://ollama.com) and run `ollama pull qwen3:8b`; or export ANTHROPIC_API_KEY; or install and log in to Claude Code and use --model cheap',
    exitCode: ExitCode.Outside,
    details: { looked },
  });
}
