import http from 'node:http';
import { listening } from '../gateway/support.ts';

/** An exchange as it went over the wire; bytes are latin1 text, one character a byte. */
export interface Wire {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly answer: {
    readonly status: number;
    readonly reason: string;
    readonly headers: readonly string[];
    /** As they arrived. */
    readonly parts: readonly string[];
    readonly framing: 'length' | 'chunked' | 'close';
    readonly cut: boolean;
  };
}

export interface Tap {
  readonly url: string;
  /** Exchanges in the order of their ends. */
  readonly taken: readonly Wire[];
  close(): Promise<void>;
}

/** A pass-through that keeps what it sees: requests whole, answers in the parts in which they come. */
export async function startTap(upstream: string): Promise<Tap> {
  const taken: Wire[] = [];
  const to = new URL(upstream);
  const server = http.createServer((request, response) => {
    const body: Buffer[] = [];
    request.on('data', (part: Buffer) => body.push(part));
    request.on('end', () => {
      const { method = '', url: target = '', rawHeaders: headers } = request;
      const call = http.request({
        host: to.hostname,
        port: to.port,
        method,
        path: target,
        headers: withHost(headers, to.host),
        setHost: false,
        agent: false,
      });
      call.on('error', () => response.destroy());
      call.on('response', (answer) => {
        const parts: string[] = [];
        response.writeHead(answer.statusCode ?? 0, answer.statusMessage ?? '', answer.rawHeaders);
        answer.on('data', (part: Buffer) => {
          parts.push(part.toString('latin1'));
          response.write(part);
        });
        answer.on('error', () => {});
        answer.on('close', () => {
          taken.push({
            method,
            target,
            headers,
            body: Buffer.concat(body).toString('latin1'),
            answer: {
              status: answer.statusCode ?? 0,
              reason: answer.statusMessage ?? '',
              headers: answer.rawHeaders,
              parts,
              framing: framingOf(answer.headers),
              cut: !answer.complete,
            },
          });
          if (answer.complete) response.end();
          else response.destroy();
        });
      });
      call.end(Buffer.concat(body));
    });
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    taken,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function framingOf(headers: http.IncomingHttpHeaders): 'length' | 'chunked' | 'close' {
  if (headers['content-length'] !== undefined) return 'length';
  return headers['transfer-encoding'] === undefined ? 'close' : 'chunked';
}

function withHost(headers: readonly string[], host: string): string[] {
  return headers.map((text, index) =>
    index % 2 === 1 && headers[index - 1]?.toLowerCase() === 'host' ? host : text,
  );
}
