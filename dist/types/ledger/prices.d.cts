import type { PricedUsage } from './priced-usage.cjs';
export type { PricedUsage } from './priced-usage.cjs';
/** `llmOps.prices` of the configuration: USD per million tokens, by model name. */
export type PriceOverrides = Readonly<Record<string, {
    readonly input: number;
    readonly output: number;
    readonly cacheRead?: number | undefined;
    readonly cacheWrite5m?: number | undefined;
    readonly cacheWrite1h?: number | undefined;
}>>;
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
/**
 * Loads the prices of models that the built-in table does not have (OpenAI, Google, …), for all later calls of
 * {@link priceRequest} in this process. Half a megabyte: call it when {@link needsMorePrices} says so.
 */
export declare function loadMorePrices(): Promise<void>;
/** Whether the price of a model would be unknown, and {@link loadMorePrices} has not been called yet. */
export declare function needsMorePrices(query: Omit<PriceQuery, 'usage'>): boolean;
/**
 * The list price of one request: the configuration's, else 0 on this machine, else the built-in table's, else, once they are
 * loaded, that of the further prices, else unknown.
 */
export declare function priceRequest({ model, provider, usage, at, overrides }: PriceQuery): PricedRequest;
