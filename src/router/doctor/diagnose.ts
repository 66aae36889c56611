import { BacklogError } from '../../platform/errors.ts';
import { discoverer, type Found } from '../discover.ts';
import { httpEndpoint } from '../http-endpoint.ts';
import { isTier, tierNames } from '../model.ts';
import type { OpenDeps } from '../open-deps.ts';
import { isKnownProvider, settingsOf } from '../open-provider.ts';
import type { ProbeDeps } from '../probe.ts';
import { gatewayURL, ollamaURL } from '../settings.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import { checkFree, type FreeTarget } from './free.ts';
import { checkLiteLLM } from './litellm.ts';
import { checkTags } from './litellm-tags.ts';
import { checkOllama } from './ollama.ts';
import { checkProvider, checkReachable, type Patient } from './provider.ts';

export interface DiagnoseDeps extends OpenDeps, ProbeDeps {
  /** Model of the tag round trip; `free` costs nothing. */
  readonly probeModel: string;
  readonly logMs?: number | undefined;
}

/** Everything between this machine and the models: providers, LiteLLM, Ollama, and what `free` really is. */
export async function diagnose(deps: DiagnoseDeps): Promise<Finding[]> {
  const wrong = addressProblem(deps);
  return wrong === undefined ? examine(deps) : [wrong];
}

/** Without addresses nothing else can be looked at. */
function addressProblem({ settings, env }: DiagnoseDeps): Finding | undefined {
  try {
    gatewayURL(settings, env);
    ollamaURL(env);
    return undefined;
  } catch (error) {
    if (!(error instanceof BacklogError)) throw error;
    return failed('address', error.message, error.fix);
  }
}

async function examine(deps: DiagnoseDeps): Promise<Finding[]> {
  const { settings } = deps;
  const named = Object.values(settings.tiers).flatMap((chain) => chain ?? []);
  const inRoles = Object.values(settings.roles)
    .flat()
    .filter((name) => !isTier(name));
  const references = [...new Set([...named, ...inRoles])];
  const used = new Set(references.map(providerIn));
  const unknown = [...used].filter((name) => !isKnownProvider(name, settings));
  const names = new Set([...used, ...Object.keys(settings.providers)]);
  const patients = [...names]
    .filter((name) => name !== 'litellm' && name !== 'ollama')
    .flatMap((name): Patient[] => {
      const provider = settingsOf(name, deps);
      return provider === undefined ? [] : [{ name, settings: provider, used: used.has(name) }];
    });
  const discovered = discoverer({ ...deps, scripted: false });
  const [litellm, ollama, reachable, tiers] = await Promise.all([
    checkLiteLLM(used.has('litellm'), deps),
    Promise.all(
      [...ollamas(patients, references, deps)].map(([base, models]) => checkOllama(base, models, deps)),
    ),
    Promise.all(patients.map((patient) => checkReachable(patient, deps))),
    Promise.all(
      tierNames.map(
        async (tier) => [tier, settings.tiers[tier] ? undefined : await discovered(tier)] as const,
      ),
    ),
  ]);
  const free = settings.tiers.free?.[0] ?? tiers.find(([tier]) => tier === 'free')?.[1]?.references[0];
  return [
    ...unknown.map((name) =>
      failed(
        'provider',
        `there is no provider "${name}"`,
        `add it under llmOps.providers, or correct the name`,
      ),
    ),
    ...patients.flatMap((patient) => checkProvider(patient, deps)),
    ...reachable.flat(),
    ...tierFindings(tiers),
    ...litellm.findings,
    ...(litellm.proxy === undefined
      ? []
      : [await checkTags(litellm.proxy, { model: deps.probeModel, logMs: deps.logMs }, deps)]),
    ...ollama.flat(),
    await checkFree(free === undefined ? undefined : freeTarget(free, deps), litellm.proxy, deps),
  ];
}

/** One finding for tiers that nobody answers for the same reasons: they are a list of places, and long. */
function tierFindings(tiers: readonly (readonly [tier: string, found: Found | undefined])[]): Finding[] {
  const silent = new Map<string, string[]>();
  const found: Finding[] = [];
  for (const [tier, answer] of tiers) {
    const [reference] = answer?.references ?? [];
    const looked = answer?.looked.join('; ') ?? '';
    if (reference !== undefined) found.push(ok('tier', `${tier} → ${reference}`));
    else if (answer !== undefined) silent.set(looked, [...(silent.get(looked) ?? []), tier]);
  }
  return [
    ...found,
    ...[...silent].map(([looked, names]) =>
      warning(
        'tier',
        `nothing answers ${names.join(', ')}: ${looked}`,
        names.includes('free')
          ? 'install Ollama and run `ollama pull qwen3:8b`'
          : 'export ANTHROPIC_API_KEY=…, or install Claude Code and log in',
      ),
    ),
  ];
}

function freeTarget(reference: string, deps: DiagnoseDeps): FreeTarget {
  const name = providerIn(reference);
  const settings = settingsOf(name, deps);
  const http = settings !== undefined && ['openai', 'anthropic', 'ollama'].includes(settings.type);
  const endpoint = http ? quietly(() => httpEndpoint(name, settings, deps)) : undefined;
  return {
    reference,
    local: endpoint?.local ?? settings?.type === 'scripted',
    baseURL: endpoint?.baseURL,
    litellm: endpoint?.litellm ?? false,
  };
}

/** An address that cannot be used is a finding of its own already. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Each Ollama that is asked, with its models: those of the configuration, and the usual one where nothing else is named. */
function ollamas(
  patients: readonly Patient[],
  references: readonly string[],
  deps: DiagnoseDeps,
): Map<string, string[]> {
  const usual = modelsOf('ollama', references);
  const found = new Map<string, string[]>(usual.length > 0 ? [[ollamaURL(deps.env), usual]] : []);
  for (const { name, settings } of patients) {
    const endpoint =
      settings.type === 'ollama' ? quietly(() => httpEndpoint(name, settings, deps)) : undefined;
    if (endpoint === undefined) continue;
    const base = endpoint.baseURL.replace(/\/+$/, '').replace(/\/(v1|api)$/, '');
    found.set(base, [...(found.get(base) ?? []), ...modelsOf(name, references)]);
  }
  return found.size > 0 ? found : new Map([[ollamaURL(deps.env), []]]);
}

function providerIn(reference: string): string {
  return reference.slice(0, reference.indexOf('/'));
}

function modelsOf(provider: string, references: readonly string[]): string[] {
  return references
    .filter((reference) => providerIn(reference) === provider)
    .map((reference) => reference.slice(provider.length + 1));
}
