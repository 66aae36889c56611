import type { ProviderRegistry } from '../registry.ts';
import { parseRouterConfig } from './config.ts';
import type { ProviderConfig } from './config-types.ts';

/**
 * A provider with some of its entries replaced, checked as the configuration itself is.
 * @param overrides in the configuration's spelling (`base_url`) or in this library's (`baseURL`)
 * @throws ConfigError
 */
export function overriddenProvider(
  name: string,
  provider: ProviderConfig,
  overrides: Readonly<Record<string, unknown>>,
  registry: ProviderRegistry,
): ProviderConfig {
  const entry = { ...provider.source, ...asWritten(overrides) };
  const { providers } = parseRouterConfig(
    { llm: { default_role: 'r', providers: { [name]: entry }, roles: { r: { provider: name } } } },
    { file: `the policy's overrides of ${name}`, registry },
  );
  return providers[name] ?? provider;
}

/** `baseURL` → `base_url`, `jsonMode` → `json_mode`; what is written with `_` stays. */
export function asWritten(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key.replace(/URL/, '_url').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}
