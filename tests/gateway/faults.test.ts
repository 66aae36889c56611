import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import zlib from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  answered,
  ask,
  closedPort,
  headerOf,
  json,
  listening,
  message,
  openedGateway,
  shownText,
  sse,
  streamEnd,
  streamStart,
  streamText,
  talk,
  until,
  upstream,
} from './support.ts';

/** A server that answers each connection with these bytes once a request has come, and then closes it. */
async function rawUpstream(answer: string | Buffer, how: 'end' | 'reset' = 'end'): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      if (answer.length > 0) socket.write(answer);
      setTimeout(() => (how === 'reset' ? socket.resetAndDestroy() : socket.end()), 20);
    });
  });
  const port = await listening(server);
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

describe('an upstream that fails', () => {
  it('cannot be reached: 502 that says where, and a record', async () => {
    const port = await closedPort();
    const { port: at, base, records } = await openedGateway({ upstream: `http://127.0.0.1:${port}` });
    const answer = await ask(at, {
      path: `${base}/v1/messages`,
      body: message(),
      headers: ['x-api-key', 'sk-secret-1'],
    });
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ type: 'error', error: { type: 'api_error' } });
    expect(answer.body.toString()).toContain(`http://127.0.0.1:${port}`);
    expect(answer.body.toString()).not.toContain('secret');
    expect(records()).toMatchObject([
      { status: 'error', failure_type: 'provider-error', http_status: null, cost_usd: null },
    ]);
    expect(records()[0]?.id).toBe(headerOf(answer.headers, 'request-id'));
  });

  it.each([
    ['closes without a word', '', 'end'],
    ['resets without a word', '', 'reset'],
    ['speaks no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', 'end'],
    [
      'changes the protocol',
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
      'end',
    ],
    ['has a status below 100', 'HTTP/1.1 099 Odd\r\ncontent-length: 0\r\n\r\n', 'end'],
    ['breaks off in its head', 'HTTP/1.1 200 OK\r\ncontent-ty', 'end'],
  ] as const)('%s: 502, and a record', async (_name, bytes, how) => {
    const { port, base, records, faults } = await openedGateway({ upstream: await rawUpstream(bytes, how) });
    const answer = await ask(port, { path: `${base}/v1/messages`, body: message() });
    expect(answer.status).toBe(502);
    expect(records()).toMatchObject([{ status: 'error', http_status: null }]);
    expect(faults).toEqual([]);
  });

  it.each([
    ['that was kept: asked once more, and answered', 1, 200, 1],
    ['that was kept, and then a new one: 502', 2, 502, 2],
  ])('resets a connection %s', async (_name, resets, status, requests) => {
    let left = 0;
    let asked = 0;
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => {
        if (left > 0) {
          left -= 1;
          asked += 1;
          socket.resetAndDestroy();
          return;
        }
        const body = answered();
        socket.write(
          `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
        );
      });
    });
    const port = await listening(server);
    onTestFinished(() => {
      server.close();
    });
    const { port: at, base, records } = await openedGateway({ upstream: `http://127.0.0.1:${port}` });
    const once = () => ask(at, { path: `${base}/v1/messages`, body: message() });
    expect((await once()).status).toBe(200);
    left = resets;
    expect((await once()).status).toBe(status);
    expect(asked).toBe(requests);
    // One request of the client's, one record.
    expect(records().map((record) => record.status)).toEqual([
      'success',
      status === 200 ? 'success' : 'error',
    ]);
  });

  it.each([
    ['before the first byte, with a length', 'content-length: 100\r\n\r\n', ''],
    ['in a body with a length', 'content-length: 100\r\n\r\n', '{"type":"message"'],
    ['before the first chunk', 'transfer-encoding: chunked\r\n\r\n', ''],
    [
      'in a chunked stream',
      'transfer-encoding: chunked\r\n\r\n',
      `${streamStart.length.toString(16)}\r\n${streamStart}\r\n`,
    ],
    ['in a chunk', 'transfer-encoding: chunked\r\n\r\n', 'ff\r\nevent: mess'],
    ['with a broken chunk', 'transfer-encoding: chunked\r\n\r\n', 'zz\r\nevent: mess\r\n'],
  ])('dies %s: the client sees that it was cut', async (_name, head, body) => {
    for (const how of ['end', 'reset'] as const) {
      const url = await rawUpstream(
        `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n${head}${body}`,
        how,
      );
      const { port, base, records } = await openedGateway({ upstream: url });
      const answer = await ask(port, { path: `${base}/v1/messages`, body: message({ stream: true }) });
      expect(answer.complete).toBe(false);
      await until('its record', () => records().length > 0);
      expect(records()).toMatchObject([
        { status: 'error', failure_type: 'provider-error', http_status: 200 },
      ]);
      if (body.includes('message_start')) expect(records()[0]).toMatchObject({ input_tokens: 12 });
    }
  });

  it('ends a stream in order but without its last event: the client gets it as it is, the ledger says no success', async () => {
    const { url } = await upstream((_request, response) => {
      response.writeHead(200, sse);
      response.end(streamStart + streamText);
    });
    const { port, base, records } = await openedGateway({ upstream: url });
    const answer = await ask(port, { path: `${base}/v1/messages`, body: message({ stream: true }) });
    expect(answer).toMatchObject({ status: 200, complete: true });
    expect(answer.body.toString()).toBe(streamStart + streamText);
    expect(records()).toMatchObject([
      {
        status: 'error',
        failure_type: 'invalid-response',
        input_tokens: 12,
        output_tokens: Math.ceil(Buffer.byteLength(shownText) / 4),
      },
    ]);
  });

  it('says nothing in a stream, or no JSON under 200: no success', async () => {
    const { url } = await upstream((_request, response, { url: target }) => {
      response.writeHead(200, target.endsWith('stream') ? sse : json);
      response.end(target.endsWith('stream') ? '' : '<html>');
    });
    const { port, base, records } = await openedGateway({ upstream: url });
    await ask(port, { path: `${base}/v1/messages?stream`, body: message({ stream: true }) });
    await ask(port, { path: `${base}/v1/messages`, body: message() });
    expect(records().map(({ status, failure_type }) => [status, failure_type])).toEqual([
      ['error', 'invalid-response'],
      ['error', 'invalid-response'],
    ]);
  });

  it('refuses a large request without reading it: the refusal arrives', async () => {
    const refusal = 'HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}';
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.pause().end(refusal));
    });
    const at = await listening(server);
    onTestFinished(() => {
      server.close();
    });
    const { port, base, records } = await openedGateway({ upstream: `http://127.0.0.1:${at}` });
    const answer = await ask(port, {
      path: `${base}/v1/messages`,
      body: Buffer.alloc(20 * 1024 * 1024, ' '),
    });
    expect([answer.status, answer.body.toString()]).toEqual([413, '{}']);
    expect(records()).toMatchObject([{ status: 'error', http_status: 413 }]);
  });

  it('says 100 Continue unasked, and its reason in Latin-1: the answer behind it passes as it is', async () => {
    const body = answered();
    const text = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Sch\u00f6n\r\nx-said: gr\u00fcn\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const { port, base, records } = await openedGateway({
      upstream: await rawUpstream(Buffer.from(text, 'latin1')),
    });
    const request = message();
    const answer = await talk(
      port,
      `POST ${base}/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${Buffer.byteLength(request)}\r\nconnection: close\r\n\r\n${request}`,
    );
    expect(answer.split('\r\n').slice(0, 2)).toEqual(['HTTP/1.1 200 Sch\u00f6n', 'x-said: gr\u00fcn']);
    expect(answer.endsWith(`\r\n\r\n${body}`)).toBe(true);
    expect(records()).toMatchObject([{ status: 'success', http_status: 200 }]);
  });

  it('redirects: the answer passes, nobody follows it', async () => {
    const other = await upstream((_request, response) => response.end('no'));
    const { url } = await upstream((_request, response) => {
      response.writeHead(307, ['location', `${other.url}/v1/messages`]);
      response.end();
    });
    const { port, base } = await openedGateway({ upstream: url });
    const answer = await ask(port, { path: `${base}/v1/messages`, body: message() });
    expect(answer.status).toBe(307);
    expect(headerOf(answer.headers, 'location')).toBe(`${other.url}/v1/messages`);
    expect(other.seen).toEqual([]);
  });

  it('sends bytes behind its compressed answer: the answer ends', async () => {
    const bytes = Buffer.concat([zlib.gzipSync(answered()), Buffer.from('\0\0more')]);
    const { url } = await upstream((_request, response) => {
      response.writeHead(200, [...json, 'content-encoding', 'gzip']);
      response.end(bytes);
    });
    const { port, base, records } = await openedGateway({ upstream: url });
    const answer = await ask(port, { path: `${base}/v1/messages`, body: message() });
    expect(answer.body.equals(bytes)).toBe(true);
    expect(records()).toMatchObject([{ status: 'success', output_tokens: 34 }]);
  });
});

describe('a client that goes away', () => {
  it('in the middle of a stream: upstream is ended within a second, and the record has what was seen', async () => {
    let closed = false;
    const { url } = await upstream((_request, response) => {
      response.writeHead(200, sse);
      response.write(streamStart + streamText);
      response.on('close', () => {
        closed = true;
      });
    });
    const { port, base, records, gateway } = await openedGateway({ upstream: url });
    await talk(port, post(port, `${base}/v1/messages`, message({ stream: true })), (text) =>
      text.includes('content_block_delta'),
    );
    await until('upstream is closed', () => closed, 1000);
    await until('the record', () => records().length === 1, 1000);
    expect(records()).toMatchObject([
      {
        status: 'cancelled',
        failure_type: 'cancelled',
        input_tokens: 12,
        // No final count came: what the stream has shown, four bytes a token.
        output_tokens: Math.ceil(Buffer.byteLength(shownText) / 4),
        http_status: 200,
      },
    ]);
    expect(records()[0]?.cost_usd).toBeGreaterThan(0);
    await until('nothing in flight', () => gateway.health().in_flight === 0);
  });

  it('before the answer: upstream is ended, and the record says cancelled', async () => {
    let closed = false;
    const { url, seen } = await upstream((request) => {
      request.socket.on('close', () => {
        closed = true;
      });
    });
    const { port, base, records, gateway } = await openedGateway({ upstream: url });
    const socket = net.connect(port, '127.0.0.1');
    socket.write(post(port, `${base}/v1/messages`, message()));
    await until('upstream has it', () => seen.length === 1);
    socket.destroy();
    await until('upstream is closed', () => closed, 1000);
    await until('the record', () => records().length === 1, 1000);
    expect(records()).toMatchObject([{ status: 'cancelled', http_status: null }]);
    await until('nothing in flight', () => gateway.health().in_flight === 0);
  });

  it('while a refusal of the upstream is still coming: upstream is ended', async () => {
    let closed = false;
    const { url, seen } = await upstream((_request, response) => {
      response.writeHead(429, json);
      response.write('{"type":"error",');
      response.on('close', () => {
        closed = true;
      });
    });
    const { port, base, records, gateway } = await openedGateway({ upstream: url });
    const socket = net.connect(port, '127.0.0.1');
    socket.write(post(port, `${base}/v1/messages`, message()));
    await until('upstream has it', () => seen.length === 1);
    await sleep(50);
    socket.destroy();
    await until('upstream is closed', () => closed, 1000);
    await until('the record', () => records().length === 1, 1000);
    expect(records()).toMatchObject([{ status: 'cancelled', http_status: 429 }]);
    await until('nothing in flight', () => gateway.health().in_flight === 0);
  });

  it('in the middle of its request: nothing goes to the upstream', async () => {
    const { url, seen } = await upstream((_request, response) => response.end());
    const { port, base, records, gateway } = await openedGateway({ upstream: url });
    const socket = net.connect(port, '127.0.0.1');
    const bytes = post(port, `${base}/v1/messages`, message());
    socket.write(bytes.slice(0, -10));
    await sleep(50);
    socket.destroy();
    await until('nothing in flight', () => gateway.health().in_flight === 0);
    expect([seen.length, records().length]).toEqual([0, 0]);
  });

  it('after the last event: that is no cancelled request', async () => {
    const { url } = await upstream((_request, response) => {
      response.writeHead(200, sse);
      response.write(streamStart + streamText + streamEnd);
    });
    const { port, base, records } = await openedGateway({ upstream: url });
    await talk(port, post(port, `${base}/v1/messages`, message({ stream: true })), (text) =>
      text.includes('message_stop'),
    );
    await until('the record', () => records().length === 1, 1000);
    expect(records()).toMatchObject([{ status: 'success', output_tokens: 34 }]);
  });

  it('at any moment, hundreds of times: one record each at most, nothing stays in flight', async () => {
    const open = new Set<unknown>();
    const { url, seen } = await upstream((request, response) => {
      open.add(request.socket);
      request.socket.on('close', () => open.delete(request.socket));
      response.writeHead(request.url?.endsWith('429') ? 429 : 200, sse);
      let left = 5;
      const timer = setInterval(() => {
        left -= 1;
        response.write(streamText);
        if (left > 0) return;
        clearInterval(timer);
        response.end(streamEnd);
      }, 2);
      response.on('close', () => clearInterval(timer));
    });
    const { port, base, records, gateway, faults } = await openedGateway({ upstream: url });
    await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        await sleep(index);
        const socket = net.connect(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.write(post(port, `${base}/v1/messages${index % 3 === 0 ? '?429' : ''}`, message()));
        await sleep((index * 7) % 31);
        socket.destroy();
      }),
    );
    await until('nothing in flight', () => gateway.health().in_flight === 0);
    await sleep(100);
    expect(faults).toEqual([]);
    // One that went away before it was sent on is in the ledger too, as cancelled.
    expect(records().length).toBeGreaterThanOrEqual(seen.length);
    expect(records().length).toBeLessThanOrEqual(300);
    expect(new Set(records().map(({ id }) => id)).size).toBe(records().length);
  });
});

describe('a client that reads slowly', () => {
  it('holds the upstream back: 100 MB do not pile up in the gateway', async () => {
    const block = Buffer.from(streamText.repeat(1000));
    const total = 100 * 1024 * 1024;
    let sent = 0;
    const { url } = await upstream((_request, response) => {
      response.writeHead(200, sse);
      response.write(streamStart);
      const more = () => {
        while (sent < total) {
          sent += block.length;
          if (!response.write(block)) return void response.once('drain', more);
        }
        response.end(streamEnd);
      };
      more();
    });
    const { port, base, records } = await openedGateway({ upstream: url });
    const socket = net.connect(port, '127.0.0.1');
    let read = 0;
    socket.write(post(port, `${base}/v1/messages`, message({ stream: true }), ['connection', 'close']));
    // Nobody reads: what lies in the sockets' buffers of both connections is the system's, and bounded.
    await until('the answer began', () => sent > 0);
    await sleep(700);
    expect(sent).toBeLessThan(24 * 1024 * 1024);
    socket.on('data', (chunk: Buffer) => {
      read += chunk.length;
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(read).toBeGreaterThan(total);
    expect(records()).toMatchObject([{ status: 'success', output_tokens: 34 }]);
  });
});

describe('bodies and connections', () => {
  it('a body of 32 MiB passes, one byte more is 413, with a length and chunked', async () => {
    const { url, seen } = await upstream((_request, response) => response.end(answered()));
    const { port, base, records } = await openedGateway({ upstream: url });
    const most = Buffer.alloc(32 * 1024 * 1024, ' ');
    most.write(message());
    const passed = await ask(port, { path: `${base}/v1/messages`, body: most });
    expect(passed.status).toBe(200);
    expect(seen[0]?.body.equals(most)).toBe(true);
    const larger = Buffer.concat([most, Buffer.from(' ')]);
    for (const body of [larger, [larger.subarray(0, 5_000_000), larger.subarray(5_000_000)]]) {
      const refused = await ask(port, { path: `${base}/v1/messages`, body });
      expect(refused.status).toBe(413);
      expect(JSON.parse(refused.body.toString()).error.type).toBe('request_too_large');
    }
    expect([seen.length, records().length]).toEqual([1, 1]);
  });

  it('a thousand idle connections do not keep others waiting', async () => {
    const { url } = await upstream((_request, response) => response.end(answered()));
    const { port, base } = await openedGateway({ upstream: url });
    const idle = await Promise.all(
      Array.from(
        { length: 1000 },
        () =>
          new Promise<net.Socket>((resolve) => {
            const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
          }),
      ),
    );
    const answer = await ask(port, { path: `${base}/v1/messages`, body: message() });
    expect(answer.status).toBe(200);
    for (const socket of idle) socket.destroy();
  });

  it('a stop does not wait for connections that are kept open', async () => {
    const { url } = await upstream((_request, response) => {
      setTimeout(() => response.end(answered()), 300);
    });
    const { port, base, gateway, records } = await openedGateway({ upstream: url });
    const agent = new http.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const asked = ask(port, { path: `${base}/v1/messages`, body: message(), agent });
    await until('in flight', () => gateway.health().in_flight === 1);
    const began = Date.now();
    await gateway.close(20_000);
    expect(Date.now() - began).toBeLessThan(5000);
    expect((await asked).status).toBe(200);
    expect(records()).toHaveLength(1);
  });
});

/** A request's bytes. */
function post(port: number, target: string, body: string, headers: readonly string[] = []): string {
  const lines = ['host', `127.0.0.1:${port}`, 'content-length', String(Buffer.byteLength(body)), ...headers];
  const head = lines.flatMap((text, index) => (index % 2 === 0 ? [`${text}: ${lines[index + 1]}\r\n`] : []));
  return `POST ${target} HTTP/1.1\r\n${head.join('')}\r\n${body}`;
}
