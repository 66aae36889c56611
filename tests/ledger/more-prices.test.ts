import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { priceTable } from '../../src/ledger/price-table.ts';
import { loadMorePrices, needsMorePrices, type PricedUsage, priceRequest } from '../../src/ledger/prices.ts';
import { costReport } from '../../src/ledger/report.ts';
import { repositoryRoot } from '../support/cli.ts';
import { tempDir } from '../support/temp.ts';
import { jsonl, record } from './support.ts';

const at = '2026-11-21T10:00:00.000Z';
const none: PricedUsage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_5m_tokens: 0,
  cache_write_1h_tokens: 0,
};
const million = 1_000_000;

describe('prices of models that the table does not have', () => {
  it('are unknown until they are loaded', () => {
    expect(needsMorePrices({ model: 'gpt-4o', at })).toBe(true);
    expect(needsMorePrices({ model: 'claude-opus-5-5', at })).toBe(false);
    expect(needsMorePrices({ model: 'ollama/x', at })).toBe(false);
    expect(priceRequest({ model: 'gpt-4o', at, usage: none })).toEqual({
      cost_usd: null,
      price_source: null,
    });
  });
});

describe('the further prices', () => {
  beforeAll(loadMorePrices);
  const price = (usage: Partial<PricedUsage>, model = 'gpt-4o', provider: string | null = null) =>
    priceRequest({ model, provider, at, usage: { ...none, ...usage } });

  it('name the library and the day of its data', () => {
    expect(price({ input_tokens: 1000 }).price_source).toBe('genai-prices@2026-09-23');
    const manifest = path.join(repositoryRoot, 'node_modules/@pydantic/genai-prices/package.json');
    // The day is that of this version: look it up (`npm view @pydantic/genai-prices time`) when the version changes.
    expect(JSON.parse(readFileSync(manifest, 'utf8')).version).toBe('0.1.8');
  });

  it.each<[string, Partial<PricedUsage>, number]>([
    ['input', { input_tokens: million }, 2.5],
    ['output', { output_tokens: million }, 10],
    // 400k of the prompt from the cache at half the price, which the library counts as input too.
    ['a cached prompt', { input_tokens: 600_000, cache_read_tokens: 400_000 }, 1.5 + 0.5],
    ['a batch', { input_tokens: million, batch: true }, 1.25],
  ])('of %s (gpt-4o: 2.5, 10 and 1.25 USD a million)', (_name, usage, usd) =>
    expect(price(usage).cost_usd).toBeCloseTo(usd, 9),
  );

  it('are found behind a provider prefix, and for providers that it does not know', () => {
    expect(price({ input_tokens: million }, 'openai/gpt-4o').cost_usd).toBe(2.5);
    expect(price({ input_tokens: million }, 'gpt-4o', 'litellm').cost_usd).toBe(2.5);
  });

  it('stay unknown for a model that nobody knows, and 0 on this machine', () => {
    expect(price({ input_tokens: 1 }, 'gpt-99')).toEqual({ cost_usd: null, price_source: null });
    expect(price({ input_tokens: 1 }, 'gpt-4o', 'ollama')).toEqual({ cost_usd: 0, price_source: 'local' });
  });

  it("agree with the table's kinds of tokens, cache writes of both durations included", async () => {
    const { morePrice } = await import('../../src/ledger/more-prices.ts');
    const usage = {
      ...none,
      input_tokens: 1000,
      output_tokens: 200,
      cache_read_tokens: 3000,
      cache_write_5m_tokens: 400,
      cache_write_1h_tokens: 500,
    };
    expect(morePrice('claude-opus-4-5', 'anthropic', usage, at)).toBeCloseTo(
      priceRequest({ model: 'claude-opus-4-5', at, usage }).cost_usd ?? -1,
      9,
    );
  });
});

describe('the sum of 10,000 requests', () => {
  it('is that of a calculation in whole numbers, to a hundredth of a cent', () => {
    const models = ['claude-haiku-4-5', 'claude-opus-5-5', 'claude-sonnet-5', 'claude-fable-5-1'];
    let seed = 12345;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed % below;
    };
    let exact = 0n; // in 10⁻¹⁵ USD
    const lines = Array.from({ length: 10_000 }, (_, index) => {
      const model = models[index % models.length] ?? '';
      const usage = {
        input_tokens: random(5_000),
        output_tokens: random(4_000),
        cache_read_tokens: random(90_000),
        cache_write_5m_tokens: random(3_000),
        cache_write_1h_tokens: random(2_000),
        batch: random(10) === 0,
      };
      const rates = priceTable[model];
      if (rates === undefined) throw new Error(model);
      // USD a million tokens is 10⁻⁶ USD a token; the rates have at most 6 places, so 10⁻¹² USD are whole.
      const whole = (rate: number) => BigInt(Math.round(rate * 1e6));
      const units =
        BigInt(usage.input_tokens) * whole(rates.input) +
        BigInt(usage.output_tokens) * whole(rates.output) +
        BigInt(usage.cache_read_tokens) * whole(rates.cacheRead) +
        BigInt(usage.cache_write_5m_tokens) * whole(rates.cacheWrite5m) +
        BigInt(usage.cache_write_1h_tokens) * whole(rates.cacheWrite1h);
      exact += (units * 1000n) / (usage.batch ? 2n : 1n);
      const { batch: _batch, ...tokens } = usage;
      return record({ model, ...tokens, ...priceRequest({ model, at, usage }), request_id: `r${index}` });
    });
    const ledger = path.join(tempDir(), 'usage-ledger.jsonl');
    // Each comes twice, as from the gateway and from a transcript.
    writeFileSync(ledger, jsonl(...lines, ...lines.map((line) => ({ ...line, source: 'transcript' }))));
    const { total } = costReport({ ledger });
    expect(total.requests).toBe(10_000);
    expect(Math.abs(total.cost_usd - Number(exact / 1000n) / 1e12)).toBeLessThan(0.0001);
  });
});
