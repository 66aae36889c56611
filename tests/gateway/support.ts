import { existsSync, readFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type Gateway, type GatewayOptions, openGateway } from '../../src/gateway/open-gateway.ts';
import { prefixOf } from '../../src/gateway/prefix.ts';
import { changeRoutes } from '../../src/gateway/routes.ts';
import type { LedgerRecord } from '../../src/ledger/record.ts';
import { tempDir, writeFiles } from '../support/temp.ts';

/** A request as an upstream has got it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export interface Upstream {
  readonly url: string;
  readonly port: number;
  readonly seen: Seen[];
}

type Answering = (request: IncomingMessage, response: ServerResponse, seen: Seen) => void;

/** A real HTTP server on loopback; it ends with the test. */
export async function upstream(answer: Answering): Promise<Upstream> {
  const seen: Seen[] = [];
  const server = http.createServer({ maxHeaderSize: 128 * 1024 }, (request, response) => {
    const chunks: Buffer[] = [];
    response.on('error', () => {});
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: Seen = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.rawHeaders,
        body: Buffer.concat(chunks),
      };
      seen.push(one);
      answer(request, response, one);
    });
  });
  server.maxHeadersCount = 0;
  const port = await listening(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, port, seen };
}

/** Listens on any port of loopback. @returns the port */
export function listening(server: net.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = net.createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Opened {
  readonly port: number;
  readonly home: string;
  /** Folder of the project. */
  readonly root: string;
  /** `/p/<project>`, to be put before paths. */
  readonly base: string;
  readonly ledger: string;
  readonly faults: string[];
  readonly gateway: Gateway;
  records(): LedgerRecord[];
}

export interface Opening extends Partial<Omit<GatewayOptions, 'home' | 'onFault'>> {
  /** Where the project's requests went before. */
  readonly upstream: string;
  /** `llmOps` of the project's configuration. */
  readonly llmOps?: object;
}

/** A gateway in this process, and a project that is routed through it. */
export async function openedGateway({ upstream: url, llmOps, ...options }: Opening): Promise<Opened> {
  const home = path.join(tempDir(), 'home');
  const root = tempDir();
  writeFiles(root, { 'backlog.config.json': configText(llmOps) });
  const prefix = prefixOf(root, 'shop');
  await changeRoutes(home, (routes) => ({
    ...routes,
    projects: { [prefix]: { prefix, root, upstream: url } },
  }));
  const faults: string[] = [];
  const gateway = await openGateway({
    env: {},
    port: 0,
    version: '0.0.0-test',
    ...options,
    home,
    onFault: (message) => faults.push(message),
  });
  onTestFinished(async () => {
    await gateway.close(0);
  });
  const ledger = path.join(root, '.backlog-ops', 'usage-ledger.jsonl');
  return {
    port: gateway.port,
    home,
    root,
    base: `/p/${prefix}`,
    ledger,
    faults,
    gateway,
    records: () => linesOf(ledger),
  };
}

export function configText(llmOps: object = {}): string {
  return JSON.stringify({ version: '1.1', project: { name: 'shop' }, llmOps });
}

export function linesOf(ledger: string): LedgerRecord[] {
  if (!existsSync(ledger)) return [];
  return readFileSync(ledger, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** An answer as a client has got it. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** It came to its proper end. */
  readonly complete: boolean;
}

export interface Asked {
  readonly method?: string;
  readonly path: string;
  /** Lines: name, value, name, value, … */
  readonly headers?: readonly string[];
  /** Several parts are sent chunked, unless the headers say otherwise. */
  readonly body?: Buffer | string | readonly Buffer[];
  readonly agent?: http.Agent | false;
}

/** Asks over a connection of its own, and takes the answer as the bytes come. @throws when there is no answer */
export function ask(port: number, { method = 'POST', path: target, headers = [], body, agent }: Asked) {
  return new Promise<Answer>((resolve, reject) => {
    const parts = body === undefined ? [] : Array.isArray(body) ? (body as readonly Buffer[]) : [body];
    const names = headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    const host = names.includes('host') ? [] : ['host', `127.0.0.1:${port}`];
    const framed = names.includes('content-length') || names.includes('transfer-encoding');
    const framing =
      framed || parts.length === 0
        ? []
        : parts.length === 1
          ? ['content-length', String(Buffer.byteLength(parts[0] as Buffer | string))]
          : ['transfer-encoding', 'chunked'];
    const call = http.request(
      {
        host: '127.0.0.1',
        port,
        method,
        path: target,
        headers: [...host, ...headers, ...framing],
        setHost: false,
        agent: agent ?? false,
        maxHeaderSize: 128 * 1024,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        const done = () =>
          resolve({
            status: answer.statusCode ?? 0,
            reason: answer.statusMessage ?? '',
            headers: answer.rawHeaders,
            body: Buffer.concat(chunks),
            complete: answer.complete,
          });
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', done);
        answer.on('close', done);
      },
    );
    call.on('error', reject);
    for (const part of parts) call.write(part);
    call.end();
  });
}

/** Sends bytes as they are and collects what comes until the other side ends, or `enough` says so. */
export function talk(
  port: number,
  bytes: string | Buffer,
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    const done = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(20_000, done);
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => {
      text += part;
      if (enough(text)) done();
    });
    socket.on('error', done);
    socket.on('close', done);
  });
}

export function headerOf(headers: readonly string[], name: string): string | undefined {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  return at < 0 ? undefined : headers[at + 1];
}

/** Waits until something holds. @throws after `timeoutMs` with what it was */
export async function until(what: string, holds: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const json = ['content-type', 'application/json'];

/** A request of the Messages form. */
export function message(more: object = {}): string {
  return JSON.stringify({
    model: 'claude-opus-5-5',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'hi' }],
    ...more,
  });
}

const usage = { input_tokens: 12, output_tokens: 34 };

/** A whole answer of the Messages form. */
export function answered(more: object = {}): string {
  return JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5-5',
    content: [],
    usage,
    ...more,
  });
}

export const event = (type: string, more: object = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
export const streamStart = event('message_start', {
  message: { id: 'msg_1', type: 'message', model: 'claude-opus-5-5', usage: { ...usage, output_tokens: 1 } },
});
/** What a stream has shown when it is cut off. */
export const shownText = 'hällo 😀, and a little more';
export const streamText = event('content_block_delta', {
  index: 0,
  delta: { type: 'text_delta', text: shownText },
});
export const streamEnd = event('message_delta', { delta: {}, usage }) + event('message_stop');
export const sse = ['content-type', 'text/event-stream; charset=utf-8'];
