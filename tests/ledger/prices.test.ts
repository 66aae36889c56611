import { describe, expect, it } from 'vitest';
import { normaliseModel } from '../../src/ledger/model-name.ts';
import { priceTable } from '../../src/ledger/price-table.ts';
import { type PricedUsage, priceRequest } from '../../src/ledger/prices.ts';

const nothing: PricedUsage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_5m_tokens: 0,
  cache_write_1h_tokens: 0,
};
const at = '2026-11-21T10:00:00.000Z';
const cost = (model: string, usage: Partial<PricedUsage>, when = at, provider?: string) =>
  priceRequest({ model, provider: provider ?? null, usage: { ...nothing, ...usage }, at: when }).cost_usd;

describe('the names of models', () => {
  it.each([
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-latest', 'claude-sonnet-4-5'],
    ['Claude-Sonnet-4-5', 'claude-sonnet-4-5'],
    ['claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5[1m]', 'claude-sonnet-4-5'],
    ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['openrouter/anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['bedrock/eu.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5'],
    ['vertex_ai/claude-opus-4-5@20251101', 'claude-opus-4-5'],
    ['claude-opus-4-20250514', 'claude-opus-4-0'],
    ['claude-sonnet-4', 'claude-sonnet-4-0'],
    ['claude-4-sonnet', 'claude-sonnet-4-0'],
    ['claude-4.5-haiku', 'claude-haiku-4-5'],
    ['claude-3-5-haiku-20241022', 'claude-3-5-haiku'],
    ['claude-3.5-haiku', 'claude-3-5-haiku'],
    ['claude-sonnet-3.7', 'claude-3-7-sonnet'],
    ['qwen3:8b', 'qwen3:8b'],
    ['meta-llama/llama-4', 'meta-llama/llama-4'],
  ])('%s is %s', (spelling, name) => expect(normaliseModel(spelling).name).toBe(name));

  it('never make one model of another', () => {
    for (const name of Object.keys(priceTable)) expect(normaliseModel(name).name).toBe(name);
  });
});

describe('the price of a request', () => {
  // USD for a million tokens of each kind: input, output, cache read, written for 5 minutes, for an hour.
  it.each([
    ['claude-haiku-4-5', [1, 5, 0.1, 1.25, 2]],
    ['claude-sonnet-4-5', [3, 15, 0.3, 3.75, 6]],
    ['claude-sonnet-4-6', [3, 15, 0.3, 3.75, 6]],
    ['claude-sonnet-5', [2, 10, 0.2, 2.5, 4]],
    ['claude-sonnet-5-5', [2, 10, 0.1, 2.5, 4]],
    ['claude-opus-4-1', [15, 75, 1.5, 18.75, 30]],
    ['claude-opus-4-5', [5, 25, 0.5, 6.25, 10]],
    ['claude-opus-4-6', [5, 25, 0.5, 6.25, 10]],
    ['claude-opus-4-8', [5, 25, 0.5, 6.25, 10]],
    ['claude-opus-5', [5, 25, 0.5, 6.25, 10]],
    ['claude-opus-5-5', [4, 20, 0.2, 5, 8]],
    ['claude-fable-5-2', [8, 40, 0.2, 10, 16]],
  ])('%s', (model, [input = 0, output = 0, read = 0, minutes = 0, hour = 0]) => {
    const million = 1_000_000;
    expect(cost(model, { input_tokens: million })).toBeCloseTo(input, 9);
    expect(cost(model, { output_tokens: million })).toBeCloseTo(output, 9);
    expect(cost(model, { cache_read_tokens: million })).toBeCloseTo(read, 9);
    expect(cost(model, { cache_write_5m_tokens: million })).toBeCloseTo(minutes, 9);
    expect(cost(model, { cache_write_1h_tokens: million })).toBeCloseTo(hour, 9);
  });

  it('of a small model is five times as much above 100,000 prompt tokens, cache included', () => {
    expect(cost('claude-haiku-5-5', { input_tokens: 100_000, output_tokens: 1000 })).toBeCloseTo(0.0105, 9);
    expect(cost('claude-haiku-5-5', { input_tokens: 1, cache_read_tokens: 100_000 })).toBeCloseTo(
      0.0050005,
      9,
    );
  });

  it('is that of the day: long prompts of Sonnet 4.6 cost double until 13 March 2026', () => {
    const long = { input_tokens: 300_000 };
    expect(cost('claude-sonnet-4-6', long, '2026-03-12T23:59:59.999Z')).toBeCloseTo(1.8, 9);
    expect(cost('claude-sonnet-4-6', long, '2026-03-13T00:00:00.000Z')).toBeCloseTo(0.9, 9);
  });

  it('is a tenth more in one region, since the 4.5 models', () => {
    const usage = { input_tokens: 1_000_000 };
    expect(cost('us.anthropic.claude-haiku-4-5-20251001-v1:0', usage)).toBeCloseTo(1.1, 9);
    expect(cost('global.anthropic.claude-haiku-4-5-20251001-v1:0', usage)).toBeCloseTo(1, 9);
    expect(cost('us.anthropic.claude-sonnet-4-20250514-v1:0', usage)).toBeCloseTo(3, 9);
    expect(cost('claude-opus-5-5', { ...usage, regional: true })).toBeCloseTo(4.4, 9);
  });

  it('knows batches, fast mode and web searches', () => {
    const usage = { input_tokens: 1_000_000 };
    expect(cost('claude-opus-5-5', { ...usage, batch: true })).toBeCloseTo(2, 9);
    expect(cost('claude-opus-5-5', { ...usage, fast: true })).toBeCloseTo(8, 9);
    expect(cost('claude-haiku-4-5', { ...usage, fast: true })).toBeNull();
    expect(cost('claude-opus-5-5', { ...usage, web_searches: 3 })).toBeCloseTo(4.03, 9);
  });

  it.each([
    ['an unknown model', 'gpt-99'],
    ['a name that objects have', 'constructor'],
    ['a Claude that is not in the table', 'claude-opus-9'],
    ['no model', ''],
  ])('of %s is unknown, never 0', (_name, model) =>
    expect(priceRequest({ model, usage: { ...nothing, input_tokens: 5 }, at })).toEqual({
      cost_usd: null,
      price_source: null,
    }),
  );

  it.each([
    ['qwen3:8b', 'ollama', 0],
    ['ollama/qwen3:8b', null, 0],
    ['ollama_chat/qwen3:8b', null, 0],
    ['gpt-oss:120b-cloud', 'ollama', null],
    ['qwen3:8b', 'openrouter', null],
  ])('of %s at %s is %s: only this machine costs nothing', (model, provider, expected) =>
    expect(priceRequest({ model, provider, usage: { ...nothing, input_tokens: 5 }, at }).cost_usd).toBe(
      expected,
    ),
  );

  it.each([
    ['its exact name', 'claude-opus-5-5-20260901'],
    ['its plain name', 'claude-opus-5-5'],
    ['provider and name', 'anthropic/claude-opus-5-5-20260901'],
  ])("is the configuration's, by %s, and says so", (_name, key) => {
    const usage = { ...nothing, input_tokens: 1_000_000, cache_read_tokens: 1_000_000 };
    const model = 'claude-opus-5-5-20260901';
    expect(
      priceRequest({
        model,
        provider: 'anthropic',
        usage,
        at,
        overrides: { [key]: { input: 10, output: 1 } },
      }),
    ).toEqual({ cost_usd: 11, price_source: 'config' });
  });

  it('says which state of the table it comes from', () =>
    expect(priceRequest({ model: 'claude-opus-5-5', usage: nothing, at }).price_source).toMatch(
      /^table@2026-\d\d-\d\d$/,
    ));
});
