import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { Provider, World } from './model.ts';
import { anthropicProvider } from './providers/anthropic.ts';
import { claudeCliProvider } from './providers/claude-cli.ts';
import { type CliForm, cliForms, commandProvider } from './providers/command.ts';
import type { HttpSettings } from './providers/http-settings.ts';
import { ollamaProvider } from './providers/ollama.ts';
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

/**
 * Opens one provider of a configuration.
 * @param name as the configuration calls it; it stands in records, traces and events
 */
export type ProviderFactory = (name: string, settings: ProviderSettings, deps: OpenDeps) => Provider;

const OPENAI_URL = 'https://api.openai.com/v1';
const ANTHROPIC_URL = 'https://api.anthropic.com';

export const builtInTypes: Readonly<Record<string, ProviderFactory>> = {
  openai: (name, settings, deps) =>
    openaiProvider(httpSettings(name, settings, deps, deps.env.OPENAI_BASE_URL || OPENAI_URL), deps),
  anthropic: (name, settings, deps) =>
    anthropicProvider(httpSettings(name, settings, deps, deps.env.ANTHROPIC_BASE_URL || ANTHROPIC_URL), deps),
  ollama: (name, settings, deps) => {
    const http = httpSettings(
      name,
      { ...settings, billing: settings.billing ?? 'local' },
      deps,
      ollamaURL(deps.env),
    );
    const contextTokens = settings.contextTokens ?? http.contextTokens;
    return ollamaProvider({ ...http, contextTokens, askForContext: settings.contextTokens }, deps);
  },
  'claude-cli': (name, settings, deps) =>
    claudeCliProvider(
      {
        name,
        command: settings.command ?? 'claude',
        // A key in the environment is what the client then pays with; a login may be either, so the config says which.
        billing: settings.billing ?? (deps.env.ANTHROPIC_API_KEY ? 'api' : deps.settings.billing),
        tagged: mayKnowTags(deps.env.ANTHROPIC_BASE_URL ?? '', deps),
        timeoutMs: seconds(settings.timeoutSeconds ?? 300),
      },
      deps,
    ),
  'codex-cli': (name, settings, deps) => command(name, settings, deps, cliForms.codex),
  'gemini-cli': (name, settings, deps) => command(name, settings, deps, cliForms.gemini),
  cli: (name, settings, deps) => command(name, settings, deps, cliForms.plain),
  scripted: (name, settings, deps) =>
    scriptedProvider(name, deps.script ?? settings.answers ?? readScript(scriptFile(name, settings, deps))),
};

function command(name: string, settings: ProviderSettings, deps: OpenDeps, form: CliForm): Provider {
  return commandProvider(
    {
      name,
      billing: settings.billing ?? 'unknown',
      timeoutMs: seconds(settings.timeoutSeconds ?? 300),
      form: {
        command: settings.command ?? form.command,
        args: settings.args ?? form.args,
        modelFlag: settings.modelFlag === undefined ? form.modelFlag : settings.modelFlag,
        last: settings.args === undefined ? form.last : [],
        answerFileFlag: settings.args === undefined ? form.answerFileFlag : null,
        responseFormat: settings.responseFormat ?? form.responseFormat,
        textFields: settings.textField === undefined ? form.textFields : [settings.textField],
      },
    },
    deps,
  );
}

function httpSettings(
  name: string,
  settings: ProviderSettings,
  deps: OpenDeps,
  usualURL: string,
): HttpSettings {
  const baseURL = checkedURL(
    `the address of provider ${name}`,
    settings.baseURL ?? namedURL(name, settings, deps) ?? usualURL,
  );
  const gateway = sameOrigin(baseURL, gatewayURL(deps.settings, deps.env));
  const local = settings.billing === 'local' || sameOrigin(baseURL, ollamaURL(deps.env));
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

const usualKeys: Readonly<Record<string, string>> = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
};

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
