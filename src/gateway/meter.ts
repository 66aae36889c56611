import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { type AnswerFacts, noFacts, readDocument } from './usage.ts';

/** Looks at the bytes of an answer on their way; it never holds them up and never changes them. */
export interface Meter {
  /** Bytes as they came from the upstream. */
  write(chunk: Buffer): void;
  /** What the answer said; resolves once the bytes so far have been read. */
  end(): Promise<AnswerFacts>;
}

/** Longest body without a stream, and longest single event, that is read, in bytes; longer ones pass unmetered. */
const MOST_BYTES = 32 * 1024 * 1024;

export function meterFor(contentType: string, contentEncoding: string): Meter {
  const reader = /^text\/event-stream\b/i.test(contentType) ? new EventReader() : new BodyReader();
  const decoder = decoderFor(contentEncoding.trim().toLowerCase());
  if (decoder === 'none')
    return {
      write: (chunk) => reader.write(chunk),
      end: async () => reader.end(),
    };
  if (decoder === undefined) return { write: () => {}, end: async () => ({ ...noFacts(), readable: false }) };
  return decoding(reader, decoder);
}

/** For answers in which no usage is looked for. */
export const blindMeter: Meter = { write: () => {}, end: async () => noFacts() };

/** The beginning of a compressed answer as text; the bytes themselves where they cannot be read. */
export function decoded(bytes: Buffer, contentEncoding: string): Buffer {
  const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: 1024 * 1024 };
  try {
    switch (contentEncoding.trim().toLowerCase()) {
      case 'gzip':
      case 'x-gzip':
        return zlib.gunzipSync(bytes, options);
      case 'deflate':
        return zlib.inflateSync(bytes, options);
      case 'br':
        return zlib.brotliDecompressSync(bytes, { maxOutputLength: options.maxOutputLength });
      default:
        return bytes;
    }
  } catch {
    return bytes;
  }
}

interface Reader {
  write(chunk: Buffer): void;
  end(): AnswerFacts;
}

function decoding(reader: Reader, decoder: Transform): Meter {
  // Over by itself: at the end of the compressed data, whatever follows it, or where it is broken. What was decoded counts.
  let over = false;
  decoder.on('data', (chunk: Buffer) => reader.write(chunk));
  const isOver = () => {
    over = true;
  };
  decoder.once('end', isOver).on('error', isOver);
  return {
    write: (chunk) => {
      if (!over) decoder.write(chunk);
    },
    end: () =>
      new Promise((resolve) => {
        const done = () => resolve(reader.end());
        if (over) return done();
        decoder.once('end', done).once('error', done);
        decoder.end();
      }),
  };
}

/** @returns `undefined` for an encoding that this Node cannot read */
function decoderFor(encoding: string): Transform | 'none' | undefined {
  switch (encoding) {
    case '':
    case 'identity':
      return 'none';
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip({ finishFlush: zlib.constants.Z_SYNC_FLUSH });
    case 'deflate':
      return zlib.createInflate({ finishFlush: zlib.constants.Z_SYNC_FLUSH });
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      return 'createZstdDecompress' in zlib && typeof zlib.createZstdDecompress === 'function'
        ? zlib.createZstdDecompress()
        : undefined;
    default:
      return undefined;
  }
}

/**
 * What a client accepts, without encodings that this Node cannot read: an answer in one would pass without its usage being seen.
 * @param accepted value of `accept-encoding`
 */
export function readableEncodings(accepted: string): string {
  const kept = accepted.split(',').filter((entry) => {
    const name = (entry.split(';')[0] ?? '').trim().toLowerCase();
    return name === '*' || isReadable(name);
  });
  return kept.length === 0 ? 'identity' : kept.join(',').trim();
}

function isReadable(encoding: string): boolean {
  return encoding !== 'zstd'
    ? !/^(?:compress|x-compress|dcb|dcz)$/.test(encoding)
    : 'createZstdDecompress' in zlib;
}

class BodyReader implements Reader {
  #chunks: Buffer[] = [];
  #bytes = 0;

  write(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= MOST_BYTES) this.#chunks.push(chunk);
    else this.#chunks = [];
  }

  end(): AnswerFacts {
    const facts = noFacts();
    if (this.#bytes > MOST_BYTES) return { ...facts, readable: false };
    if (this.#bytes === 0) return facts;
    try {
      readDocument(facts, JSON.parse(Buffer.concat(this.#chunks).toString('utf8')), true);
    } catch {
      // No JSON: nothing to learn from it.
    }
    return facts;
  }
}

const BYTE_ORDER_MARK = '\u00EF\u00BB\u00BF';
/** Events that carry text, the bulk of a stream, say nothing about usage. */
const CONTENT = '"type":"content_block_';
const CONTENT_SPACED = '"type": "content_block_';
/** As the vendor itself begins their lines. */
const CONTENT_LINE = `data: {${CONTENT}`;
const NOT_ASCII = /[\x80-\xff]/;
const CHUNK = 'chat.completion.chunk';
const USAGE = '"usage":{';
const USAGE_SPACED = '"usage": {';
const DONE = '[DONE]';
/** How far into a line the kind of its event is looked for, in bytes. */
const HEAD = 96;

/** What a delta of a message brings stands behind it: `text_delta","text":"…"}}`. */
const DELTA = '"delta":{"type":"';
const VALUE = '":"';

/** Bytes of what a delta shows, as they are escaped in JSON; 0 for other events, and for a spaced form that nobody sends. */
function shownIn(line: string): number {
  const delta = line.indexOf(DELTA);
  const value = delta < 0 ? -1 : line.indexOf(VALUE, delta + DELTA.length);
  return value < 0 ? 0 : Math.max(0, line.length - value - VALUE.length - '"}}'.length);
}

/** The text of bytes that were read as Latin-1. */
function utf8(line: string): string {
  return NOT_ASCII.test(line) ? Buffer.from(line, 'latin1').toString('utf8') : line;
}

/**
 * Server-sent events (WHATWG HTML, 9.2), line by line across chunk borders. Lines are looked at as Latin-1, a sign a byte, which
 * costs a fraction of a view of the bytes for each; the few that are read are made UTF-8 then.
 */
class EventReader implements Reader {
  readonly #facts = noFacts();
  /** Beginning of a line whose end has not come yet. */
  #open: string[] = [];
  #openBytes = 0;
  #data: string[] = [];
  #dataBytes = 0;
  #afterCr = false;
  #isFirst = true;

  write(chunk: Buffer): void {
    const text = chunk.toString('latin1');
    const start = this.#afterCr && text.startsWith('\n') ? 1 : 0;
    this.#afterCr = false;
    // Each sign is looked for again only behind the one that was found: however lines end, the chunk is gone through once.
    let [lf, cr] = [text.indexOf('\n', start), text.indexOf('\r', start)];
    for (let at = start; at < text.length; ) {
      if (lf >= 0 && lf < at) lf = text.indexOf('\n', at);
      if (cr >= 0 && cr < at) cr = text.indexOf('\r', at);
      const end = lf < 0 || (cr >= 0 && cr < lf) ? cr : lf;
      if (end < 0) {
        this.#keep(text.slice(at));
        return;
      }
      this.#line(text.slice(at, end));
      at = end + 1;
      if (end !== cr) continue;
      if (text[at] === '\n') at += 1;
      else if (at === text.length) this.#afterCr = true;
    }
  }

  end(): AnswerFacts {
    if (this.#openBytes > 0) this.#line('');
    this.#dispatch();
    return this.#facts;
  }

  #keep(part: string): void {
    this.#openBytes += part.length;
    if (this.#openBytes <= MOST_BYTES) this.#open.push(part);
  }

  #line(rest: string): void {
    let line = rest;
    if (this.#openBytes > 0) {
      const tooLong = this.#openBytes > MOST_BYTES;
      line = tooLong ? rest : this.#open.join('') + rest;
      this.#open = [];
      this.#openBytes = 0;
      if (tooLong) return;
    }
    if (this.#isFirst) {
      this.#isFirst = false;
      if (line.startsWith(BYTE_ORDER_MARK)) line = line.slice(BYTE_ORDER_MARK.length);
    }
    if (line.length === 0) this.#dispatch();
    if (!line.startsWith('data:')) return;
    if (this.#isContent(line)) {
      this.#facts.shownBytes += shownIn(line);
      return;
    }
    this.#dataBytes += line.length;
    if (this.#dataBytes > MOST_BYTES) this.#data = [];
    else this.#data.push(utf8(line.slice(line[5] === ' ' ? 'data: '.length : 'data:'.length)));
  }

  #isContent(line: string): boolean {
    if (line.startsWith(CONTENT_LINE)) return true;
    const head = line.slice(0, HEAD);
    if (head.includes(CONTENT) || head.includes(CONTENT_SPACED)) return true;
    // Chunks of chat completions: the first names the model, the last has the usage.
    return (
      this.#facts.messageId !== null &&
      head.includes(CHUNK) &&
      !line.includes(USAGE) &&
      !line.includes(USAGE_SPACED)
    );
  }

  #dispatch(): void {
    this.#dataBytes = 0;
    if (this.#data.length === 0) return;
    const data = this.#data.join('\n');
    this.#data = [];
    if (data === DONE) {
      this.#facts.finished = true;
      return;
    }
    try {
      readDocument(this.#facts, JSON.parse(data), false);
    } catch {
      // An event that is no JSON says nothing that we count.
    }
  }
}
