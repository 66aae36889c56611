import { renameSync } from 'node:fs';
import path from 'node:path';
import { type Clock, timestamp } from '../platform/clock.ts';
import { readTextIfExists, writeFileAtomic } from '../platform/files.ts';
import { withLock } from '../platform/lock.ts';

/** The implementer's state of one project: `.claude/implementer-state.json`. */
export const STATE_FILE = '.claude/implementer-state.json';
const VERSION = '6.1';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type State = { readonly [key: string]: Json };

/** Every key of version 6.1 with its first value. */
const initial: State = {
  version: VERSION,
  lastRunTimestamp: null,
  lastCycle: null,
  currentWave: 0,
  stats: {
    totalTicketsCompleted: 0,
    totalTicketsFailed: 0,
    totalTicketsInvestigated: 0,
    totalReviewRounds: 0,
    totalTestsAdded: 0,
    totalCommits: 0,
    totalWavesCompleted: 0,
    avgReviewRoundsPerTicket: 0,
    ticketsByType: {},
    totalTokensUsed: 0,
    totalCostUsd: 0,
    agentRoutingStats: {
      frontend: 0,
      backend: 0,
      devops: 0,
      'ml-engineer': 0,
      'test-engineer': 0,
      'general-purpose': 0,
      llmOverrides: 0,
    },
    reviewStats: { totalFindings: 0, filteredByConfidence: 0, avgConfidence: 0 },
    localModelStats: {
      totalAttempts: 0,
      successCount: 0,
      escalatedToCloud: 0,
      failuresByType: {},
      avgQualityScore: 0,
    },
  },
  investigationQueue: [],
  failedTickets: [],
  lintBlockedTickets: [],
  completedThisSession: [],
};

export interface MigratedState {
  readonly state: State;
  readonly what: 'created' | 'upgraded' | 'unchanged';
  /** Where a file that was no state was set aside; `undefined` when there was none. */
  readonly corrupt: string | undefined;
}

/**
 * Creates the state file or brings it to 6.1: missing keys are added, everything that is there stays, unknown keys and a
 * higher version too. A file that is no JSON object is set aside, never overwritten.
 * @param root the project's folder; any folder will do
 */
export async function migrateState(root: string, clock: Clock): Promise<MigratedState> {
  const file = path.join(root, STATE_FILE);
  return withLock(`${file}.lock`, () => {
    const text = readTextIfExists(file);
    const found = text === undefined ? undefined : parse(text);
    let corrupt: string | undefined;
    if (text !== undefined && found === undefined) {
      corrupt = `${file}.corrupt-${timestamp(clock).replaceAll(':', '-')}`;
      renameSync(file, corrupt);
    }
    const state = upgrade(found ?? {});
    if (found !== undefined && JSON.stringify(found) === JSON.stringify(state))
      return { state, what: 'unchanged', corrupt };
    writeFileAtomic(file, `${JSON.stringify(state, null, 2)}\n`);
    return { state, what: found === undefined ? 'created' : 'upgraded', corrupt };
  });
}

/** The state as it is; `undefined` without a file that is one. */
export function readState(root: string): State | undefined {
  const text = readTextIfExists(path.join(root, STATE_FILE));
  return text === undefined ? undefined : parse(text);
}

/** What is there, completed by what is missing. */
export function upgrade(found: State): State {
  const version = typeof found.version === 'string' && isNewer(found.version) ? found.version : VERSION;
  return { ...completed(found, initial), version };
}

function completed(found: State, defaults: State): State {
  const result: Record<string, Json> = { ...found };
  for (const [key, value] of Object.entries(defaults)) {
    const there = found[key];
    if (!Object.hasOwn(found, key)) result[key] = value;
    else if (isObject(there) && isObject(value)) result[key] = completed(there, value);
  }
  return result;
}

function isNewer(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 6 || (major === 6 && minor > 1);
}

function isObject(value: unknown): value is State {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): State | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
