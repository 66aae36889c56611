import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isForwarded } from '../../src/gateway/endpoints.ts';
import { writeFiles } from '../support/temp.ts';
import {
  answered,
  ask,
  configText,
  headerOf,
  json,
  message,
  openedGateway,
  talk,
  upstream,
} from './support.ts';

const good = () =>
  upstream((_request, response) => {
    response.writeHead(200, json);
    response.end(answered());
  });

describe('who may ask', () => {
  it.each([
    ['a page', ['origin', 'https://evil.example'], 403],
    ['a page without a name', ['origin', 'null'], 403],
    ['another name for this machine', ['host', 'evil.example'], 403],
    ['another name with our port', ['host', 'evil.example:4141'], 403],
    ['a name that begins like ours', ['host', '127.0.0.1.evil.example'], 403],
    ['no name', ['host', ''], 403],
    ['localhost', ['host', 'localhost:4141'], 200],
    ['LOCALHOST', ['host', 'LOCALHOST'], 200],
    ['IPv6', ['host', '[::1]:4141'], 200],
  ])('%s', async (_name, headers, status) => {
    const { url, seen } = await good();
    const { port, base } = await openedGateway({ upstream: url });
    const answer = await ask(port, { path: `${base}/v1/messages`, body: message(), headers });
    expect(answer.status).toBe(status);
    expect(seen).toHaveLength(status === 200 ? 1 : 0);
  });

  it('with remote clients allowed everybody needs the token, which is not sent on; our own command may ask how it is', async () => {
    const { url, seen } = await good();
    const token = 'correct-horse-battery';
    const { port, base } = await openedGateway({ upstream: url, token });
    const status = async (headers: readonly string[], target = `${base}/v1/messages`) =>
      (await ask(port, { path: target, body: message(), headers })).status;
    expect(await status([])).toBe(403);
    expect(await status(['x-backlog-token', 'correct-horse-batterx'])).toBe(403);
    expect(await status(['x-backlog-token', token, 'x-backlog-token', token])).toBe(403);
    expect(seen).toEqual([]);
    expect(await status(['x-backlog-token', token, 'host', 'gateway.lan:4141'])).toBe(200);
    expect(headerOf(seen[0]?.headers ?? [], 'x-backlog-token')).toBeUndefined();
    expect((await ask(port, { method: 'GET', path: '/health' })).status).toBe(200);
    expect(
      (await ask(port, { method: 'GET', path: '/health', headers: ['host', 'gateway.lan'] })).status,
    ).toBe(403);
  });
});

describe('where requests go', () => {
  it.each([
    ['//evil.example/v1/messages'],
    ['http://evil.example/v1/messages'],
    ['https://evil.example/v1/messages'],
    ['/v1/../secret'],
    ['/v1/%2e%2e/secret'],
    ['/v1/.%2E/secret'],
    ['/v1/x/..'],
    ['/v1/..%2fsecret'],
    ['/v1/%2e%2e%2fsecret'],
    ['/v1/x%2f..%2f..%2fsecret'],
    ['/v1/..\\secret'],
    ['/v1/..%5csecret'],
    ['/v1\\..\\secret'],
    ['/v1/./messages'],
    ['/v1'],
    ['/V1/messages'],
    ['/secret'],
    ['*'],
    ['@evil.example/v1/messages'],
  ])('%s is not forwarded', async (target) => {
    const { url, seen } = await good();
    const { port, base } = await openedGateway({ upstream: `${url}/api` });
    expect(isForwarded(target)).toBe(false);
    const targets = target.startsWith('/') ? [target, `${base}${target}`] : [target];
    for (const one of targets) {
      const answer = await talk(
        port,
        `POST ${one} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    expect(seen).toEqual([]);
  });

  it.each([
    ['/v1/messages?next=/../x', '/api/v1/messages?next=/../x'],
    ['/v1//evil.example/messages', '/api/v1//evil.example/messages'],
    ['/v1/files/a..b', '/api/v1/files/a..b'],
    ['/v1/@evil.example/', '/api/v1/@evil.example/'],
    ['/v1/http://evil.example/', '/api/v1/http://evil.example/'],
    ['/v1/models?x=%00%ff#frag', '/api/v1/models?x=%00%ff#frag'],
  ])('%s goes to its upstream as it is', async (target, expected) => {
    const { url, seen } = await good();
    const { port, base } = await openedGateway({ upstream: `${url}/api/` });
    const answer = await talk(
      port,
      `GET ${base}${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen.map((one) => one.url)).toEqual([expected]);
    expect(headerOf(seen[0]?.headers ?? [], 'host')).toBe(new URL(url).host);
  });

  it('an unknown project is told what to do, and reaches nobody', async () => {
    const { url, seen } = await good();
    const { port } = await openedGateway({ upstream: url });
    for (const prefix of ['shop-0000000000', '__proto__', 'constructor', 'toString', '..', '%2e%2e']) {
      const answer = await ask(port, { path: `/p/${prefix}/v1/messages`, body: message() });
      expect(answer.status).toBe(404);
    }
    expect(seen).toEqual([]);
  });

  it('a configuration that names the gateway itself ends in an answer, not in a circle', async () => {
    const opened = await openedGateway({ upstream: 'http://127.0.0.1:1' });
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const self = `http://${host}:${opened.port}${opened.base}`;
      writeFiles(opened.root, { 'backlog.config.json': configText({ gateway: { upstream: self } }) });
      const answer = await ask(opened.port, { path: `${opened.base}/v1/messages`, body: message() });
      expect(answer.status).toBe(502);
      expect(answer.body.toString()).toContain('this gateway itself');
    }
    expect(opened.gateway.health().requests).toBe(3);
  });
});

it('what the client accepts goes on as it is, but for encodings whose usage could not be read', async () => {
  const { url, seen } = await good();
  const { port, base } = await openedGateway({ upstream: url });
  const headers = ['Accept-Encoding', 'gzip, compress'];
  await ask(port, { path: `${base}/v1/messages`, body: message(), headers });
  await ask(port, { method: 'GET', path: `${base}/v1/models`, headers });
  expect(seen.map((one) => headerOf(one.headers, 'accept-encoding'))).toEqual(['gzip', 'gzip, compress']);
});

it('all headers go on, however many there are', async () => {
  const { url, seen } = await good();
  const { port, base } = await openedGateway({ upstream: url });
  const headers = Array.from({ length: 2500 }, (_, index) => [`x-${index}`, '1']).flat();
  await ask(port, { path: `${base}/v1/messages`, body: message(), headers: [...headers, 'x-last', 'here'] });
  expect(seen.map((one) => headerOf(one.headers, 'x-last'))).toEqual(['here']);
});

describe('requests that smuggle', () => {
  it.each([
    ['two lengths', 'content-length: 2\r\ncontent-length: 40\r\n\r\n{}'],
    ['length and chunks', 'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{}'],
    ['chunks under another name', 'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'transfer-encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['a length that is none', 'content-length: +2\r\n\r\n{}'],
    ['a line feed in a header', 'x-a: b\nx-backlog-ticket: FEAT-9\r\ncontent-length: 2\r\n\r\n{}'],
    ['a folded header', 'x-a: b\r\n transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n{}'],
    ['a broken chunk size', 'transfer-encoding: chunked\r\n\r\n-1\r\n\r\n'],
    ['chunk sizes that overflow', 'transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n'],
  ])('%s: at most one request arrives, and none within another', async (_name, rest) => {
    const { url, seen } = await good();
    const { port, base } = await openedGateway({ upstream: url });
    const inner = `POST ${base}/v1/smuggled HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n`;
    await talk(
      port,
      `POST ${base}/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${rest}${inner}`,
    );
    expect(seen.length).toBeLessThanOrEqual(1);
    for (const one of seen) {
      expect(one.url).toBe('/v1/messages');
      expect(one.body.toString()).not.toContain('smuggled');
    }
  });

  it('chunks, trailers and hop-by-hop headers end at the gateway', async () => {
    const { url, seen } = await good();
    const { port, base } = await openedGateway({ upstream: url });
    await talk(
      port,
      `POST ${base}/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close, X-Hop\r\nX-Hop: 1\r\nproxy-authorization: Basic eA==\r\n` +
        'te: trailers\r\ntrailer: x-late\r\nupgrade: h2c\r\nkeep-alive: timeout=5\r\nexpect: 100-continue\r\nX-Backlog-Ticket: FEAT-9\r\n' +
        'transfer-encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\nx-late: 1\r\n\r\n',
    );
    const names = (seen[0]?.headers ?? []).filter((_, index) => index % 2 === 0);
    expect(names.map((name) => name.toLowerCase()).sort()).toEqual(['connection', 'content-length', 'host']);
    expect(seen[0]?.body.toString()).toBe('{}');
  });

  it('a head that never ends is closed, one that is too large is refused', async () => {
    const { url } = await good();
    const { port, base } = await openedGateway({ upstream: url });
    const big = await talk(
      port,
      `POST ${base}/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a: ${'a'.repeat(100_000)}\r\n\r\n`,
    );
    expect(big).toMatch(/^HTTP\/1\.1 431 /);
    expect(await talk(port, 'NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const fits = await ask(port, {
      path: `${base}/v1/messages`,
      body: message(),
      headers: ['x-a', 'a'.repeat(40_000)],
    });
    expect(fits.status).toBe(200);
  });
});

describe('what a context may not do', () => {
  it('a value that would be a header line of its own is no tag', async () => {
    const litellm = await good();
    const opened = await openedGateway({ upstream: litellm.url, env: { LITELLM_BASE_URL: litellm.url } });
    const context = {
      ticket_id: 'FEAT-001\r\nx-injected: 1',
      gate: 'plan,ticket:FEAT-666',
      project: 'shop',
      agent_type: 'back\nend',
      skill: '!other',
      updated_at: new Date().toISOString(),
    };
    writeFiles(opened.root, { '.backlog-ops/current-context.json': JSON.stringify(context) });
    const answer = await ask(opened.port, {
      path: `${opened.base}/v1/messages`,
      body: message(),
      headers: [
        'X-LiteLLM-Tags',
        'mine, ticket:FEAT-777 ,gate:x',
        'x-litellm-spend-logs-metadata',
        '{"note":"ünï"}',
      ],
    });
    expect(answer.status).toBe(200);
    const headers = litellm.seen[0]?.headers ?? [];
    expect(headerOf(headers, 'x-injected')).toBeUndefined();
    expect(headerOf(headers, 'x-litellm-tags')).toBe('mine,project:shop');
    for (const line of headers) expect(line).not.toMatch(/[\r\n]|FEAT-/);
  });

  it('what cannot be read costs the ticket, not the request', async () => {
    const { url } = await good();
    const opened = await openedGateway({ upstream: url });
    mkdirSync(path.join(opened.home, 'contexts', 'session-1', 'history.jsonl'), { recursive: true });
    const answer = await ask(opened.port, {
      path: `${opened.base}/v1/messages`,
      body: message(),
      headers: ['x-claude-code-session-id', 'session-1'],
    });
    expect(answer.status).toBe(200);
    expect(opened.records()).toMatchObject([{ status: 'success', session_id: 'session-1' }]);
  });
});

describe('credentials', () => {
  it('are in no log, no record and no error', async () => {
    const secrets = ['sk-ant-api03-SECRET', 'sk-ant-oat01-SECRET', 'sk-litellm-SECRET', 'session=SECRET'];
    const { url } = await upstream((_request, response) => {
      response.writeHead(500, json);
      response.end('{}');
    });
    const opened = await openedGateway({ upstream: url, env: { LITELLM_MASTER_KEY: 'sk-litellm-SECRET' } });
    const headers = [
      'x-api-key',
      secrets[0] ?? '',
      'authorization',
      `Bearer ${secrets[1]}`,
      'cookie',
      secrets[3] ?? '',
    ];
    const texts: string[] = [];
    for (const target of ['/v1/messages', '/v1/chat/completions', '/v1/messages\u00ff', '/nowhere'])
      texts.push(
        await talk(
          opened.port,
          `POST ${opened.base}${target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${headers
            .flatMap((text, index) => (index % 2 === 0 ? [`${text}: ${headers[index + 1]}\r\n`] : []))
            .join('')}content-length: 2\r\n\r\n{}`,
        ),
      );
    const all = [...texts, JSON.stringify(opened.records()), ...opened.faults].join('\n');
    expect(opened.records().length).toBeGreaterThan(0);
    expect(all).not.toContain('SECRET');
  });
});

describe('files that are broken or hostile', () => {
  const routes = (home: string, text: string) =>
    writeFileSync(path.join(home, 'gateway', 'routes.json'), text);

  it.each([
    ['no JSON', '{"projects":'],
    ['another shape', '[]'],
    ['no projects', '{"v":1}'],
    ['projects that are none', '{"v":1,"port":null,"projects":[1,null,"x"]}'],
  ])('routes with %s: no project is known, and nothing else happens', async (_name, text) => {
    const { url } = await good();
    const opened = await openedGateway({ upstream: url });
    routes(opened.home, text);
    const answer = await ask(opened.port, { path: `${opened.base}/v1/messages`, body: message() });
    expect(answer.status).toBe(404);
    expect(opened.faults).toEqual([]);
  });

  it('one hostile route takes no other with it', async () => {
    const { url, seen } = await good();
    const opened = await openedGateway({ upstream: url });
    const prefix = opened.base.slice('/p/'.length);
    const bad = (upstreamUrl: unknown) => ({ prefix: 'bad', root: opened.root, upstream: upstreamUrl });
    routes(
      opened.home,
      JSON.stringify({
        v: 1,
        port: 4141,
        projects: {
          [prefix]: { prefix, root: opened.root, upstream: url },
          file: bad('file:///etc/passwd'),
          text: bad('no address'),
          nothing: bad(null),
          script: bad('javascript:alert(1)'),
          keyed: bad('http://user:pass@127.0.0.1/'),
          short: { root: '/', upstream: url },
          empty: null,
        },
      }),
    );
    expect((await ask(opened.port, { path: `${opened.base}/v1/messages`, body: message() })).status).toBe(
      200,
    );
    for (const name of ['file', 'text', 'nothing', 'script', 'keyed', 'short', 'empty'])
      expect((await ask(opened.port, { path: `/p/${name}/v1/messages`, body: message() })).status).toBe(404);
    expect(seen).toHaveLength(1);
    expect(opened.faults).toEqual([]);
  });

  it('a configuration that becomes invalid while it runs: the last good one holds, and health says so', async () => {
    const [before, configured] = [await good(), await good()];
    const opened = await openedGateway({
      upstream: before.url,
      llmOps: { gateway: { upstream: configured.url } },
    });
    const once = async () =>
      (await ask(opened.port, { path: `${opened.base}/v1/messages`, body: message() })).status;
    expect(await once()).toBe(200);
    for (const text of ['{"version": ', '{"version":"1.1","project":{}}', '']) {
      writeFiles(opened.root, { 'backlog.config.json': text });
      expect(await once()).toBe(200);
      expect(opened.gateway.health().config_problems).toMatchObject([{ root: opened.root }]);
    }
    expect([before.seen.length, configured.seen.length]).toEqual([0, 4]);
    writeFiles(opened.root, { 'backlog.config.json': configText() });
    expect(await once()).toBe(200);
    expect([before.seen.length, configured.seen.length]).toEqual([1, 4]);
    expect(opened.gateway.health().config_problems).toEqual([]);
  });

  it('an address in the environment that is none is said in the answer', async () => {
    const { url } = await good();
    const opened = await openedGateway({ upstream: url, env: { LITELLM_BASE_URL: 'nowhere' } });
    const answer = await ask(opened.port, { path: `${opened.base}/v1/messages`, body: message() });
    expect(answer.status).toBe(500);
    expect(answer.body.toString()).toContain('LITELLM_BASE_URL');
  });
});

it('a request that trickles in does not keep others waiting', async () => {
  const { url } = await good();
  const { port, base } = await openedGateway({ upstream: url });
  const slow = Array.from({ length: 100 }, () => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`POST ${base}/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100000\r\n`);
    return socket;
  });
  await sleep(50);
  for (const socket of slow) socket.write('x-a: b\r\n');
  expect((await ask(port, { path: `${base}/v1/messages`, body: message() })).status).toBe(200);
  for (const socket of slow) socket.destroy();
});
