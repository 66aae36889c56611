import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { forwarded, type RawHeaders, valuesOf } from './headers.ts';
import { type Meter, meterFor } from './meter.ts';
import { request, type Upstream } from './upstreams.ts';
import { type AnswerFacts, noFacts } from './usage.ts';

/** One call of an upstream. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: RawHeaders;
  readonly body: Buffer;
}

/** What came back, when it is over. */
export interface Answered {
  readonly httpStatus: number | null;
  readonly headers: RawHeaders;
  readonly facts: AnswerFacts;
  readonly end: 'complete' | 'client-gone' | 'upstream-failed';
  /** From the call to the first byte of the answer's body, in ms. */
  readonly ttftMs: number | null;
  /** Why there was no answer. */
  readonly problem: string | null;
}

/** An upstream's answer of which nothing has gone to the client yet. */
export interface Pending {
  readonly upstream: Upstream;
  readonly answer: IncomingMessage;
  readonly since: number;
}

/** Calls an upstream and waits for its head. @returns a text when it cannot be reached */
export function call(
  upstream: Upstream,
  { method, path, headers, body }: Call,
  client: ServerResponse,
): Promise<Pending | string> {
  return new Promise((resolve) => {
    const since = performance.now();
    const outgoing: ClientRequest = request(upstream, { method, path, headers });
    const abort = () => {
      outgoing.destroy();
      resolve('the client went away');
    };
    client.once('close', abort);
    outgoing.once('response', (answer) => {
      client.off('close', abort);
      resolve({ upstream, answer, since });
    });
    // Once the answer is here, its own end says what went wrong.
    outgoing.on('error', (error) => {
      client.off('close', abort);
      resolve(error.message || 'the connection was closed');
    });
    outgoing.end(body);
  });
}

/** Reads and throws away an answer that nobody will see, so that its connection can be used again. */
export function discard({ answer }: Pending): void {
  answer.resume();
}

/** Most bytes of a refusal that are read before it goes on, to see whether a budget is spent. */
const MOST_REFUSAL = 64 * 1024;

/**
 * Sends an answer on, byte for byte, as it comes: a slow client slows the upstream, a client that goes away ends the call.
 * @param settled called with what was seen when all but the end has been sent; then the answer ends
 */
export async function relay(
  pending: Pending,
  client: ServerResponse,
  requestId: string,
  settled: (answered: Answered) => void,
): Promise<void> {
  const { answer, since } = pending;
  const status = answer.statusCode ?? 502;
  const headers = forwarded(answer.rawHeaders);
  if (valuesOf(headers, 'request-id').length === 0) headers.push('request-id', requestId);
  const first = status === 429 ? await firstBytes(answer) : [];
  if (status === 429 && isBudgetRefusal(first)) {
    // Without it the client asks again for minutes.
    if (valuesOf(headers, 'x-should-retry').length === 0) headers.push('x-should-retry', 'false');
  }
  const meter = meterFor(answer.headers['content-type'] ?? '', answer.headers['content-encoding'] ?? '');
  let ttftMs: number | null = null;
  client.writeHead(status, answer.statusMessage, headers);
  // With the first bytes where they are here already; on their own when the upstream takes its time.
  setImmediate(() => {
    if (ttftMs === null && !client.destroyed && !client.writableEnded) client.flushHeaders();
  });
  const end = await pump(answer, client, first, meter, () => {
    ttftMs ??= performance.now() - since;
  });
  const facts = await meter.end();
  settled({ httpStatus: status, headers: answer.rawHeaders, facts, end, ttftMs, problem: null });
  if (end === 'complete') client.end();
  else client.destroy();
}

function pump(
  answer: IncomingMessage,
  client: ServerResponse,
  first: readonly Buffer[],
  meter: Meter,
  onBytes: () => void,
): Promise<Answered['end']> {
  return new Promise((resolve) => {
    const send = (chunk: Buffer) => {
      onBytes();
      if (!client.write(chunk)) answer.pause();
      meter.write(chunk);
    };
    for (const chunk of first) send(chunk);
    client.on('drain', () => answer.resume());
    client.once('close', () => {
      answer.destroy();
      resolve('client-gone');
    });
    answer.on('data', send);
    answer.once('end', () => resolve(answer.complete ? 'complete' : 'upstream-failed'));
    answer.once('error', () => resolve('upstream-failed'));
    answer.once('close', () => resolve(answer.complete ? 'complete' : 'upstream-failed'));
    answer.resume();
  });
}

function firstBytes(answer: IncomingMessage): Promise<Buffer[]> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = () => {
      answer.off('data', take).off('end', done).off('error', done).off('close', done);
      answer.pause();
      resolve(chunks);
    };
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_REFUSAL) done();
    };
    answer.on('data', take).once('end', done).once('error', done).once('close', done);
  });
}

/** LiteLLM's wording for its budgets, in memory and of keys. */
function isBudgetRefusal(chunks: readonly Buffer[]): boolean {
  return /crossed budget|budget_exceeded|ExceededBudget/i.test(Buffer.concat(chunks).toString('utf8'));
}

export function noAnswer(problem: string, gone: boolean): Answered {
  return {
    httpStatus: null,
    headers: [],
    facts: noFacts(),
    end: gone ? 'client-gone' : 'upstream-failed',
    ttftMs: null,
    problem,
  };
}
