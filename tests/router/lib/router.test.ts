import { describe, expect, it } from 'vitest';
import {
  createClient,
  createRegistry,
  createRouter,
  FailureType,
  LlmCallError,
  LlmRouterError,
  type Provider,
  type ProviderAnswer,
} from '../../../src/router/lib/index.ts';
import { tempDir, writeFiles } from '../../support/temp.ts';
import { chat, json, serve } from '../support.ts';
import { bench, hello, mocks } from './support.ts';

/** A type of provider that does what the test says. */
function registryWith(complete: Provider['complete']) {
  const registry = createRegistry();
  registry.register('own', (name) => ({
    name,
    type: 'own',
    billing: 'unknown',
    local: false,
    timeoutMs: 1000,
    complete,
  }));
  return registry;
}

async function failureOf(work: Promise<unknown>): Promise<LlmCallError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LlmCallError)) throw new Error(`no LlmCallError: ${String(error)}`);
  expect(error).toBeInstanceOf(LlmRouterError);
  return error;
}

describe('an answer', () => {
  it('carries text, usage, the request id, model and provider; events and trace have the same id', async () => {
    const { router, events, traces } = bench(mocks({ response_text: 'hi' }));
    const response = await router.complete('r', hello, { requestId: 'req-1', workPackageId: 'wp-7' });
    expect(response).toMatchObject({
      text: 'hi',
      requestId: 'req-1',
      model: 'one',
      provider: 'm1',
      usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, input_tokens: 10 },
    });
    expect(events.map(({ event }) => event)).toEqual([
      'policy.choice',
      'llm.complete.start',
      'llm.complete.success',
    ]);
    for (const { requestId, data } of events) {
      expect(requestId).toBe('req-1');
      expect(data).toMatchObject({ request_id: 'req-1', role: 'r', provider: 'm1', work_package_id: 'wp-7' });
    }
    expect(events[0]?.data).toMatchObject({ policy: 'role', asked_role: 'r' });
    expect(events[1]?.data).toMatchObject({ attempt: 1, model: 'one' });
    expect(events[2]?.data).toMatchObject({ elapsed_ms: expect.any(Number), usage: { output_tokens: 5 } });
    const [first, ...more] = traces();
    expect(more).toEqual([]);
    expect(first?.name).toMatch(/^\d{8}\/req-1-1-m1\.json$/);
    expect(first?.trace).toMatchObject({ call_id: 'req-1', asked: 'r', work_package_id: 'wp-7' });
  });

  it('an unknown role is the default one', async () => {
    const { router, events } = bench(mocks({}));
    expect(await router.complete('nobody', hello)).toMatchObject({ role: 'r' });
    expect(events[0]?.data).toMatchObject({ role: 'r', asked_role: 'nobody' });
  });

  it('in JSON mode is checked and parsed, and what is no JSON is a contract violation that nobody else is asked for', async () => {
    const { router } = bench({
      default_role: 'r',
      providers: {
        good: { type: 'mock', response_text: '```json\n{"a": 1}\n```' },
        bad: { type: 'mock', response_text: 'sure!' },
      },
      roles: {
        r: { provider: 'good', json_mode: true },
        broken: { provider: 'bad', json_mode: true, fallback_providers: ['good'] },
      },
    });
    expect(await router.complete('r', hello)).toMatchObject({ text: '{"a": 1}', value: { a: 1 } });
    const failure = await failureOf(router.complete('broken', hello));
    expect(failure.failureType).toBe('contract-violation');
    expect(failure.attempts).toHaveLength(1);
  });

  it('keeps to a JSON Schema', async () => {
    const { router } = bench(mocks({ response_text: '{"prime": "yes"}' }));
    const schema = { type: 'object', properties: { prime: { type: 'boolean' } } };
    expect((await failureOf(router.complete('r', hello, { schema }))).message).toMatch(/prime/);
  });
});

describe('when a provider fails', () => {
  it.each([
    ['raise_timeout', FailureType.TIMEOUT],
    ['raise_rate_limit', FailureType.RATE_LIMIT],
    ['raise_provider_error', FailureType.PROVIDER_ERROR],
    ['raise_invalid_response', FailureType.INVALID_RESPONSE],
    ['raise_unknown', FailureType.UNKNOWN],
  ])('%s goes on to the next at once, with an event and a trace for each attempt', async (key, type) => {
    const { router, events, traces } = bench(
      mocks({ [key]: true }, { model: 'two', response_text: 'second' }),
    );
    const response = await router.complete('r', hello, { requestId: 'q' });
    expect(response).toMatchObject({ text: 'second', provider: 'm2', model: 'two' });
    expect(response.attempts.map(({ failure_type }) => failure_type)).toEqual([type, null]);
    expect(events.map(({ event }) => event)).toEqual([
      'policy.choice',
      'llm.complete.start',
      'llm.complete.error',
      'policy.fallback',
      'llm.complete.start',
      'llm.complete.success',
    ]);
    expect(events[2]?.data).toMatchObject({ provider: 'm1', failure_type: type, error: expect.any(String) });
    expect(events[3]?.data).toMatchObject({ provider: 'm2', attempt: 2, from: 'm1' });
    expect(traces().map(({ trace }) => trace.record.failure_type)).toEqual([type, null]);
  });

  it.each([
    ['raise_contract_violation', FailureType.CONTRACT_VIOLATION],
    ['raise_cancelled', FailureType.CANCELLED],
  ])('%s asks nobody else', async (key, type) => {
    const { router, traces } = bench(mocks({ [key]: true }, {}));
    const failure = await failureOf(router.complete('r', hello));
    expect(failure).toMatchObject({ failureType: type, requestId: expect.any(String) });
    expect(failure.attempts).toHaveLength(1);
    expect(traces()).toHaveLength(1);
  });

  it('throws the last failure when nobody answers', async () => {
    const { router } = bench(mocks({ raise_timeout: true }, { raise_rate_limit: true }));
    const failure = await failureOf(router.complete('r', hello));
    expect(failure.failureType).toBe('rate-limit');
    expect(failure.attempts.map(({ failure_type }) => failure_type)).toEqual(['timeout', 'rate-limit']);
  });

  it('whatever a provider of somebody else throws goes on too, and so does one that cannot be opened', async () => {
    const registry = registryWith(() => {
      throw new TypeError("Cannot read properties of null (reading '0')");
    });
    const { router } = bench(
      {
        default_role: 'r',
        providers: { own: { type: 'own' }, gone: { type: 'never-registered' }, m: { type: 'mock' } },
        roles: { r: { provider: 'own', fallback_providers: ['gone', 'm'] } },
      },
      { registry },
    );
    const response = await router.complete('r', hello);
    expect(response.attempts.map(({ failure_type }) => failure_type)).toEqual([
      'unknown',
      'provider-error',
      null,
    ]);
    expect(response.attempts[1]?.message).toContain('never-registered');
  });

  it.each([400, 401, 403, 404, 422])(
    'a refusal with %d is a mistake here: nobody else is asked, so that it shows and the cost stays where it belongs',
    async (status) => {
      const server = await serve((_seen, response) => json(response, status, { error: { message: 'no' } }));
      const { router } = bench({
        default_role: 'r',
        providers: { p: { type: 'openai', base_url: server.url }, m: { type: 'mock' } },
        roles: { r: { provider: 'p', model: 'x', fallback_providers: ['m'] } },
      });
      const failure = await failureOf(router.complete('r', hello));
      expect(failure).toMatchObject({
        failureType: 'provider-error',
        httpStatus: status,
        misconfigured: true,
      });
      expect(failure.attempts).toHaveLength(1);
    },
  );

  it('so is a missing key, and nothing is sent without one', async () => {
    const { router } = bench({
      default_role: 'r',
      providers: {
        p: { type: 'openai', base_url: 'https://llm.example.com/v1', api_key_env: 'NOT_SET' },
        m: { type: 'mock' },
      },
      roles: { r: { provider: 'p', model: 'x', fallback_providers: ['m'] } },
    });
    const failure = await failureOf(router.complete('r', hello));
    expect(failure).toMatchObject({ failureType: 'provider-error', fix: expect.stringContaining('NOT_SET') });
    expect(failure.attempts).toHaveLength(1);
  });

  it.each([
    [408, 'timeout'],
    [429, 'rate-limit'],
    [500, 'provider-error'],
    [503, 'provider-error'],
  ])('a %d goes on at once, also when it asks to wait', async (status, type) => {
    const server = await serve((_seen, response) =>
      json(response, status, { error: { message: 'later' } }, { 'retry-after': '20' }),
    );
    const { router } = bench({
      default_role: 'r',
      providers: { p: { type: 'openai', base_url: server.url }, m: { type: 'mock' } },
      roles: { r: { provider: 'p', model: 'x', fallback_providers: ['m'] } },
    });
    expect((await router.complete('r', hello)).attempts.map(({ failure_type }) => failure_type)).toEqual([
      type,
      null,
    ]);
  });

  it('a 200 that is a web page, and choices: null, go on', async () => {
    const page = await serve((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>');
    });
    const empty = await serve((_seen, response) => json(response, 200, { choices: null }));
    const { router } = bench({
      default_role: 'r',
      providers: {
        page: { type: 'openai', base_url: page.url },
        empty: { type: 'openai', base_url: empty.url },
        m: { type: 'mock' },
      },
      roles: { r: { provider: 'page', model: 'x', fallback_providers: ['empty/x', 'm'] } },
    });
    expect((await router.complete('r', hello)).attempts.map(({ failure_type }) => failure_type)).toEqual([
      'invalid-response',
      'invalid-response',
      null,
    ]);
  });
});

describe('what belongs to one provider', () => {
  it('never reaches another: model, address, key and headers of the policy, the role and the call', async () => {
    const failing = await serve((_seen, response) => json(response, 500, { error: { message: 'down' } }));
    const spare = await serve((_seen, response) => json(response, 200, chat('from the spare')));
    const { router } = bench(
      {
        default_role: 'r',
        providers: {
          first: { type: 'openai', base_url: 'http://127.0.0.1:9/v1', api_key_env: 'FIRST_KEY' },
          spare: { type: 'openai', base_url: spare.url, api_key_env: 'SPARE_KEY', model: 'spare-model' },
        },
        roles: {
          r: { provider: 'first', model: 'role-model', temperature: 0.7, fallback_providers: ['spare'] },
        },
      },
      {
        env: { FIRST_KEY: 'first-secret', OTHER_KEY: 'other-secret', SPARE_KEY: 'spare-secret' },
        policy: {
          name: 'mine',
          choose: () => ({
            providerName: 'first',
            providerOverrides: {
              baseURL: failing.url,
              api_key_env: 'OTHER_KEY',
              headers: { 'x-only': 'first' },
            },
            requestOverrides: { model: 'policy-model', maxTokens: 7 },
          }),
        },
      },
    );
    const response = await router.complete('r', hello, { model: 'call-model' });
    expect(response.text).toBe('from the spare');
    const [asked] = failing.seen;
    expect(asked?.headers).toMatchObject({ authorization: 'Bearer other-secret', 'x-only': 'first' });
    expect(asked?.body).toMatchObject({ model: 'call-model', temperature: 0.7, max_tokens: 7 });
    const [fell] = spare.seen;
    expect(fell?.headers).toMatchObject({ authorization: 'Bearer spare-secret' });
    expect(fell?.headers).not.toHaveProperty('x-only');
    expect(fell?.body).toMatchObject({ model: 'spare-model', temperature: 0.7, max_tokens: 7 });
  });

  it('the policy of one call does not stay for the next', async () => {
    const other = await serve((_seen, response) => json(response, 200, chat('overridden')));
    const own = await serve((_seen, response) => json(response, 200, chat('own')));
    let overrides: Record<string, unknown> = { base_url: other.url };
    const { router } = bench(
      {
        default_role: 'r',
        providers: { p: { type: 'openai', base_url: own.url } },
        roles: { r: { provider: 'p', model: 'm' } },
      },
      { policy: { choose: () => ({ providerName: 'p', overrides }) } },
    );
    expect((await router.complete('r', hello)).text).toBe('overridden');
    overrides = {};
    expect((await router.complete('r', hello)).text).toBe('own');
  });

  it('a policy may choose another provider; then that one has its own model', async () => {
    const { router } = bench(mocks({}, { model: 'two' }), {
      policy: { choose: () => ({ providerName: 'm2' }) },
    });
    expect(await router.complete('r', hello)).toMatchObject({ provider: 'm2', model: 'two' });
  });

  it('the call beats the policy, which beats the role, which beats its provider', async () => {
    const server = await serve((_seen, response) => json(response, 200, chat('ok')));
    const { router } = bench(
      {
        default_role: 'r',
        providers: {
          p: { type: 'openai', base_url: server.url, temperature: 0.1, max_tokens: 1, model: 'provider' },
        },
        roles: { r: { provider: 'p', max_tokens: 2, model: 'role' } },
      },
      { policy: { choose: () => ({ providerName: 'p', requestOverrides: { model: 'policy' } }) } },
    );
    await router.complete('r', hello);
    await router.complete('r', hello, { model: 'call', temperature: 0.9, maxTokens: null, jsonMode: false });
    expect(server.seen[0]?.body).toMatchObject({ temperature: 0.1, max_tokens: 2, model: 'policy' });
    expect(server.seen[1]?.body).toMatchObject({ temperature: 0.9, model: 'call' });
    expect(server.seen[1]?.body).not.toHaveProperty('max_tokens');
  });
});

describe('a hook that fails', () => {
  const broken = () => {
    throw new Error('disk full');
  };
  it('never loses a paid answer', async () => {
    const { router, notes } = bench(mocks({ response_text: 'paid' }), {
      eventSink: { emit: async () => broken() },
      traceStore: { write: broken },
      onTokenUsage: broken,
      onRecord: broken,
      compress: broken,
    });
    expect((await router.complete('r', hello)).text).toBe('paid');
    for (const what of ['event sink', 'trace file', 'onTokenUsage', 'usage ledger', 'compress'])
      expect(notes.join('\n')).toContain(what);
  });

  it('a sink that never ends is left behind', { timeout: 30_000 }, async () => {
    const { router, notes } = bench(mocks({ response_text: 'paid' }), {
      onTokenUsage: () => new Promise(() => {}),
    });
    expect((await router.complete('r', hello)).text).toBe('paid');
    expect(notes.join()).toMatch(/onTokenUsage failed: no end after 5 s/);
  });

  it('a policy that fails is a failed call before anybody is asked', async () => {
    const { router, events } = bench(mocks({}), { policy: { choose: broken } });
    expect(await failureOf(router.complete('r', hello))).toMatchObject({
      failureType: 'unknown',
      message: expect.stringContaining('disk full'),
    });
    expect(events).toEqual([]);
  });
});

describe('hooks', () => {
  it('onTokenUsage hears the request id and usage of each answer once, also of one that broke its contract', async () => {
    const heard: unknown[] = [];
    const { router } = bench(mocks({ response_text: 'no json' }), {
      onTokenUsage: (requestId, usage, { role, provider }) => {
        heard.push([requestId, usage.input_tokens, usage.output_tokens, role, provider]);
      },
    });
    await router.complete('r', hello, { requestId: 'a' });
    await failureOf(router.complete('r', hello, { requestId: 'b', jsonMode: true }));
    expect(heard).toEqual([
      ['a', 10, 5, 'r', 'm1'],
      ['b', 10, 5, 'r', 'm1'],
    ]);
  });

  it('compress may shorten what is sent', async () => {
    const server = await serve((_seen, response) => json(response, 200, chat('ok')));
    const { router } = bench(
      {
        default_role: 'r',
        providers: { p: { type: 'openai', base_url: server.url } },
        roles: { r: { provider: 'p', model: 'm' } },
      },
      { compress: async (messages) => messages.slice(-1) },
    );
    await router.complete('r', [{ role: 'system', content: 'long' }, ...hello]);
    expect(server.seen[0]?.body.messages).toEqual([{ role: 'user', content: 'Say hello' }]);
  });
});

describe('cancellation', () => {
  it('ends the request on the wire, asks nobody else, and leaves a trace', async () => {
    const controller = new AbortController();
    let closed = false;
    const server = await serve((_seen, _response, incoming) => {
      incoming.on('close', () => {
        closed = true;
      });
      controller.abort();
    });
    const { router, traces } = bench({
      default_role: 'r',
      providers: { p: { type: 'openai', base_url: server.url }, m: { type: 'mock' } },
      roles: { r: { provider: 'p', model: 'x', fallback_providers: ['m'] } },
    });
    const failure = await failureOf(router.complete('r', hello, { signal: controller.signal }));
    expect(failure.failureType).toBe('cancelled');
    await expect.poll(() => closed).toBe(true);
    expect(traces().map(({ trace }) => trace.record.status)).toEqual(['cancelled']);
  });

  it('a provider that ignores its signal cannot hold a call beyond its time', {
    timeout: 30_000,
  }, async () => {
    const { router } = bench(
      {
        default_role: 'r',
        providers: { own: { type: 'own' }, m: { type: 'mock' } },
        roles: { r: { provider: 'own', timeout: 0.05, fallback_providers: ['m'] } },
      },
      { registry: registryWith(() => new Promise<ProviderAnswer>(() => {})) },
    );
    expect((await router.complete('r', hello)).attempts.map(({ failure_type }) => failure_type)).toEqual([
      'timeout',
      null,
    ]);
  });

  it("a role's timeout beats its provider's, and the provider's holds where the role says nothing", async () => {
    const silent = await serve(() => {});
    const timeoutOf = async (provider: object, role: object) => {
      const { router } = bench({
        default_role: 'r',
        providers: { p: { type: 'openai', base_url: silent.url, ...provider } },
        roles: { r: { provider: 'p', model: 'm', ...role } },
      });
      return (await failureOf(router.complete('r', hello))).message;
    };
    expect(await timeoutOf({ timeout: 0.1 }, {})).toMatch(/within 0\.1 s/);
    expect(await timeoutOf({ timeout: 9 }, { timeout: 0.2 })).toMatch(/within 0\.2 s/);
  });
});

describe('types of providers', () => {
  it('are found by name and alias; an unknown one is told with those that there are', () => {
    const registry = createRegistry();
    for (const alias of [
      'mock',
      'openrouter_http',
      'openai_http',
      'codex_cli',
      'gemini',
      'claude_code_cli',
      'ollama',
    ])
      expect(registry.has(alias), alias).toBe(true);
    expect(registry.canonical('claude_code')).toBe('claude-cli');
    expect(() => registry.get('opnai')).toThrow(/"opnai"; there are .*openai/);
    registry.registerAlias('house', 'openai');
    expect(registry.get('house')).toBe(registry.get('openai'));
    expect(() => registry.registerAlias('x', 'nothing')).toThrow(/nothing/);
    expect(createRegistry().has('house')).toBe(false);
  });

  it('one of somebody else gets its own settings and answers', async () => {
    const registry = createRegistry();
    registry.register(
      'echo',
      (name, settings) => ({
        name,
        type: 'echo',
        billing: 'local',
        local: true,
        timeoutMs: 1000,
        complete: async ({ model, prompt }) => ({
          text: `${String(settings.more?.prefix)} ${prompt.messages[0]?.content}`,
          usage: undefined,
          model,
          requestId: null,
          messageId: null,
          httpStatus: null,
          reportedCost: undefined,
          local: true,
          fellBack: false,
          cut: false,
        }),
      }),
      ['parrot'],
    );
    const { router } = bench(
      {
        default_role: 'r',
        providers: { e: { type: 'parrot', prefix: '>' } },
        roles: { r: { provider: 'e' } },
      },
      { registry },
    );
    expect(await router.complete('r', hello)).toMatchObject({ text: '> Say hello', usage: null, costUsd: 0 });
  });
});

describe('a wrong call', () => {
  it.each<[string, unknown, object, RegExp]>([
    ['no list', 'hello', {}, /no list/],
    ['an unknown role of a message', [{ role: 'tool', content: 'x' }], {}, /"tool"/],
    ['no text', [{ role: 'user', content: null }], {}, /content is no text/],
    ['system messages only', [{ role: 'system', content: 'x' }], {}, /nothing for a model/],
    ['an unknown override', hello, { temprature: 1 }, /"temprature" is no override/],
    ['a hot temperature', hello, { temperature: 'hot' }, /temperature/],
    ['half a token', hello, { maxTokens: 0.5 }, /maxTokens/],
    ['a request id that is a path', hello, { requestId: '../x' }, /requestId/],
  ])('%s is refused before anybody is asked', async (_name, messages, options, words) => {
    const { router, events } = bench(mocks({}));
    await expect(router.complete('r', messages as typeof hello, options)).rejects.toThrow(words);
    expect(events).toEqual([]);
  });
});

it('createClient takes a file and the spelling of the configuration', async () => {
  const folder = tempDir();
  writeFiles(folder, {
    'llm.yaml':
      'llm:\n  default_role: r\n  providers: {m: {type: mock, response_text: "{}"}}\n  roles: {r: {provider: m}}\n',
  });
  const client = createClient(`${folder}/llm.yaml`, { cwd: folder });
  const response = await client.complete('r', [...hello], { json_mode: true, max_tokens: 5, model: 'x' });
  expect(response).toMatchObject({ text: '{}', value: {}, model: 'x' });
});

it('createRouter takes a document as well', async () => {
  const router = createRouter({ llm: mocks({ response_text: 'ok' }) }, { cwd: tempDir() });
  expect((await router.complete('r', hello)).text).toBe('ok');
});
