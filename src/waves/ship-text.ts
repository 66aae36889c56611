import type { TicketSpending } from '../gates/record-completion.ts';
import type { GateState } from '../gates/status.ts';
import type { Ticket } from '../tickets/ticket.ts';

export function shipTitle({ id, title }: Pick<Ticket, 'id' | 'title'>): string {
  return `${id}: ${title.replace(/\s+/g, ' ').trim()}`.slice(0, 200);
}

/** The text of a pull request: what was promised, what a program saw of it, and what it has cost. */
export function shipBody(
  ticket: Pick<Ticket, 'id' | 'criteria'>,
  states: readonly GateState[],
  { requests, cost_usd, unpriced }: TicketSpending,
): string {
  const unknown = unpriced > 0 ? `; ${unpriced} of them have no known price` : '';
  return [
    '## Acceptance criteria',
    '',
    ...ticket.criteria.map(({ id, text }) => `- ${id}: ${text}`),
    '',
    '## Evidence',
    '',
    '| Gate | Verdict | On what |',
    '|---|---|---|',
    ...states
      .filter(({ required, holds }) => required || holds)
      .map(({ gate, verdict, reason }) => `| ${gate} | ${verdict} | ${cell(reason)} |`),
    '',
    '## Cost',
    '',
    requests === 0 ? 'No request was seen.' : `$${cost_usd.toFixed(4)} in ${requests} requests${unknown}.`,
    '',
    `Ticket: ${ticket.id}`,
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replace(/[\s|]+/g, ' ').trim();
}
