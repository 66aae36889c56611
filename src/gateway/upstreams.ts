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

/** Begins a request to an upstream, on a kept connection where there is one, unless it is to be `fresh`. The header lines go out as given, with the upstream's own `host` before them. */
export function request(
  upstream: Upstream,
  call: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly string[];
    readonly fresh?: boolean;
  },
): http.ClientRequest {
  const { url } = upstream;
  const secure = url.protocol === 'https:';
  const options: http.RequestOptions = {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (secure ? 443 : 80),
    method: call.method,
    path: `${url.pathname.replace(/\/+$/, '')}${call.path}`,
    headers: ['host', url.host, ...call.headers],
    agent: call.fresh ? false : agents[secure ? 'https:' : 'http:'],
    setHost: false,
  };
  return (secure ? https : http).request(options);
}

export function closeConnections(): void {
  for (const agent of Object.values(agents)) agent.destroy();
}
