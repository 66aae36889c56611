import http from 'node:http';
import https from 'node:https';

/** What kind of server answers: it decides which tags are sent, and how its answer is read. */
export type UpstreamKind = 'anthropic' | 'litellm' | 'ollama' | 'openai' | 'other';

export interface Upstream {
  readonly kind: UpstreamKind;
  /** Without a slash at its end; the request's path is put behind it. */
  readonly url: URL;
  /** Key that replaces the client's own, from the environment; LiteLLM must not be handed an Anthropic key. */
  readonly key?: string | undefined;
  /** Extra header adapters that the configuration asks for. */
  readonly adapters?: readonly TagAdapter[] | undefined;
}

export type TagAdapter = 'litellm' | 'portkey' | 'helicone' | 'cloudflare';

// One pool of connections each: a new connection costs more than all else the gateway does.
const agents = {
  'http:': new http.Agent({ keepAlive: true, noDelay: true, maxSockets: Number.POSITIVE_INFINITY }),
  'https:': new https.Agent({ keepAlive: true, noDelay: true, maxSockets: Number.POSITIVE_INFINITY }),
} as const;

/**
 * Begins a request to an upstream, on a kept connection where there is one, unless it is to be `fresh`. The header lines go out as
 * given, with the upstream's own `host` before them.
 */
export function request(
  upstream: Upstream,
  call: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly string[];
    readonly fresh?: boolean;
  },
): http.ClientRequest {
  const { client, basePath, host, protocol, hostname, port, agent } = placeOf(upstream);
  return client.request({
    protocol,
    hostname,
    port,
    agent: call.fresh ? false : agent,
    setHost: false,
    method: call.method,
    path: basePath + call.path,
    headers: ['host', host, ...call.headers],
  });
}

/** What all requests to an upstream have in common. */
interface Place {
  readonly client: typeof http | typeof https;
  readonly host: string;
  readonly basePath: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string | number;
  readonly agent: http.Agent;
}

const places = new WeakMap<Upstream, Place>();

/** An address is taken apart once. */
function placeOf(upstream: Upstream): Place {
  const known = places.get(upstream);
  if (known !== undefined) return known;
  const { url } = upstream;
  const secure = url.protocol === 'https:';
  const place: Place = {
    client: secure ? https : http,
    host: url.host,
    basePath: url.pathname.replace(/\/+$/, ''),
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (secure ? 443 : 80),
    agent: agents[secure ? 'https:' : 'http:'],
  };
  places.set(upstream, place);
  return place;
}

export function closeConnections(): void {
  for (const agent of Object.values(agents)) agent.destroy();
}
