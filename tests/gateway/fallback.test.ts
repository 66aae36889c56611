import zlib from 'node:zlib';
import { expect, it } from 'vitest';
import type { Admission } from '../../src/gateway/admission.ts';
import {
  answered,
  ask,
  closedPort,
  headerOf,
  json,
  message,
  openedGateway,
  sse,
  streamStart,
  until,
  upstream,
} from './support.ts';

const budgetText = JSON.stringify({
  error: {
    message: 'No deployments available for selected model, crossed budget: openai/gpt-5 spend=1.2 limit=1.0',
    type: null,
    code: '429',
  },
});
const rateText = '{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}';

it.each([
  ['a spent budget of LiteLLM', 429, budgetText, 'false'],
  ['a spent key of LiteLLM', 429, '{"error":{"type":"budget_exceeded","message":"ExceededBudget"}}', 'false'],
  ['a rate limit', 429, rateText, undefined],
  ['an empty 429', 429, '', undefined],
  ['an overloaded upstream that mentions it', 529, budgetText, undefined],
  ['a long 429', 429, `${' '.repeat(300_000)}${rateText}`, undefined],
])('%s: body and status stay, x-should-retry is %s', async (_name, status, body, retry) => {
  for (const encoding of ['', 'gzip', 'br']) {
    const bytes =
      encoding === 'gzip'
        ? zlib.gzipSync(body)
        : encoding === 'br'
          ? zlib.brotliCompressSync(body)
          : Buffer.from(body);
    const { url } = await upstream((_request, response) => {
      response.writeHead(status, [...json, ...(encoding === '' ? [] : ['content-encoding', encoding])]);
      response.end(bytes);
    });
    const { port, base, records } = await openedGateway({ upstream: url });
    const answer = await ask(port, { path: `${base}/v1/messages`, body: message() });
    expect(answer).toMatchObject({ status, complete: true });
    expect(answer.body.equals(bytes)).toBe(true);
    expect(headerOf(answer.headers, 'x-should-retry')).toBe(retry);
    expect(records()).toMatchObject([{ status: 'error', http_status: status }]);
  }
});

it('a 429 that comes slowly is not held back for long, and what the upstream says about retries stays', async () => {
  const { url } = await upstream((_request, response) => {
    response.writeHead(429, [...json, 'x-should-retry', 'true']);
    response.write(budgetText.slice(0, 20));
    setTimeout(() => response.end(budgetText.slice(20)), 1500);
  });
  const { port, base } = await openedGateway({ upstream: url });
  const answer = await ask(port, { path: `${base}/v1/messages`, body: message() });
  expect(answer.body.toString()).toBe(budgetText);
  expect(headerOf(answer.headers, 'x-should-retry')).toBe('true');
});

/** A gateway whose project has a fallback. */
async function withFallback(first: string, more: { readonly admission?: Admission } = {}) {
  const second = await upstream((_request, response) => {
    response.writeHead(200, json);
    response.end(answered({ id: 'msg_fallback' }));
  });
  const opened = await openedGateway({
    upstream: first,
    llmOps: { gateway: { fallbackUpstream: second.url } },
    ...more,
  });
  return { second, ...opened };
}

it.each([
  [429, rateText],
  [500, '{}'],
  [503, ''],
  [529, '{}'],
])('after HTTP %s the fallback answers, and both attempts are in the ledger', async (status, body) => {
  const first = await upstream((_request, response) => {
    response.writeHead(status, [...json, 'request-id', 'req_first']);
    response.end(body);
  });
  const { second, port, base, records } = await withFallback(first.url);
  const answer = await ask(port, { path: `${base}/v1/messages?beta=true`, body: message() });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body.toString()).id).toBe('msg_fallback');
  expect(second.seen[0]?.url).toBe('/v1/messages?beta=true');
  expect(second.seen[0]?.body.toString()).toBe(message());
  const lines = records();
  expect(lines).toMatchObject([
    { attempt: 1, status: 'error', http_status: status, request_id: 'req_first', fallback_from: null },
    { attempt: 2, status: 'success', http_status: 200, fallback_from: 'other', output_tokens: 34 },
  ]);
  expect(new Set(lines.map(({ id }) => id)).size).toBe(2);
  expect(headerOf(answer.headers, 'request-id')).toBe(lines[1]?.id);
});

it.each(['is cut', 'never ends'])('a failing answer that %s does no harm, and is let go', async (how) => {
  let closed = false;
  const first = await upstream((_request, response) => {
    response.writeHead(500, json);
    const timer = setInterval(() => response.write(' '.repeat(1000)), 5);
    response.on('close', () => {
      closed = true;
      clearInterval(timer);
    });
    if (how === 'is cut') setTimeout(() => response.socket?.resetAndDestroy(), 50);
  });
  const { port, base, records, faults } = await withFallback(first.url);
  expect((await ask(port, { path: `${base}/v1/messages`, body: message() })).status).toBe(200);
  await until('it is closed', () => closed, 3000);
  expect(records()).toHaveLength(2);
  expect(faults).toEqual([]);
});

it('after a connection that cannot be made the fallback answers', async () => {
  const { port, base, records } = await withFallback(`http://127.0.0.1:${await closedPort()}`);
  expect((await ask(port, { path: `${base}/v1/messages`, body: message() })).status).toBe(200);
  expect(records()).toMatchObject([
    { attempt: 1, status: 'error', http_status: null },
    { attempt: 2, status: 'success' },
  ]);
});

it.each([
  [400, '{}'],
  [401, '{}'],
  [402, '{}'],
  [404, '{}'],
  [422, '{"error":{"type":"budget_exceeded"}}'],
  [429, budgetText],
])('after HTTP %s %s nobody else is asked', async (status, body) => {
  const first = await upstream((_request, response) => {
    response.writeHead(status, json);
    response.end(body);
  });
  const { second, port, base, records } = await withFallback(first.url);
  const answer = await ask(port, { path: `${base}/v1/messages`, body: message() });
  expect(answer.status).toBe(status);
  expect(answer.body.toString()).toBe(body);
  expect(second.seen).toEqual([]);
  expect(records()).toHaveLength(1);
});

it('after the first byte nobody else is asked', async () => {
  const first = await upstream((_request, response) => {
    response.writeHead(200, sse);
    response.write(streamStart);
    setTimeout(() => response.destroy(), 30);
  });
  const { second, port, base, records } = await withFallback(first.url);
  const answer = await ask(port, { path: `${base}/v1/messages`, body: message({ stream: true }) });
  expect(answer.complete).toBe(false);
  expect(second.seen).toEqual([]);
  await until('the record', () => records().length === 1);
});

it('a request that our own budget refuses reaches nobody', async () => {
  const first = await upstream((_request, response) => response.end());
  const admission: Admission = { admit: async () => ({ message: 'the budget "day" is spent' }) };
  const { second, port, base, records } = await withFallback(first.url, { admission });
  const answer = await ask(port, { path: `${base}/v1/messages`, body: message() });
  expect(answer.status).toBe(402);
  expect(headerOf(answer.headers, 'x-should-retry')).toBe('false');
  expect(JSON.parse(answer.body.toString()).error).toMatchObject({
    type: 'billing_error',
    message: 'the budget "day" is spent',
  });
  expect([first.seen.length, second.seen.length]).toEqual([0, 0]);
  expect(records()).toMatchObject([{ status: 'blocked', failure_type: 'budget', http_status: 402 }]);
});

it('every spelling of an endpoint asks the budget; other endpoints do not', async () => {
  const first = await upstream((_request, response) => response.end());
  const admission: Admission = { admit: async () => ({ message: 'spent' }) };
  const { port, base } = await withFallback(first.url, { admission });
  const status = async (target: string) =>
    (await ask(port, { path: `${base}${target}`, body: message() })).status;
  for (const target of [
    '/v1/messages',
    '/v1/messages?x=1',
    '/v1/messages/',
    '/v1//messages',
    '/v1/%6dessages',
    '/v1/chat/completions',
    '/v1/chat%2Fcompletions',
    '/v1/responses',
    '/v1/completions',
    '/v1/MESSAGES',
    '/v1/messages;x=1',
    '/v1/messages/batches',
    '/v1/batches',
    '/v1/complete',
    '/v1/embeddings',
    '/v1/images/generations',
  ])
    expect([target, await status(target)]).toEqual([target, 402]);
  for (const target of [
    '/v1/messages/count_tokens',
    '/v1/models',
    '/v1/messages/batches/b1/cancel',
    '/v1/files',
  ])
    expect([target, await status(target)]).toEqual([target, 200]);
});

it('a request is settled exactly once, however it ends', async () => {
  const settled: unknown[] = [];
  const admission: Admission = { admit: async () => ({ settle: (record) => settled.push(record?.status) }) };
  const first = await upstream((_request, response) => {
    response.writeHead(200, json);
    response.end(answered());
  });
  const { port, base } = await openedGateway({ upstream: first.url, admission });
  await ask(port, { path: `${base}/v1/messages`, body: message() });
  const gone = await openedGateway({ upstream: `http://127.0.0.1:${await closedPort()}`, admission });
  await ask(gone.port, { path: `${gone.base}/v1/messages`, body: message() });
  await until('both settled', () => settled.length === 2);
  expect(settled).toEqual(['success', 'error']);
});

it("the two attempts have their own call ids, each its record's id", async () => {
  const ids: (string | undefined)[] = [];
  const litellm = await upstream((request, response) => {
    ids.push(headerOf(request.rawHeaders, 'x-litellm-call-id'));
    response.writeHead(ids.length === 1 ? 500 : 200, json);
    response.end(answered());
  });
  const { port, base, records } = await openedGateway({
    upstream: litellm.url,
    env: { LITELLM_BASE_URL: litellm.url },
    llmOps: { gateway: { upstream: 'litellm', fallbackUpstream: 'litellm' } },
  });
  await ask(port, { path: `${base}/v1/messages`, body: message() });
  expect(ids).toHaveLength(2);
  expect(records().map(({ id }) => id)).toEqual(ids);
});
