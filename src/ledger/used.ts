import { priceTable, type Rates } from './price-table.ts';
import type { Spent } from './sums.ts';
import type { Amounts, Used } from './verdict.ts';

// Hooks load this before each prompt: of prices it needs the built-in table alone.

const nothing: Amounts = { usd: 0, tokens: 0 };

/**
 * What the sums say, with requests of unknown price at the dearest known one.
 * @param unwritten what is spent, but not in the ledger yet
 */
export function usedOf(spent: Spent, unwritten: Amounts = nothing, inFlight: Amounts = nothing): Used {
  const estimatedUsd = dearest(spent.unpriced_input_tokens, spent.unpriced_output_tokens);
  return {
    usd: spent.usd + estimatedUsd + unwritten.usd,
    tokens: spent.tokens + unwritten.tokens,
    estimatedUsd,
    inFlight,
  };
}

/** Tokens at the dearest list price that is known, USD: too much rather than too little. */
export function dearest(inputTokens: number, outputTokens: number): number {
  return (inputTokens * dearestRates.input + outputTokens * dearestRates.output) / 1e6;
}

const dearestRates: Pick<Rates, 'input' | 'output'> = {
  input: Math.max(...Object.values(priceTable).map(({ input }) => input)),
  output: Math.max(...Object.values(priceTable).map(({ output }) => output)),
};
