import { createHash } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import zlib from 'node:zlib';
import { expect } from 'vitest';
import { ask, openedGateway, streamEnd, streamStart, streamText, upstream } from './support.ts';

/** A request, and the answer that the upstream gives to it. */
export interface Exchange {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  /** One part is sent with its length, several are sent chunked. */
  readonly body: readonly Buffer[] | undefined;
  readonly answer: {
    readonly status: number;
    readonly reason: string;
    readonly headers: readonly string[];
    /** Each is a write of its own. */
    readonly parts: readonly Buffer[];
    readonly framing: 'length' | 'chunked' | 'close';
    /** It breaks off before its end. */
    readonly cut: boolean;
  };
}

type Random = () => number;

/** A small generator with a seed (mulberry32), so that a failure can be played again. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ping = 'event: ping\ndata: {"type": "ping"}\n\n';
const failure =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Überlastet"}}\n\n';
const chunks =
  'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5","choices":[{"delta":{"content":"日本"}}]}\n\n' +
  'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}\n\ndata: [DONE]\n\n';
const message =
  '{"id":"msg_1","type":"message","model":"claude-opus-5-5","content":[{"type":"text","text":"😀 \\u00fc"}],"usage":{"input_tokens":1,"output_tokens":2}}';

/** Answers of the kinds that the two APIs give. */
export const answers: readonly (readonly [type: string, text: string])[] = [
  ['text/event-stream; charset=utf-8', `${streamStart}${ping}${streamText}${streamText}${streamEnd}`],
  [
    'text/event-stream',
    `: comment\r\n\r\n${`${streamStart}${ping}${streamText}`.replaceAll('\n', '\r\n')}${failure}`,
  ],
  ['text/event-stream', chunks],
  ['application/json', message],
  ['application/json', '{"type":"error","error":{"type":"invalid_request_error","message":"nein"}}'],
  ['application/json', ''],
  ['text/html', '<html>busy</html>'],
];

/** The first stream, split at each of its bytes in turn: one exchange a byte. */
export function splits(): Exchange[] {
  return [0, 1, 2].flatMap((index) => {
    const [type, text] = answers[index] ?? ['', ''];
    const bytes = Buffer.from(text);
    return Array.from({ length: bytes.length - 1 }, (_, at) =>
      exchangeWith({
        status: 200,
        reason: 'OK',
        headers: ['content-type', type],
        parts: [bytes.subarray(0, at + 1), bytes.subarray(at + 1)],
        framing: 'chunked',
        cut: false,
      }),
    );
  });
}

/** Bodies of 20 MiB, in both directions. */
export function large(random: Random): Exchange[] {
  const bytes = Buffer.alloc(20 * 1024 * 1024);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeInt32LE(Math.floor(random() * 2 ** 32) | 0, at);
  const text = Buffer.from(JSON.stringify({ model: 'm', messages: [{ content: 'ä😀"'.repeat(2_000_000) }] }));
  const parts = [bytes.subarray(0, 1), bytes.subarray(1, 10_000_001), bytes.subarray(10_000_001)];
  const answer = {
    status: 200,
    reason: 'OK',
    headers: ['content-type', 'application/json'],
    cut: false,
  } as const;
  return [
    { ...exchangeWith({ ...answer, parts, framing: 'chunked' }), body: [text] },
    { ...exchangeWith({ ...answer, parts: [bytes], framing: 'length' }), body: parts },
    { ...exchangeWith({ ...answer, parts, framing: 'close' }), body: [bytes] },
    {
      ...exchangeWith({
        ...answer,
        headers: ['content-type', 'text/event-stream', 'content-encoding', 'gzip'],
        parts: [zlib.gzipSync(`${streamStart}${streamText.repeat(100_000)}${streamEnd}`)],
        framing: 'length',
      }),
      body: [text],
    },
  ];
}

/** A small request that is answered so. */
export function exchangeWith(answer: Exchange['answer']): Exchange {
  return {
    method: 'POST',
    target: '/v1/messages?beta=true',
    headers: ['content-type', 'application/json'],
    body: [Buffer.from('{"model":"claude-opus-5-5","stream":true,"messages":[]}')],
    answer,
  };
}

/** Any exchange. */
export function generated(random: Random): Exchange {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const maybe = <T>(share: number, values: readonly T[]): readonly T[] => (random() < share ? values : []);
  const cutUp = (bytes: Buffer, most: number): Buffer[] => {
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const next = parts.length >= most ? bytes.length : at + 1 + below(bytes.length - at);
      parts.push(bytes.subarray(at, next));
      at = next;
    }
    return parts;
  };
  const odd = () => [
    ...maybe(0.3, ['X-ODD-cAsE_name.1', 'a  b']),
    ...maybe(0.2, ['x-twice', 'one', 'X-Twice', 'two', 'x-twice', '']),
    ...maybe(0.2, ['x-latin', 'caf\u00e9 \u00ff']),
    ...maybe(0.1, ['x-long', 'v'.repeat(1 + below(6000))]),
    ...maybe(0.1, ['x-punctuation', '!#$%&\'*+-.^_`|~ "(),/:;<=>?@[]{}\\\t.']),
    ...maybe(0.1, ['X-Backlog-Ticket', 'FEAT-666']),
    ...maybe(0.1, ['Keep-Alive', 'timeout=5']),
  ];
  const method = pick(['POST', 'POST', 'POST', 'POST', 'GET', 'HEAD', 'DELETE', 'PUT', 'PATCH', 'OPTIONS']);
  const noise = Buffer.from(Array.from({ length: below(300) }, () => below(256)));
  const text = JSON.stringify({
    model: pick(['claude-opus-5-5', 'frontier', 'ü', '']),
    stream: random() < 0.5,
    safeguards: { unknown: true },
    messages: [{ role: 'user', content: pick(['hi', '日本語 😀', '[backlog ticket=FEAT-1 gate=plan]\nx']) }],
  });
  const body = pick([noise, Buffer.from(text), Buffer.from(text), Buffer.from(''), zlib.gzipSync(text)]);
  const hasBody = method === 'GET' || method === 'HEAD' ? random() < 0.1 && body.length > 0 : random() < 0.9;
  const status = pick([
    200, 200, 200, 200, 200, 200, 201, 202, 204, 206, 299, 301, 304, 307, 400, 401, 403, 404, 409, 413, 422,
    429, 500, 502, 503, 529, 599,
  ]);
  const [type, plain] = pick(answers);
  const encoding = pick(['', '', '', 'gzip', 'deflate', 'br', 'unknown']);
  const encoded = compress(Buffer.from(plain), encoding);
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  const bytes = bodiless ? Buffer.alloc(0) : encoded;
  const cut = !bodiless && bytes.length > 1 && random() < 0.08;
  return {
    method,
    target: pick([
      '/v1/messages',
      '/v1/messages?beta=true',
      '/v1/messages/count_tokens',
      '/v1/models?limit=1&after=%20x',
      '/v1/chat/completions',
      '/v1/files/a%2Fb//c;d=1/?x=ä'.replace('ä', '%C3%A4'),
    ]),
    headers: [
      ...maybe(0.8, ['content-type', 'application/json']),
      ...maybe(0.8, ['Accept-Encoding', 'gzip, deflate, br']),
      ...maybe(0.5, ['anthropic-beta', 'a-2026-01-01,b-2026-02-02', 'anthropic-version', '2023-06-01']),
      ...maybe(0.5, ['x-claude-code-session-id', `session-${below(3)}`]),
      ...maybe(0.3, ['x-claude-code-agent-id', `agent${below(3)}`]),
      ...maybe(0.1, ['X-Hop', '1', 'Connection', 'keep-alive, X-Hop']),
      ...maybe(0.3, ['Authorization', 'Bearer x', 'Cookie', 'a=b; c="d"']),
      ...odd(),
    ],
    body: hasBody ? (random() < 0.3 && body.length > 1 ? cutUp(body, 4) : [body]) : undefined,
    answer: {
      status,
      reason: pick(['OK', 'Overloaded', 'Very long reason, with "signs"', 'caf\u00e9']),
      headers: [
        'Content-Type',
        type,
        ...(encoding === '' ? [] : ['content-encoding', encoding]),
        ...maybe(0.5, ['request-id', `req_${below(1e9)}`]),
        ...maybe(0.2, ['Set-Cookie', 'a=1; Path=/', 'set-cookie', 'b=2']),
        ...maybe(0.2, ['retry-after', '3', 'x-should-retry', 'true']),
        ...maybe(0.2, ['anthropic-ratelimit-requests-remaining', '1']),
        ...maybe(0.3, ['Date', 'Sat, 21 Nov 2026 08:00:00 GMT']),
        ...odd(),
      ],
      parts: random() < 0.02 ? [...bytes].map((byte) => Buffer.from([byte])) : cutUp(bytes, below(6)),
      framing: pick(['length', 'chunked', 'chunked', 'close']),
      cut,
    },
  };
}

function compress(bytes: Buffer, encoding: string): Buffer {
  if (encoding === 'gzip') return zlib.gzipSync(bytes);
  if (encoding === 'deflate') return zlib.deflateSync(bytes);
  return encoding === 'br' ? zlib.brotliCompressSync(bytes) : bytes;
}

/** Plays exchanges through a gateway, many at once. @throws at the first that is not the same on both sides */
export async function playThrough(exchanges: readonly Exchange[], sideBySide = 16): Promise<void> {
  const { url, seen } = await upstream((request, response, one) => {
    const index = Number(request.headers['x-exchange']);
    arrived.set(index, one);
    play(request, response, exchanges[index]);
  });
  const arrived = new Map<number, (typeof seen)[number]>();
  const opened = await openedGateway({ upstream: url, llmOps: { gateway: { chatUpstream: url } } });
  const agent = new http.Agent({ keepAlive: true });
  let next = 0;
  const worker = async () => {
    while (next < exchanges.length) {
      const index = next;
      next += 1;
      const exchange = exchanges[index];
      if (exchange === undefined) return;
      const { method, target, headers, body } = exchange;
      const answer = await ask(opened.port, {
        method,
        path: `${opened.base}${target}`,
        headers: [...headers, 'x-exchange', String(index)],
        ...(body === undefined ? {} : { body }),
        agent,
      });
      const there = arrived.get(index);
      const where = `exchange ${index}: ${method} ${target} ${exchange.answer.status}, answered ${answer.status} ${answer.body.toString('latin1').slice(0, 200)}`;
      expect(
        {
          method: there?.method,
          target: there?.url,
          headers: endToEnd(there?.headers ?? []),
          body: digest(there?.body ?? Buffer.from('nothing came')),
        },
        where,
      ).toEqual({
        method,
        target,
        headers: endToEnd(readable([...headers, 'x-exchange', String(index)]), ['X-Hop']),
        body: digest(Buffer.concat(body ?? [])),
      });
      const { parts, cut, status, reason } = exchange.answer;
      const expected = endToEnd(exchange.answer.headers);
      const added = ['request-id', 'date', ...(crossedBudget(exchange) ? ['x-should-retry'] : [])].flatMap(
        (name) => missing(expected, name),
      );
      expect(
        {
          status: answer.status,
          reason: answer.reason,
          headers: endToEnd(answer.headers, added),
          body: digest(answer.body),
          complete: answer.complete,
        },
        where,
      ).toEqual({
        status,
        reason,
        headers: expected,
        body: digest(Buffer.concat(sentOf(parts, cut))),
        complete: !cut,
      });
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, worker));
  agent.destroy();
  expect(opened.faults).toEqual([]);
  expect(opened.gateway.health().ledger).toMatchObject({ waiting: 0, last_error: null });
  const generating = exchanges.filter(
    ({ method, target }) => method === 'POST' && /^\/v1\/(?:messages|chat\/completions)(?:\?|$)/.test(target),
  );
  expect(new Set(opened.records().map(({ id }) => id)).size).toBe(generating.length);
}

/** What is sent of an answer that is cut: all but its last part, or but its last byte. */
function sentOf(parts: readonly Buffer[], cut: boolean): readonly Buffer[] {
  if (!cut) return parts;
  return parts.length > 1 ? parts.slice(0, -1) : parts.map((part) => part.subarray(0, -1));
}

function play(request: IncomingMessage, response: ServerResponse, exchange: Exchange | undefined): void {
  if (exchange === undefined) return void response.destroy();
  const { status, reason, headers, parts, framing, cut } = exchange.answer;
  const length = Buffer.concat(parts).length;
  const bodiless = request.method === 'HEAD' || status === 204 || status === 304;
  if (framing === 'close' && !cut) {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
  }
  response.writeHead(status, reason, [
    ...headers,
    ...(framing === 'length' && !bodiless ? ['content-length', String(length)] : []),
  ]);
  // The head goes first, on its own, and in the encoding of heads.
  if (!bodiless) response.write(Buffer.alloc(0));
  const left = [...sentOf(parts, cut)];
  const more = () => {
    const part = left.shift();
    if (part !== undefined) {
      response.write(part);
      setImmediate(more);
    } else if (cut) setImmediate(() => response.socket?.end());
    else response.end();
  };
  more();
}

const between = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'host',
  'proxy-connection',
]);

/** Header lines that have to be the same on both sides. */
function endToEnd(headers: readonly string[], without: readonly string[] = []): string[] {
  const dropped = new Set(without.map((name) => name.toLowerCase()));
  return headers.flatMap((name, index) => {
    const lower = name.toLowerCase();
    const goes =
      index % 2 === 0 && !between.has(lower) && !dropped.has(lower) && !lower.startsWith('x-backlog-');
    return goes ? [`${name}: ${(headers[index + 1] ?? '').trim()}`] : [];
  });
}

function missing(lines: readonly string[], name: string): string[] {
  return lines.some((line) => line.toLowerCase().startsWith(`${name}:`)) ? [] : [name];
}

/** What the client accepts, without an encoding that this Node cannot unpack: its usage could not be read. */
function readable(headers: readonly string[]): string[] {
  if ('createZstdDecompress' in zlib) return [...headers];
  return headers.map((text, index) =>
    headers[index - 1]?.toLowerCase() === 'accept-encoding' ? text.replace(', zstd', '') : text,
  );
}

/** The one answer that gets a header more: LiteLLM's own refusal. */
function crossedBudget({ answer }: Exchange): boolean {
  return answer.status === 429 && Buffer.concat(answer.parts).includes('crossed budget');
}

/** Large bodies are compared, but not printed. */
function digest(bytes: Buffer): string {
  return bytes.length < 2000
    ? bytes.toString('latin1')
    : `${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`;
}
