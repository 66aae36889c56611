/** USD per million tokens. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

export interface PriceRow extends Rates {
  /** A prompt with more tokens than `above` (cache included) is charged whole at these rates. */
  readonly long?: Rates & { readonly above: number /** The day when this ended. */; readonly until?: string };
  /** The client's fast mode. */
  readonly fast?: Rates;
  /** What one region asks over the world-wide price, as a factor. */
  readonly regional: number;
}

/** When the rows were last compared with their sources; part of each record's `price_source`. */
export const PRICE_TABLE_DATE = '2026-11-21';

/** One web search by the provider, USD: 10 per thousand (both sources below). */
export const WEB_SEARCH_USD = 0.01;
/** Requests that have to stay in one country, since the 4.5 models (both sources; Bedrock's cross-region profiles too). */
const REGIONAL = 1.1;

/** Reading the cache costs a tenth of input, writing for 5 minutes 1.25 times, for an hour twice as much, where nothing else is said. */
function rates(input: number, output: number, cacheRead = input * 0.1): Rates {
  return { input, output, cacheRead, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2 };
}

function row(standard: Rates, more: Partial<Pick<PriceRow, 'long' | 'fast' | 'regional'>> = {}): PriceRow {
  return { ...standard, regional: REGIONAL, ...more };
}

const opus45 = rates(5, 25);
const sonnet45 = rates(3, 15);
const over200k = (input: number, output: number, until: string) => ({
  long: { ...rates(input, output), above: 200_000, until },
});

/**
 * Claude models by their normalised names. Each figure stands in two sources that agree, looked at on 2026-11-21:
 * the price data of npm `@pydantic/genai-prices` 0.1.8, which names Anthropic's price page, and the price list that Claude Code
 * 2.1.328 carries (it computed the same costs in runs). Rows marked (client) stand only in the second.
 */
export const priceTable: Readonly<Record<string, PriceRow>> = {
  'claude-3-5-haiku': row(rates(0.8, 4), { regional: 1 }),
  'claude-3-5-sonnet': row(sonnet45, { regional: 1 }),
  'claude-3-7-sonnet': row(sonnet45, { regional: 1 }),
  'claude-haiku-4-5': row(rates(1, 5)),
  // (client) Ten cents; above 100,000 prompt tokens five times as much.
  'claude-haiku-5-5': row(rates(0.1, 0.5), { long: { ...rates(0.5, 2.5), above: 100_000 } }),
  'claude-sonnet-4-0': row(sonnet45, { regional: 1 }),
  // Long prompts were a beta that ended, then the flat price held (genai-prices names both days).
  'claude-sonnet-4-5': row(sonnet45, over200k(6, 22.5, '2026-04-30')),
  'claude-sonnet-4-6': row(sonnet45, over200k(6, 22.5, '2026-03-13')),
  'claude-sonnet-5': row(rates(2, 10)),
  'claude-sonnet-5-5': row(rates(2, 10, 0.1)), // (client)
  'claude-opus-4-0': row(rates(15, 75), { regional: 1 }),
  'claude-opus-4-1': row(rates(15, 75), { regional: 1 }),
  'claude-opus-4-5': row(opus45),
  'claude-opus-4-6': row(opus45, { ...over200k(10, 37.5, '2026-03-13'), fast: rates(30, 150) }),
  'claude-opus-4-7': row(opus45, { fast: rates(30, 150) }),
  'claude-opus-4-8': row(opus45, { fast: rates(10, 50) }),
  'claude-opus-5': row(opus45, { fast: rates(10, 50) }),
  // Cache reads are a twentieth of input here.
  'claude-opus-5-5': row(rates(4, 20, 0.2), { fast: rates(8, 40, 0.4) }),
  'claude-fable-5': row(rates(10, 50)),
  'claude-fable-5-1': row(rates(10, 50, 0.25)),
  'claude-fable-5-2': row(rates(8, 40, 0.2), { fast: rates(16, 80, 0.4) }), // (client)
  'claude-mythos-5': row(rates(10, 50)), // (client)
  'claude-mythos-5-1': row(rates(10, 50, 0.25)), // (client)
  'claude-mythos-5-2': row(rates(8, 40, 0.2), { fast: rates(16, 80, 0.4) }), // (client)
};
