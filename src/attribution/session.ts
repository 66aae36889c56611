import { existsSync } from 'node:fs';
import path from 'node:path';

/** Minimal check until the room of attribution lands. */
export function sessionRegistered(home: string, session: string): boolean {
  return /^[\w-]+$/.test(session) && existsSync(path.join(home, 'contexts', session, 'session.json'));
}
