import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { Provider, ProviderType, World } from './model.ts';
import { anthropicProvider } from './providers/anthropic.ts';
import { claudeCliProvider } from './providers/claude-cli.ts';
import type { HttpSettings } from './providers/http-settings.ts';
import { openaiProvider } from './providers/openai.ts';
import { readScript, type Script, scriptedProvider } from './providers/scripted.ts';
import {
  checkedURL,
  gatewayURL,
  isLoopback,
  ollamaURL,
  type ProviderSettings,
  type RouterSettings,
  sameOrigin,
} from './settings.ts';

export interface OpenDeps extends World {
  readonly settings: RouterSettings;
  /** Answers held in memory, for the demo; else the file of the provider or of `BACKLOG_LLM_SCRIPT`. */
  readonly script?: Script | undefined;
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
export function providerShelf(deps: OpenDeps): (name: string) => Provider {
  const open = new Map<string, Provider>();
  return (name) => {
    const known = open.get(name) ?? openProvider(name, deps);
    open.set(name, known);
    return known;
  };
}

function openProvider(name: string, deps: OpenDeps): Provider {
  const configured = Object.hasOwn(deps.settings.providers, name) ? deps.settings.providers[name] : undefined;
  const settings =
    configured ??
    builtIn(
      builtInNames.find((known) => known === name),
      deps,
    );
  if (settings === undefined) throw unknownProvider(name, deps.settings);
  return byType[settings.type](name, settings, deps);
}

function builtIn(name: BuiltIn | undefined, { env, settings }: OpenDeps): ProviderSettings | undefined {
  switch (name) {
    case 'litellm':
      return {
        type: 'openai',
        baseURL: gatewayURL(settings, env),
        apiKeyEnv: env.LITELLM_BASE_URL ? 'LITELLM_MASTER_KEY' : settings.gateway.apiKeyEnv,
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

const byType: Readonly<
  Record<ProviderType, (name: string, settings: ProviderSettings, deps: OpenDeps) => Provider>
> = {
  openai: (name, settings, deps) =>
    openaiProvider(
      httpSettings(name, settings, deps, deps.env.OPENAI_BASE_URL || 'https://api.openai.com/v1'),
      deps,
    ),
  anthropic: (name, settings, deps) =>
    anthropicProvider(
      httpSettings(name, settings, deps, deps.env.ANTHROPIC_BASE_URL || 'https://api.anthropic.com'),
      deps,
    ),
  'claude-cli': (name, settings, deps) =>
    claudeCliProvider(
      {
        name,
        command: 'claude',
        // A key in the environment is what the client then pays with; a login may be either, so the config says which.
        billing: settings.billing ?? (deps.env.ANTHROPIC_API_KEY ? 'api' : deps.settings.billing),
        tagged: mayKnowTags(deps.env.ANTHROPIC_BASE_URL ?? '', deps),
        timeoutMs: seconds(settings.timeoutSeconds ?? 300),
      },
      deps,
    ),
  scripted: (name, settings, deps) =>
    scriptedProvider(name, deps.script ?? readScript(scriptFile(name, settings, deps))),
};

function httpSettings(
  name: string,
  settings: ProviderSettings,
  deps: OpenDeps,
  usualURL: string,
): HttpSettings {
  const baseURL = checkedURL(`the address of provider ${name}`, settings.baseURL ?? usualURL);
  const gateway = sameOrigin(baseURL, gatewayURL(deps.settings, deps.env));
  const local = settings.billing === 'local' || sameOrigin(baseURL, ollamaURL(deps.env));
  const usualKey = settings.type === 'anthropic' ? 'ANTHROPIC_API_KEY' : 'OPENAI_API_KEY';
  return {
    name,
    baseURL,
    apiKeyEnv: settings.apiKeyEnv ?? (settings.baseURL === undefined ? usualKey : undefined),
    keyRequired: !gateway && !isLoopback(baseURL),
    tagged: mayKnowTags(baseURL, deps),
    litellm: gateway,
    local,
    billing: settings.billing ?? (local ? 'local' : 'api'),
    // Ollama holds its answer back until the model is loaded, and an early hang-up stops the loading.
    timeoutMs: seconds(settings.timeoutSeconds ?? (local ? 300 : 120)),
    contextTokens: local ? contextOf(deps.env) : undefined,
  };
}

/** The ticket, gate and agent of a request are nobody's business but ours, the gateway's and this machine's. */
function mayKnowTags(address: string, deps: OpenDeps): boolean {
  return isLoopback(address) || sameOrigin(address, gatewayURL(deps.settings, deps.env));
}

/** Ollama's own variable. Without it the size is its secret, and an over-long prompt loses its beginning in silence. */
function contextOf(env: NodeJS.ProcessEnv): number | undefined {
  const value = Number(env.OLLAMA_CONTEXT_LENGTH);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

function seconds(value: number): number {
  return Math.round(value * 1000);
}

function scriptFile(name: string, settings: ProviderSettings, deps: OpenDeps): string {
  const file = settings.script ?? deps.env.BACKLOG_LLM_SCRIPT;
  if (file) return file;
  throw new BacklogError({
    code: 'llm-script-missing',
    message: `provider ${name} is scripted and has no script`,
    fix: 'set BACKLOG_LLM_SCRIPT to a file of the form {"answers": [{"text": "…"}]}',
    exitCode: ExitCode.ProjectUnusable,
  });
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
