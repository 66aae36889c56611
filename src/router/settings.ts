import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { Tier } from './model.ts';
import type { Script } from './providers/scripted.ts';

/** A provider of the configuration (`llmOps.providers.<name>`). Keys are named, never written. */
export interface ProviderSettings {
  /** A built-in type or one that somebody has registered. */
  readonly type: string;
  readonly baseURL?: string | undefined;
  /** Environment variable that holds the address, where `baseURL` is not given. */
  readonly baseURLEnv?: string | undefined;
  /** Environment variable that holds the key. */
  readonly apiKeyEnv?: string | undefined;
  readonly billing?: 'api' | 'plan' | 'local' | 'unknown' | undefined;
  readonly timeoutSeconds?: number | undefined;
  /** `scripted`: file with the answers. */
  readonly script?: string | undefined;
  /** `scripted`: answers held in memory. */
  readonly answers?: Script | undefined;
  /** HTTP types: headers beside our own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `ollama`: tokens of room for prompt and answer (`num_ctx`). */
  readonly contextTokens?: number | undefined;
  /** Command types: the program, and what stands before our own arguments. */
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
  /** Command types: the option before the model's name; `null` gives none. */
  readonly modelFlag?: string | null | undefined;
  /** Command types: what the program prints, and the field of its JSON that holds the answer. */
  readonly responseFormat?: 'text' | 'json' | undefined;
  readonly textField?: string | undefined;
  /** Whatever else stands there, for types that we do not know. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
}

/** What the router reads of `llmOps`. Everything has a default, so that it works without a configuration. */
export interface RouterSettings {
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  /** Ordered chains of `provider/model`. A tier that is not here takes what is there. */
  readonly tiers: Readonly<Partial<Record<Tier, readonly string[] | undefined>>>;
  /** A tier, `provider/model`, or a chain of either. */
  readonly roles: Readonly<Record<string, string | readonly string[]>>;
  readonly gateway: { readonly baseURL: string; readonly apiKeyEnv: string };
  /** How Claude Code itself is paid. */
  readonly billing: 'api' | 'plan' | 'local' | 'unknown';
}

/** LiteLLM as its own documentation and the shipped compose file start it. */
const defaultGatewayURL = 'http://localhost:8000';

export const defaultSettings: RouterSettings = {
  providers: {},
  tiers: {},
  roles: {},
  gateway: { baseURL: defaultGatewayURL, apiKeyEnv: 'LITELLM_MASTER_KEY' },
  billing: 'unknown',
};

/** Where LiteLLM or another gateway is looked for: `LITELLM_BASE_URL`, else the configured one, else port 8000 here. */
export function gatewayURL(settings: RouterSettings, env: NodeJS.ProcessEnv): string {
  return env.LITELLM_BASE_URL
    ? checkedURL('LITELLM_BASE_URL', env.LITELLM_BASE_URL)
    : settings.gateway.baseURL;
}

/** Somebody named this gateway: any answer of it counts, not only one that looks like LiteLLM. */
export function gatewayIsNamed(settings: RouterSettings, env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.LITELLM_BASE_URL) || settings.gateway.baseURL !== defaultGatewayURL;
}

/** LiteLLM's root, without `/v1`, and the variable with its key: an address from the environment has its key there too. */
export function litellmAt(
  settings: RouterSettings,
  env: NodeJS.ProcessEnv,
): { readonly base: string; readonly keyEnv: string } {
  return {
    base: gatewayURL(settings, env).replace(/\/+$/, '').replace(/\/v1$/, ''),
    keyEnv: env.LITELLM_BASE_URL ? 'LITELLM_MASTER_KEY' : settings.gateway.apiKeyEnv,
  };
}

/** Ollama's address by its own rules: scheme and port may be missing, `0.0.0.0` is what it listens on, not where it is. */
export function ollamaURL(env: NodeJS.ProcessEnv): string {
  const value = env.OLLAMA_HOST?.trim();
  if (!value) return 'http://localhost:11434';
  const url = new URL(
    checkedURL('OLLAMA_HOST', /^https?:\/\//.test(value) ? value : `http://${hostOnly(value)}`),
  );
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1';
  if (url.port === '' && !/^https?:\/\//.test(value)) url.port = '11434';
  return url.href.replace(/\/+$/, '');
}

function hostOnly(value: string): string {
  return value.startsWith(':') ? `localhost${value}` : value;
}

/** @throws BacklogError `llm-bad-address` (exit 3) */
export function checkedURL(name: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const secret = url !== undefined && (url.username !== '' || url.password !== '');
  if (url !== undefined && !secret && /^https?:$/.test(url.protocol)) return value;
  throw new BacklogError({
    code: 'llm-bad-address',
    message: secret
      ? `${name} carries a user name or password`
      : `${name} is "${value}", which is no http address`,
    fix: secret
      ? 'take them out of the address; a key comes from the environment variable that apiKeyEnv names'
      : `set ${name} to an address such as http://localhost:8000`,
    exitCode: ExitCode.ProjectUnusable,
  });
}

/** On this machine. Anything else may be a vendor, and gets no tags unless somebody named it as gateway. */
export function isLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

export function sameOrigin(left: string, right: string): boolean {
  return URL.canParse(left) && URL.canParse(right) && new URL(left).origin === new URL(right).origin;
}
