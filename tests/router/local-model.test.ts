import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { localModel } from '../../src/router/local-model.ts';
import { defaultSettings, type RouterSettings } from '../../src/router/settings.ts';
import { tempDir } from '../support/temp.ts';
import { type Handler, json, nowhere, serve } from './support.ts';

const ollama =
  (...models: readonly object[]): Handler =>
  ({ path: asked }, response) =>
    asked === '/api/tags' ? json(response, 200, { models }) : json(response, 404, {});

/** A proxy whose `free` is answered by what the list says. */
const litellm =
  (params: readonly object[]): Handler =>
  ({ path: asked }, response) => {
    if (asked === '/health/readiness') return json(response, 200, { status: 'healthy' });
    if (asked !== '/model/info') return json(response, 404, {});
    const data = params.map((litellm_params) => ({ model_name: 'free', litellm_params }));
    return json(response, 200, { data });
  };

async function look(
  env: NodeJS.ProcessEnv,
  settings: Partial<RouterSettings> = {},
  more: { readonly dir?: string; readonly clock?: () => Date } = {},
) {
  const here = { LITELLM_BASE_URL: nowhere, OLLAMA_HOST: nowhere, ...env };
  return localModel(
    {
      fetch,
      env: here,
      clock: more.clock ?? (() => new Date()),
      signal: new AbortController().signal,
      settings: { ...defaultSettings, ...settings },
    },
    more.dir ?? path.join(tempDir(), 'cache'),
  );
}

describe('the local model is up', () => {
  it('when Ollama has a chat model installed', async () => {
    const { url, seen } = await serve(ollama({ name: 'qwen3:8b' }));
    expect(await look({ OLLAMA_HOST: url })).toMatchObject({ up: true, reference: 'ollama/qwen3:8b' });
    expect(seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('when LiteLLM has nothing but that Ollama behind `free`', async () => {
    const here = await serve(ollama({ name: 'qwen3:8b' }));
    const proxy = await serve(litellm([{ model: 'ollama_chat/qwen3:8b', api_base: here.url }]));
    expect(await look({ LITELLM_BASE_URL: proxy.url })).toMatchObject({ up: true });
  });
});

describe('the local model counts as down', () => {
  it('when nothing answers', async () => {
    expect(await look({})).toMatchObject({ up: false, why: 'nothing answers `free`' });
  });

  it('when a vendor stands in for `free`', async () => {
    const { up, why } = await look({ ANTHROPIC_API_KEY: 'k' });
    expect({ up, why }).toEqual({ up: false, why: expect.stringContaining('anthropic/') });
  });

  it.each([
    ['a vendor', { model: 'anthropic/claude-haiku-5-5' }, 'which may cost'],
    ['a model of Ollama that a vendor runs', { model: 'ollama_chat/qwen3-coder:480b-cloud' }, 'may cost'],
    ['another machine', { model: 'ollama_chat/qwen3:8b', api_base: 'http://10.0.0.7:11434' }, '10.0.0.7'],
  ])('when LiteLLM has %s behind it, or beside it', async (_name, params, why) => {
    const here = await serve(ollama({ name: 'qwen3:8b' }));
    const good = { model: 'ollama_chat/qwen3:8b', api_base: here.url };
    const proxy = await serve(litellm([good, params]));
    const found = await look({ LITELLM_BASE_URL: proxy.url });
    expect(found).toMatchObject({ up: false, why: expect.stringContaining(why) });
  });

  it('when LiteLLM answers and the Ollama behind it does not: its fallback would be paid', async () => {
    const proxy = await serve(litellm([{ model: 'ollama_chat/qwen3:8b', api_base: nowhere }]));
    expect(await look({ LITELLM_BASE_URL: proxy.url })).toMatchObject({ up: false });
  });

  it('when the configured model is not installed, or forwarded', async () => {
    const { url } = await serve(
      ollama({ name: 'other:1b' }, { name: 'big:1t', remote_host: 'https://ollama.com' }),
    );
    const free = (model: string) => ({ tiers: { free: [`ollama/${model}`] } });
    expect(await look({ OLLAMA_HOST: url }, free('qwen3:8b'))).toMatchObject({ up: false });
    expect(await look({ OLLAMA_HOST: url }, free('big:1t'))).toMatchObject({ up: false });
    expect(await look({ OLLAMA_HOST: url }, free('other:1b'))).toMatchObject({ up: true });
  });

  it('when it takes the question and never answers', async () => {
    const { url } = await serve(() => {});
    expect(await look({ OLLAMA_HOST: url, LITELLM_BASE_URL: url })).toMatchObject({ up: false });
  });
});

describe('the answer is kept', () => {
  it('for a minute, and only for the same configuration', async () => {
    const { url, seen } = await serve(ollama({ name: 'qwen3:8b' }));
    const dir = path.join(tempDir(), 'cache');
    let now = Date.parse('2026-11-21T10:00:00Z');
    const clock = () => new Date(now);
    const env = { OLLAMA_HOST: url };
    await look(env, {}, { dir, clock });
    const asked = seen.length;
    now += 59_000;
    await look(env, {}, { dir, clock });
    expect(seen.length).toBe(asked);
    await look({ ...env, LITELLM_BASE_URL: 'http://127.0.0.1:2' }, {}, { dir, clock });
    expect(seen.length).toBeGreaterThan(asked);
    now += 61_000;
    const before = seen.length;
    await look(env, {}, { dir, clock });
    expect(seen.length).toBeGreaterThan(before);
  });
});
