import { usageStats } from '../ledger/usage-stats.ts';

/** What a session has cost so far and which models it asked how often; nothing outside Claude Code. */
export async function sessionSpending(
  ledger: string,
  session: string | undefined,
): Promise<{ readonly cost_usd: number; readonly models: Readonly<Record<string, number>> }> {
  if (session === undefined) return { cost_usd: 0, models: {} };
  const { summary, groups } = usageStats({
    ledgers: [ledger],
    scope: 'session',
    id: session,
    groupBy: 'model',
  });
  return {
    cost_usd: summary.cost_usd,
    models: Object.fromEntries(groups.map(({ name, requests }) => [name ?? 'unknown', requests])),
  };
}
