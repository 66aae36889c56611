import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { newId } from '../platform/ids.ts';

/** Minimal stamps until the room of attribution lands. */
export function issueStamp(
  home: string,
  session: string,
  stamp: { readonly purpose: string; readonly command_sha256: string },
): string {
  const token = newId();
  const folder = path.join(home, 'contexts', session, 'stamps');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${token}.${stamp.purpose}`), stamp.command_sha256);
  return token;
}

export function consumeStamp(home: string, session: string, token: string, purpose: string): boolean {
  if (!/^[\w-]+$/.test(token) || !/^[\w-]+$/.test(session)) return false;
  try {
    rmSync(path.join(home, 'contexts', session, 'stamps', `${token}.${purpose}`));
    return true;
  } catch {
    return false;
  }
}
