// The other processes of the gateway's figures: `node gateway-parts.mjs upstream` and `… bare <port>`. Each prints its port.
import http from 'node:http';

const [, , part, upstreamPort] = process.argv;

/** A Messages API that answers at once, or paces its events, and writes into each when it was sent. */
function upstream() {
  const event = (/** @type {string} */ type, /** @type {object} */ data) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  return http.createServer((request, response) => {
    const pace = Number(request.headers['x-pace-ms'] ?? 0);
    const events = Number(request.headers['x-events'] ?? 5);
    request.resume();
    request.on('end', () => {
      const id = Math.random().toString(36).slice(2);
      response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': `req_${id}` });
      response.write(
        event('message_start', {
          message: {
            id: `msg_${id}`,
            model: 'claude-sonnet-4-5',
            usage: { input_tokens: 10_000, output_tokens: 1, cache_read_input_tokens: 500 },
          },
        }),
      );
      let sent = 0;
      /** @returns {unknown} */
      const next = () => {
        const at = process.hrtime.bigint().toString();
        response.write(
          event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'word ' }, at }),
        );
        sent += 1;
        if (sent < events) return pace > 0 ? setTimeout(next, pace) : next();
        response.write(
          event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 42 } }),
        );
        return response.end(event('message_stop', {}));
      };
      next();
    });
  });
}

/** The floor: what any proxy in Node does at least. */
function bare() {
  const agent = new http.Agent({ keepAlive: true });
  return http.createServer((request, response) => {
    const { method, url: path, headers } = request;
    const call = http.request(
      { port: upstreamPort, host: '127.0.0.1', method, path, headers, agent },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(call);
  });
}

const server = part === 'bare' ? bare() : upstream();
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : 0);
});
