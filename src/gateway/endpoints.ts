/** What a request asks for. */
export interface Endpoint {
  /** A model answers it: it is priced and counted. */
  readonly generating: boolean;
  /** It spends, at once or later (batches, embeddings): it may be refused. */
  readonly spending: boolean;
  /** It is in the OpenAI form. */
  readonly chat: boolean;
}

const SPENDING =
  /^\/v1\/(?:messages|chat\/completions|responses|completions|complete|messages\/batches|batches|embeddings|rerank|(?:images|audio|videos)(?:\/\w+)?)$/;
const GENERATING = /^\/v1\/(?:messages|chat\/completions|responses|completions)$/;
const CHAT = /^\/v1\/(?:chat\/completions|completions|responses|embeddings)$/;

/**
 * Reads a target as lenient servers do (`%6d` is `m`, `//` is `/`, a slash at the end is none, `;…` is a parameter, and capitals
 * are not told apart), so that no spelling is free.
 */
export function endpointOf(method: string | undefined, target: string): Endpoint {
  const path = plainPath(target);
  const isPost = method === 'POST';
  return {
    generating: isPost && GENERATING.test(path),
    spending: isPost && SPENDING.test(path),
    chat: CHAT.test(path),
  };
}

function plainPath(target: string): string {
  const path = target.replace(/[?#].*$/s, '');
  if (!/[%;A-Z]|\/\/|\/$/.test(path)) return path;
  return decoded(path)
    .replaceAll(/;[^/]*/g, '')
    .replaceAll(/\/{2,}/g, '/')
    .replace(/\/$/, '')
    .toLowerCase();
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Segments that mean "here" and "up", as URLs spell them, and a slash that only some servers take for one. */
const CLIMBING = /\/(?:\.|%2e){1,2}(?:[/\\]|%2f|%5c|$)|[\\]|%5c/i;

/** Whether a target is below `/v1/` however it is read: only such ones are forwarded. */
export function isForwarded(target: string): boolean {
  if (!target.startsWith('/v1/')) return false;
  const path = target.replace(/[?#].*$/s, '');
  return !CLIMBING.test(path) && !CLIMBING.test(path.replaceAll(/%2f/gi, '/'));
}
