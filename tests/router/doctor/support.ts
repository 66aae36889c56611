import type { ServerResponse } from 'node:http';
import { diagnose } from '../../../src/router/doctor/diagnose.ts';
import type { Finding } from '../../../src/router/doctor/finding.ts';
import { defaultSettings, type RouterSettings } from '../../../src/router/settings.ts';
import { json, nowhere, serve } from '../support.ts';

/** Looks at a machine where nothing is, save what the test says. */
export function look(
  given: {
    readonly settings?: Partial<RouterSettings>;
    readonly env?: NodeJS.ProcessEnv;
    readonly probeModel?: string;
    readonly logMs?: number;
  } = {},
): Promise<Finding[]> {
  return diagnose({
    // The usual port of LiteLLM may be somebody's on this machine.
    fetch: (url, init) => fetch(String(url).replace('http://localhost:8000', nowhere), init),
    env: { PATH: '', OLLAMA_HOST: nowhere, ...given.env },
    clock: () => new Date('2026-11-21T12:00:00.000Z'),
    settings: { ...defaultSettings, ...given.settings },
    signal: new AbortController().signal,
    probeModel: given.probeModel ?? 'free',
    logMs: given.logMs ?? 1000,
  });
}

export function of(check: string, findings: readonly Finding[]): Finding[] {
  return findings.filter((finding) => finding.check === check);
}

export interface ProxyManner {
  readonly version?: string | undefined;
  /** Where the version stands: 1.106.2 tells it to those who have the key, older ones to everybody. */
  readonly versionAt?: 'details' | 'readiness' | 'header';
  readonly database?: boolean;
  readonly key?: string;
  readonly models?: readonly string[];
  /** What stands behind `free`. */
  readonly free?: string;
  /** What the proxy does with the tags of a request. */
  readonly keeps?: (tags: string[]) => string[];
  /** Rows of the spend log turn up after so many questions. */
  readonly logAfter?: number;
}

/** A server that answers as LiteLLM 1.106.2 does at the addresses that the doctor asks. */
export async function litellm(manner: ProxyManner = {}) {
  const { key = 'sk-proxy-key', models = ['free', 'cheap'], keeps = (tags: string[]) => tags } = manner;
  const log = new Map<string, string[]>();
  let asked = 0;
  const { version = '1.106.2', versionAt = 'details' } = manner;
  const header = { 'x-litellm-version': version };
  const answer = (response: ServerResponse, status: number, body: unknown): void =>
    json(response, status, body, versionAt === 'header' ? header : {});
  const server = await serve((seen, response) => {
    const { path, headers } = seen;
    if (path === '/health/readiness')
      return answer(response, 200, {
        status: 'connected',
        db: manner.database ? 'connected' : 'Not connected',
        ...(versionAt === 'readiness' ? { litellm_version: version } : {}),
      });
    if (headers.authorization !== `Bearer ${key}`) return answer(response, 401, { error: { message: 'no' } });
    if (path === '/health/readiness/details' && versionAt === 'details')
      return answer(response, 200, { status: 'healthy', litellm_version: version });
    if (path === '/v1/models') return answer(response, 200, { data: models.map((id) => ({ id })) });
    if (path === '/model/info')
      return answer(response, 200, {
        data: [
          { model_name: 'free', litellm_params: { model: manner.free ?? 'ollama_chat/qwen3-coder:30b' } },
        ],
      });
    if (path === '/v1/chat/completions') {
      log.set('chatcmpl-77', keeps((headers['x-litellm-tags'] ?? '').split(',')));
      return answer(response, 200, {
        id: 'chatcmpl-77',
        choices: [{ message: { content: 'h' }, finish_reason: 'length' }],
      });
    }
    const id = /^\/spend\/logs\?request_id=(.+)$/.exec(path)?.[1] ?? '';
    asked += 1;
    const tags = asked > (manner.logAfter ?? 0) ? log.get(decodeURIComponent(id)) : undefined;
    return answer(
      response,
      200,
      tags === undefined ? [] : [{ request_id: id, request_tags: JSON.stringify(tags) }],
    );
  });
  return { ...server, env: { LITELLM_BASE_URL: server.url, LITELLM_MASTER_KEY: key } };
}

export interface OllamaManner {
  readonly models?: readonly string[];
  readonly loaded?: readonly { readonly name: string; readonly context_length?: number }[];
}

/** A server that answers as Ollama's API reference has it. */
export async function ollama({ models = ['qwen3:8b'], loaded = [] }: OllamaManner = {}) {
  const server = await serve(({ path }, response) => {
    if (path === '/api/version') return json(response, 200, { version: '0.12.6' });
    if (path === '/api/tags')
      return json(response, 200, { models: models.map((name) => ({ name, size: 1 })) });
    if (path === '/api/ps') return json(response, 200, { models: loaded });
    return json(response, 404, { error: 'not found' });
  });
  return { ...server, env: { OLLAMA_HOST: server.url } };
}
