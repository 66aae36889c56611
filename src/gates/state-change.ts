import path from 'node:path';
import { type Clock, timestamp } from '../platform/clock.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';
import { setAside } from '../platform/set-aside.ts';
import type { ProjectPaths } from '../project/paths.ts';
import { parseState, STATE_FILE } from './state.ts';
import { isFields, type StateFields, upgradeState } from './state-schema.ts';

/** Where the state lies and who of the project waits for whom. */
export interface StatePlace {
  /** The project's folder in the main worktree. */
  readonly folder: string;
  readonly lockFile: string;
}

export function statePlace({ mainRoot, opsDir }: ProjectPaths): StatePlace {
  return { folder: mainRoot, lockFile: path.join(opsDir, 'implementer-state.lock') };
}

export interface StateChange {
  readonly state: StateFields;
  readonly changed: boolean;
  /** What people should hear: a file that was set aside, or a later version that is left alone. */
  readonly warning: string | undefined;
}

/**
 * The one door through which the implementer's state changes: reads it, brings it to 6.1, asks `change`, writes, all under its
 * lock. Unknown keys stay. `lastRunTimestamp` is set with every change. A file that is no JSON object is set aside and begun
 * anew; of a later main version nothing is known, so it stays as it is.
 * @param change gets and returns the whole state; what it returns is compared, and written only when it differs
 */
export function changeState(
  place: StatePlace,
  clock: Clock,
  change: (state: StateFields) => StateFields,
): Promise<StateChange> {
  const file = path.join(place.folder, STATE_FILE);
  return withLock(place.lockFile, () => {
    const text = readTextIfExists(file);
    const found = text === undefined ? {} : parseState(text);
    const major = Number(/^\d{1,6}/.exec(String(found?.version ?? ''))?.[0] ?? 0);
    if (found !== undefined && major > 6)
      return {
        state: found,
        changed: false,
        warning: `${STATE_FILE} has version ${String(found.version)}, which this program does not know: it is left as it is`,
      };
    const { fields: before, replaced } = upgradeState(found ?? {});
    const after = change(before);
    if (found !== undefined && JSON.stringify(after) === JSON.stringify(found))
      return { state: after, changed: false, warning: undefined };
    const spoilt = text !== undefined && (found === undefined || replaced.length > 0);
    const aside = spoilt ? path.relative(place.folder, setAside(file, clock)) : undefined;
    const state = { ...after, lastRunTimestamp: timestamp(clock) };
    writeFileAtomic(file, `${JSON.stringify(state, null, 2)}\n`);
    const why =
      found === undefined ? 'is no JSON object' : `has a wrong kind of value in ${replaced.join(', ')}`;
    return {
      state,
      changed: true,
      warning: aside === undefined ? undefined : `${STATE_FILE} ${why}; the old file is kept as ${aside}`,
    };
  });
}

/**
 * What one thing (a ticket, a wave, a local attempt) adds to the numbers below `stats`: `{'ticketsByType.FEAT': 1}`. A number
 * that is not there counts as 0.
 */
export type Contribution = Readonly<Record<string, number>>;

/**
 * Counts a contribution under a name, once: the same name again takes the old numbers away first. So totals that an older
 * program has counted stay, and nothing is counted twice. What was counted is kept below `counted`.
 * @param name such as `ticket:FEAT-001`
 */
export function count(state: StateFields, name: string, contribution: Contribution): StateFields {
  const counted = isFields(state.counted) ? state.counted : {};
  const before = Object.hasOwn(counted, name) ? counted[name] : undefined;
  const old = isFields(before) ? before : {};
  let stats: StateFields = isFields(state.stats) ? state.stats : {};
  for (const key of new Set([...Object.keys(old), ...Object.keys(contribution)]))
    stats = plus(stats, key.split('.'), numberOf(contribution[key]) - numberOf(old[key]));
  return { ...state, stats, counted: { ...counted, [name]: contribution } };
}

/** What was counted under a name; `undefined` when nothing was. */
export function countedAs(state: StateFields, name: string): StateFields | undefined {
  const counted =
    isFields(state.counted) && Object.hasOwn(state.counted, name) ? state.counted[name] : undefined;
  return isFields(counted) ? counted : undefined;
}

/** Sums of USD would otherwise end in 0.30000000000000004. */
const DIGITS = 1e9;

function plus(fields: StateFields, [key = '', ...below]: readonly string[], amount: number): StateFields {
  const found = Object.hasOwn(fields, key) ? fields[key] : undefined;
  const value =
    below.length > 0
      ? plus(isFields(found) ? found : {}, below, amount)
      : Math.round((numberOf(found) + amount) * DIGITS) / DIGITS;
  return { ...fields, [key]: value };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
