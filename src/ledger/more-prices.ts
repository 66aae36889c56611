import { calcPrice } from '@pydantic/genai-prices';
import type { PricedUsage } from './priced-usage.ts';

/** When the installed version (0.1.8) of the library, and the data in it, were published. */
const DATA_DATE = '2026-09-23';

export const MORE_PRICES_SOURCE = `genai-prices@${DATA_DATE}`;

/**
 * The list price of a request by `@pydantic/genai-prices`, USD for the whole request at its standard price; `undefined` for a
 * model that the library does not know. Its data is in the package: nothing is fetched. Half a megabyte, so load it only when
 * it is asked.
 * @param model without a provider's prefix
 * @param at RFC 3339, UTC
 */
export function morePrice(
  model: string,
  provider: string | null,
  usage: PricedUsage,
  at: string,
): number | undefined {
  const writes = usage.cache_write_5m_tokens + usage.cache_write_1h_tokens;
  const timestamp = new Date(at);
  // The library counts cache tokens as input too, and the hour's writes as writes.
  const asked = {
    input_tokens: usage.input_tokens + usage.cache_read_tokens + writes,
    output_tokens: usage.output_tokens,
    cache_read_tokens: usage.cache_read_tokens,
    cache_write_tokens: writes,
    ...(usage.cache_write_1h_tokens > 0 ? { cache_write_1h_tokens: usage.cache_write_1h_tokens } : {}),
  };
  const options = Number.isNaN(timestamp.getTime()) ? {} : { timestamp };
  const price =
    (provider === null ? null : calcPrice(asked, model, { ...options, providerId: provider })) ??
    calcPrice(asked, model, options);
  return price?.total_price;
}
