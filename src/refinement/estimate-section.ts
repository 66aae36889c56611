import { COST_ESTIMATE } from '../tickets/cost-estimate.ts';
import { replaceSection } from '../tickets/file.ts';
import { table } from '../tickets/render.ts';
import type { Interval, TicketEstimate } from './estimate.ts';

/** A ticket's text with the section "Cost Estimate", a row a model. It is no part of the promise, and `updated` stays. */
export function withEstimate(text: string, estimate: TicketEstimate): string {
  return replaceSection(text, COST_ESTIMATE, estimateTable(estimate));
}

/** The table of the section; tokens are rounded to thousands. */
export function estimateTable({ models, counts, source, confidence }: TicketEstimate): string {
  const basis = `${counts.modified} modify, ${counts.created} create, ${counts.tests} tests`;
  return table(
    ['Model', 'Tokens', 'USD', 'Range', 'Batch', 'Basis', 'Source', 'Confidence'],
    models.map(({ model, tokens, usd, usd_range, usd_batch }) => [
      model,
      (Math.round(tokens / 1000) * 1000).toLocaleString('en-US'),
      dollars(usd),
      usd_range === null ? '' : between(usd_range),
      dollars(usd_batch),
      basis,
      source,
      confidence,
    ]),
  );
}

function between({ low, high }: Interval): string {
  return `${dollars(low)}–${dollars(high)}`;
}

function dollars(usd: number | null): string {
  return usd === null ? 'unknown' : usd.toFixed(usd < 1 ? 4 : 2);
}
