import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ScriptedApi, startScriptedApi } from '../e2e/support/scripted-api.ts';
import { look, of } from '../router/doctor/support.ts';
import { askChat, askMessages } from './support/ask.ts';
import { INSTALL_TIMEOUT_MS, LITELLM_VERSION, litellmEnvironment } from './support/environment.ts';
import { type FakeOllama, startFakeOllama } from './support/ollama.ts';
import { type LiteLLM, litellmFolder, MASTER_KEY, startLiteLLM } from './support/proxy.ts';

// The file that we ship, as it is: only its addresses and keys come from the environment.

const file = path.join(litellmFolder, 'proxy-config.yaml');
const ATTRIBUTION = 'ticket:FEAT-001,gate:plan,project:shop,agent:backend';

let missing: string | undefined;
let api: ScriptedApi;
let ollama: FakeOllama;
let litellm: LiteLLM;

beforeAll(async () => {
  const environment = await litellmEnvironment();
  if ('missing' in environment) {
    missing = environment.missing;
    return;
  }
  api = await startScriptedApi(() => ({ text: 'cloud answer' }));
  ollama = await startFakeOllama();
  litellm = await startLiteLLM({
    bin: environment.bin,
    config: file,
    env: {
      ANTHROPIC_API_KEY: 'sk-ant-none',
      ANTHROPIC_API_BASE: api.url,
      OLLAMA_HOST: ollama.url,
      // No Redis listens here: a cache that is away must not stop a request.
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: '9',
    },
  });
}, INSTALL_TIMEOUT_MS);
afterAll(async () => {
  await litellm?.stop();
  await Promise.all([api?.close(), ollama?.close()]);
});
beforeEach((test) => {
  test.skip(missing !== undefined, missing);
  ollama.down = false;
});

it('lists the four tiers, and nothing else', async () => {
  const answer = await fetch(`${litellm.url}/v1/models`, {
    headers: { authorization: `Bearer ${MASTER_KEY}` },
  });
  const { data } = (await answer.json()) as { data: { id: string }[] };
  expect(data.map(({ id }) => id)).toEqual(['free', 'cheap', 'balanced', 'frontier']);
});

it('asks for the key', async () => {
  const { status } = await askMessages(litellm.url, {
    model: 'cheap',
    headers: { authorization: 'Bearer sk-no' },
  });
  expect([400, 401]).toContain(status);
});

const routes = [
  ['chat, plain', askChat, false],
  ['chat, streamed', askChat, true],
  ['messages, plain', askMessages, false],
  ['messages, streamed', askMessages, true],
] as const;

describe.each(routes)('%s', (_route, ask, stream) => {
  it.each([
    ['cheap', 'claude-haiku-5-5'],
    ['balanced', 'claude-sonnet-5-5'],
    ['frontier', 'claude-opus-5-5'],
    // What Claude Code asks for by itself, in this and in other versions.
    ['claude-sonnet-5-5', 'claude-sonnet-5-5'],
    ['claude-opus-4-8', 'claude-opus-4-8'],
  ])('%s goes to the default deployment, whatever ticket it is for', async (model, answering) => {
    for (const headers of [{}, { 'x-litellm-tags': ATTRIBUTION }]) {
      const before = api.requests.length;
      const answer = await ask(litellm.url, { model, stream, headers });
      expect(answer.status, answer.body).toBe(200);
      expect(api.requests.slice(before).map(({ body }) => body.model)).toEqual([answering]);
      expect(answer.headers.get('x-litellm-model-name')).toBe(`anthropic/${answering}`);
    }
  });

  it('free is the local model', async () => {
    const [local, cloud] = [ollama.chats.length, api.requests.length];
    const answer = await ask(litellm.url, {
      model: 'free',
      stream,
      headers: { 'x-litellm-tags': ATTRIBUTION },
    });
    expect(answer.status, answer.body).toBe(200);
    expect(ollama.chats.slice(local)).toEqual(['qwen3-coder:30b']);
    expect(ollama.contexts.slice(local)).toEqual([65_536]);
    expect(api.requests).toHaveLength(cloud);
    expect(answer.headers.get('x-litellm-model-name')).toBe('ollama_chat/qwen3-coder:30b');
  });

  it.each(['free', 'cheap', 'balanced', 'frontier', 'claude-opus-4-8'])(
    'a request for %s that is tagged local stays on this machine, for a ticket too',
    async (model) => {
      const [local, cloud] = [ollama.chats.length, api.requests.length];
      for (const tags of ['local', `${ATTRIBUTION},local`]) {
        const answer = await ask(litellm.url, { model, stream, headers: { 'x-litellm-tags': tags } });
        expect(answer.status, answer.body).toBe(200);
      }
      expect(ollama.chats.slice(local)).toEqual(['qwen3-coder:30b', 'qwen3-coder:30b']);
      expect(api.requests).toHaveLength(cloud);
    },
  );
});

describe('a prompt that is too long for the local model', () => {
  // Some 100,000 tokens.
  const text = 'one two three four '.repeat(25_000);

  it.each(routes)('goes one step up instead of losing its beginning: %s', async (_route, ask, stream) => {
    const [local, cloud] = [ollama.chats.length, api.requests.length];
    const answer = await ask(litellm.url, { model: 'free', stream, text });
    expect(answer.status, answer.body).toBe(200);
    expect(ollama.chats).toHaveLength(local);
    expect(api.requests.slice(cloud).map(({ body }) => body.model)).toEqual(['claude-haiku-5-5']);
  });

  it('passes where the model has room for it', async () => {
    const cloud = api.requests.length;
    const answer = await askMessages(litellm.url, { model: 'cheap', text });
    expect(answer.status, answer.body).toBe(200);
    expect(api.requests.slice(cloud).map(({ body }) => body.model)).toEqual(['claude-haiku-5-5']);
  });

  it('and is tagged local, fails instead of leaving', async () => {
    const [local, cloud] = [ollama.chats.length, api.requests.length];
    const answer = await askMessages(litellm.url, {
      model: 'cheap',
      text,
      headers: { 'x-litellm-tags': 'local' },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect([ollama.chats.length, api.requests.length]).toEqual([local, cloud]);
  });
});

describe('the local model is down', () => {
  it.each(routes)('cheap answers for free: %s', async (_route, ask, stream) => {
    ollama.down = true;
    const before = api.requests.length;
    const answer = await ask(litellm.url, {
      model: 'free',
      stream,
      headers: { 'x-litellm-tags': ATTRIBUTION },
    });
    expect(answer.status, answer.body).toBe(200);
    expect(api.requests.slice(before).map(({ body }) => body.model)).toEqual(['claude-haiku-5-5']);
    expect(answer.headers.get('x-litellm-attempted-fallbacks')).toBe('1');
    expect(answer.headers.get('x-litellm-model-name')).toBe('anthropic/claude-haiku-5-5');
  });

  it('what is tagged local fails instead of leaving', async () => {
    ollama.down = true;
    const before = api.requests.length;
    const answer = await askMessages(litellm.url, { model: 'free', headers: { 'x-litellm-tags': 'local' } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(api.requests).toHaveLength(before);
  });
});

it('answers an equal request from the cache only when it is asked to', async () => {
  const question = { model: 'cheap', text: 'the same again' };
  const asks = async (body: Record<string, unknown>) => {
    const before = api.requests.length;
    expect((await askChat(litellm.url, { ...question, body })).status).toBe(200);
    return api.requests.length - before;
  };
  expect([await asks({}), await asks({})]).toEqual([1, 1]);
  const cached = { cache: { 'use-cache': true } };
  expect([await asks(cached), await asks(cached)]).toEqual([1, 0]);
});

// The stand-in of tests/router/doctor answers as this proxy does.
describe('the doctor and the real proxy', () => {
  it('sees version and models, and that `free` is local; without a database it proves nothing about tags', async () => {
    const findings = await look({ env: { LITELLM_BASE_URL: litellm.url, LITELLM_MASTER_KEY: MASTER_KEY } });
    expect(of('litellm-version', findings)).toMatchObject([
      { severity: 'ok', what: `LiteLLM ${LITELLM_VERSION}` },
    ]);
    expect(of('litellm', findings)).toMatchObject([
      { severity: 'ok', what: expect.stringContaining('free, cheap') },
    ]);
    expect(of('free-local', findings)).toMatchObject([
      { severity: 'ok', what: expect.stringContaining('ollama_chat/qwen3-coder:30b') },
    ]);
    expect(of('litellm-tags', findings)).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('no spend log') },
    ]);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each([
    ['a wrong key', 'sk-wrong'],
    ['no key', ''],
  ])('tells %s from a proxy that is not there', async (_name, key) => {
    const findings = await look({ env: { LITELLM_BASE_URL: litellm.url, LITELLM_MASTER_KEY: key } });
    expect(of('litellm', findings)).toMatchObject([
      { severity: 'error', outside: false, fix: expect.stringContaining('export LITELLM_MASTER_KEY') },
    ]);
  });
});
