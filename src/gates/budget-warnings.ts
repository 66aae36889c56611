import path from 'node:path';
import { jsonObject, places, writeOwn } from '../attribution/places.ts';
import type { Verdict } from '../ledger/verdict.ts';
import { BacklogError } from '../platform/errors.ts';
import { readTextIfExists } from '../platform/files.ts';

// Hooks load this before each prompt.

/** The warnings that a session has not heard of, which it has now; a raised limit is a new one. */
export function onceInSession(
  warnings: readonly Verdict[],
  home: string,
  sessionId: string,
): readonly Verdict[] {
  if (warnings.length === 0) return [];
  const file = path.join(places.session(home, sessionId), 'budget-warnings.json');
  const known = jsonObject(readTextIfExists(file)) ?? {};
  const keyOf = ({ budget, id, unit, limit }: Verdict) => `${budget} ${id} ${unit} ${limit}`;
  const fresh = warnings.filter((verdict) => !Object.hasOwn(known, keyOf(verdict)));
  if (fresh.length === 0) return fresh;
  try {
    writeOwn(file, { ...known, ...Object.fromEntries(fresh.map((verdict) => [keyOf(verdict), true])) });
  } catch (error) {
    // Where nothing can be kept it is said again: rather twice than never.
    if (!(error instanceof BacklogError)) throw error;
  }
  return fresh;
}
