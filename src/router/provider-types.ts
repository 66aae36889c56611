import { BacklogError, ExitCode } from '../platform/errors.ts';
import { httpEndpoint, mayKnowTags, seconds } from './http-endpoint.ts';
import type { Provider } from './model.ts';
import type { OpenDeps } from './open-deps.ts';
import { anthropicProvider } from './providers/anthropic.ts';
import { claudeCliProvider } from './providers/claude-cli.ts';
import { type CliForm, cliForms, commandProvider } from './providers/command.ts';
import { ollamaProvider } from './providers/ollama.ts';
import { openaiProvider } from './providers/openai.ts';
import { readScript, scriptedProvider } from './providers/scripted.ts';
import type { ProviderSettings } from './settings.ts';

/**
 * Opens one provider of a configuration.
 * @param name as the configuration calls it; it stands in records, traces and events
 */
export type ProviderFactory = (name: string, settings: ProviderSettings, deps: OpenDeps) => Provider;

export const builtInTypes: Readonly<Record<string, ProviderFactory>> = {
  openai: (name, settings, deps) => openaiProvider(httpEndpoint(name, settings, deps), deps),
  anthropic: (name, settings, deps) => anthropicProvider(httpEndpoint(name, settings, deps), deps),
  ollama: (name, settings, deps) => {
    const http = httpEndpoint(name, settings, deps);
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
