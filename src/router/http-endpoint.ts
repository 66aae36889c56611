import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { OpenDeps } from './open-deps.ts';
import type { HttpSettings } from './providers/http-settings.ts';
import {
  checkedURL,
  gatewayURL,
  isLoopback,
  ollamaURL,
  type ProviderSettings,
  sameOrigin,
} from './settings.ts';

/**
 * Address, key variable and manners of an HTTP provider.
 * @throws BacklogError `llm-bad-address` (exit 3)
 */
export function httpEndpoint(name: string, settings: ProviderSettings, deps: OpenDeps): HttpSettings {
  const baseURL = checkedURL(
    `the address of provider ${name}`,
    settings.baseURL ?? namedURL(name, settings, deps) ?? usualURL(settings.type, deps.env),
  );
  const gateway = sameOrigin(baseURL, gatewayURL(deps.settings, deps.env));
  const local =
    settings.billing === 'local' ||
    (settings.type === 'ollama' && settings.billing === undefined) ||
    sameOrigin(baseURL, ollamaURL(deps.env));
  const usualKey = usualKeys[settings.type];
  return {
    name,
    baseURL,
    apiKeyEnv:
      settings.apiKeyEnv ??
      (settings.baseURL === undefined && settings.baseURLEnv === undefined ? usualKey : undefined),
    keyRequired: !gateway && !isLoopback(baseURL),
    tagged: mayKnowTags(baseURL, deps),
    litellm: gateway,
    local,
    billing: settings.billing ?? (local ? 'local' : 'api'),
    // Ollama holds its answer back until the model is loaded, and an early hang-up stops the loading.
    timeoutMs: seconds(settings.timeoutSeconds ?? (local ? 300 : 120)),
    contextTokens: local ? contextOf(deps.env) : undefined,
    headers: settings.headers ?? {},
  };
}

/** An address that is named and missing is an error: the vendor's own would get what was meant for somebody else. */
function namedURL(name: string, { baseURLEnv }: ProviderSettings, { env }: OpenDeps): string | undefined {
  if (baseURLEnv === undefined) return undefined;
  const value = env[baseURLEnv]?.trim();
  if (value) return value;
  throw new BacklogError({
    code: 'llm-bad-address',
    message: `provider ${name} takes its address from ${baseURLEnv}, which is not set`,
    fix: `set it: export ${baseURLEnv}=http://localhost:8000`,
    exitCode: ExitCode.ProjectUnusable,
  });
}

function usualURL(type: string, env: NodeJS.ProcessEnv): string {
  if (type === 'ollama') return ollamaURL(env);
  return type === 'anthropic'
    ? env.ANTHROPIC_BASE_URL || 'https://api.anthropic.com'
    : env.OPENAI_BASE_URL || 'https://api.openai.com/v1';
}

const usualKeys: Readonly<Record<string, string>> = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
};

/** The ticket, gate and agent of a request are nobody's business but ours, the gateway's and this machine's. */
export function mayKnowTags(address: string, deps: OpenDeps): boolean {
  return isLoopback(address) || sameOrigin(address, gatewayURL(deps.settings, deps.env));
}

/** Ollama's own variable. Without it the size is its secret, and an over-long prompt loses its beginning in silence. */
function contextOf(env: NodeJS.ProcessEnv): number | undefined {
  const value = Number(env.OLLAMA_CONTEXT_LENGTH);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

export function seconds(value: number): number {
  return Math.round(value * 1000);
}
