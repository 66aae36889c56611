/** Version of `.claude/implementer-state.json` that this program writes. */
export const STATE_VERSION = '6.1';

export type StateFields = Readonly<Record<string, unknown>>;

/**
 * Every key of version 6.1 with what it is before anything has happened. `null` takes a value of any kind; the kind of every
 * other default is the kind that its key must have.
 */
export const stateDefaults: StateFields = {
  version: STATE_VERSION,
  lastRunTimestamp: null,
  lastCycle: null,
  currentWave: null,
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

export interface Upgrade {
  readonly fields: StateFields;
  /** Keys that were missing, as paths: `stats.localModelStats`. */
  readonly added: readonly string[];
  /** Keys whose value was of the wrong kind and was replaced. */
  readonly replaced: readonly string[];
}

/**
 * The same state with every key of 6.1. Unknown keys and values stay as they are, and so does a version above 6.1; of a
 * later main version nothing is known, so nothing is touched.
 */
export function upgradeState(state: StateFields): Upgrade {
  const [major, minor] = versionOf(state.version);
  if (major > 6) return { fields: state, added: [], replaced: [] };
  const added: string[] = [];
  const replaced: string[] = [];
  const fields = filled(state, stateDefaults, '', { added, replaced });
  const keep = major === 6 && minor > 1;
  return {
    fields: { ...fields, version: keep ? state.version : STATE_VERSION },
    added,
    replaced: replaced.filter((key) => key !== 'version'),
  };
}

function filled(
  state: StateFields,
  defaults: StateFields,
  above: string,
  log: { readonly added: string[]; readonly replaced: string[] },
): StateFields {
  const entries = new Map(Object.entries(state));
  for (const [key, fallback] of Object.entries(defaults)) {
    const value = entries.get(key);
    const name = `${above}${key}`;
    if (!entries.has(key)) {
      log.added.push(name);
      entries.set(key, fallback);
    } else if (fallback !== null && kindOf(value) !== kindOf(fallback)) {
      log.replaced.push(name);
      entries.set(key, fallback);
    } else if (isFields(value) && isFields(fallback))
      entries.set(key, filled(value, fallback, `${name}.`, log));
  }
  return Object.fromEntries(entries);
}

export function isFields(value: unknown): value is StateFields {
  return kindOf(value) === 'object';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function versionOf(version: unknown): readonly [number, number] {
  const [, major, minor] = /^(\d{1,6})(?:\.(\d{1,6}))?/.exec(String(version ?? '')) ?? [];
  return [Number(major ?? 0), Number(minor ?? 0)];
}
