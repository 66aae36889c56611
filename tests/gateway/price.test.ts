import { expect, it } from 'vitest';
import { priceRequest } from '../../src/ledger/prices.ts';
import { transcriptRow } from '../../src/ledger/transcript-row.ts';
import { answered, ask, json, message, openedGateway, until, upstream } from './support.ts';

const usage = { input_tokens: 1_000_000, output_tokens: 100 };

/** Prices of 1,000,000 input and 100 output tokens of Opus 5.5: 4 and 20 USD a million. */
it.each([
  ['as usual', {}, 4.002],
  ['in fast mode', { speed: 'fast' }, 8.004],
  ['in one region', { inference_geo: 'us' }, 4.4022],
  ['in a batch', { service_tier: 'batch' }, 2.001],
  ['in no batch', { service_tier: 'standard' }, 4.002],
  ['with a web search', { server_tool_use: { web_search_requests: 1 } }, 4.012],
])('a request %s costs the same through the gateway as from a transcript', async (_name, more, usd) => {
  const answer = { model: 'claude-opus-5-5', usage: { ...usage, ...more } };
  const { url } = await upstream((_request, response) => {
    response.writeHead(200, json);
    response.end(answered(answer));
  });
  const { port, base, records } = await openedGateway({ upstream: url });
  await ask(port, { path: `${base}/v1/messages`, body: message({ model: 'claude-opus-5-5' }) });
  await until('the record', () => records().length === 1);
  expect(records()[0]?.cost_usd).toBeCloseTo(usd, 6);

  const line = { type: 'assistant', timestamp: '2026-11-21T10:00:00Z', requestId: 'r', message: answer };
  const row = transcriptRow(Buffer.from(JSON.stringify(line)));
  if (typeof row === 'string') throw new Error(row);
  expect(priceRequest({ model: row.model, usage: row.usage, at: row.at }).cost_usd).toBeCloseTo(usd, 6);
});
