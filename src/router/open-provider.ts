import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { Provider } from './model.ts';
import type { OpenDeps } from './open-deps.ts';
import { builtInRegistry, type ProviderRegistry } from './registry.ts';
import { gatewayURL, litellmAt, ollamaURL, type ProviderSettings, type RouterSettings } from './settings.ts';

export interface ShelfDeps extends OpenDeps {
  /** Types of providers; without it the built-in ones. */
  readonly registry?: ProviderRegistry | undefined;
}

/** Names that work without a configuration. A provider of the configuration with the same name replaces it. */
const builtInNames = [
  'litellm',
  'ollama',
  'anthropic',
  'openai',
  'openrouter',
  'claude-cli',
  'scripted',
] as const;
type BuiltIn = (typeof builtInNames)[number];

export function isKnownProvider(name: string, settings: RouterSettings): boolean {
  return Object.hasOwn(settings.providers, name) || builtInNames.some((known) => known === name);
}

/** Providers by name, each opened once: a script remembers which answers it has given. */
export function providerShelf(deps: ShelfDeps): (name: string) => Provider {
  const open = new Map<string, Provider>();
  return (name) => {
    const known = open.get(name) ?? openProvider(name, deps);
    open.set(name, known);
    return known;
  };
}

/** What a name stands for: a provider of the configuration, else a built-in one. */
export function settingsOf(name: string, deps: OpenDeps): ProviderSettings | undefined {
  if (Object.hasOwn(deps.settings.providers, name)) return deps.settings.providers[name];
  return builtIn(
    builtInNames.find((known) => known === name),
    deps,
  );
}

function openProvider(name: string, deps: ShelfDeps): Provider {
  const settings = settingsOf(name, deps);
  if (settings === undefined) throw unknownProvider(name, deps.settings);
  return (deps.registry ?? builtInRegistry).get(settings.type)(name, settings, deps);
}

function builtIn(name: BuiltIn | undefined, { env, settings }: OpenDeps): ProviderSettings | undefined {
  switch (name) {
    case 'litellm':
      return {
        type: 'openai',
        baseURL: gatewayURL(settings, env),
        apiKeyEnv: litellmAt(settings, env).keyEnv,
      };
    case 'ollama':
      return { type: 'openai', baseURL: `${ollamaURL(env)}/v1`, billing: 'local' };
    case 'anthropic':
      return { type: 'anthropic', apiKeyEnv: 'ANTHROPIC_API_KEY' };
    case 'openai':
      return { type: 'openai', apiKeyEnv: 'OPENAI_API_KEY' };
    case 'openrouter':
      return { type: 'openai', baseURL: 'https://openrouter.ai/api/v1', apiKeyEnv: 'OPENROUTER_API_KEY' };
    case 'claude-cli':
      return { type: 'claude-cli' };
    case 'scripted':
      return { type: 'scripted' };
    default:
      return undefined;
  }
}

function unknownProvider(name: string, settings: RouterSettings): BacklogError {
  const known = [...Object.keys(settings.providers), ...builtInNames];
  return new BacklogError({
    code: 'llm-provider-unknown',
    message: `there is no provider "${name}"`,
    fix: `use one of ${known.join(', ')}, or add it under llmOps.providers in backlog.config.json`,
    exitCode: ExitCode.ProjectUnusable,
  });
}
