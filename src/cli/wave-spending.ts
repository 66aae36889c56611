import type { TicketSpending } from '../gates/record-completion.ts';
import { ticketCost } from '../ledger/report.ts';
import { foldLedger } from '../ledger/stats.ts';
import { usageStats } from '../ledger/usage-stats.ts';

/** What the ledger says of a ticket, its models apart. */
export function ticketSpending(ledger: string, ticketId: string): TicketSpending {
  const { total, by_model } = ticketCost(ledger, ticketId);
  const shares = by_model
    .filter(({ requests }) => requests > 0)
    .map((row) => [
      row.name ?? 'unknown',
      {
        requests: row.requests,
        tokens: row.input_tokens + row.output_tokens + row.cache_read_tokens + row.cache_write_tokens,
        cost_usd: row.unpriced > 0 ? null : row.cost_usd,
      },
    ]);
  return { ...total, by_model: Object.fromEntries(shares) };
}

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

/** Whether one of a ticket's requests went to a dearer model for a reason that was given. */
export function isEscalated(ledger: string, ticketId: string): boolean {
  let escalated = 0;
  foldLedger(ledger, ({ ticket_id, escalation_reason }, sign) => {
    if (ticket_id === ticketId && escalation_reason !== null) escalated += sign;
  });
  return escalated > 0;
}
