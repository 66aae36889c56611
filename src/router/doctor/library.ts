import { messageOf } from '../../platform/errors.ts';
import { loadRouterConfig } from '../lib/config.ts';
import { ConfigError, type ProviderConfig, type RouterConfig } from '../lib/config-types.ts';
import { createRouter } from '../lib/router.ts';
import type { OpenDeps } from '../open-deps.ts';
import { builtInRegistry, type ProviderRegistry } from '../registry.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import { checkProvider } from './provider.ts';

export interface LibraryQuery {
  readonly file: string;
  /** Only this role counts: what is wrong with providers that it does not use is a warning. */
  readonly role: string | undefined;
}

/**
 * A configuration of the library: whether it can be used, whether keys and programs of its providers are there, and where
 * each role leads, tried with scripted answers. Nobody is asked, so it says nothing about servers.
 */
export async function diagnoseConfig({ file, role }: LibraryQuery, deps: OpenDeps): Promise<Finding[]> {
  let config: RouterConfig;
  try {
    config = loadRouterConfig(file);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ line, message, fix }) =>
      failed('config', `${file}:${line}: ${message}`, fix),
    );
  }
  const findings = [
    ok('config', `${file}: ${count(config.roles, 'role')}, ${count(config.providers, 'provider')}`),
    ...config.warnings.map(({ line, message, fix }) => warning('config', `${file}:${line}: ${message}`, fix)),
  ];
  if (role !== undefined && !Object.hasOwn(config.roles, role))
    return [
      ...findings,
      failed(
        'role',
        `there is no role "${role}"`,
        `use one of ${Object.keys(config.roles).join(', ')}, or add it`,
      ),
    ];
  const roles = role === undefined ? Object.keys(config.roles) : [role];
  const used = new Set(roles.flatMap((name) => providersOf(name, config)));
  for (const [name, provider] of Object.entries(config.providers))
    findings.push(...providerFindings(name, provider, used.has(name), builtInRegistry, deps));
  for (const name of roles) findings.push(await rehearsal(name, config), ...modelFindings(name, config));
  return findings;
}

function providersOf(role: string, config: RouterConfig): string[] {
  const found = config.roles[role];
  if (found === undefined) return [];
  return [found.provider, ...found.fallbackProviders.map((reference) => reference.split('/')[0] ?? '')];
}

function providerFindings(
  name: string,
  provider: ProviderConfig,
  used: boolean,
  registry: ProviderRegistry,
  deps: OpenDeps,
): Finding[] {
  if (registry.has(provider.type)) return checkProvider({ name, settings: provider.settings, used }, deps);
  const what = `${name}: type "${provider.type}" is none of ours (${registry.available().join(', ')})`;
  const fix = 'correct it, or register it before the configuration is used';
  return [used ? failed('provider', what, fix) : warning('provider', what, fix)];
}

/** The role as a call would take it, with every provider played by the scripted one. */
async function rehearsal(role: string, config: RouterConfig): Promise<Finding> {
  const played = Object.entries(config.providers).map(([name, provider]): [string, ProviderConfig] => [
    name,
    { ...provider, type: 'scripted', settings: { type: 'scripted', answers: { answers: [{ text: '{}' }] } } },
  ]);
  const router = createRouter(
    { ...config, providers: Object.fromEntries(played) },
    { traceStore: { write: () => {} }, onNote: () => {} },
  );
  try {
    const { provider, model } = await router.complete(role, [{ role: 'user', content: 'dry run' }]);
    const fallbacks = config.roles[role]?.fallbackProviders ?? [];
    const then = fallbacks.length === 0 ? '' : `, then ${fallbacks.join(', ')}`;
    return ok('role', `${role} → ${provider}${model === '' ? '' : `/${model}`}${then} (dry run)`);
  } catch (error) {
    return failed('role', `${role} fails in a dry run: ${messageOf(error)}`, 'see docs/router.md');
  }
}

/** Targets of a role that would be asked without a model. */
function modelFindings(role: string, config: RouterConfig): Finding[] {
  const found = config.roles[role];
  if (found === undefined) return [];
  const targets = [
    { name: found.provider, model: found.model },
    ...found.fallbackProviders.map((reference) => {
      const [name = '', ...model] = reference.split('/');
      return { name, model: model.join('/') || config.providers[name]?.model || '' };
    }),
  ];
  return targets
    .filter(({ model }) => model === '')
    .flatMap(({ name }) => {
      const type = config.providers[name]?.type ?? '';
      const what = `${role}: ${name} is asked without a model`;
      const fix = `add \`model:\` to the provider ${name}, or write ${name}/<model> for a fallback`;
      if (type === 'anthropic' || type === 'ollama') return [failed('model', what, fix)];
      return type === 'openai'
        ? [warning('model', `${what}, which only servers of one model take`, fix)]
        : [];
    });
}

function count(of: object, noun: string): string {
  const number = Object.keys(of).length;
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
