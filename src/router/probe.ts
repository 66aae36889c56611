/** A probe answers at once or counts as silent. It never costs money: no model is asked. */
const PROBE_MS = 1500;
const MAX_PROBE_CHARACTERS = 1_000_000;

export interface ProbeDeps {
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

export interface ProbeAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** At most its first million characters. */
  readonly text: string;
}

/** Asks an address once, without following redirects; `undefined` when nothing answers in time. */
export async function probe(
  url: string,
  deps: ProbeDeps,
  request: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly method?: string;
    readonly body?: string;
    readonly timeoutMs?: number;
  } = {},
): Promise<ProbeAnswer | undefined> {
  const { timeoutMs = PROBE_MS, ...init } = request;
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, timeoutMs);
  deps.signal.addEventListener('abort', stop, { once: true });
  try {
    const response = await deps.fetch(url, { ...init, redirect: 'manual', signal: limit.signal });
    return { status: response.status, headers: response.headers, text: await start(response) };
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    deps.signal.removeEventListener('abort', stop);
    limit.abort();
  }
}

async function start(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_PROBE_CHARACTERS) break;
  }
  return text;
}

/** `undefined` for a text that is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
