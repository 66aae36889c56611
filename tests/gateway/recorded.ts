import { readFileSync } from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import type { Wire } from '../recording/tap.ts';
import { repositoryRoot } from '../support/cli.ts';
import { type Exchange, exchangeWith } from './exchanges.ts';

const folder = path.join(repositoryRoot, 'tests/fixtures/exchanges');

/** Files of recorded exchanges; `npm run record` writes them. */
export const recordings = {
  'claude-code': path.join(folder, 'claude-code.jsonl.br'),
  litellm: path.join(folder, 'litellm.jsonl.br'),
} as const;

/** A window over the whole file: each request of a session repeats the one before. */
const WINDOW = 24;

export function packed(exchanges: readonly Wire[]): Buffer {
  const text = exchanges.map((each) => `${JSON.stringify(each)}\n`).join('');
  const params = {
    [zlib.constants.BROTLI_PARAM_LGWIN]: WINDOW,
    [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY,
  };
  return zlib.brotliCompressSync(text, { params });
}

/** Recorded exchanges as they went over the wire. */
export function recordedText(name: keyof typeof recordings): string {
  return zlib.brotliDecompressSync(readFileSync(recordings[name])).toString('utf8');
}

/** Those of the connection, which the replay writes itself. */
const FRAMING = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive']);

/** What the real Claude Code asked and what the real LiteLLM answered. */
export function recorded(): Exchange[] {
  return (Object.keys(recordings) as (keyof typeof recordings)[]).flatMap((name) =>
    recordedText(name)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => exchangeOf(JSON.parse(line))),
  );
}

function exchangeOf({ method, target, headers, body, answer }: Wire): Exchange {
  return {
    method,
    target,
    headers: withoutFraming(headers),
    body: body === '' ? undefined : [Buffer.from(body, 'latin1')],
    answer: {
      ...answer,
      headers: withoutFraming(answer.headers),
      parts: answer.parts.map((part) => Buffer.from(part, 'latin1')),
    },
  };
}

function withoutFraming(headers: readonly string[]): string[] {
  return headers.flatMap((name, index) =>
    index % 2 === 0 && !FRAMING.has(name.toLowerCase()) ? [name, headers[index + 1] ?? ''] : [],
  );
}

/** Each recorded stream, split at each of its bytes in turn, or behind each of its lines only. */
export function recordedSplits(at: 'bytes' | 'lines'): Exchange[] {
  return recorded()
    .filter(
      ({ answer }) => !answer.cut && answer.headers.some((text) => text.startsWith('text/event-stream')),
    )
    .flatMap(({ answer }) => {
      const bytes = Buffer.concat(answer.parts);
      return [...bytes.subarray(0, -1).keys()]
        .filter((index) => at === 'bytes' || bytes[index] === 10)
        .map((index) =>
          exchangeWith({ ...answer, parts: [bytes.subarray(0, index + 1), bytes.subarray(index + 1)] }),
        );
    });
}
