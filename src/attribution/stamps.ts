import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errnoOf } from '../platform/errors.ts';
import { newId, sha256 } from '../platform/ids.ts';
import { isSafeId, places, writeOwn } from './places.ts';

/**
 * A person's decision, once: the hook that asks hands the token to the command that it lets through; the command uses it up.
 * @returns the token
 */
export function issueStamp(
  home: string,
  session: string,
  stamp: { readonly purpose: string; readonly command_sha256: string },
): string {
  const token = newId();
  writeOwn(path.join(places.stamps(home, session), `${stamp.purpose}.${token}`), stamp);
  return token;
}

/** Uses a stamp up. `false` when there is none of that purpose, or it was used before. */
export function consumeStamp(home: string, session: string, token: string, purpose: string): boolean {
  if (!isSafeId(session) || !isSafeId(token) || !isSafeId(purpose)) return false;
  try {
    rmSync(path.join(places.stamps(home, session), `${purpose}.${token}`));
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * A person typed the decision as a slash command: the next command for it needs no further question.
 * @param subject what it is about (`lint FEAT-001`): the decision holds for nothing else
 */
export function grant(home: string, session: string, purpose: string, subject: string): void {
  issueStamp(home, session, { purpose: grantPurpose(purpose, subject), command_sha256: '' });
}

/** Uses up one grant of this purpose and subject; `false` when there is none. */
export function consumeGrant(home: string, session: string, purpose: string, subject: string): boolean {
  if (!isSafeId(session)) return false;
  const whole = grantPurpose(purpose, subject);
  const prefix = `${whole}.`;
  let names: string[] = [];
  try {
    names = readdirSync(places.stamps(home, session));
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  return names
    .filter((name) => name.startsWith(prefix))
    .some((name) => consumeStamp(home, session, name.slice(prefix.length), whole));
}

/** The subject is a person's text: its digest is a file name. */
function grantPurpose(purpose: string, subject: string): string {
  return `grant-${purpose}-${sha256(subject).slice(0, 16)}`;
}
