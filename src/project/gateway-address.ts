/**
 * The project's prefix in a base URL of our gateway (`http://127.0.0.1:4141/p/<prefix>`), by which a session's requests are told
 * to come to it; `undefined` for anybody else's address. Loads nothing: SessionStart asks it.
 */
export function gatewayPrefix(url: string | undefined): string | undefined {
  return /^http:\/\/(?:127\.0\.0\.1|localhost):\d+\/p\/([A-Za-z0-9._-]+)\/?$/.exec(url ?? '')?.[1];
}
