import { describe, expect, it } from 'vitest';
import { callModel } from '../../src/router/route.ts';
import { ask, chat, json, lab, message, nowhere, serve } from './support.ts';

const tags = ['ticket:FEAT-001', 'gate:plan', 'project:mein, Projekt'];

describe('openai form', () => {
  it('speaks chat completions with key, tags and our id to a gateway on this machine', async () => {
    const server = await serve((_seen, response) => json(response, 200, chat('Hello')));
    const { deps, records } = lab({ env: { LITELLM_BASE_URL: server.url, LITELLM_MASTER_KEY: 'sk-1' } });
    const answer = await callModel(ask('litellm/free', { tags, system: 'Be short' }), deps);
    expect(answer.text).toBe('Hello');
    const request = server.seen.find(({ method }) => method === 'POST');
    expect(request?.path).toBe('/v1/chat/completions');
    expect(request?.headers.authorization).toBe('Bearer sk-1');
    expect(request?.headers['x-litellm-tags']).toBe('ticket:FEAT-001,gate:plan,project:mein%2C Projekt');
    expect(request?.headers['x-litellm-call-id']).toBe(records[0]?.id);
    expect(request?.body).toMatchObject({
      model: 'free',
      max_tokens: 100,
      temperature: 0.2,
      stream: false,
      metadata: { tags },
      messages: [
        { role: 'system', content: 'Be short' },
        { role: 'user', content: 'Say hello' },
      ],
    });
  });

  it('takes cache tokens out of the prompt tokens', async () => {
    const usage = {
      prompt_tokens: 1130,
      completion_tokens: 7,
      prompt_tokens_details: {
        cached_tokens: 1000,
        cache_creation_tokens: 30,
        cache_creation_token_details: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      },
    };
    const server = await serve((_seen, response) => json(response, 200, chat('x', { usage })));
    const { deps, records } = lab({ env: { LITELLM_BASE_URL: server.url } });
    await callModel(ask('litellm/free'), deps);
    expect(records[0]).toMatchObject({
      input_tokens: 100,
      output_tokens: 7,
      cache_read_tokens: 1000,
      cache_write_5m_tokens: 10,
      cache_write_1h_tokens: 20,
    });
  });

  it('prices by the model that the header names, and says that the proxy fell back', async () => {
    const headers = {
      'x-litellm-model-name': 'anthropic/claude-sonnet-4-5',
      'x-litellm-attempted-fallbacks': '1',
    };
    const server = await serve((_seen, response) =>
      json(response, 200, chat('x', { model: 'free' }), headers),
    );
    const asked: string[] = [];
    const { deps, records } = lab({
      env: { LITELLM_BASE_URL: server.url },
      deps: {
        price: ({ model }) => {
          asked.push(model);
          return { cost_usd: 0.5, price_source: 'list' };
        },
      },
    });
    const answer = await callModel(ask('free'), deps);
    expect(asked).toEqual(['anthropic/claude-sonnet-4-5']);
    expect(answer.paidInsteadOfFree).toBe(true);
    expect(records[0]).toMatchObject({
      tier: 'free',
      requested_model: 'free',
      model: 'anthropic/claude-sonnet-4-5',
      fallback_from: 'litellm/free',
      cost_usd: 0.5,
    });
  });

  it.each([
    ['a cost above zero is taken', '0.0125', 'm', { cost_usd: 0.0125, price_source: 'gateway' }],
    ['a zero of a paid model is no price', '0.0', 'm', { cost_usd: 0.25, price_source: 'list' }],
    ['a zero of an Ollama model is one', '0.0', 'ollama_chat/qwen3', { cost_usd: 0, price_source: 'local' }],
  ])('reads the reported cost: %s', async (_name, cost, model, expected) => {
    const headers = { 'x-litellm-response-cost': cost, 'x-litellm-model-name': model };
    const server = await serve((_seen, response) => json(response, 200, chat('x'), headers));
    const { deps, records } = lab({ env: { LITELLM_BASE_URL: server.url } });
    await callModel(ask('litellm/free'), deps);
    expect(records[0]).toMatchObject(expected);
  });

  it('sends the request again without an option that the model refuses', async () => {
    const server = await serve(({ body }, response) => {
      if ('temperature' in body)
        return json(response, 400, { error: { message: "Unsupported parameter: 'temperature'" } });
      if ('max_tokens' in body)
        return json(response, 400, { error: { message: "use 'max_completion_tokens', not 'max_tokens'" } });
      return json(response, 200, chat('fine'));
    });
    const { deps, records } = lab({ env: { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: server.url } });
    expect((await callModel(ask('openai/gpt-5'), deps)).text).toBe('fine');
    expect(server.seen.at(-1)?.body).toMatchObject({ max_completion_tokens: 100 });
    expect(records).toHaveLength(1);
  });
});

describe('anthropic form', () => {
  it('speaks the Messages API and reads usage and ids', async () => {
    const usage = {
      input_tokens: 11,
      output_tokens: 7,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 35,
      cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 5 },
    };
    const server = await serve((_seen, response) =>
      json(response, 200, message('Hello', { usage }), { 'request-id': 'req_9' }),
    );
    const { deps, records } = lab({
      env: { ANTHROPIC_API_KEY: 'sk-ant', ANTHROPIC_BASE_URL: `${server.url}/v1/` },
    });
    const call = ask('anthropic/claude-haiku-5-5', { system: 'Be short', temperature: 1.5, tags });
    expect((await callModel(call, deps)).text).toBe('Hello');
    const [request] = server.seen;
    expect(request?.path).toBe('/v1/messages');
    expect(request?.headers).toMatchObject({ 'x-api-key': 'sk-ant', 'anthropic-version': '2023-06-01' });
    expect(request?.headers['x-litellm-tags']).toContain('ticket:FEAT-001');
    expect(request?.body).toMatchObject({ system: 'Be short', max_tokens: 100, temperature: 1 });
    expect(request?.body).not.toHaveProperty('metadata');
    expect(records[0]).toMatchObject({
      request_id: 'req_9',
      message_id: 'msg_1',
      input_tokens: 11,
      cache_read_tokens: 100,
      cache_write_5m_tokens: 30,
      cache_write_1h_tokens: 5,
      billing: 'api',
    });
  });
});

describe('what leaves the machine', () => {
  it.each([
    ['anthropic/claude-haiku-5-5', 'https://api.anthropic.com/v1/messages', message('hi')],
    ['openai/gpt-5', 'https://api.openai.com/v1/chat/completions', chat('hi')],
    ['openrouter/a/b', 'https://openrouter.ai/api/v1/chat/completions', chat('hi')],
  ])('%s gets no tags, no id and no metadata of ours', async (model, address, body) => {
    const server = await serve((_seen, response) => json(response, 200, body));
    const asked: string[] = [];
    const { deps } = lab({
      env: { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k', OPENROUTER_API_KEY: 'k' },
      // The vendor's address is real; the bytes go to loopback.
      deps: {
        fetch: (input, init) => {
          asked.push(String(input));
          return fetch(server.url, init);
        },
      },
    });
    await callModel(ask(model, { tags }), deps);
    expect(asked).toEqual([address]);
    expect(Object.keys(server.seen[0]?.headers ?? {}).filter((name) => name.startsWith('x-litellm'))).toEqual(
      [],
    );
    expect(JSON.stringify(server.seen[0])).not.toContain('FEAT-001');
  });

  it('sends no request without the key that a vendor needs, and names the variable', async () => {
    const { deps, records } = lab();
    await expect(callModel(ask('anthropic/x'), deps)).rejects.toMatchObject({
      code: 'llm-provider-error',
      exitCode: 4,
      message: expect.stringContaining('ANTHROPIC_API_KEY is not set'),
    });
    expect(records[0]).toMatchObject({ status: 'error', http_status: null });
  });

  it('never shows the key that an upstream quotes', async () => {
    const server = await serve(({ headers }, response) =>
      json(response, 401, { error: { message: `bad key ${headers.authorization}` } }),
    );
    const { deps, traces, notes } = lab({
      env: { OPENAI_API_KEY: 'sk-very-secret', OPENAI_BASE_URL: server.url },
    });
    const failed = await callModel(ask('openai/x'), deps).catch((error: unknown) => error);
    expect(failed).toMatchObject({ fix: expect.stringContaining('check the key') });
    expect(String(failed) + JSON.stringify([failed, traces, notes])).not.toContain('sk-very-secret');
  });

  it('an option of one provider does not reach the next in the chain', async () => {
    const first = await serve((_seen, response) => json(response, 500, { error: { message: 'down' } }));
    const second = await serve((_seen, response) => json(response, 200, message('from b')));
    const { deps } = lab({
      env: { KEY_A: 'key-a', KEY_B: 'key-b' },
      settings: {
        providers: {
          a: { type: 'openai', baseURL: first.url, apiKeyEnv: 'KEY_A' },
          b: { type: 'anthropic', baseURL: second.url, apiKeyEnv: 'KEY_B' },
        },
        tiers: { cheap: ['a/model-a', 'b/model-b'] },
      },
    });
    await callModel(ask('cheap'), deps);
    expect(second.seen[0]?.body.model).toBe('model-b');
    expect(JSON.stringify(second.seen)).not.toContain('key-a');
    expect(JSON.stringify(first.seen)).not.toContain('key-b');
  });
});

describe('scripted', () => {
  it('answers by gate, agent and text, in order, the last one again, with demo prices', async () => {
    const script = {
      answers: [
        { match: { gate: 'plan', agent: 'backend' }, text: 'a plan', usage: { input_tokens: 1_000_000 } },
        { match: { contains: 'hello' }, text: 'first' },
        { match: { contains: 'hello' }, text: 'second', model: 'other' },
      ],
    };
    const { deps, records } = lab({ deps: { script } });
    const { scriptedProvider } = await import('../../src/router/providers/scripted.ts');
    const provider = scriptedProvider('scripted', script);
    const say = (more: object) =>
      provider.complete({
        id: 'i',
        model: 'm',
        prompt: {
          system: undefined,
          messages: [{ role: 'user', content: 'say hello' }],
          maxTokens: 1,
          temperature: 0,
          schema: undefined,
          json: false,
        },
        tags: [],
        noFallback: false,
        gate: undefined,
        agent: undefined,
        signal: new AbortController().signal,
        ...more,
      });
    expect((await say({})).text).toBe('first');
    expect((await say({})).text).toBe('second');
    expect((await say({})).model).toBe('other');
    expect((await say({ gate: 'plan', agent: 'backend' })).text).toBe('a plan');
    await callModel(ask('free', { gate: 'plan', agent: 'backend' }), deps);
    expect(records[0]).toMatchObject({ provider: 'scripted', price_source: 'demo', billing: 'local' });
    expect(records[0]?.cost_usd).toBeCloseTo(1, 4);
  });

  it('says which gate and agent no answer fits', async () => {
    const { deps } = lab({ deps: { script: { answers: [] } } });
    await expect(callModel(ask('free', { gate: 'lint' }), deps)).rejects.toMatchObject({
      message: expect.stringContaining('gate lint'),
    });
  });

  it('is never asked when nothing names it', async () => {
    const { deps } = lab({ env: { ANTHROPIC_BASE_URL: nowhere } });
    await expect(callModel(ask('free'), deps)).rejects.toMatchObject({ code: 'llm-no-provider' });
  });
});
