import { chmodSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { callModel } from '../../src/router/route.ts';
import { ollamaURL } from '../../src/router/settings.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { ask, chat, type Handler, json, lab, message, nowhere, serve } from './support.ts';

const litellm: Handler = ({ path: asked }, response) =>
  asked === '/health/readiness'
    ? json(response, 200, { status: 'healthy' })
    : json(response, 200, chat('from litellm'));
const ollama =
  (...names: string[]): Handler =>
  ({ path: asked }, response) =>
    asked === '/api/tags'
      ? json(response, 200, { models: names.map((name) => ({ name })) })
      : json(response, 200, chat('from ollama', { model: names[0] }));
const anthropic: Handler = (_seen, response) => json(response, 200, message('from anthropic'));

/** A PATH with a `claude` that ends at once. */
function pathWithClaude(): string {
  const folder = tempDir();
  writeFiles(folder, { claude: '#!/bin/sh\nexit 1\n' });
  chmodSync(path.join(folder, 'claude'), 0o755);
  return folder;
}

describe('the default chain takes what is there', () => {
  it('LiteLLM first, probed without a key and without a model', async () => {
    const [proxy, local] = await Promise.all([serve(litellm), serve(ollama('qwen3:8b'))]);
    const { deps } = lab({
      env: { LITELLM_BASE_URL: proxy.url, LITELLM_MASTER_KEY: 'sk-1', OLLAMA_HOST: local.url },
    });
    const answer = await callModel(ask('free'), deps);
    expect(answer.record).toMatchObject({
      provider: 'litellm',
      requested_model: 'free',
      fallback_from: null,
    });
    expect(proxy.seen.map(({ method, path: asked }) => `${method} ${asked}`)).toEqual([
      'GET /health/readiness',
      'POST /v1/chat/completions',
    ]);
    expect(proxy.seen[0]?.headers.authorization).toBeUndefined();
    expect(local.seen).toEqual([]);
  });

  it('the configured gateway counts when it answers at all', async () => {
    const gateway = await serve(({ method }, response) =>
      method === 'GET' ? json(response, 404, {}) : json(response, 200, chat('from the gateway')),
    );
    const { deps } = lab({
      env: { LITELLM_BASE_URL: '', GW_KEY: 'gw-secret' },
      settings: { gateway: { baseURL: gateway.url, apiKeyEnv: 'GW_KEY' } },
    });
    expect((await callModel(ask('cheap'), deps)).text).toBe('from the gateway');
    expect(gateway.seen.at(-1)?.headers.authorization).toBe('Bearer gw-secret');
  });

  it('else Ollama for free: the first model that can chat and runs here', async () => {
    const local = await serve(ollama('nomic-embed-text:latest', 'gpt-oss:120b-cloud', 'qwen3:8b'));
    const { deps } = lab({ env: { OLLAMA_HOST: local.url, ANTHROPIC_API_KEY: 'k' } });
    const answer = await callModel(ask('free'), deps);
    expect(answer.record).toMatchObject({
      provider: 'ollama',
      requested_model: 'qwen3:8b',
      cost_usd: 0,
      price_source: 'local',
      billing: 'local',
      fallback_from: null,
    });
    expect(answer.paidInsteadOfFree).toBe(false);
    expect(local.seen.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('else a provider whose key is set, and free says that it was paid', async () => {
    const vendor = await serve(anthropic);
    const { deps } = lab({ env: { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: vendor.url } });
    const answer = await callModel(ask('free'), deps);
    expect(answer.paidInsteadOfFree).toBe(true);
    expect(answer.record).toMatchObject({
      tier: 'free',
      provider: 'anthropic',
      requested_model: 'claude-haiku-5-5',
      fallback_from: 'free',
    });
  });

  it('with --no-fallback a paid stand-in for free is an error, and nobody is asked', async () => {
    const vendor = await serve(anthropic);
    const { deps } = lab({ env: { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: vendor.url } });
    await expect(callModel(ask('free', { noFallback: true }), deps)).rejects.toMatchObject({
      code: 'llm-fallback-refused',
      exitCode: 4,
    });
    expect(vendor.seen).toEqual([]);
  });

  it('Ollama that fails goes on to the vendor, cheap then balanced', async () => {
    const local = await serve(({ path: asked }, response) =>
      asked === '/api/tags'
        ? json(response, 200, { models: [{ name: 'm' }] })
        : json(response, 503, { error: 'server busy' }),
    );
    const vendor = await serve(({ body }, response) =>
      body.model === 'claude-haiku-5-5' ? json(response, 500, {}) : json(response, 200, message('x')),
    );
    const { deps, records } = lab({
      env: { OLLAMA_HOST: local.url, ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: vendor.url },
    });
    await callModel(ask('free'), deps);
    expect(records.map(({ provider, requested_model }) => `${provider}/${requested_model}`)).toEqual([
      'ollama/m',
      'anthropic/claude-haiku-5-5',
      'anthropic/claude-sonnet-5-5',
    ]);
  });

  it('else Claude Code, but never for free unasked', async () => {
    const { deps, records } = lab({ env: { PATH: pathWithClaude() } });
    await expect(callModel(ask('free'), deps)).rejects.toMatchObject({
      code: 'llm-no-provider',
      exitCode: 4,
      message: expect.stringContaining('free never takes it unasked'),
      fix: expect.stringContaining('--model cheap'),
    });
    expect(records).toEqual([]);
    await expect(callModel(ask('cheap'), deps)).rejects.toMatchObject({ code: 'llm-provider-error' });
    expect(records[0]).toMatchObject({ provider: 'claude-cli', requested_model: 'haiku' });
  });

  it('free that fails does not reach Claude Code by way of cheap either', async () => {
    const local = await serve((_seen, response) => json(response, 500, {}));
    const { deps, records } = lab({
      env: { PATH: pathWithClaude(), OLLAMA_HOST: local.url },
      settings: { tiers: { free: ['ollama/m'], cheap: ['claude-cli/haiku'] } },
    });
    await expect(callModel(ask('free'), deps)).rejects.toMatchObject({ exitCode: 4 });
    expect(records.map(({ provider }) => provider)).toEqual(['ollama']);
  });

  it('free takes Claude Code when the configuration names it there', async () => {
    const { deps, records } = lab({
      env: { PATH: pathWithClaude() },
      settings: { tiers: { free: ['claude-cli/haiku'] } },
    });
    await expect(callModel(ask('free', { noFallback: true }), deps)).rejects.toThrow();
    expect(records[0]).toMatchObject({ provider: 'claude-cli' });
  });

  it('with nothing at all lists every place where it looked', async () => {
    const { deps } = lab();
    await expect(callModel(ask('free'), deps)).rejects.toMatchObject({
      code: 'llm-no-provider',
      details: {
        looked: [
          `no LiteLLM or gateway answers at ${nowhere}`,
          `no Ollama answers at ${nowhere}`,
          'ANTHROPIC_API_KEY is not set',
          'OPENAI_API_KEY is not set',
          'OPENROUTER_API_KEY is not set',
          'claude is not on PATH',
        ],
      },
    });
  });

  it('a gateway that never answers its probe is silent, not a hang', async () => {
    const silent = await serve(() => {});
    const { deps } = lab({ env: { LITELLM_BASE_URL: silent.url } });
    await expect(callModel(ask('frontier'), deps)).rejects.toMatchObject({ code: 'llm-no-provider' });
  });
});

describe('a name of its own', () => {
  it.each([
    ['litellm has it when it answers', 'my/alias', { LITELLM: true }, 'litellm', 'my/alias'],
    ['claude models are Anthropic’s', 'claude-x-1', { KEY: true }, 'anthropic', 'claude-x-1'],
    ['an installed one is Ollama’s', 'qwen3', { OLLAMA: true }, 'ollama', 'qwen3:latest'],
  ])('%s', async (_name, model, there, provider, requested) => {
    const [proxy, local, vendor] = await Promise.all([
      serve(litellm),
      serve(ollama('qwen3:latest')),
      serve(anthropic),
    ]);
    const { deps } = lab({
      env: {
        ...('LITELLM' in there ? { LITELLM_BASE_URL: proxy.url } : {}),
        ...('OLLAMA' in there ? { OLLAMA_HOST: local.url } : {}),
        ...('KEY' in there ? { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: vendor.url } : {}),
      },
    });
    const { record } = await callModel(ask(model), deps);
    expect(record).toMatchObject({ provider, requested_model: requested, tier: null, fallback_from: null });
  });

  it('that nobody has says what Ollama has', async () => {
    const local = await serve(ollama('qwen3:8b'));
    const { deps } = lab({ env: { OLLAMA_HOST: local.url } });
    await expect(callModel(ask('llama9'), deps)).rejects.toMatchObject({
      message: expect.stringContaining('qwen3:8b'),
    });
  });
});

describe('addresses', () => {
  it.each([
    [undefined, 'http://localhost:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:1234', 'http://127.0.0.1:1234'],
    [':1234', 'http://localhost:1234'],
    ['box', 'http://box:11434'],
    ['https://box.example/', 'https://box.example'],
  ])('OLLAMA_HOST=%s is %s', (value, expected) => {
    expect(ollamaURL({ OLLAMA_HOST: value })).toBe(expected);
  });

  it.each(['not an address', 'file:///etc/passwd', 'http://user:hunter2@box'])(
    'LITELLM_BASE_URL=%s is refused, and no password is shown',
    async (value) => {
      const { deps } = lab({ env: { LITELLM_BASE_URL: value } });
      const failed = await callModel(ask('free'), deps).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'llm-bad-address', exitCode: 3 });
      expect(String(failed)).not.toContain('hunter2');
    },
  );
});
