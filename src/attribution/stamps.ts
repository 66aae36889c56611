import { rmSync } from 'node:fs';
import path from 'node:path';
import { errnoOf } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';
import { newId, sha256 } from '../platform/ids.ts';
import { isSafeId, jsonObject, places, writeOwn } from './places.ts';

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

/** A decision that a person typed: for one subject (`lint FEAT-001`), in the turn of one prompt. */
export interface Grant {
  readonly purpose: string;
  /** As typed: what is decided about. */
  readonly subject: string;
  /** The client's id of the prompt; empty where it gives none. */
  readonly prompt_id: string;
}

/** A person typed the decision as a slash command: the next command for just that needs no further question. */
export function grant(home: string, session: string, given: Grant): void {
  writeOwn(grantFile(home, session, given), given);
}

/** Uses up the grant of just this decision in this turn; `false` when there is none. */
export function consumeGrant(home: string, session: string, wanted: Grant): boolean {
  if (!isSafeId(session)) return false;
  const file = grantFile(home, session, wanted);
  const found = jsonObject(readTextIfExists(file));
  if (found?.prompt_id !== wanted.prompt_id) return false;
  try {
    rmSync(file);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** One file for a subject: typed again, the decision is for the newer turn. */
function grantFile(home: string, session: string, { purpose, subject }: Grant): string {
  return path.join(places.stamps(home, session), `grant-${purpose}.${sha256(subject).slice(0, 32)}`);
}
