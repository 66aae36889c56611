import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meterFor, readableEncodings } from '../../src/gateway/meter.ts';
import { type AnswerFacts, noFacts } from '../../src/gateway/usage.ts';

const SSE = 'text/event-stream; charset=utf-8';

async function metered(chunks: readonly Buffer[], type = SSE, encoding = ''): Promise<AnswerFacts> {
  const meter = meterFor(type, encoding);
  for (const chunk of chunks) meter.write(chunk);
  return meter.end();
}

function events(...list: readonly object[]): string {
  return list
    .map((event) => `event: ${'type' in event ? event.type : 'message'}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
}

const start = {
  type: 'message_start',
  message: {
    id: 'msg_01',
    type: 'message',
    model: 'claude-opus-5-5',
    usage: {
      input_tokens: 12,
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 4000,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
      output_tokens: 1,
    },
  },
};
const delta = (text: string) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text },
});
const end = {
  type: 'message_delta',
  delta: { stop_reason: 'end_turn' },
  usage: { output_tokens: 77, server_tool_use: { web_search_requests: 2 } },
};
const stop = { type: 'message_stop' };
const shown = 'grüße 😀 "usage":{"output_tokens":9}';
const whole = events(start, { type: 'ping' }, delta(shown), end, stop);
const wholeFacts: AnswerFacts = {
  ...noFacts(),
  messageId: 'msg_01',
  model: 'claude-opus-5-5',
  inputTokens: 12,
  outputTokens: 77,
  cacheReadTokens: 4000,
  cacheWrite5mTokens: 100,
  cacheWrite1hTokens: 200,
  webSearches: 2,
  shownBytes: Buffer.byteLength(JSON.stringify(shown)) - 2,
  metered: true,
  finished: true,
};

describe('reading a stream on its way', () => {
  it.each([
    ['LF', whole],
    ['CR LF', whole.replaceAll('\n', '\r\n')],
    ['CR', whole.replaceAll('\n', '\r')],
    ['comments and pings between', `: hello\n\n${whole.replaceAll('\n\n', '\n\n: ping\n\n')}`],
    ['data without a space', whole.replaceAll('data: ', 'data:')],
    ['unknown fields', whole.replaceAll('event:', 'id: 7\nretry: 10\nevent:')],
    ['a byte order mark before it', `\uFEFF${whole.replaceAll(/event: [a-z_]+\n/g, '')}`],
    [
      'data on several lines',
      whole.replaceAll(/data: (\{"type":"message_(?:start|delta)",)/g, 'data: $1\ndata:   '),
    ],
  ])('gives the same facts wherever it is split: %s', async (_name, text) => {
    const bytes = Buffer.from(text);
    expect(await metered([bytes])).toEqual(wholeFacts);
    for (let at = 1; at < bytes.length; at += 1)
      expect(await metered([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(wholeFacts);
    expect(await metered([...bytes].map((byte) => Buffer.from([byte])))).toEqual(wholeFacts);
  });

  it.each([
    ['gzip', zlib.gzipSync],
    ['x-gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['br', zlib.brotliCompressSync],
    ['GZIP', zlib.gzipSync],
  ])('reads %s at any split, and what a cut one still gives', async (encoding, compress) => {
    const bytes = compress(Buffer.from(whole));
    for (let at = 0; at < bytes.length; at += 7)
      expect(await metered([bytes.subarray(0, at), bytes.subarray(at)], SSE, encoding)).toEqual(wholeFacts);
    for (let at = 0; at < bytes.length; at += 11) {
      const facts = await metered([bytes.subarray(0, at)], SSE, encoding);
      expect([0, 12]).toContain(facts.inputTokens);
    }
  });

  it('ends when there are bytes behind the end of a compressed answer, or no compressed bytes at all', async () => {
    const bytes = zlib.gzipSync(Buffer.from(whole));
    expect(await metered([Buffer.concat([bytes, Buffer.from('\0\0 trailing')])], SSE, 'gzip')).toEqual(
      wholeFacts,
    );
    const late = [bytes, Buffer.from('\0\0 trailing'), Buffer.alloc(100_000)];
    const meter = meterFor(SSE, 'gzip');
    for (const chunk of late) {
      meter.write(chunk);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await meter.end()).toEqual(wholeFacts);
    for (const encoding of ['gzip', 'deflate', 'br'])
      expect((await metered([Buffer.from(whole)], SSE, encoding)).metered).toBe(false);
    expect((await metered([], SSE, 'gzip')).metered).toBe(false);
  });

  it('says that it could not look into an encoding that it does not know', async () => {
    expect(await metered([Buffer.from(whole)], SSE, 'compress')).toMatchObject({
      metered: false,
      readable: false,
    });
    expect(await metered([Buffer.from(whole)])).toMatchObject({ readable: true });
  });

  it('asks for no encoding that this Node cannot read', () => {
    const zstd = 'createZstdDecompress' in zlib ? ', zstd' : '';
    expect(readableEncodings('gzip, deflate, br, zstd')).toBe(`gzip, deflate, br${zstd}`);
    expect(readableEncodings('gzip;q=1.0,compress;q=0.5,*;q=0')).toBe('gzip;q=1.0,*;q=0');
    expect(readableEncodings('compress')).toBe('identity');
    expect(readableEncodings('identity')).toBe('identity');
  });

  it('a stream that is cut has the usage so far and no end', async () => {
    const cut = events(start, delta('abc'));
    expect(await metered([Buffer.from(cut)])).toMatchObject({
      metered: true,
      finished: false,
      inputTokens: 12,
      outputTokens: 1,
    });
  });

  it('an error event is no success', async () => {
    const text = events(start, {
      type: 'error',
      error: { type: 'overloaded_error', message: '"type":"content_block_' },
    });
    expect(await metered([Buffer.from(text)])).toMatchObject({ error: 'overloaded_error', finished: false });
  });

  it('takes the sum of cache writes where the split is missing, empty or smaller', async () => {
    const writes = (usage: object) =>
      metered([Buffer.from(events({ ...start, message: { ...start.message, usage } }, stop))]);
    expect(await writes({ output_tokens: 1, cache_creation_input_tokens: 50 })).toMatchObject({
      cacheWrite5mTokens: 50,
      cacheWrite1hTokens: 0,
    });
    expect(
      await writes({
        output_tokens: 1,
        cache_creation_input_tokens: 50,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      }),
    ).toMatchObject({ cacheWrite5mTokens: 50, cacheWrite1hTokens: 0 });
    expect(
      await writes({
        output_tokens: 1,
        cache_creation_input_tokens: 50,
        cache_creation: { ephemeral_1h_input_tokens: 20 },
      }),
    ).toMatchObject({ cacheWrite5mTokens: 30, cacheWrite1hTokens: 20 });
  });

  it('keeps the split of the beginning when the last event repeats the sum only', async () => {
    const last = { ...end, usage: { ...end.usage, cache_creation_input_tokens: 300 } };
    expect(await metered([Buffer.from(events(start, last, stop))])).toEqual({ ...wholeFacts, shownBytes: 0 });
  });

  it('survives figures and shapes that are none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), fc.boolean(), async (usage, other, stream) => {
        const messages = [
          { type: 'message_start', message: { id: other, model: other, usage } },
          { type: 'message_delta', usage },
          { id: other, object: 'chat.completion.chunk', choices: other, usage },
          { type: 'error', error: other },
          { error: other },
          { type: 'response.completed', response: other },
          { type: 'message', usage, id: 5 },
          other,
        ];
        const facts = stream
          ? await metered([Buffer.from(messages.map((part) => `data: ${JSON.stringify(part)}\n\n`).join(''))])
          : await metered([Buffer.from(JSON.stringify(other))], 'application/json');
        for (const value of [facts.inputTokens, facts.outputTokens, facts.cacheReadTokens])
          expect(Number.isInteger(value) && value >= 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['line feeds and one carriage return', `${'\n'.repeat(4_000_000)}\r`],
    ['carriage returns', '\r'.repeat(4_000_000)],
    ['carriage returns and one line feed', `${'\r'.repeat(4_000_000)}\n`],
  ])('goes through %s once', async (_name, text) => {
    expect((await metered([Buffer.from(text), Buffer.from(whole)])).finished).toBe(true);
  });

  it('an event that never ends is let go at 32 MiB, and what follows is read', async () => {
    const long = Buffer.alloc(1024 * 1024, 'x');
    const meter = meterFor(SSE, '');
    meter.write(Buffer.from('data: '));
    for (let index = 0; index < 40; index += 1) meter.write(long);
    meter.write(Buffer.from(`\n\n${whole}`));
    expect(await meter.end()).toEqual(wholeFacts);
    const lines = meterFor(SSE, '');
    const before = process.memoryUsage().heapUsed + process.memoryUsage().external;
    const line = Buffer.from(`data: ${'x'.repeat(1024 * 1024)}\n`);
    for (let index = 0; index < 200; index += 1) lines.write(line);
    const held = process.memoryUsage().heapUsed + process.memoryUsage().external - before;
    expect(held).toBeLessThan(120 * 1024 * 1024);
    lines.write(Buffer.from(`\n${whole}`));
    expect(await lines.end()).toEqual(wholeFacts);
  });
});

describe('chat completions', () => {
  const chunk = (more: object) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-5',
    choices: [{ index: 0, delta: { content: 'x' } }],
    ...more,
  });
  const usage = {
    prompt_tokens: 1130,
    completion_tokens: 9,
    prompt_tokens_details: {
      cached_tokens: 1000,
      cache_creation_tokens: 30,
      cache_creation_token_details: { ephemeral_1h_input_tokens: 10, ephemeral_5m_input_tokens: 20 },
    },
  };
  const facts = {
    messageId: 'chatcmpl-1',
    model: 'gpt-5',
    inputTokens: 100,
    outputTokens: 9,
    cacheReadTokens: 1000,
    cacheWrite5mTokens: 20,
    cacheWrite1hTokens: 10,
    metered: true,
    finished: true,
    error: null,
  };
  const lines = (...parts: readonly object[]) =>
    `${parts.map((part) => `data: ${JSON.stringify(part)}\n\n`).join('')}data: [DONE]\n\n`;

  it('a stream with a usage chunk', async () => {
    const text = lines(chunk({}), chunk({}), chunk({ choices: [], usage }));
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 1)
      expect(await metered([bytes.subarray(0, at), bytes.subarray(at)])).toMatchObject(facts);
  });

  it('a stream whose usage chunk is written by Python, with spaces', async () => {
    const text = lines(chunk({}), chunk({ choices: [], usage }));
    expect(await metered([Buffer.from(text.replaceAll('":', '": ').replaceAll(',"', ', "'))])).toMatchObject(
      facts,
    );
  });

  it('an answer without a stream', async () => {
    const body = JSON.stringify({ ...chunk({ usage }), object: 'chat.completion' });
    expect(await metered([Buffer.from(body)], 'application/json')).toMatchObject(facts);
  });

  it('a stream that breaks off with an error', async () => {
    const text = `data: ${JSON.stringify(chunk({}))}\n\ndata: {"error":{"message":"gone","type":"server_error"}}\n\n`;
    expect(await metered([Buffer.from(text)])).toMatchObject({ error: 'server_error', finished: false });
  });
});

describe('the Responses form', () => {
  const response = {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    model: 'gpt-5',
    error: null,
    usage: { input_tokens: 110, output_tokens: 9, input_tokens_details: { cached_tokens: 100 } },
  };
  const facts = {
    messageId: 'resp_1',
    model: 'gpt-5',
    inputTokens: 10,
    outputTokens: 9,
    cacheReadTokens: 100,
    metered: true,
    finished: true,
    error: null,
  };

  it('streamed and whole', async () => {
    const text = events(
      { type: 'response.created', response: { ...response, status: 'in_progress', usage: null } },
      { type: 'response.output_text.delta', delta: 'x' },
      { type: 'response.completed', response },
    );
    expect(await metered([Buffer.from(text)])).toMatchObject(facts);
    expect(await metered([Buffer.from(JSON.stringify(response))], 'application/json')).toMatchObject(facts);
    const failed = events({
      type: 'response.failed',
      response: { ...response, status: 'failed', error: { code: 'server_error' } },
    });
    expect(await metered([Buffer.from(failed)])).toMatchObject({ error: 'server_error' });
  });
});

describe('answers without a stream', () => {
  it('a message', async () => {
    const body = { ...start.message, usage: { ...start.message.usage, output_tokens: 77 } };
    const bytes = Buffer.from(JSON.stringify(body));
    for (let at = 0; at < bytes.length; at += 1)
      expect(
        await metered([bytes.subarray(0, at), bytes.subarray(at)], 'application/json; charset=utf-8'),
      ).toEqual({ ...wholeFacts, webSearches: 0, shownBytes: 0 });
  });

  it("LiteLLM's 200 with an error in its body is an error", async () => {
    const body =
      '{"type":"error","error":{"type":"api_error","message":"cannot read the upstream\'s answer"}}';
    expect(await metered([Buffer.from(body)], 'application/json')).toMatchObject({
      error: 'api_error',
      finished: false,
    });
  });

  it.each([['<html>busy</html>'], [''], ['{"type":"mess'], ['[]'], ['null'], ['"x"']])(
    'what is no answer gives no facts: %j',
    async (body) => {
      expect(await metered([Buffer.from(body)], 'application/json')).toMatchObject({
        metered: false,
        finished: false,
        error: null,
      });
    },
  );
});
