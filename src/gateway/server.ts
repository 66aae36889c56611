import { timingSafeEqual } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BacklogError, errnoOf, messageOf } from '../platform/errors.ts';
import { sendJson, sendOwn } from './answers.ts';
import { isForwarded } from './endpoints.ts';
import { exchange, type GatewayWorld } from './exchange.ts';
import type { Routes } from './routes.ts';
import { closeConnections } from './upstreams.ts';

export interface ServerOptions {
  /** 127.0.0.1 unless remote clients are allowed. */
  readonly host: string;
  /** 0 for any. */
  readonly port: number;
  readonly routes: () => Routes;
  /** Asked of every request when remote clients are allowed. */
  readonly token?: string | undefined;
  /** What `/health` says beside its own. */
  readonly health: () => object;
  /** A fault of ours that an exchange died of. */
  readonly onFault: (message: string) => void;
}

export interface RunningServer {
  readonly port: number;
  /** Requests that are being answered. */
  inFlight(): number;
  /** Requests since the start. */
  requests(): number;
  /** Takes no more requests and waits for those in flight, at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Most bytes of a request's headers; Node's own limit, 16 KiB, is less than vendors take. */
export const MOST_HEADER_BYTES = 64 * 1024;

const limits: http.ServerOptions = {
  keepAliveTimeout: 65_000,
  noDelay: true,
  // A request's body is read whole: with Node's own 16 KiB its connection would stop and begin again for each read.
  highWaterMark: 256 * 1024,
  maxHeaderSize: MOST_HEADER_BYTES,
  // Head and body have to come within these times; the answer may take as long as it likes.
  headersTimeout: 60_000,
  requestTimeout: 600_000,
};

/** Starts the gateway's server. @throws the system's error when the port cannot be had */
export async function startServer(world: GatewayWorld, options: ServerOptions): Promise<RunningServer> {
  let [inFlight, requests] = [0, 0];
  const server = http.createServer(limits);
  // Their bytes are limited; Node would leave out those above 2000 without a word.
  server.maxHeadersCount = 0;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    inFlight += 1;
    requests += 1;
    response.on('close', () => {
      inFlight -= 1;
      // A stop waits for answers, not for connections that are kept open.
      if (!server.listening) server.closeIdleConnections();
    });
    response.on('error', () => {});
    handle(request, response, world, options).catch((error: unknown) => {
      options.onFault(messageOf(error));
      const known = error instanceof BacklogError ? `${error.message}; ${error.fix}` : 'a fault of its own';
      sendOwn(response, { status: 500, type: 'api_error', message: `backlog gateway: ${known}` });
    });
  });
  // A client that goes away in the middle of its request is no fault; one that speaks no HTTP is told so.
  server.on('clientError', (error, socket) => {
    if (errnoOf(error) === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const status =
      errnoOf(error) === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port, // a TCP server has one
    inFlight: () => inFlight,
    requests: () => requests,
    close: (graceMs) => close(server, graceMs),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  world: GatewayWorld,
  options: ServerOptions,
): Promise<void> {
  const { prefix, path } = splitPath(request.url ?? '/');
  const asksHealth = prefix === undefined && path === '/health';
  // `gateway status` and SessionStart ask from this machine, and know no token.
  const local = asksHealth && isLoopbackAddress(request.socket.remoteAddress);
  const refusal = refusalOf(request, local ? { ...options, token: undefined } : options);
  if (refusal !== undefined)
    return sendOwn(response, { status: 403, type: 'permission_error', message: refusal });
  if (asksHealth) return sendJson(response, 200, options.health());
  if (path === '/' || path === '/api/hello') {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 0 });
    response.end();
    return;
  }
  const { projects } = options.routes();
  const route = prefix !== undefined && Object.hasOwn(projects, prefix) ? projects[prefix] : undefined;
  if ((prefix !== undefined && route === undefined) || !isForwarded(path)) {
    return sendOwn(response, {
      status: 404,
      type: 'not_found_error',
      message:
        prefix !== undefined && route === undefined
          ? `backlog gateway: it knows no project ${prefix}; run \`backlog gateway enable\` in the project again`
          : 'backlog gateway: only paths under /v1/ are forwarded',
    });
  }
  await exchange(request, response, { path, route }, world);
}

/** `/p/<project>/v1/messages` → the project and `/v1/messages`. */
export function splitPath(url: string): { readonly prefix: string | undefined; readonly path: string } {
  const match = /^\/p\/([A-Za-z0-9._-]{1,200})(\/.*)?$/s.exec(url);
  return match === null ? { prefix: undefined, path: url } : { prefix: match[1], path: match[2] ?? '/' };
}

/** Web pages may not use the gateway: neither by a name of theirs that points here, nor from their scripts. */
function refusalOf({ headers }: IncomingMessage, { token, host }: ServerOptions): string | undefined {
  if (headers.origin !== undefined)
    return 'backlog gateway: requests of web pages are refused (Origin header)';
  if (token !== undefined) {
    const given = headers['x-backlog-token'];
    return typeof given === 'string' && sameToken(given, token)
      ? undefined
      : 'backlog gateway: the header x-backlog-token is missing or wrong';
  }
  const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  return ['127.0.0.1', 'localhost', '[::1]', host].includes(name)
    ? undefined
    : 'backlog gateway: the Host header names another machine';
}

function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

function sameToken(given: string, token: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}

async function close(server: http.Server, graceMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
  closeConnections();
}
