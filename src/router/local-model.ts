import path from 'node:path';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { sha256 } from '../platform/ids.ts';
import { discoverer } from './discover.ts';
import { list, record, string } from './fields.ts';
import { httpEndpoint } from './http-endpoint.ts';
import type { OpenDeps } from './open-deps.ts';
import { settingsOf } from './open-provider.ts';
import { type ProbeDeps, parsedJson, probe } from './probe.ts';
import { builtInRegistry } from './registry.ts';
import { gatewayURL, isLoopback, ollamaURL } from './settings.ts';

/** Whether `free` is answered by a model of this machine, right now. */
export interface LocalModel {
  readonly up: boolean;
  /** `provider/model` that answers `free` first; `null` when nothing does. */
  readonly reference: string | null;
  /** One line: what was seen. */
  readonly why: string;
}

export type LocalModelDeps = OpenDeps & ProbeDeps;

/** The whole look takes at most this long, ms: whoever asks waits for it. */
const LOOK_MS = 2000;
/** How long an answer is believed, ms. */
const CACHE_MS = 60_000;

/**
 * Asks the endpoint that answers `free` itself, never a model: a proxy whose fallback costs money would answer for it. What is
 * not on this machine counts as down. The answer is kept for a minute.
 * @param cacheDir where it is kept
 */
export async function localModel(deps: LocalModelDeps, cacheDir: string): Promise<LocalModel> {
  const file = path.join(cacheDir, 'local-model.json');
  const key = keyOf(deps);
  const known = cached(file, key, deps.clock());
  if (known !== undefined) return known;
  const limit = AbortSignal.timeout(LOOK_MS);
  const found = await look({ ...deps, signal: AbortSignal.any([deps.signal, limit]) });
  // Ctrl-C has seen nothing.
  if (!deps.signal.aborted)
    writeFileAtomic(file, `${JSON.stringify({ key, at: deps.clock().toISOString(), found })}\n`, {
      fleeting: true,
    });
  return found;
}

async function look(deps: LocalModelDeps): Promise<LocalModel> {
  try {
    const reference =
      deps.settings.tiers.free?.[0] ?? (await discoverer({ ...deps, scripted: false })('free')).references[0];
    if (reference === undefined) return down(null, 'nothing answers `free`');
    return await lookAt(reference, deps);
  } catch (error) {
    // An address or provider that cannot be used answers nobody; `llm doctor` says how to mend it.
    return down(null, error instanceof Error ? error.message : String(error));
  }
}

async function lookAt(reference: string, deps: LocalModelDeps): Promise<LocalModel> {
  const slash = reference.indexOf('/');
  const [name, model] = [reference.slice(0, slash), reference.slice(slash + 1)];
  const settings = settingsOf(name, deps);
  if (settings === undefined) return down(reference, `there is no provider "${name}"`);
  if (settings.type === 'scripted') return up(reference, `${reference} answers from a script`);
  if (/[:-]cloud$/.test(model)) return down(reference, `${reference} runs at a vendor, not on this machine`);
  if (!['ollama', 'openai'].includes(builtInRegistry.canonical(settings.type)))
    return down(reference, `${reference} is of type ${settings.type}, which is not on this machine`);
  const endpoint = httpEndpoint(name, settings, deps);
  if (endpoint.litellm) return behindLiteLLM(model, endpoint.apiKeyEnv, deps);
  if (!endpoint.local)
    return down(reference, `${reference} at ${endpoint.baseURL} is not marked as local and may cost`);
  if (!isLoopback(endpoint.baseURL))
    return down(reference, `${reference} at ${endpoint.baseURL} is another machine`);
  return serves(endpoint.baseURL, model, reference, deps);
}

/** Whether the endpoint lists the model: Ollama's own list, else the one of the OpenAI form. */
async function serves(
  address: string,
  model: string,
  reference: string,
  deps: LocalModelDeps,
): Promise<LocalModel> {
  const base = address.replace(/\/+$/, '').replace(/\/(v1|api)$/, '');
  const [tags, models] = await Promise.all([
    probe(`${base}/api/tags`, deps),
    probe(`${base}/v1/models`, deps),
  ]);
  if (tags?.status === 200) {
    const installed = list(record(parsedJson(tags.text))?.models)?.map(record) ?? [];
    const found = installed.find((one) => sameModel(string(one?.name), model));
    if (found === undefined) return down(reference, `${base} answers and has no model ${model}`);
    return string(found.remote_host) === undefined
      ? up(reference, `${model} is installed at ${base}`)
      : down(reference, `${model} at ${base} runs at ${string(found.remote_host)}`);
  }
  if (models?.status === 200) {
    const ids = (list(record(parsedJson(models.text))?.data) ?? []).map((one) => string(record(one)?.id));
    return ids.some((id) => sameModel(id, model))
      ? up(reference, `${base} serves ${model}`)
      : down(reference, `${base} answers and does not serve ${model}`);
  }
  return down(reference, `nothing answers at ${base}`);
}

/** A proxy says what stands behind its name; each of it has to be an Ollama of this machine that answers by itself. */
async function behindLiteLLM(
  model: string,
  keyEnv: string | undefined,
  deps: LocalModelDeps,
): Promise<LocalModel> {
  const reference = `litellm/${model}`;
  const key = keyEnv === undefined ? undefined : deps.env[keyEnv]?.trim();
  const base = gatewayURL(deps.settings, deps.env).replace(/\/+$/, '').replace(/\/v1$/, '');
  const answer = await probe(`${base}/model/info`, deps, {
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  });
  const rows = answer?.status === 200 ? list(record(parsedJson(answer.text))?.data) : undefined;
  if (rows === undefined) return down(reference, `what LiteLLM has behind "${model}" could not be seen`);
  const behind = rows
    .map(record)
    .filter((row) => row?.model_name === model)
    .map((row) => record(row?.litellm_params));
  if (behind.length === 0) return down(reference, `LiteLLM has no model "${model}"`);
  for (const params of behind) {
    const served = string(params?.model) ?? '';
    const at = string(params?.api_base) ?? ollamaURL(deps.env);
    const [, local] = /^ollama(?:_chat)?\/(.+)$/.exec(served) ?? [];
    if (local === undefined || /[:-]cloud$/.test(local))
      return down(
        reference,
        `LiteLLM answers "${model}" with ${served || 'something unknown'}, which may cost`,
      );
    if (!isLoopback(at)) return down(reference, `LiteLLM answers "${model}" with ${served} at ${at}`);
    const seen = await serves(at, local, reference, deps);
    if (!seen.up) return seen;
  }
  return up(reference, `LiteLLM answers "${model}" with models of this machine`);
}

function sameModel(listed: string | undefined, wanted: string): boolean {
  return listed === wanted || listed === `${wanted}:latest`;
}

function up(reference: string, why: string): LocalModel {
  return { up: true, reference, why };
}

function down(reference: string | null, why: string): LocalModel {
  return { up: false, reference, why };
}

/** Everything that the answer follows from, and no key of a provider. */
function keyOf({ settings, env }: LocalModelDeps): string {
  const { OLLAMA_HOST, LITELLM_BASE_URL, BACKLOG_LLM_SCRIPT } = env;
  const named = [settings.tiers.free, settings.providers, settings.gateway];
  return sha256(JSON.stringify([named, OLLAMA_HOST, LITELLM_BASE_URL, BACKLOG_LLM_SCRIPT]));
}

function cached(file: string, key: string, now: Date): LocalModel | undefined {
  try {
    const kept = record(JSON.parse(readTextIfExists(file) ?? ''));
    const age = now.getTime() - Date.parse(string(kept?.at) ?? '');
    const found = record(kept?.found);
    if (kept?.key !== key || !(age >= 0 && age < CACHE_MS) || typeof found?.up !== 'boolean')
      return undefined;
    return { up: found.up, reference: string(found.reference) ?? null, why: string(found.why) ?? '' };
  } catch {
    return undefined;
  }
}
