import { normaliseModel } from './model-name.ts';
import { PRICE_TABLE_DATE, type PriceRow, priceTable, type Rates, WEB_SEARCH_USD } from './price-table.ts';
import type { PricedUsage } from './priced-usage.ts';

export type { PricedUsage } from './priced-usage.ts';

/** `llmOps.prices` of the configuration: USD per million tokens, by model name. */
export type PriceOverrides = Readonly<
  Record<
    string,
    {
      readonly input: number;
      readonly output: number;
      readonly cacheRead?: number | undefined;
      readonly cacheWrite5m?: number | undefined;
      readonly cacheWrite1h?: number | undefined;
    }
  >
>;

export interface PriceQuery {
  readonly model: string | null;
  readonly provider?: string | null;
  readonly usage: PricedUsage;
  /** RFC 3339, UTC: prices have changed over time. */
  readonly at: string;
  readonly overrides?: PriceOverrides | undefined;
}

/** `cost_usd` in USD; `null` when the price is unknown, 0 for local models only. */
export interface PricedRequest {
  readonly cost_usd: number | null;
  /** `config`, `local`, `table@<date of the price table>`, `genai-prices@<date of its data>`, or `null`. */
  readonly price_source: string | null;
}

const unknown: PricedRequest = { cost_usd: null, price_source: null };

type MorePrices = typeof import('./more-prices.ts');
let morePrices: MorePrices | undefined;

/**
 * Loads the prices of models that the built-in table does not have (OpenAI, Google, …), for all later calls of
 * {@link priceRequest} in this process. Half a megabyte: call it when {@link needsMorePrices} says so.
 */
export async function loadMorePrices(): Promise<void> {
  morePrices ??= await import('./more-prices.ts');
}

/** Whether the price of a model would be unknown, and {@link loadMorePrices} has not been called yet. */
export function needsMorePrices(query: Omit<PriceQuery, 'usage'>): boolean {
  return morePrices === undefined && priceRequest({ ...query, usage: noUsage }).price_source === null;
}

const noUsage: PricedUsage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_5m_tokens: 0,
  cache_write_1h_tokens: 0,
};

/**
 * The list price of one request: the configuration's, else 0 on this machine, else the built-in table's, else, once they are
 * loaded, that of the further prices, else unknown.
 */
export function priceRequest({ model, provider, usage, at, overrides }: PriceQuery): PricedRequest {
  if (model === null || model === '') return unknown;
  const { name, regional } = normaliseModel(model);
  const configured = overrides && overrideFor([model, `${provider ?? ''}/${model}`, name], overrides);
  if (configured) return priced(usage, configured, 1, 'config');
  if (isLocal(model, provider ?? '')) return { cost_usd: 0, price_source: 'local' };
  const row = Object.hasOwn(priceTable, name) ? priceTable[name] : undefined;
  const rates = row && ratesOf(row, usage, at);
  if (row === undefined) return furtherPrice(model, provider ?? null, usage, at);
  if (rates === undefined) return unknown;
  const factor = regional || usage.regional ? row.regional : 1;
  return priced(usage, rates, factor, `table@${PRICE_TABLE_DATE}`);
}

function furtherPrice(model: string, provider: string | null, usage: PricedUsage, at: string): PricedRequest {
  // What a provider calls fast is a price of its own, which the library does not have.
  if (morePrices === undefined || usage.fast) return unknown;
  const bare = model.slice(model.lastIndexOf('/') + 1);
  const usd = morePrices.morePrice(bare, provider, usage, at);
  if (usd === undefined) return unknown;
  return {
    cost_usd: rounded(usd * batchFactor(usage) + searches(usage)),
    price_source: morePrices.MORE_PRICES_SOURCE,
  };
}

function batchFactor({ batch }: PricedUsage): number {
  return batch ? 0.5 : 1;
}

function searches({ web_searches }: PricedUsage): number {
  return (web_searches ?? 0) * WEB_SEARCH_USD;
}

/** Twelve places are far below a token's price and take the noise of binary fractions away. */
function rounded(usd: number): number {
  return Math.round(usd * 1e12) / 1e12;
}

function overrideFor(names: readonly string[], overrides: PriceOverrides): Rates | undefined {
  const found = names.find((name) => Object.hasOwn(overrides, name));
  const own = found === undefined ? undefined : overrides[found];
  if (own === undefined) return undefined;
  // What a configuration leaves out is in Anthropic's usual relation to input.
  const { input, output, cacheRead = input * 0.1 } = own;
  const { cacheWrite5m = input * 1.25, cacheWrite1h = input * 2 } = own;
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
}

/** Ollama runs on this machine, except its hosted models, whose names end in `-cloud` or `:cloud`. */
function isLocal(model: string, provider: string): boolean {
  const ollama = /^ollama(?:_chat)?$/.test(provider) || /^ollama(?:_chat)?\//.test(model);
  return (ollama || provider === 'local') && !/[:-]cloud$/.test(model);
}

function ratesOf(row: PriceRow, usage: PricedUsage, at: string): Rates | undefined {
  if (usage.fast) return row.fast;
  const { long } = row;
  const prompt = usage.input_tokens + usage.cache_read_tokens + cacheWrites(usage);
  const holds = long !== undefined && prompt > long.above && (long.until === undefined || at < long.until);
  return holds ? long : row;
}

function cacheWrites(usage: PricedUsage): number {
  return usage.cache_write_5m_tokens + usage.cache_write_1h_tokens;
}

function priced(usage: PricedUsage, rates: Rates, factor: number, source: string): PricedRequest {
  const tokens =
    usage.input_tokens * rates.input +
    usage.output_tokens * rates.output +
    usage.cache_read_tokens * rates.cacheRead +
    usage.cache_write_5m_tokens * rates.cacheWrite5m +
    usage.cache_write_1h_tokens * rates.cacheWrite1h;
  const usd = (tokens / 1e6) * factor * batchFactor(usage) + searches(usage);
  return { cost_usd: rounded(usd), price_source: source };
}
