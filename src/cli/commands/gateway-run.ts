import { announce, asOnlyGateway, DEFAULT_PORT, forget, logFile, STOP_MS } from '../../gateway/daemon.ts';
import { logLevel, openLog } from '../../gateway/log.ts';
import { openGateway } from '../../gateway/open-gateway.ts';
import { isUpstreamAddress, readRoutes } from '../../gateway/routes.ts';
import { BacklogError, ExitCode, errnoOf, messageOf, usageError } from '../../platform/errors.ts';
import { backlogHome } from '../../project/paths.ts';
import { Telemetry } from '../../telemetry/telemetry.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import type { CommandFunction } from '../table.ts';

/** How long it waits for the collector of spans when it ends, in ms. */
const LAST_SPANS_MS = 2000;

/** `backlog gateway run`: serves until it is interrupted. */
export const run: CommandFunction = async (call, io) => {
  const home = backlogHome(io.env);
  const { host, token } = address(call, io);
  const port =
    call.number('port', { min: 0, max: 65_535, integer: true }) ?? readRoutes(home).port ?? DEFAULT_PORT;
  const upstream = call.text('upstream');
  if (upstream !== undefined && !isUpstreamAddress(upstream))
    throw usageError(
      '--upstream is no http address, or one that carries a password',
      'pass an address such as http://127.0.0.1:8000',
    );
  await asOnlyGateway(home, () =>
    serve({ home, host, token, port, upstream, background: call.flag('background') }, io),
  );
  return io.signal.aborted ? ExitCode.Interrupted : ExitCode.Ok;
};

interface Serving {
  readonly home: string;
  readonly host: string;
  readonly token: string | undefined;
  readonly port: number;
  readonly upstream: string | undefined;
  readonly background: boolean;
}

async function serve({ home, host, token, port, upstream, background }: Serving, io: Io): Promise<void> {
  const log = openLog(logFile(home), logLevel(io.env));
  const stop = stopSignal(io.signal);
  const telemetry = new Telemetry({
    env: io.env,
    version: __BACKLOG_VERSION__,
    timeoutMs: 10_000,
    delayMs: 2000,
    onProblem: (message) => log.warn('telemetry', { message }),
  });
  try {
    const gateway = await openGateway({
      home,
      env: io.env,
      port,
      host,
      token,
      upstream,
      version: __BACKLOG_VERSION__,
      onFault: (message) => log.error('fault', { message }),
      onRecord: (record, config) => telemetry.onRecord(record, config?.llmOps.telemetry),
    }).catch((error: unknown) => {
      throw cannotListen(host, port, error);
    });
    announce(home, {
      host: host === '0.0.0.0' ? '127.0.0.1' : host,
      port: gateway.port,
      version: __BACKLOG_VERSION__,
    });
    log.info('started', { host, port: gateway.port, version: __BACKLOG_VERSION__ });
    if (!background) {
      io.out(JSON.stringify({ url: `http://${host.includes(':') ? `[${host}]` : host}:${gateway.port}` }));
      io.note(`log: ${logFile(home)}; Ctrl-C ends it`);
    }
    await stop;
    log.info('stopping', { in_flight: gateway.health().in_flight });
    const unsaved = await gateway.close(STOP_MS);
    if (unsaved.length > 0) log.error('records not written', { records: unsaved.length });
    await telemetry.close(LAST_SPANS_MS);
    log.info('stopped');
  } catch (error) {
    log.error('not started', { message: messageOf(error) });
    throw error;
  } finally {
    forget(home);
    log.close();
  }
}

function stopSignal(interrupted: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => resolve();
    process.once('SIGTERM', done);
    process.once('SIGHUP', done);
    if (interrupted.aborted) done();
    interrupted.addEventListener('abort', done, { once: true });
  });
}

/** Loopback, unless the user says otherwise and gives a token. */
function address(call: Invocation, io: Io): { readonly host: string; readonly token: string | undefined } {
  const host = call.text('host') ?? '127.0.0.1';
  const loopback = ['127.0.0.1', 'localhost', '::1'].includes(host);
  if (loopback && !call.flag('allowRemote')) return { host, token: undefined };
  const token = io.env.BACKLOG_GATEWAY_TOKEN;
  if (!call.flag('allowRemote') || !token || token.length < 16)
    throw usageError(
      `${host} would let other machines use this gateway, and your keys`,
      'leave --host out; or pass --allow-remote and set BACKLOG_GATEWAY_TOKEN to 16 signs or more, which clients send as x-backlog-token',
      'gateway-not-loopback',
    );
  return { host, token };
}

function cannotListen(host: string, port: number, error: unknown): BacklogError {
  const taken = errnoOf(error) === 'EADDRINUSE';
  return new BacklogError({
    code: 'gateway-port-taken',
    message: taken
      ? `another program listens on ${host}:${port}`
      : `the gateway cannot listen on ${host}:${port}: ${messageOf(error)}`,
    fix: '`backlog gateway enable --port <another>` in one project moves the gateway for all of them; or end the other program',
    exitCode: ExitCode.Outside,
    cause: error,
  });
}
