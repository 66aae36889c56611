import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ApiRequest, messagesBody, readRequest } from './api-request.ts';

/** Token counts of one answer. What is left out is 0; input and output differ from answer to answer, so that one taken for
 *  another is seen. */
export interface Usage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_input_tokens?: number;
  readonly cache_creation_5m_input_tokens?: number;
  readonly cache_creation_1h_input_tokens?: number;
}

export interface ToolUse {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What the scripted model says next. Neither text nor tool_uses is answered with "ok". */
export interface Reply {
  readonly text?: string;
  readonly tool_uses?: readonly ToolUse[];
  readonly usage?: Usage;
  /** Milliseconds before the answer begins. */
  readonly delayMs?: number;
  /** Milliseconds after each content block of a stream: the client writes a transcript row as each block ends. */
  readonly blockDelayMs?: number;
  /** A refusal instead of an answer; 402 `billing_error` is the form the client shows as it is. */
  readonly error?: { readonly status: number; readonly type: string; readonly message: string };
}

export type Answer = (request: ApiRequest) => Reply | Promise<Reply>;

/** What an answered request was answered with: the ground truth for the ledger. */
export interface Answered {
  readonly requestId: string;
  readonly messageId: string;
  readonly agentId: string | undefined;
  readonly model: string;
  readonly usage: Required<Usage>;
}

export interface ScriptedApi {
  readonly url: string;
  /** Requests to /v1/messages, oldest first. */
  readonly requests: readonly ApiRequest[];
  /** Those answered to the end, without the refused and the broken off. */
  readonly answers: readonly Answered[];
  /** `METHOD path` of anything else that was asked: must stay empty in a test of ours. */
  readonly strays: readonly string[];
  close(): Promise<void>;
}

/** A Messages API on 127.0.0.1 (port chosen by the system): JSON and SSE, `request-id`, usage, count_tokens. It is also
 *  a proxy that lets nothing through: a client whose HTTPS_PROXY points here cannot leave the machine, and each try is a stray. */
export async function startScriptedApi(answer: Answer): Promise<ScriptedApi> {
  const requests: ApiRequest[] = [];
  const answers: Answered[] = [];
  const strays: string[] = [];
  const run = randomUUID().slice(0, 8); // ids of two sessions never meet in one ledger
  let counted = 0;

  const server = createServer((request, response) => {
    handle(request, response).catch((problem: unknown) => {
      sendJson(response, 500, 'req_failed', errorBody('api_error', `scripted api: ${String(problem)}`));
    });
  });
  // A gate may take longer than the five seconds after which Node hangs up on an idle client, which is told to try nothing twice.
  server.keepAliveTimeout = 0;
  server.on('connect', (request, socket) => {
    strays.push(`CONNECT ${request.url ?? ''}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    counted += 1;
    const number = `${run}_${String(counted).padStart(4, '0')}`;
    const order = counted;
    const requestId = `req_test_${number}`;
    const raw = await readBody(request);
    if (request.method === 'POST' && pathname.endsWith('/v1/messages/count_tokens')) {
      return sendJson(response, 200, requestId, { input_tokens: Math.ceil(raw.length / 4) });
    }
    if (request.method !== 'POST' || !pathname.endsWith('/v1/messages')) {
      strays.push(`${request.method ?? '?'} ${request.url ?? ''}`);
      return sendJson(response, 404, requestId, errorBody('not_found_error', `nothing at ${pathname}`));
    }
    const seen = readRequest(
      requests.length,
      requestId,
      flatHeaders(request),
      messagesBody.parse(JSON.parse(raw)),
    );
    requests.push(seen);
    const reply = await answer(seen);
    if (reply.delayMs !== undefined) await pause(reply.delayMs);
    if (reply.error) {
      response.setHeader('x-should-retry', 'false');
      return sendJson(
        response,
        reply.error.status,
        requestId,
        errorBody(reply.error.type, reply.error.message),
      );
    }
    const content = contentOf(reply, number);
    const usage = countsOf(reply.usage ?? {}, order);
    const body = {
      id: `msg_test_${number}`,
      type: 'message',
      role: 'assistant',
      model: seen.body.model,
      content,
      stop_reason: reply.tool_uses?.length ? 'tool_use' : 'end_turn',
      stop_sequence: null,
      usage: wireUsage(usage),
    };
    if (seen.body.stream === true)
      await sendStream(
        response,
        requestId,
        body,
        reply.blockDelayMs ?? 0,
        'safeguards' in seen.body ? notFlagged(content) : {},
      );
    else sendJson(response, 200, requestId, body);
    answers.push({ requestId, messageId: body.id, agentId: seen.agentId, model: body.model, usage });
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    requests,
    answers,
    strays,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function contentOf(reply: Reply, number: string): readonly Record<string, unknown>[] {
  const uses = reply.tool_uses ?? [];
  const text = reply.text ?? (uses.length === 0 ? 'ok' : undefined);
  return [
    ...(text === undefined ? [] : [{ type: 'text', text }]),
    ...uses.map((use, at) => ({
      type: 'tool_use',
      id: `toolu_test_${number}_${at}`,
      name: use.name,
      input: use.input,
    })),
  ];
}

function countsOf(usage: Usage, order: number): Required<Usage> {
  return {
    input_tokens: 1_000 + order,
    output_tokens: 100 + order,
    cache_read_input_tokens: 0,
    cache_creation_5m_input_tokens: 0,
    cache_creation_1h_input_tokens: 0,
    ...usage,
  };
}

function wireUsage(usage: Required<Usage>): Record<string, unknown> {
  const { cache_creation_5m_input_tokens: fiveMinutes, cache_creation_1h_input_tokens: oneHour } = usage;
  return {
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    cache_read_input_tokens: usage.cache_read_input_tokens,
    cache_creation_input_tokens: fiveMinutes + oneHour,
    cache_creation: { ephemeral_5m_input_tokens: fiveMinutes, ephemeral_1h_input_tokens: oneHour },
    service_tier: 'standard',
  };
}

/** What a client in auto mode (terminal) asks for: without it each tool call waits at a dialog. */
function notFlagged(content: readonly Record<string, unknown>[]): object {
  const ids = content.flatMap((part) => (part.type === 'tool_use' ? [String(part.id)] : []));
  const toolUses = Object.fromEntries(ids.map((id) => [id, { type: 'evaluated', outcome: 'not_flagged' }]));
  return {
    safeguard_results: [{ type: 'dangerous_tool_use', status: { type: 'available', tool_uses: toolUses } }],
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

interface AnswerBody {
  readonly content: readonly Record<string, unknown>[];
  readonly stop_reason: string;
  readonly usage: Record<string, unknown>;
}

async function sendStream(
  response: ServerResponse,
  requestId: string,
  answered: AnswerBody,
  blockDelayMs: number,
  safeguards: object,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    'request-id': requestId,
  });
  const send = (type: string, data: Record<string, unknown>) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  send('message_start', {
    message: { ...answered, content: [], stop_reason: null, usage: { ...answered.usage, output_tokens: 1 } },
  });
  for (const [index, part] of answered.content.entries()) {
    const isText = part.type === 'text';
    send('content_block_start', {
      index,
      content_block: isText ? { type: 'text', text: '' } : { ...part, input: {} },
    });
    const delta = isText
      ? { type: 'text_delta', text: part.text }
      : { type: 'input_json_delta', partial_json: JSON.stringify(part.input) };
    send('content_block_delta', { index, delta });
    send('content_block_stop', { index });
    if (blockDelayMs > 0) await pause(blockDelayMs);
  }
  send('message_delta', {
    delta: { stop_reason: answered.stop_reason, stop_sequence: null, ...safeguards },
    usage: answered.usage,
  });
  send('message_stop', {});
  response.end();
}

function sendJson(response: ServerResponse, status: number, requestId: string, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': requestId });
  response.end(JSON.stringify(body));
}

function errorBody(type: string, text: string): object {
  return { type: 'error', error: { type, message: text } };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function flatHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the scripted api has no port');
  return address.port;
}
