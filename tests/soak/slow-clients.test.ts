import net from 'node:net';
import { expect, it } from 'vitest';
import { answered, ask, message, openedGateway, until, upstream } from '../gateway/support.ts';

it('a thousand clients that never end their head are let go, and keep nobody waiting', async () => {
  const { url } = await upstream((_request, response) => response.end(answered()));
  const { port, base } = await openedGateway({ upstream: url });
  let open = 0;
  const sockets = Array.from({ length: 1000 }, () => {
    const socket = net.connect(port, '127.0.0.1', () => {
      open += 1;
      socket.write(`POST ${base}/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\n`);
    });
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => {
      open -= 1;
    });
    return socket;
  });
  const trickle = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('x-a: b\r\n');
  }, 5000);
  await until('all are there', () => open === 1000);
  expect((await ask(port, { path: `${base}/v1/messages`, body: message() })).status).toBe(200);
  await until('all are let go', () => open === 0, 150_000);
  clearInterval(trickle);
}, 200_000);
