import { type PriceOverrides, priceRequest } from './prices.ts';
import { dearest } from './used.ts';
import type { Amounts } from './verdict.ts';

/** Bytes of a request's body that make a token, about: what JSON adds makes the estimate rather too high. */
const BYTES_A_TOKEN = 4;
/** Most tokens of an answer that are held for it: answers that use all they may are rare. */
export const MOST_ANSWER_TOKENS = 4096;

export interface AskedRequest {
  readonly model: string | null;
  /** `ollama`, `anthropic`, … */
  readonly provider: string;
  /** Length of the body. */
  readonly bytes: number;
  /** As the body says. */
  readonly maxTokens: number | null;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly overrides?: PriceOverrides | undefined;
}

/** What a request may come to, before it is answered: its whole prompt as new input, and an answer of at most 4096 tokens. */
export function estimateOf({ model, provider, bytes, maxTokens, at, overrides }: AskedRequest): Amounts {
  const input = Math.ceil(bytes / BYTES_A_TOKEN);
  const output = Math.min(maxTokens ?? MOST_ANSWER_TOKENS, MOST_ANSWER_TOKENS);
  const usage = {
    input_tokens: input,
    output_tokens: output,
    cache_read_tokens: 0,
    cache_write_5m_tokens: 0,
    cache_write_1h_tokens: 0,
  };
  const { cost_usd } = priceRequest({ model, provider, usage, at, overrides });
  return { usd: cost_usd ?? dearest(input, output), tokens: input + output };
}
