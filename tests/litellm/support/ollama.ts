import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An Ollama on loopback that can be switched off; it speaks `/api/chat`, streamed or not. */
export interface FakeOllama {
  readonly url: string;
  /** Models of the chats that it was asked for, oldest first. */
  readonly chats: readonly string[];
  /** Context lengths that were asked for with them, in tokens. */
  readonly contexts: readonly (number | undefined)[];
  /** While it is down each chat is answered with 503. */
  down: boolean;
  close(): Promise<void>;
}

interface Chat {
  readonly model: string;
  readonly stream?: boolean;
  readonly options?: { readonly num_ctx?: number };
}

export async function startFakeOllama(): Promise<FakeOllama> {
  const chats: string[] = [];
  const contexts: (number | undefined)[] = [];
  const state = { down: false };
  const server = createServer((request, response) => {
    let raw = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      raw += text;
    });
    request.on('end', () => {
      if (request.url !== '/api/chat') {
        response.writeHead(404, { 'content-type': 'application/json' });
        return response.end('{"error":"not here"}');
      }
      const { model, stream, options } = JSON.parse(raw) as Chat;
      chats.push(model);
      contexts.push(options?.num_ctx);
      if (state.down) {
        response.writeHead(503, { 'content-type': 'application/json' });
        return response.end('{"error":"server busy, please try again"}');
      }
      const created_at = new Date().toISOString();
      const message = (content: string) => ({ role: 'assistant', content });
      const end = {
        done: true,
        done_reason: 'stop',
        prompt_eval_count: 11,
        eval_count: 7,
        total_duration: 1e6,
      };
      if (stream === false) {
        response.writeHead(200, { 'content-type': 'application/json' });
        return response.end(JSON.stringify({ model, created_at, message: message('local answer'), ...end }));
      }
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      for (const content of ['local ', 'answer'])
        response.write(`${JSON.stringify({ model, created_at, message: message(content), done: false })}\n`);
      return response.end(`${JSON.stringify({ model, created_at, message: message(''), ...end })}\n`);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // a TCP server has one
  return {
    url: `http://127.0.0.1:${port}`,
    chats,
    contexts,
    get down() {
      return state.down;
    },
    set down(value) {
      state.down = value;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
