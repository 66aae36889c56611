import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { AttemptRecord } from '../../src/router/attempt.ts';
import type { ModelCall, RouterDeps } from '../../src/router/call.ts';
import { defaultSettings, type RouterSettings } from '../../src/router/settings.ts';
import type { Trace } from '../../src/router/trace.ts';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

export interface Server {
  readonly url: string;
  /** Requests in the order of their arrival. */
  readonly seen: Seen[];
}

export type Handler = (
  request: Seen,
  response: ServerResponse,
  incoming: IncomingMessage,
) => void | Promise<void>;

/** A real HTTP server on loopback, closed when the test ends. */
export async function serve(handler: Handler): Promise<Server> {
  const seen: Seen[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => {});
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: Object.fromEntries(Object.entries(incoming.headers).map(([k, v]) => [k, String(v)])),
        body: text === '' ? {} : JSON.parse(text),
      };
      seen.push(request);
      void handler(request, response, incoming);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${portOf(server.address())}`, seen };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** A chat completion as OpenAI documents it. */
export function chat(content: unknown, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'served-model',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
    ...more,
  };
}

/** A message as Anthropic documents it. */
export function message(text: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-5-5',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 20, output_tokens: 5 },
    ...more,
  };
}

/** An address where nothing listens: the discard port. */
export const nowhere = 'http://127.0.0.1:9';

export interface Lab {
  readonly deps: RouterDeps;
  readonly records: AttemptRecord[];
  readonly traces: Trace[];
  readonly notes: string[];
  readonly waits: number[];
  readonly abort: (reason?: unknown) => void;
}

/** The router with every sink held in memory, an environment without keys and nothing at the usual addresses. */
export function lab(
  given: {
    readonly settings?: Partial<RouterSettings>;
    readonly env?: NodeJS.ProcessEnv;
    readonly deps?: Partial<RouterDeps>;
  } = {},
): Lab {
  const records: AttemptRecord[] = [];
  const traces: Trace[] = [];
  const notes: string[] = [];
  const waits: number[] = [];
  const controller = new AbortController();
  const deps: RouterDeps = {
    fetch,
    env: { PATH: '', LITELLM_BASE_URL: nowhere, OLLAMA_HOST: nowhere, ...given.env },
    clock: () => new Date('2026-11-21T12:00:00.000Z'),
    signal: controller.signal,
    settings: { ...defaultSettings, ...given.settings },
    includePrompts: false,
    price: ({ model }) =>
      model.includes('unpriced')
        ? { cost_usd: null, price_source: null }
        : { cost_usd: 0.25, price_source: 'list' },
    record: (record) => {
      records.push(record);
    },
    trace: (trace) => {
      traces.push(trace);
    },
    note: (line) => notes.push(line),
    wait: async (ms) => {
      waits.push(ms);
    },
    random: () => 1,
    ...given.deps,
  };
  return { deps, records, traces, notes, waits, abort: (reason) => controller.abort(reason) };
}

export function ask(wanted: string, more: Partial<ModelCall> = {}): ModelCall {
  return {
    wanted: { kind: 'model', name: wanted },
    messages: [{ role: 'user', content: 'Say hello' }],
    maxTokens: 100,
    temperature: 0.2,
    tags: [],
    ...more,
  };
}
