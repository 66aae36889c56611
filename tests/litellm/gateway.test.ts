import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setContext } from '../../src/attribution/context.ts';
import { type ScriptedApi, startScriptedApi } from '../e2e/support/scripted-api.ts';
import { tempDir, tempRepo } from '../support/temp.ts';
import { askChat, askMessages } from './support/ask.ts';
import { startDyingApi } from './support/dying.ts';
import { INSTALL_TIMEOUT_MS, litellmEnvironment } from './support/environment.ts';
import { type GatewayInFront, gatewayInFront } from './support/gateway.ts';
import { type LiteLLM, type Logged, startLiteLLM } from './support/proxy.ts';

// LiteLLM without our callback: tags come as headers, by the client's own hand or from our gateway.

const SESSION = '0a51a6b0-3f63-4f8f-9df5-66c3c0e36b17';

let missing: string | undefined;
let api: ScriptedApi;
let dying: Awaited<ReturnType<typeof startDyingApi>>;
let litellm: LiteLLM;
let seen: number;

beforeAll(async () => {
  const environment = await litellmEnvironment();
  if ('missing' in environment) {
    missing = environment.missing;
    return;
  }
  dying = await startDyingApi();
  api = await startScriptedApi(({ prompt }) => ({
    text: 'answered',
    ...(prompt === 'take your time' ? { blockDelayMs: 1500 } : {}),
    usage: {
      input_tokens: 200,
      output_tokens: 40,
      cache_read_input_tokens: 1000,
      cache_creation_5m_input_tokens: 30,
    },
  }));
  const deployment = (model_name: string, more: object = {}) => ({
    model_name,
    litellm_params: {
      model: 'anthropic/claude-haiku-5-5',
      api_key: 'sk-ant-none',
      api_base: api.url,
      ...more,
    },
  });
  litellm = await startLiteLLM({
    bin: environment.bin,
    config: {
      model_list: [
        deployment('claude-haiku-5-5'),
        deployment('cheap'),
        deployment('free', { model: 'ollama_chat/qwen3-coder:30b', api_base: 'http://127.0.0.1:9' }),
        deployment('dying', { api_base: dying.url }),
        deployment('spent', { max_budget: 0.000001, budget_duration: '30d' }),
      ],
      router_settings: { num_retries: 0, fallbacks: [{ free: ['cheap'] }] },
      litellm_settings: {
        callbacks: ['recorder.recorder'],
        extra_spend_tag_headers: ['x-backlog-ticket'],
      },
      general_settings: { master_key: 'os.environ/LITELLM_MASTER_KEY' },
    },
  });
}, INSTALL_TIMEOUT_MS);
afterAll(async () => {
  await litellm?.stop();
  await Promise.all([api?.close(), dying?.close()]);
});
beforeEach((test) => {
  test.skip(missing !== undefined, missing);
  seen = litellm.logged().length;
});

async function nextLogged(): Promise<Logged> {
  const entry = (await litellm.loggedAtLeast(seen + 1)).at(seen);
  if (entry === undefined) throw new Error('nothing was logged');
  seen += 1;
  return entry;
}

const tagsOf = ({ payload }: Logged) =>
  (payload.request_tags ?? []).filter((tag) => !tag.startsWith('User-Agent'));

describe.each([
  ['chat, plain', askChat, false],
  ['chat, streamed', askChat, true],
  ['messages, plain', askMessages, false],
  ['messages, streamed', askMessages, true],
])('%s', (_route, ask, stream) => {
  it('carries the tags of its headers into the log', async () => {
    const headers = {
      'x-litellm-tags': 'ticket:FEAT-001,gate:plan',
      'x-litellm-spend-logs-metadata': '{"ticket":"FEAT-001"}',
      'x-backlog-ticket': 'FEAT-001',
    };
    expect((await ask(litellm.url, { model: 'cheap', stream, headers })).status).toBe(200);
    const entry = await nextLogged();
    expect(tagsOf(entry)).toEqual(['ticket:FEAT-001', 'gate:plan', 'x-backlog-ticket: FEAT-001']);
    expect(entry.payload.metadata.spend_logs_metadata).toEqual({ ticket: 'FEAT-001' });
  });
});

describe('through our gateway', () => {
  /** A project with a gateway in front of LiteLLM, and a session that works on a ticket. */
  async function inFront(work: (gateway: GatewayInFront) => Promise<void>): Promise<void> {
    const root = tempRepo({
      'backlog.config.json': JSON.stringify({ version: '1.1', project: { name: 'shop', stack: 'generic' } }),
      '.gitignore': '.backlog-ops/\n',
    });
    const home = tempDir();
    setContext(
      {
        home,
        opsDir: undefined,
        sessionId: SESSION,
        agentId: undefined,
        clock: () => new Date(Date.now() - 1000),
      },
      { ticket_id: 'FEAT-007', gate: 'implement', project: 'shop', agent_type: 'backend', skill: '' },
    );
    const gateway = await gatewayInFront(litellm, { home, root });
    try {
      await work(gateway);
    } finally {
      await gateway.close();
    }
  }
  const headers = { 'x-claude-code-session-id': SESSION, 'x-litellm-tags': 'team:red' };
  const TAGS = ['team:red', 'ticket:FEAT-007', 'gate:implement', 'project:shop', 'agent:backend'];

  it.each([
    ['plain', false],
    ['streamed', true],
  ])("a request carries its session's tags, and both logs join by one id: %s", (_how, stream) =>
    inFront(async ({ url, lines }) => {
      const answer = await askMessages(url, { model: 'cheap', stream, headers });
      expect(answer.status).toBe(200);
      expect(answer.body).toContain('answered');
      if (stream) expect(answer.body).toContain('event: message_stop');
      const entry = await nextLogged();
      const [line] = lines();
      expect(tagsOf(entry)).toEqual(TAGS);
      expect(entry.payload.metadata.spend_logs_metadata).toEqual({
        ticket: 'FEAT-007',
        gate: 'implement',
        project: 'shop',
        agent: 'backend',
      });
      expect(entry.payload.end_user).toBe('shop');
      expect(entry.payload.trace_id).toBe(SESSION);
      expect(line).toMatchObject({
        ticket_id: 'FEAT-007',
        gate: 'implement',
        attributed_by: 'session',
        session_id: SESSION,
        tier: 'cheap',
        requested_model: 'cheap',
        model: 'claude-haiku-5-5',
        provider: 'anthropic',
        fallback_from: null,
        status: 'success',
        stream,
        input_tokens: 200,
        output_tokens: 40,
        cache_read_tokens: 1000,
        cache_write_5m_tokens: 30,
      });
      expect(line?.cost_usd).toBeGreaterThan(0);
      expect(line?.price_source).not.toBe('upstream');
      // What the client writes into its transcript, LiteLLM keeps the upstream's request id or not: no answer counts twice.
      expect(answer.headers.get('request-id')).toBe(line?.request_id);
      expect(line?.message_id).toBe(api.answers.at(-1)?.messageId);
      expect(answer.headers.get('x-litellm-call-id')).toBe(line?.id);
      expect(entry.payload.litellm_call_id).toBe(line?.id);
    }),
  );

  it.each([
    ['plain', false],
    ['streamed', true],
  ])('the local model is down, cheap answers, and the ledger says so: %s', (_how, stream) =>
    inFront(async ({ url, lines }) => {
      const answer = await askMessages(url, { model: 'free', stream, headers });
      expect(answer.status).toBe(200);
      // On a stream the body names what was asked for, whoever answered.
      if (stream) expect(answer.body).toContain('"model":"free"');
      expect(answer.headers.get('x-litellm-attempted-fallbacks')).toBe('1');
      expect(lines()).toMatchObject([
        {
          tier: 'free',
          requested_model: 'free',
          model: 'claude-haiku-5-5',
          provider: 'anthropic',
          fallback_from: 'free',
          status: 'success',
          stream,
        },
      ]);
      expect(lines()[0]?.cost_usd).toBeGreaterThan(0);
    }),
  );

  it('a stream comes through as it is made, not when it is over', () =>
    inFront(async ({ url }) => {
      const answered = api.answers.length;
      const answer = await fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({
          model: 'cheap',
          max_tokens: 64,
          stream: true,
          messages: [{ role: 'user', content: 'take your time' }],
        }),
      });
      let text = '';
      let early = false;
      for await (const chunk of answer.body ?? []) {
        text += Buffer.from(chunk).toString('utf8');
        if (text.includes('answered')) early ||= api.answers.length === answered;
      }
      expect(text).toContain('event: message_stop');
      expect(early).toBe(true);
    }));

  it('a stream that dies is no success, though its status is 200', () =>
    inFront(async ({ url, lines }) => {
      const answer = await askMessages(url, { model: 'dying', stream: true, headers });
      expect(answer.status).toBe(200);
      expect(answer.body).toContain('half an ans');
      expect(answer.body).not.toContain('message_stop');
      expect(lines()).toMatchObject([
        {
          ticket_id: 'FEAT-007',
          status: 'error',
          http_status: 200,
          model: 'claude-haiku-5-5',
          input_tokens: 50,
        },
      ]);
    }));

  it("a deployment's budget is spent: the refusal says that asking again is of no use", () =>
    inFront(async ({ url, lines }) => {
      let answer = await askMessages(url, { model: 'spent', headers });
      expect(answer.status).toBe(200);
      // LiteLLM counts after the answer.
      for (let tries = 0; tries < 50 && answer.status === 200; tries += 1)
        answer = await askMessages(url, { model: 'spent', headers });
      expect(answer.status).toBe(429);
      expect(answer.body).toMatch(/crossed budget/i);
      expect(answer.headers.get('x-should-retry')).toBe('false');
      expect(lines().at(-1)).toMatchObject({ ticket_id: 'FEAT-007', status: 'error', http_status: 429 });
      const alone = await askMessages(litellm.url, { model: 'spent' });
      expect(alone.status).toBe(429);
      expect(alone.headers.get('x-should-retry')).toBe(null);
      expect(alone.body.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+/g, '')).toBe(
        answer.body.replace(/\d{4}-\d\d-\d\d[T ][\d:.]+/g, ''),
      );
    }));
});
