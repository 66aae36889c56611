/** Where spans go, and with which headers. */
export interface Collector {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What of the headers could not be used; never a value of theirs. */
  readonly problem: string | undefined;
}

/** What of the configuration says where spans go (`llmOps.telemetry`). */
export interface TelemetrySettings {
  readonly otlpEndpoint?: string | undefined;
  readonly otlpHeadersEnv?: string | undefined;
}

export function collectorOf(
  endpoint: string,
  headersEnv: string | undefined,
  env: NodeJS.ProcessEnv,
): Collector {
  const url = tracesUrl(endpoint);
  if (headersEnv === undefined) return { url, headers: {}, problem: undefined };
  const text = env[headersEnv];
  if (!text) return { url, headers: {}, problem: `${headersEnv} is not set; spans go without its headers` };
  const headers = headersIn(text);
  return headers === undefined
    ? {
        url,
        headers: {},
        problem: `${headersEnv} is not name=value,name=value; spans go without its headers`,
      }
    : { url, headers, problem: undefined };
}

/** The signal's own path below a base, as OTEL_EXPORTER_OTLP_ENDPOINT has it; an address that names it is taken as it is. */
function tracesUrl(endpoint: string): string {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/v1/traces') ? path : `${path}/v1/traces`;
  return url.href;
}

/** The form of OTEL_EXPORTER_OTLP_HEADERS: `name=value` joined by commas, values percent-encoded. */
function headersIn(text: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    const name = part.slice(0, Math.max(at, 0)).trim();
    const value = decoded(part.slice(at + 1).trim());
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || value === undefined) return undefined;
    headers[name] = value;
  }
  return headers;
}

function decoded(value: string): string | undefined {
  try {
    const text = decodeURIComponent(value);
    return /^[\x20-\x7e]+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
