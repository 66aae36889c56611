import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountJson, accountLine } from '../../src/router/account.ts';
import { compileSchema } from '../../src/router/json-schema.ts';
import { callModel } from '../../src/router/route.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { ask, chat, type Handler, json, lab, serve } from './support.ts';

/** One provider per handler, named p1, p2, …, as the chain of `cheap`. */
async function chainOf(...handlers: Handler[]) {
  const servers = await Promise.all(handlers.map(serve));
  const names = servers.map((_server, index) => `p${index + 1}`);
  return {
    servers,
    settings: {
      providers: Object.fromEntries(
        servers.map(({ url }, index) => [names[index] ?? '', { type: 'openai' as const, baseURL: url }]),
      ),
      tiers: { cheap: names.map((name) => `${name}/m`), balanced: ['p1/m'] },
    },
  };
}
const good: Handler = (_seen, response) => json(response, 200, chat('good'));
const failing =
  (status: number, error: object, headers = {}): Handler =>
  (_seen, response) =>
    json(response, status, { error }, headers);

const slow: Handler = () => {};
const hostile: [string, Handler, string, RegExp][] = [
  ['429', failing(429, { message: 'slow down' }), 'rate-limit', /429/],
  ['a budget that is spent', failing(429, { message: 'crossed budget' }), 'provider-error', /budget/],
  ['402', failing(402, { type: 'billing_error', message: 'no' }), 'provider-error', /402/],
  ['400', failing(400, { message: 'bad' }), 'provider-error', /400: bad/],
  ['401', failing(401, { message: 'who?' }), 'provider-error', /401/],
  ['403', failing(403, { message: 'no' }), 'provider-error', /403/],
  ['404', failing(404, { message: 'no model' }), 'provider-error', /404/],
  ['408', failing(408, {}), 'timeout', /408/],
  ['500', failing(500, { message: 'oops' }), 'provider-error', /500/],
  ['529', failing(529, { type: 'overloaded_error' }), 'provider-error', /overloaded/],
  [
    '200 with an error inside',
    (_s, r) => json(r, 200, { type: 'error', error: { type: 'api_error', message: 'inside' } }),
    'provider-error',
    /inside/,
  ],
  [
    'an HTML page with 200',
    (_s, r) => {
      r.writeHead(200, { 'content-type': 'text/html' });
      r.end('<html>login</html>');
    },
    'invalid-response',
    /text\/html/,
  ],
  [
    'truncated JSON',
    (_s, r) => {
      r.writeHead(200, { 'content-type': 'application/json' });
      r.end('{"choices":[{"message":{"content":"ha');
    },
    'invalid-response',
    /without a JSON object/,
  ],
  ['choices: null', (_s, r) => json(r, 200, chat('x', { choices: null })), 'invalid-response', /choices/],
  ['null content', (_s, r) => json(r, 200, chat(null)), 'invalid-response', /empty/],
  ['empty content', (_s, r) => json(r, 200, chat(' \n')), 'invalid-response', /empty/],
  ['a connection that is reset', (_s, r) => void r.socket?.destroy(), 'provider-error', /./],
  [
    'a body that breaks off',
    (_s, r) => {
      r.writeHead(200, { 'content-length': '1000' });
      r.write('{"a":');
      setImmediate(() => r.socket?.destroy());
    },
    'provider-error',
    /./,
  ],
  [
    'a redirect',
    (_s, r) => {
      r.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' });
      r.end();
    },
    'provider-error',
    /redirects \(307\)/,
  ],
  [
    'a body of 200 MB',
    (_s, r) => {
      r.writeHead(200, { 'content-type': 'application/json' });
      const block = Buffer.alloc(1024 * 1024, 'a');
      let left = 200;
      const more = (): void => {
        while (left > 0 && !r.destroyed) {
          left -= 1;
          if (!r.write(block)) {
            r.once('drain', more);
            return;
          }
        }
        r.end();
      };
      more();
    },
    'invalid-response',
    /more than 16 MiB/,
  ],
  [
    'a slow loris',
    (_s, r) => {
      r.writeHead(200, { 'content-type': 'application/json' });
      r.write('{');
    },
    'timeout',
    /within 0\.3 s/,
  ],
  ['silence', slow, 'timeout', /within 0\.3 s/],
];

describe('failures', () => {
  it.each(hostile)('%s goes on to the next provider', async (_name, handler, type, words) => {
    const { settings, servers } = await chainOf(handler, good);
    const { deps, records, notes } = lab({ settings });
    const answer = await callModel(ask('cheap', /within/.test(words.source) ? { timeoutMs: 300 } : {}), deps);
    expect(answer.text).toBe('good');
    expect(records.map(({ status, failure_type }) => [status, failure_type])).toEqual([
      ['error', type],
      ['success', null],
    ]);
    expect(answer.attempts[0]?.message).toMatch(words);
    expect(records[1]).toMatchObject({ attempt: 2, fallback_from: 'p1/m', provider: 'p2' });
    expect(notes.join('\n')).toContain(type);
    expect(servers[0]?.seen).toHaveLength(1);
  });

  it('calls what nobody foresaw unknown, and goes on', async () => {
    const folder = tempDir();
    writeFiles(folder, { 'script.json': '{"answers":[{"failure":{"type":"unknown","message":"odd"}}]}' });
    const { settings } = await chainOf(good);
    const { deps, records } = lab({
      settings: {
        providers: {
          ...settings.providers,
          odd: { type: 'scripted', script: path.join(folder, 'script.json') },
        },
        tiers: { cheap: ['odd/m', 'p1/m'] },
      },
    });
    expect((await callModel(ask('cheap'), deps)).record.provider).toBe('p1');
    expect(records[0]?.failure_type).toBe('unknown');
  });

  it('keeps an answer whose price cannot be told', async () => {
    const { settings } = await chainOf(good);
    const { deps } = lab({
      settings,
      deps: {
        price: () => {
          throw new Error('broken price table');
        },
      },
    });
    expect((await callModel(ask('cheap'), deps)).record.cost_usd).toBeNull();
  });

  it('throws the last failure with all attempts when nobody answers', async () => {
    const { settings } = await chainOf(failing(500, { message: 'one' }), failing(404, { message: 'two' }));
    const { deps, records } = lab({
      settings: { ...settings, tiers: { ...settings.tiers, balanced: ['p2/m'] } },
    });
    await expect(callModel(ask('cheap'), deps)).rejects.toMatchObject({
      code: 'llm-provider-error',
      exitCode: 4,
      message: expect.stringContaining('two'),
      fix: expect.stringContaining('model name'),
      details: { attempts: [{ provider: 'p1' }, { provider: 'p2' }] },
    });
    expect(records).toHaveLength(2);
  });

  it.each([
    ['as long as the header says', { 'retry-after': '2' }, 2000],
    ['as long as the header says in ms', { 'retry-after-ms': '150' }, 150],
    ['until the date of the header', { 'retry-after': 'Sat, 21 Nov 2026 12:00:05 GMT' }, 5000],
    ['no longer than half a minute', { 'retry-after': '3600' }, 30_000],
    ['one second, with jitter, without a header', {}, 1000],
  ])('waits for a rate limit %s', async (_name, headers, expected) => {
    const { settings } = await chainOf(failing(429, { message: 'slow' }, headers), good);
    const { deps, waits } = lab({ settings });
    await callModel(ask('cheap'), deps);
    expect(waits).toEqual([expected]);
  });

  it('waits for nothing but a rate limit', async () => {
    const { settings } = await chainOf(failing(503, { message: 'x' }, { 'retry-after': '5' }), good);
    const { deps, waits } = lab({ settings });
    await callModel(ask('cheap'), deps);
    expect(waits).toEqual([]);
  });

  it('Ctrl-C ends the request at once, is recorded and not retried', async () => {
    let stop = () => {};
    const { settings, servers } = await chainOf(() => stop(), good);
    const { deps, records, abort } = lab({ settings });
    stop = abort;
    await expect(callModel(ask('cheap'), deps)).rejects.toMatchObject({
      code: 'llm-cancelled',
      exitCode: 130,
    });
    expect(records).toMatchObject([{ status: 'cancelled', failure_type: 'cancelled' }]);
    expect(servers[1]?.seen).toHaveLength(0);
  });

  it('Ctrl-C while it waits for a rate limit ends the call', async () => {
    const { settings, servers } = await chainOf(failing(429, {}, { 'retry-after': '20' }), good);
    const made = lab({ settings });
    const { wait: _unused, ...deps } = made.deps;
    const call = callModel(ask('cheap'), { ...deps, note: () => setImmediate(made.abort) });
    await expect(call).rejects.toMatchObject({ code: 'llm-cancelled' });
    expect(servers[1]?.seen).toHaveLength(0);
  });

  it('takes no prompt that Ollama would cut', async () => {
    const server = await serve(good);
    const { deps } = lab({ env: { OLLAMA_HOST: server.url, OLLAMA_CONTEXT_LENGTH: '10' } });
    const call = ask('ollama/m', { messages: [{ role: 'user', content: 'x'.repeat(41) }] });
    await expect(callModel(call, deps)).rejects.toMatchObject({
      message: expect.stringContaining('room for 10'),
    });
    expect(server.seen).toHaveLength(0);
  });
});

describe('context overflow', () => {
  const tooLong = failing(400, { code: 'context_length_exceeded', message: 'too long' });

  it('goes from free to cheap and no further', async () => {
    const { settings, servers } = await chainOf(tooLong, tooLong, good);
    const tiers = { free: ['p1/f'], cheap: ['p2/c'], balanced: ['p3/b'] };
    const { deps, records } = lab({ settings: { ...settings, tiers } });
    await expect(callModel(ask('free'), deps)).rejects.toMatchObject({
      fix: expect.stringContaining('shorten'),
    });
    expect(records.map(({ provider }) => provider)).toEqual(['p1', 'p2']);
    expect(servers[2]?.seen).toHaveLength(0);
  });

  it('leaves the other free models out: they are small too', async () => {
    const { settings } = await chainOf(tooLong, good, good);
    const tiers = { free: ['p1/f', 'p2/f'], cheap: ['p3/c'] };
    const { deps } = lab({ settings: { ...settings, tiers } });
    expect((await callModel(ask('free'), deps)).record.provider).toBe('p3');
  });
});

describe('free', () => {
  it('goes on to cheap and balanced, and says in line, JSON and record that it was paid', async () => {
    const { settings } = await chainOf(failing(500, {}), failing(500, {}), good);
    const tiers = { free: ['p1/f'], cheap: ['p2/c'], balanced: ['p3/b'] };
    const { deps, records } = lab({ settings: { ...settings, tiers } });
    const answer = await callModel(ask('free'), deps);
    expect(accountLine(answer)).toBe(
      'free → p3/served-model, 12 in / 3 out, $0.2500, PAID instead of free (fallback from p2/c)',
    );
    expect(accountJson(answer)).toMatchObject({
      tier: 'free',
      provider: 'p3',
      model: 'served-model',
      cost_usd: 0.25,
      fallback_from: 'p2/c',
      paid_instead_of_free: true,
    });
    expect(records[2]).toMatchObject({ tier: 'free', provider: 'p3', fallback_from: 'p2/c', cost_usd: 0.25 });
  });

  it('with --no-fallback asks its own first choice only', async () => {
    const { settings, servers } = await chainOf(failing(500, {}), good);
    const tiers = { free: ['p1/f', 'p2/f'], cheap: ['p2/c'] };
    const { deps } = lab({ settings: { ...settings, tiers } });
    await expect(callModel(ask('free', { noFallback: true }), deps)).rejects.toMatchObject({ exitCode: 4 });
    expect(servers[1]?.seen).toHaveLength(0);
  });

  it('with --no-fallback refuses the answer of a model that the proxy chose by itself', async () => {
    const server = await serve((_seen, response) =>
      json(response, 200, chat('x'), {
        'x-litellm-attempted-fallbacks': '1',
        'x-litellm-model-name': 'paid',
      }),
    );
    const { deps, records } = lab({ env: { LITELLM_BASE_URL: server.url } });
    await expect(callModel(ask('free', { noFallback: true }), deps)).rejects.toMatchObject({
      code: 'llm-fallback-refused',
    });
    expect(server.seen.at(-1)?.body.disable_fallbacks).toBe(true);
    expect(records).toMatchObject([{ status: 'success', model: 'paid', cost_usd: 0.25 }]);
  });

  it('never calls an unknown price free', async () => {
    const server = await serve((_seen, response) => json(response, 200, chat('x', { model: 'unpriced' })));
    const { deps } = lab({ env: { LITELLM_BASE_URL: server.url } });
    const answer = await callModel(ask('free'), deps);
    expect(answer.record.cost_usd).toBeNull();
    expect(accountLine(answer)).toContain('cost unknown, PAID instead of free');
  });
});

describe('telemetry', () => {
  it('a sink that fails costs a warning, not the answer', async () => {
    const { settings } = await chainOf(good);
    const full = () => {
      throw new Error('ENOSPC: no space left');
    };
    const { deps, notes } = lab({ settings, deps: { record: full, trace: full } });
    expect((await callModel(ask('p1/m'), deps)).text).toBe('good');
    expect(notes).toEqual([
      'warning: the usage ledger was not written: ENOSPC: no space left',
      'warning: the trace file was not written: ENOSPC: no space left',
    ]);
  });

  it('a trace has no word of prompt, answer or upstream message, unless asked for', async () => {
    const { settings } = await chainOf(failing(400, { message: 'you said SECRET-PROMPT' }), good);
    const call = ask('cheap', {
      system: 'SECRET-SYSTEM',
      messages: [{ role: 'user', content: 'SECRET-PROMPT' }],
    });
    const plain = lab({ settings });
    await callModel(call, plain.deps);
    expect(plain.traces).toHaveLength(2);
    expect(JSON.stringify(plain.traces)).not.toMatch(/SECRET|"good"/);
    const full = lab({ settings, deps: { includePrompts: true } });
    await callModel(call, full.deps);
    expect(full.traces[1]?.content).toMatchObject({ system: 'SECRET-SYSTEM', answer: 'good' });
  });
});

describe('roles', () => {
  const settings = (more: object) => ({ ...more });

  it('a role is a tier, a model, or a chain of them', async () => {
    const chain = await chainOf(failing(500, {}), good);
    const roles = { plan: 'cheap', one: 'p2/m', both: ['p1/m', 'p2/m'] };
    for (const role of Object.keys(roles)) {
      const { deps } = lab({ settings: settings({ ...chain.settings, roles }) });
      const answer = await callModel(ask('x', { wanted: { kind: 'role', name: role } }), deps);
      expect([role, answer.record.provider]).toEqual([role, 'p2']);
    }
  });

  it('an unknown role is a wrong call that lists the known ones', async () => {
    const { deps } = lab({ settings: { roles: { plan: 'cheap' } } });
    const call = callModel(ask('x', { wanted: { kind: 'role', name: 'plam' } }), deps);
    await expect(call).rejects.toMatchObject({ exitCode: 2, fix: 'use one of plan' });
  });
});

describe('schema', () => {
  const schema = compileSchema(
    { type: 'object', required: ['a'], properties: { a: { type: 'number' } } },
    's.json',
  );

  it('asks for JSON and gives the fenced value without its fence', async () => {
    const { settings, servers } = await chainOf((_s, r) =>
      json(r, 200, chat('Sure:\n```json\n{"a": 1}\n```\nBye')),
    );
    const { deps } = lab({ settings });
    const answer = await callModel(ask('p1/m', { schema, system: 'Sys' }), deps);
    expect(answer).toMatchObject({ text: '{"a": 1}', value: { a: 1 } });
    const body = JSON.stringify(servers[0]?.seen[0]?.body);
    expect(body).toContain('Sys');
    expect(body).toContain('JSON Schema');
    expect(body).toContain('response_format');
  });

  it.each([
    ['prose', 'I would rather not', /no JSON/],
    ['another form', '{"a":"1"}', /\/a is string, not number/],
    ['a missing key', '{}', /lacks "a"/],
  ])('%s is a contract violation: paid, recorded, not retried', async (_name, text, words) => {
    const { settings, servers } = await chainOf((_s, r) => json(r, 200, chat(text)), good);
    const { deps, records } = lab({ settings });
    await expect(callModel(ask('cheap', { schema }), deps)).rejects.toMatchObject({
      code: 'llm-contract-violation',
      exitCode: 4,
      message: expect.stringMatching(words),
    });
    expect(records).toMatchObject([
      { status: 'error', failure_type: 'contract-violation', output_tokens: 3, cost_usd: 0.25 },
    ]);
    expect(servers[1]?.seen).toHaveLength(0);
  });
});
