import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { newRecord } from '../../src/ledger/append.ts';
import type { PartialRecord } from '../../src/ledger/record.ts';
import type { TelemetrySettings } from '../../src/telemetry/collector.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { json, nowhere } from '../router/support.ts';
import { collector, resourceOf } from './collector.ts';

const full: PartialRecord = {
  id: '5f0c7bdc-3fd1-4b4f-9f07-3f2b8a2f7a11',
  source: 'gateway',
  ts: '2026-11-20T10:00:00.250Z',
  request_id: 'req_1',
  message_id: 'msg_1',
  session_id: 'session-1',
  agent_id: 'a1',
  ticket_id: 'FEAT-001',
  gate: 'implement',
  project: 'shop',
  agent_type: 'implementer',
  skill: 'implementer',
  attributed_by: 'agent',
  tier: 'balanced',
  requested_model: 'claude-sonnet',
  model: 'claude-sonnet-5-5',
  provider: 'bedrock',
  stream: true,
  http_status: 200,
  latency_ms: 1500,
  ttft_ms: 300,
  input_tokens: 10,
  output_tokens: 5,
  cache_read_tokens: 100,
  cache_write_5m_tokens: 20,
  cache_write_1h_tokens: 3,
  cost_usd: 0.25,
  price_source: 'genai-prices 2026-11-01',
  billing: 'api',
};

function exporting(env: NodeJS.ProcessEnv = {}, timeoutMs = 2000) {
  const problems: string[] = [];
  const telemetry = new Telemetry({
    env,
    version: '1.2.3',
    timeoutMs,
    delayMs: 5,
    onProblem: (message) => problems.push(message),
  });
  return { telemetry, problems };
}

/** One record through to the end. */
async function exported(record: PartialRecord, settings: TelemetrySettings, env: NodeJS.ProcessEnv = {}) {
  const { telemetry, problems } = exporting(env);
  telemetry.onRecord(newRecord(record), settings);
  await telemetry.close(2000);
  return problems;
}

describe('a request as a span', () => {
  it('has its own times, the GenAI attributes and ours', async () => {
    const server = await collector();
    expect(await exported(full, { otlpEndpoint: server.url })).toEqual([]);
    expect(server.seen.map(({ method, path }) => [method, path])).toEqual([['POST', '/v1/traces']]);
    expect(resourceOf(server.seen[0]?.body)).toEqual({
      'service.name': 'backlog-toolkit',
      'service.version': '1.2.3',
    });
    expect(server.spans()).toEqual([
      {
        name: 'chat claude-sonnet',
        kind: 3,
        startTimeUnixNano: `${Date.parse('2026-11-20T10:00:00.250Z')}000000`,
        endTimeUnixNano: `${Date.parse('2026-11-20T10:00:01.750Z')}000000`,
        status: { code: 0 },
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'aws.bedrock',
          'gen_ai.request.model': 'claude-sonnet',
          'gen_ai.response.model': 'claude-sonnet-5-5',
          'gen_ai.response.id': 'msg_1',
          'gen_ai.conversation.id': 'session-1',
          'gen_ai.agent.id': 'a1',
          'gen_ai.agent.name': 'implementer',
          'gen_ai.usage.input_tokens': 133,
          'gen_ai.usage.output_tokens': 5,
          'gen_ai.usage.cache_read.input_tokens': 100,
          'gen_ai.usage.cache_creation.input_tokens': 23,
          'http.response.status_code': 200,
          'backlog.record_id': '5f0c7bdc-3fd1-4b4f-9f07-3f2b8a2f7a11',
          'backlog.request_id': 'req_1',
          'backlog.source': 'gateway',
          'backlog.status': 'success',
          'backlog.ticket': 'FEAT-001',
          'backlog.gate': 'implement',
          'backlog.project': 'shop',
          'backlog.agent': 'implementer',
          'backlog.skill': 'implementer',
          'backlog.attributed_by': 'agent',
          'backlog.tier': 'balanced',
          'backlog.attempt': 1,
          'backlog.stream': true,
          'backlog.ttft_ms': 300,
          'backlog.cost_usd': 0.25,
          'backlog.price_source': 'genai-prices 2026-11-01',
          'backlog.billing': 'api',
        },
      },
    ]);
  });

  it.each([
    ['a failure', { status: 'error', failure_type: 'rate-limit' }, { code: 2, message: 'rate-limit' }],
    ['a refusal for a budget', { status: 'blocked', failure_type: 'budget' }, { code: 2, message: 'budget' }],
    ['what the user cancelled', { status: 'cancelled', failure_type: 'cancelled' }, { code: 0 }],
  ] as const)('%s has the status that it had', async (_name, fields, status) => {
    const server = await collector();
    await exported({ ...full, ...fields }, { otlpEndpoint: server.url });
    expect(server.spans()[0]).toMatchObject({
      status,
      attributes: { 'error.type': fields.failure_type, 'backlog.status': fields.status },
    });
  });

  it('says nothing of what is not known: no 0 for a price or for tokens that nobody counted', async () => {
    const server = await collector();
    await exported({ source: 'llm-call', ts: '2026-11-20T10:00:00.000Z' }, { otlpEndpoint: server.url });
    const [span] = server.spans();
    expect(span?.name).toBe('chat');
    expect(Object.keys(span?.attributes ?? {}).filter((name) => /cost|tokens|ticket/.test(name))).toEqual([]);
  });
});

describe('the collector', () => {
  it.each([
    ['/otel', '/otel/v1/traces'],
    ['/otel/', '/otel/v1/traces'],
    ['/otel/v1/traces', '/otel/v1/traces'],
    ['/api?project=7', '/api/v1/traces?project=7'],
  ])('below %s it is asked at %s', async (path, asked) => {
    const server = await collector();
    await exported(full, { otlpEndpoint: `${server.url}${path}` });
    expect(server.seen[0]?.path).toBe(asked);
  });

  it('gets the headers of the variable that is named, and of no other', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-other=not-for-us');
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', nowhere);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const server = await collector();
    const env = { TEAM_HEADERS: 'authorization=Bearer%20abc, x-team=shop=1' };
    await exported(full, { otlpEndpoint: server.url, otlpHeadersEnv: 'TEAM_HEADERS' }, env);
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer abc', 'x-team': 'shop=1' });
    expect(server.seen[0]?.headers).not.toHaveProperty('x-other');
    expect(process.env.OTEL_EXPORTER_OTLP_HEADERS).toBe('x-other=not-for-us');
  });

  it.each([
    ['is not set', {}],
    ['is not name=value', { TEAM_HEADERS: 'sk-secret' }],
    ['is not name=value', { TEAM_HEADERS: 'a=1,=2' }],
    ['is not name=value', { TEAM_HEADERS: 'a=%0d%0ab' }],
  ])('that its variable %s is said once, without the value', async (problem, env) => {
    const server = await collector();
    const settings = { otlpEndpoint: server.url, otlpHeadersEnv: 'TEAM_HEADERS' };
    const problems = await exported(full, settings, env);
    expect(problems).toEqual([expect.stringContaining(`TEAM_HEADERS ${problem}`)]);
    expect(problems.join()).not.toContain('sk-secret');
    expect(server.spans()).toHaveLength(1);
  });

  it('gets many requests in few posts, each once', async () => {
    const server = await collector();
    const { telemetry, problems } = exporting();
    for (let number = 0; number < 1500; number += 1)
      telemetry.onRecord(newRecord({ source: 'gateway', request_id: `r${number}` }), {
        otlpEndpoint: server.url,
      });
    await telemetry.close(5000);
    const ids = server.spans().map(({ attributes }) => attributes['backlog.request_id']);
    expect(new Set(ids).size).toBe(1500);
    expect(ids).toHaveLength(1500);
    expect(server.seen.length).toBeLessThan(10);
    expect(problems).toEqual([]);
  });
});

describe('a collector that is down', () => {
  it('is named once, and what was lost is counted at the end', async () => {
    const { telemetry, problems } = exporting({}, 300);
    telemetry.onRecord(newRecord(full), { otlpEndpoint: `${nowhere}/?token=hidden` });
    await vi.waitFor(() => expect(problems).toHaveLength(1), 5000);
    telemetry.onRecord(newRecord(full), { otlpEndpoint: `${nowhere}/?token=hidden` });
    await telemetry.close(3000);
    expect(problems).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:9 does not take spans: .*ECONNREFUSED/),
      '2 spans did not reach http://127.0.0.1:9; the ledger has all requests',
    ]);
  });

  it('does not hold the end when it takes the connection and never answers', async () => {
    const sockets: { destroy(): void }[] = [];
    const silent = createServer((socket) => sockets.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { telemetry, problems } = exporting({}, 60_000);
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    telemetry.onRecord(newRecord(full), { otlpEndpoint: `http://127.0.0.1:${port}` });
    await telemetry.close(100);
    expect(problems.at(-1)).toMatch(/^1 span did not reach/);
  });

  it('keeps a bounded number of requests waiting', async () => {
    const held: (() => void)[] = [];
    const server = await collector((response) => {
      held.push(() => json(response, 200, {}));
    });
    const { telemetry, problems } = exporting({}, 5000);
    const settings = { otlpEndpoint: server.url };
    telemetry.onRecord(newRecord(full), settings);
    await vi.waitFor(() => expect(held).toHaveLength(1), 5000);
    for (let number = 0; number < 5000; number += 1) telemetry.onRecord(newRecord(full), settings);
    const closed = telemetry.close(4000);
    const timer = setInterval(() => {
      for (const release of held.splice(0)) release();
    }, 5);
    await closed;
    clearInterval(timer);
    expect(server.spans()).toHaveLength(1 + 2048);
    expect(problems).toEqual([expect.stringMatching(/^2952 spans did not reach/)]);
  });
});

it('does nothing without an endpoint', async () => {
  expect(await exported(full, {})).toEqual([]);
});
