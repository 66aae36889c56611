import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A Messages API that begins a streamed answer and then closes the connection, without the stream's end. */
export async function startDyingApi(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_dying' });
      const usage = { input_tokens: 50, output_tokens: 1 };
      const message = {
        id: 'msg_dying',
        type: 'message',
        role: 'assistant',
        model: 'claude-haiku-5-5',
        content: [],
      };
      const events = [
        { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null, usage } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'half an ans' } },
      ];
      for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      // What was written is on its way before the connection goes.
      setTimeout(() => response.destroy(), 100);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // a TCP server has one
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
