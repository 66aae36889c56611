import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { list, record, string } from './fields.ts';
import type { Tier, World } from './model.ts';
import { parsedJson, probe } from './probe.ts';
import { gatewayIsNamed, litellmAt, ollamaURL, type RouterSettings } from './settings.ts';

/** What was found, and for everything that was not, where it was looked for. */
export interface Found {
  /** `provider/model` of the asked tier; empty when nothing is there. */
  readonly references: readonly string[];
  readonly looked: readonly string[];
}

export interface DiscoverDeps extends World {
  readonly settings: RouterSettings;
  readonly signal: AbortSignal;
  /** Answers held in memory make the scripted provider the only one. */
  readonly scripted: boolean;
}

/** Vendors by the key that stands in the environment, and the models that their tiers mean. */
const vendors: readonly { readonly name: string; readonly keyEnv: string; readonly models: Models }[] = [
  {
    name: 'anthropic',
    keyEnv: 'ANTHROPIC_API_KEY',
    // What Claude Code 2.1.328 asks for by haiku, sonnet and opus.
    models: { cheap: 'claude-haiku-5-5', balanced: 'claude-sonnet-5-5', frontier: 'claude-opus-5-5' },
  },
  {
    name: 'openai',
    keyEnv: 'OPENAI_API_KEY',
    models: { cheap: 'gpt-5-mini', balanced: 'gpt-5', frontier: 'gpt-5' },
  },
  {
    name: 'openrouter',
    keyEnv: 'OPENROUTER_API_KEY',
    models: {
      cheap: 'anthropic/claude-haiku-4.5',
      balanced: 'anthropic/claude-sonnet-4.5',
      frontier: 'anthropic/claude-opus-4.5',
    },
  },
];
type Models = Readonly<Record<Exclude<Tier, 'free'>, string>>;

/** Aliases of the client itself, so that they never go out of date. */
const claudeModels: Models = { cheap: 'haiku', balanced: 'sonnet', frontier: 'opus' };

/**
 * What answers a tier when the configuration names nothing: LiteLLM or the gateway, else Ollama for `free`, else a
 * provider whose key is set, else Claude Code, which `free` never takes unasked.
 */
export function discoverer(deps: DiscoverDeps): (tier: Tier) => Promise<Found> {
  const gateway = once(() => probeGateway(deps));
  const ollama = once(() => probeOllama(deps));
  return async (tier) => {
    if (deps.scripted || deps.env.BACKLOG_LLM_SCRIPT) return { references: [`scripted/${tier}`], looked: [] };
    const looked: string[] = [];
    const at = await gateway();
    if (at.answers) return { references: [`litellm/${tier}`], looked };
    looked.push(at.words);
    if (tier === 'free') {
      const here = await ollama();
      if (here.model !== undefined) return { references: [`ollama/${here.model}`], looked };
      looked.push(here.words);
    }
    const paid = tier === 'free' ? 'cheap' : tier;
    for (const vendor of vendors) {
      if (deps.env[vendor.keyEnv]?.trim())
        return { references: [`${vendor.name}/${vendor.models[paid]}`], looked };
      looked.push(`${vendor.keyEnv} is not set`);
    }
    const client = programOnPath('claude', deps.env);
    if (tier !== 'free' && client !== undefined)
      return { references: [`claude-cli/${claudeModels[tier]}`], looked };
    looked.push(
      client === undefined
        ? 'claude is not on PATH'
        : `${client} is there, and free never takes it unasked: it may cost money`,
    );
    return { references: [], looked };
  };
}

/** The provider that a bare model name belongs to, by what is there. */
export async function providerOfModel(model: string, deps: DiscoverDeps): Promise<Found> {
  const at = await probeGateway(deps);
  if (at.answers) return { references: [`litellm/${model}`], looked: [] };
  const looked = [at.words];
  const maker = /^claude-|^(haiku|sonnet|opus)$/.test(model)
    ? 'anthropic'
    : /^(gpt-|o\d)/.test(model)
      ? 'openai'
      : undefined;
  const vendor = vendors.find(({ name }) => name === maker);
  if (vendor !== undefined && model.includes('-')) {
    if (deps.env[vendor.keyEnv]?.trim()) return { references: [`${vendor.name}/${model}`], looked };
    looked.push(`${vendor.keyEnv} is not set`);
  }
  if (maker === 'anthropic' && programOnPath('claude', deps.env) !== undefined)
    return { references: [`claude-cli/${model}`], looked };
  const here = await probeOllama(deps);
  const installed = here.models.find((name) => name === model || name === `${model}:latest`);
  if (installed !== undefined) return { references: [`ollama/${installed}`], looked };
  looked.push(
    here.models.length > 0 ? `Ollama has no model "${model}" (${here.models.join(', ')})` : here.words,
  );
  return { references: [], looked };
}

interface GatewayProbe {
  readonly answers: boolean;
  readonly words: string;
}

/** Both paths need no key. `/health` is never asked: it calls the models. */
async function probeGateway(deps: DiscoverDeps): Promise<GatewayProbe> {
  const { base } = litellmAt(deps.settings, deps.env);
  const named = gatewayIsNamed(deps.settings, deps.env);
  for (const path of ['/health/readiness', '/health/liveliness']) {
    const answer = await probe(`${base}${path}`, deps);
    if (answer === undefined) return { answers: false, words: `no LiteLLM or gateway answers at ${base}` };
    // Port 8000 is everybody's: an unnamed one has to look like LiteLLM.
    if (named || (answer.status === 200 && looksLikeLiteLLM(answer.text)))
      return { answers: true, words: base };
  }
  return { answers: false, words: `${base} answers, but is no LiteLLM` };
}

/** Readiness is an object with a `status`, liveliness the sentence "I'm alive!". */
function looksLikeLiteLLM(text: string): boolean {
  return text.includes("I'm alive") || string(record(parsedJson(text))?.status) !== undefined;
}

interface OllamaProbe {
  readonly model: string | undefined;
  readonly models: readonly string[];
  readonly words: string;
}

/** The first installed model that can chat and runs here: embeddings cannot, `-cloud` ones are a vendor's. */
async function probeOllama(deps: DiscoverDeps): Promise<OllamaProbe> {
  const base = ollamaURL(deps.env);
  const answer = await probe(`${base}/api/tags`, deps);
  const models = list(record(parsedJson(answer?.text ?? ''))?.models);
  if (answer?.status !== 200 || models === undefined)
    return { model: undefined, models: [], words: `no Ollama answers at ${base}` };
  const names = models
    .map(record)
    .filter((model) => string(model?.remote_host) === undefined)
    .map((model) => string(model?.name) ?? '')
    .filter((name) => name !== '' && !/embed|[:-]cloud$/.test(name));
  return { model: names[0], models: names, words: `Ollama at ${base} has no chat model installed` };
}

/** Full path of a program, found as a shell finds it, without running it. */
export function programOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let started: Promise<T> | undefined;
  return () => {
    started ??= work();
    return started;
  };
}
