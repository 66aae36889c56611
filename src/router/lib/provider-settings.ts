import type { FailureType } from '../failure.ts';
import type { Script, ScriptedAnswer } from '../providers/scripted.ts';
import type { ProviderSettings } from '../settings.ts';
import type { ProviderConfig } from './config-types.ts';
import type { ProviderDocument } from './schema.ts';

/** The entry of a configuration as the factories read it. `base_url_env` is looked up where the provider is opened. */
export function providerConfig(
  type: string,
  entry: ProviderDocument,
  source: Readonly<Record<string, unknown>>,
): ProviderConfig {
  const settings: ProviderSettings = {
    type,
    baseURL: entry.base_url,
    baseURLEnv: entry.base_url_env,
    apiKeyEnv: entry.api_key_env,
    billing: entry.billing,
    timeoutSeconds: entry.timeout,
    headers: entry.headers,
    contextTokens: entry.num_ctx,
    command: entry.command,
    args: entry.args,
    modelFlag: entry.model_flag,
    responseFormat: entry.response_format,
    textField: entry.text_field,
    script: entry.script,
    answers: type === 'scripted' && entry.script === undefined ? scriptOf(entry) : undefined,
    more: source,
  };
  return {
    type,
    settings,
    model: entry.model ?? '',
    temperature: entry.temperature,
    jsonMode: entry.json_mode,
    maxTokens: entry.max_tokens,
    timeout: entry.timeout,
    source,
  };
}

/** What the mock of a configuration answers: a text, or the failure whose switch is on. */
function scriptOf(entry: ProviderDocument): Script {
  const type = switches.find(([key]) => entry[key] === true)?.[1];
  const { prompt_tokens: prompt, completion_tokens: completion } = entry.usage ?? {};
  const answer: ScriptedAnswer = {
    text: entry.response_text ?? (entry.json_mode ? '{"mock": true}' : 'mock response'),
    usage: { input_tokens: prompt ?? 10, output_tokens: completion ?? 5 },
    delayMs: entry.delay === undefined ? undefined : entry.delay * 1000,
    failure: type === undefined ? undefined : { type, message: `the mock was told to fail: ${type}` },
  };
  return { answers: [answer] };
}

const switches: readonly (readonly [keyof ProviderDocument, FailureType])[] = [
  ['raise_timeout', 'timeout'],
  ['raise_rate_limit', 'rate-limit'],
  ['raise_provider_error', 'provider-error'],
  ['raise_invalid_response', 'invalid-response'],
  ['raise_contract_violation', 'contract-violation'],
  ['raise_cancelled', 'cancelled'],
  ['raise_unknown', 'unknown'],
];
