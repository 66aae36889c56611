import { usageError } from '../platform/errors.ts';
import type { Watch } from '../platform/watch.ts';
import { utcTime } from './fields.ts';
import type { LedgerRecord } from './record.ts';
import { foldLedger, type LedgerFaults } from './stats.ts';
import { type Usage, UsageSum } from './usage.ts';

/** Whose requests are counted. A chat is a session by the name that other tools give it. */
export const statsScopes = [
  'global',
  'project',
  'chat',
  'session',
  'ticket',
  'gate',
  'agent',
  'model',
] as const;
export type StatsScopeKind = (typeof statsScopes)[number];

/** By what they are grouped. Days, weeks (ISO 8601) and months are those of UTC. */
export const groupings = ['day', 'week', 'month', 'model', 'gate', 'agent', 'ticket'] as const;
export type Grouping = (typeof groupings)[number];

export interface StatsQuery {
  readonly ledgers: readonly string[];
  readonly scope: StatsScopeKind;
  /** Which one; a gate is `plan` or, of one ticket, `FEAT-001/plan`; an agent is a type or an id. Without it all. */
  readonly id?: string | undefined;
  /** Only requests of this project; of a scope that is none itself. */
  readonly project?: string | undefined;
  /** RFC 3339 or a day, both inclusive: a day is meant from its first to its last moment (UTC). */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly groupBy?: Grouping | undefined;
  /** Told of each ledger as it is read. */
  readonly watch?: Watch | undefined;
}

export type UsageGroup = Usage & { /** `null` for requests that have none. */ readonly name: string | null };

export interface UsageStats extends LedgerFaults {
  readonly scope: { readonly type: StatsScopeKind; readonly id: string | null };
  /** What was asked for, else the times of the first and last request that count; `null` without any. */
  readonly period: { readonly from: string | null; readonly to: string | null };
  readonly summary: Usage;
  readonly group_by: Grouping | null;
  /** Times ascending, names by cost; what has no name comes last. */
  readonly groups: readonly UsageGroup[];
}

/**
 * Counts requests in one pass over the ledgers; memory grows with the groups, not with the requests.
 * @throws BacklogError `usage` (exit 2) for a time that is none
 */
export function usageStats(query: StatsQuery): UsageStats {
  const { ledgers, scope, id, project, groupBy } = query;
  const from = query.from === undefined ? undefined : boundary('from', query.from);
  const to = query.to === undefined ? undefined : boundary('to', query.to);
  const counts = chooser(scope, id);
  const total = new UsageSum();
  const groups = new Map<string | null, UsageSum>();
  let [first, last] = ['', ''];
  const each = (record: LedgerRecord, sign: 1 | -1): void => {
    if (!counts(record) || (project !== undefined && record.project !== project)) return;
    const { ts } = record;
    if ((from !== undefined && ts < from) || (to !== undefined && (ts === '' || ts > to))) return;
    total.add(record, sign);
    if (ts !== '' && (first === '' || ts < first)) first = ts;
    if (ts > last) last = ts;
    if (groupBy !== undefined) groupOf(groups, nameOf(record, groupBy)).add(record, sign);
  };
  const faults = ledgers.map((ledger) => foldLedger(ledger, each, query.watch));
  return {
    scope: { type: scope, id: id ?? null },
    period: { from: from ?? (first || null), to: to ?? (last || null) },
    summary: total.usage(),
    group_by: groupBy ?? null,
    groups: sorted(groups, groupBy),
    bad_lines: faults.reduce((sum, { bad_lines }) => sum + bad_lines, 0),
    bad: faults.flatMap(({ bad }) => bad),
    other_lines: faults.reduce((sum, { other_lines }) => sum + other_lines, 0),
    undated: faults.reduce((sum, { undated }) => sum + undated, 0),
  };
}

function chooser(scope: StatsScopeKind, id: string | undefined): (record: LedgerRecord) => boolean {
  if (id === undefined) return () => true;
  switch (scope) {
    case 'global':
      return () => true;
    case 'project':
      return ({ project }) => project === id;
    case 'chat':
    case 'session':
      return ({ session_id }) => session_id === id;
    case 'ticket':
      return ({ ticket_id }) => ticket_id === id;
    case 'gate':
      return id.includes('/')
        ? ({ ticket_id, gate }) => ticket_id !== null && gate !== null && `${ticket_id}/${gate}` === id
        : ({ gate }) => gate === id;
    case 'agent':
      return ({ agent_type, agent_id }) => agent_type === id || agent_id === id;
    case 'model':
      return ({ model }) => model === id;
  }
}

function nameOf(record: LedgerRecord, groupBy: Grouping): string | null {
  switch (groupBy) {
    case 'day':
      return record.ts.slice(0, 10) || null;
    case 'week':
      return record.ts === '' ? null : weekOf(record.ts);
    case 'month':
      return record.ts.slice(0, 7) || null;
    case 'model':
      return record.model;
    case 'gate':
      return record.gate;
    case 'agent':
      return record.agent_type;
    case 'ticket':
      return record.ticket_id;
  }
}

/** The ISO 8601 week of a time, `2026-W01`: the one that holds the Thursday of its days. */
function weekOf(ts: string): string {
  const day = new Date(`${ts.slice(0, 10)}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const year = day.getUTCFullYear();
  const week = Math.ceil(((day.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7);
  return `${year}-W${String(week).padStart(2, '0')}`;
}

function groupOf(groups: Map<string | null, UsageSum>, name: string | null): UsageSum {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const sum = new UsageSum();
  // A copy: the name may be a part of a whole chunk's text, which it would keep in memory.
  groups.set(name === null ? null : Buffer.from(name).toString(), sum);
  return sum;
}

function sorted(groups: Map<string | null, UsageSum>, groupBy: Grouping | undefined): UsageGroup[] {
  const byTime = groupBy === 'day' || groupBy === 'week' || groupBy === 'month';
  const byName = (a: UsageGroup, b: UsageGroup) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1);
  return [...groups]
    .filter(([, sum]) => sum.requests > 0)
    .map(([name, sum]) => ({ name, ...sum.usage() }))
    .sort(
      (a, b) =>
        Number(a.name === null) - Number(b.name === null) ||
        (byTime ? 0 : b.cost_usd - a.cost_usd || b.requests - a.requests) ||
        byName(a, b),
    );
}

function boundary(name: 'from' | 'to', text: string): string {
  const time = utcTime(text);
  if (time === undefined)
    throw usageError(
      `${name} is "${text}", which is no time`,
      `pass a day or an RFC 3339 time, such as --${name} 2026-11-01`,
      'invalid-time',
    );
  return name === 'to' && /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59.999Z` : time;
}
