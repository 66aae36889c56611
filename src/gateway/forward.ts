import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { errnoOf, messageOf } from '../platform/errors.ts';
import { endOfTurn } from '../platform/turn.ts';
import { isLoopback } from '../router/settings.ts';
import { firstOf, forwarded, type RawHeaders, valuesOf } from './headers.ts';
import { blindMeter, decoded, type Meter, meterFor } from './meter.ts';
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
  /** What was read of its body already. */
  readonly first: readonly Buffer[];
  /** It says that a budget is spent: asking again, here or elsewhere, is wrong. */
  readonly isBudgetRefusal: boolean;
}

/** Calls an upstream and waits for its head. @returns a text when it cannot be reached */
export async function call(
  upstream: Upstream,
  what: Call,
  client: ServerResponse,
): Promise<Pending | string> {
  if (isThisGateway(upstream, client)) return 'that is this gateway itself';
  const since = performance.now();
  const answer = await head(upstream, what, client);
  if (typeof answer === 'string') return answer;
  const first = answer.statusCode === 429 ? await firstBytes(answer, client) : [];
  return {
    upstream,
    answer,
    since,
    first,
    isBudgetRefusal: first.length > 0 && isBudgetRefusal(answer, first),
  };
}

/**
 * @param fresh on a connection of its own. The first try may be given one that was kept, and that the upstream closes in the very
 * moment; then it is asked once more
 */
function head(
  upstream: Upstream,
  what: Call,
  client: ServerResponse,
  fresh = false,
): Promise<IncomingMessage | string> {
  const { method, path, headers, body } = what;
  return new Promise((resolve) => {
    if (client.destroyed) return resolve('the client went away');
    let outgoing: ClientRequest;
    try {
      outgoing = request(upstream, { method, path, headers, fresh });
    } catch (error) {
      // Signs in the target or a header that no request may have.
      return resolve(messageOf(error));
    }
    const abort = () => {
      outgoing.destroy();
      resolve('the client went away');
    };
    client.on('close', abort);
    outgoing.on('response', (answer) => {
      client.off('close', abort);
      const status = answer.statusCode ?? 0;
      if (status >= 200) return resolve(answer);
      outgoing.destroy();
      resolve(`it answered with the status ${status}, which ends no request`);
    });
    // Nobody asked for another protocol: Upgrade is hop-by-hop and not sent on.
    outgoing.on('upgrade', (_answer, socket) => {
      client.off('close', abort);
      socket.destroy();
      resolve('it answered with the status 101, which nobody asked for');
    });
    // Once the answer is here, its own end says what went wrong.
    outgoing.on('error', (error) => {
      client.off('close', abort);
      if (!fresh && outgoing.reusedSocket && wasClosed(error)) resolve(head(upstream, what, client, true));
      else resolve(error.message || 'the connection was closed');
    });
    outgoing.end(body);
  });
}

function wasClosed(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(errnoOf(error) ?? '');
}

/** A configuration that names the gateway as its own upstream would send a request around until nothing is left. */
function isThisGateway({ url }: Upstream, client: ServerResponse): boolean {
  // The port first: an address is taken apart for few.
  return url.port !== '' && Number(url.port) === client.socket?.localPort && isLoopback(url.href);
}

/** How long an answer that nobody will see may take to its end, in ms. */
const DISCARD_MS = 1000;

/** Reads and throws away an answer, so that its connection can be used again; one that does not end is closed. */
export function discard({ answer }: Pending): void {
  const timer = setTimeout(() => answer.destroy(), DISCARD_MS);
  answer.once('close', () => clearTimeout(timer));
  answer.resume();
}

/** Most bytes of a refusal that are read before it goes on, to see whether a budget is spent; and how long, in ms. */
const MOST_REFUSAL = 64 * 1024;
const REFUSAL_MS = 1000;

/** Sends the head on its own. `flushHeaders` would write it as UTF-8 and change values that are Latin-1. */
const NOTHING = Buffer.alloc(0);

/** How an answer is sent on. */
export interface Relaying {
  /** Our id of the request, for answers that come without one. */
  readonly requestId: string;
  /** Its usage is looked for. */
  readonly metered: boolean;
  /** Called with what was seen when all but the end has been sent; when it resolves the answer ends. */
  readonly settled: (answered: Answered) => Promise<void>;
}

/**
 * Sends an answer on, byte for byte, as it comes: a slow client slows the upstream, a client that goes away ends the call. Its
 * last byte goes out when the record is written: who has seen the end of an answer finds it in the ledger.
 */
export async function relay(
  { answer, since, first, isBudgetRefusal: spent }: Pending,
  client: ServerResponse,
  { requestId, metered, settled }: Relaying,
): Promise<void> {
  const status = answer.statusCode ?? 502;
  const headers = forwarded(answer.rawHeaders);
  if (firstOf(headers, 'request-id') === undefined) headers.push('request-id', requestId);
  // Without it the client asks again for minutes.
  if (spent && firstOf(headers, 'x-should-retry') === undefined) headers.push('x-should-retry', 'false');
  const meter = metered
    ? meterFor(firstOf(headers, 'content-type') ?? '', valuesOf(headers, 'content-encoding').join(','))
    : blindMeter;
  let ttftMs: number | null = null;
  client.writeHead(status, answer.statusMessage, headers);
  // With the first bytes where they are here already; on their own when the upstream takes its time.
  if (!answer.complete)
    setImmediate(() => {
      if (ttftMs === null && !client.destroyed && !client.writableEnded) client.write(NOTHING);
    });
  const { end, tail } = await pump(answer, client, first, meter, () => {
    ttftMs ??= performance.now() - since;
  });
  if (metered) await endOfTurn();
  meter.write(tail);
  const facts = await meter.end();
  await settled({ httpStatus: status, headers: answer.rawHeaders, facts, end, ttftMs, problem: null });
  if (end === 'complete') client.end(tail);
  else if (end === 'client-gone') client.destroy();
  else cut(client, tail);
}

/** Ends an answer as its upstream did: all that came goes out, and then the connection breaks off. */
function cut(client: ServerResponse, tail: Buffer): void {
  client.write(tail);
  if (client.socket === null) client.destroy();
  else client.socket.destroySoon();
}

interface Pumped {
  readonly end: Answered['end'];
  /** What has come and was not sent yet: the last bytes, which wait for the record. */
  readonly tail: Buffer;
}

/**
 * What one read of the upstream brings goes out as one write, and what comes with the end goes out with the end: a stream's
 * events often come together, and each write costs a system call and the framing of a chunk. Nothing waits for later bytes.
 */
function pump(
  answer: IncomingMessage,
  client: ServerResponse,
  first: readonly Buffer[],
  meter: Meter,
  onBytes: () => void,
): Promise<Pumped> {
  return new Promise((resolve) => {
    let left = Number(firstOf(answer.rawHeaders, 'content-length') ?? Number.NaN);
    let held: Buffer[] = [];
    let isOver = false;
    const over = (end: Answered['end']) => {
      if (isOver) return;
      isOver = true;
      resolve({ end, tail: joined(held) });
    };
    const flush = () => {
      // A client that counts the bytes, or the end that is here already, would else be sooner than the record.
      if (isOver || left === 0 || answer.complete) return;
      const sent = joined(held);
      held = [];
      if (!client.write(sent)) {
        answer.pause();
        client.once('drain', () => answer.resume());
      }
      // Behind the write: nobody waits for the meter.
      meter.write(sent);
    };
    const send = (chunk: Buffer) => {
      onBytes();
      left -= chunk.length;
      // When this read has been gone through.
      if (held.push(chunk) === 1) process.nextTick(flush);
    };
    const ended = () => over(answer.complete ? 'complete' : 'upstream-failed');
    const gone = () => {
      if (isOver) return;
      answer.destroy();
      over('client-gone');
    };
    for (const chunk of first) send(chunk);
    // Both may have ended while the first bytes were looked at: then no event comes any more.
    if (client.destroyed) return gone();
    if (answer.readableEnded || answer.destroyed) return ended();
    client.on('close', gone);
    answer.on('data', send);
    answer.on('end', ended);
    answer.on('error', () => over('upstream-failed'));
    answer.on('close', ended);
    answer.resume();
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length <= 1 ? (chunks[0] ?? NOTHING) : Buffer.concat(chunks);
}

function firstBytes(answer: IncomingMessage, client: ServerResponse): Promise<Buffer[]> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = () => {
      clearTimeout(timer);
      answer.off('data', take).off('end', done).off('error', done).off('close', done);
      client.off('close', abort);
      answer.pause();
      resolve(chunks);
    };
    const abort = () => {
      answer.on('error', () => {});
      answer.destroy();
      done();
    };
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_REFUSAL) done();
    };
    const timer = setTimeout(done, REFUSAL_MS);
    if (client.destroyed) return abort();
    client.once('close', abort);
    answer.on('data', take).once('end', done).once('error', done).once('close', done);
  });
}

/** LiteLLM's wording for its budgets, in memory and of keys. */
function isBudgetRefusal(answer: IncomingMessage, chunks: readonly Buffer[]): boolean {
  const text = decoded(Buffer.concat(chunks), answer.headers['content-encoding'] ?? '').toString('utf8');
  return /crossed budget|budget_exceeded|ExceededBudget/i.test(text);
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
