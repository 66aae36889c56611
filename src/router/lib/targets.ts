import { messageOf } from '../../platform/errors.ts';
import { LlmRouterError } from '../failure.ts';
import type { Provider, Target, TargetDefaults } from '../model.ts';
import type { OpenDeps } from '../open-deps.ts';
import type { ProviderRegistry } from '../registry.ts';
import { USUAL_TEMPERATURE, usualTimeout } from './config.ts';
import type { ProviderConfig, RoleConfig, RouterConfig } from './config-types.ts';
import { overriddenProvider } from './overridden.ts';
import type { ProviderChoice, RequestOverrides } from './policy.ts';

export interface TargetDeps extends OpenDeps {
  readonly registry: ProviderRegistry;
  /** Providers that are open; those that a policy has changed for one call are never among them. */
  readonly shelf: Map<string, Provider>;
}

/**
 * The chosen provider, then the role's fallback providers, each with its own model. What belongs to one provider (its
 * address, its key, its model) never goes to another; what the role says about the request goes to all.
 */
export function targetsOf(
  config: RouterConfig,
  role: RoleConfig,
  choice: ProviderChoice,
  request: RequestOverrides,
  deps: TargetDeps,
): Target[] {
  const name = choice.providerName;
  const changes = { ...choice.overrides, ...choice.providerOverrides };
  const configured = config.providers[name];
  const changed = configured !== undefined && Object.keys(changes).length > 0;
  const provider = changed ? overriddenProvider(name, configured, changes, deps.registry) : configured;
  const ownModel = name === role.provider && !('model' in changes) ? role.model : provider?.model;
  const first: Target = {
    provider: changed ? opened(name, provider, deps) : shelved(name, provider, deps),
    model: request.model ?? ownModel ?? '',
    tier: undefined,
    defaults: defaultsOf(role, provider),
  };
  const fallbacks = role.fallbackProviders.map((reference): Target => {
    const slash = reference.indexOf('/');
    const other = slash === -1 ? reference : reference.slice(0, slash);
    const settings = config.providers[other];
    return {
      provider: shelved(other, settings, deps),
      model: slash === -1 ? (settings?.model ?? '') : reference.slice(slash + 1),
      tier: undefined,
      defaults: defaultsOf(role, settings),
    };
  });
  const targets = [first, ...fallbacks.filter((target) => !same(target, first))];
  if (request.maxTokens !== null) return targets;
  return targets.map((target) => ({ ...target, defaults: { ...target.defaults, maxTokens: undefined } }));
}

function same(left: Target, right: Target): boolean {
  return left.provider.name === right.provider.name && left.model === right.model;
}

/** What the role says itself, else its target's provider. */
function defaultsOf({ own }: RoleConfig, provider: ProviderConfig | undefined): TargetDefaults {
  const maxTokens = own.maxTokens === undefined ? provider?.maxTokens : own.maxTokens;
  return {
    temperature: own.temperature ?? provider?.temperature ?? USUAL_TEMPERATURE,
    json: own.jsonMode ?? provider?.jsonMode ?? false,
    maxTokens: maxTokens ?? undefined,
    timeoutMs: (own.timeout ?? provider?.timeout ?? usualTimeout(provider?.type)) * 1000,
  };
}

function shelved(name: string, config: ProviderConfig | undefined, deps: TargetDeps): Provider {
  const known = deps.shelf.get(name) ?? opened(name, config, deps);
  deps.shelf.set(name, known);
  return known;
}

/** A provider that cannot be opened is an attempt that failed, so that the next one is asked. */
function opened(name: string, config: ProviderConfig | undefined, deps: TargetDeps): Provider {
  try {
    if (config === undefined) throw new Error(`there is no provider "${name}"`);
    return deps.registry.get(config.type)(name, config.settings, deps);
  } catch (error) {
    return {
      name,
      type: config?.type ?? 'unknown',
      billing: 'unknown',
      local: false,
      timeoutMs: 1000,
      complete: async () => {
        throw new LlmRouterError({
          failureType: 'provider-error',
          message: messageOf(error),
          fix: error instanceof Error && 'fix' in error ? String(error.fix) : undefined,
          cause: error,
        });
      },
    };
  }
}
