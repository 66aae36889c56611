import { bodyLines, bodySections, findSection, tableRows } from './body.ts';
import type { Ticket } from './ticket.ts';

export const COST_ESTIMATE = 'Cost Estimate';

/** One row of a ticket's section "Cost Estimate". */
export interface EstimateRow {
  readonly model: string;
  /** Input and output together. */
  readonly tokens: number;
  /** `null` when the model's price was not known. */
  readonly usd: number | null;
}

/** What the section "Cost Estimate" of a ticket says; empty when it has none. Rows without a number of tokens do not count. */
export function estimateRows(ticket: Pick<Ticket, 'sections'>): EstimateRow[] {
  const text = findSection(ticket.sections, COST_ESTIMATE)?.text ?? '';
  const [section] = bodySections(`## x\n${text}`, bodyLines(`## x\n${text}`, 0, 1));
  return tableRows(section?.lines ?? []).flatMap(({ cells: [model = '', tokens = '', usd = ''] }) => {
    const count = numberIn(tokens);
    return model === '' || count === null ? [] : [{ model, tokens: count, usd: numberIn(usd) }];
  });
}

function numberIn(cell: string): number | null {
  const plain = cell.replaceAll(/[,$\s]/g, '');
  return /^[0-9]{1,15}(?:\.[0-9]{1,9})?$/.test(plain) ? Number(plain) : null;
}
