import { randomUUID } from 'node:crypto';
import { timestamp } from '../platform/clock.ts';
import { BacklogError, ExitCode } from '../platform/errors.ts';
import type { AttemptRecord } from './attempt.ts';
import type { RouterDeps } from './call.ts';
import { withDeadline } from './deadline.ts';
import { asFailure, LlmRouterError } from './failure.ts';
import { amount, list, record, string, tokens } from './fields.ts';
import type { JsonAnswer } from './http.ts';
import { httpEndpoint } from './http-endpoint.ts';
import type { Usage } from './model.ts';
import { isKnownProvider, settingsOf } from './open-provider.ts';
import { type HttpSettings, keyOf, post } from './providers/http-settings.ts';
import { builtInRegistry } from './registry.ts';

export interface EmbedModel {
  readonly http: HttpSettings;
  readonly model: string;
  /** `provider/model`. */
  readonly reference: string;
}

/**
 * Where a model of embeddings is asked: `provider/model` at that provider, anything else at `serverURL`, else at the gateway.
 * @throws BacklogError `llm-bad-address`, `embedding-provider` (exit 3)
 */
export function embedModel(name: string, serverURL: string | undefined, deps: RouterDeps): EmbedModel {
  const slash = name.indexOf('/');
  const provider = slash > 0 ? name.slice(0, slash) : '';
  if (provider !== '' && isKnownProvider(provider, deps.settings)) {
    const settings = settingsOf(provider, deps);
    const type = builtInRegistry.canonical(settings?.type ?? '');
    if (settings === undefined || (type !== 'openai' && type !== 'ollama'))
      throw new BacklogError({
        code: 'embedding-provider',
        message: `llmOps.ragPolicy.embeddingModel names ${provider}, which has no embeddings of the OpenAI form`,
        fix: 'name a provider of type openai or ollama, such as ollama/nomic-embed-text',
        exitCode: ExitCode.ProjectUnusable,
      });
    return {
      http: httpEndpoint(provider, { ...settings, type }, deps),
      model: name.slice(slash + 1),
      reference: name,
    };
  }
  const http =
    serverURL === undefined
      ? httpEndpoint('litellm', settingsOf('litellm', deps) ?? { type: 'openai' }, deps)
      : httpEndpoint('embeddings', { type: 'openai', baseURL: serverURL }, deps);
  return { http, model: name, reference: `${http.name}/${name}` };
}

export interface EmbedCall {
  readonly texts: readonly string[];
  readonly tags: readonly string[];
}

/**
 * One request to an OpenAI-compatible `/v1/embeddings`, recorded as every other call is.
 * @returns a vector for each text, in their order
 * @throws LlmRouterError
 */
export async function embedTexts(
  { http, model }: EmbedModel,
  call: EmbedCall,
  deps: RouterDeps,
): Promise<readonly (readonly number[])[]> {
  const [id, ts, began] = [randomUUID(), timestamp(deps.clock), performance.now()];
  let answer: JsonAnswer | undefined;
  let failure: LlmRouterError | undefined;
  try {
    const key = keyOf(http, deps.env);
    answer = await withDeadline(deps.signal, http.timeoutMs, (signal) =>
      post(
        http,
        deps,
        { id, tags: call.tags, signal },
        {
          url: endpoint(http),
          headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
          body: {
            model,
            input: call.texts,
            encoding_format: 'float',
            ...(http.tagged && call.tags.length > 0 ? { metadata: { tags: call.tags } } : {}),
          },
          secret: key,
        },
      ),
    );
    return vectorsOf(answer, call.texts.length, http.name);
  } catch (error) {
    failure = asFailure(error);
    throw failure;
  } finally {
    const latency = Math.round(performance.now() - began);
    await deps.record(recordOf({ http, model, id, ts, latency, answer, failure }, deps));
  }
}

/** `https://host/v1/embeddings`; Ollama's address gets its OpenAI-compatible path. */
function endpoint({ baseURL }: HttpSettings): string {
  const url = new URL(baseURL);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = `${path === '' ? '/v1' : path}/embeddings`;
  return url.href;
}

function vectorsOf({ body, status }: JsonAnswer, wanted: number, name: string): number[][] {
  const vectors: number[][] = [];
  (list(body.data) ?? []).forEach((item, place) => {
    const numbers = list(record(item)?.embedding)?.filter((number) => typeof number === 'number');
    const index = record(item)?.index;
    if (numbers !== undefined && numbers.length > 0 && numbers.every(Number.isFinite))
      vectors[typeof index === 'number' ? index : place] = numbers;
  });
  const whole = Array.from({ length: wanted }, (_, place) => vectors[place]?.length ?? 0);
  if (vectors.length === wanted && whole.every((length) => length > 0 && length === whole[0])) return vectors;
  throw new LlmRouterError({
    failureType: 'invalid-response',
    message: `${name} answered with other than ${wanted} vectors of one length`,
    httpStatus: status,
  });
}

interface Facts {
  readonly http: HttpSettings;
  readonly model: string;
  readonly id: string;
  readonly ts: string;
  readonly latency: number;
  readonly answer: JsonAnswer | undefined;
  readonly failure: LlmRouterError | undefined;
}

function recordOf({ http, model, id, ts, latency, answer, failure }: Facts, deps: RouterDeps): AttemptRecord {
  const usage: Usage = {
    input_tokens: tokens(record(answer?.body.usage)?.prompt_tokens),
    output_tokens: 0,
    cache_read_tokens: 0,
    cache_write_5m_tokens: 0,
    cache_write_1h_tokens: 0,
  };
  const answered = string(answer?.body.model) || model;
  const reported = amount(answer?.headers.get('x-litellm-response-cost'));
  const cost = http.local
    ? { cost_usd: 0, price_source: 'local' }
    : reported !== undefined && reported > 0
      ? { cost_usd: reported, price_source: 'gateway' }
      : answer === undefined
        ? { cost_usd: null, price_source: null }
        : deps.price({ model: answered, provider: http.name, usage, at: ts });
  return {
    id,
    request_id: answer?.headers.get('x-request-id') ?? answer?.headers.get('x-litellm-call-id') ?? null,
    message_id: null,
    ts,
    tier: null,
    requested_model: model,
    model: answered,
    provider: http.name,
    attempt: 1,
    fallback_from: null,
    stream: false,
    status: failure === undefined ? 'success' : failure.failureType === 'cancelled' ? 'cancelled' : 'error',
    failure_type: failure?.failureType ?? null,
    http_status: answer?.status ?? failure?.httpStatus ?? null,
    latency_ms: latency,
    ttft_ms: null,
    ...usage,
    ...cost,
    billing: http.billing,
  };
}
