import { describe, expect, it } from 'vitest';
import type { LedgerRecord } from '../../src/ledger/record.ts';
import {
  answered,
  ask,
  json,
  message,
  openedGateway,
  sse,
  streamEnd,
  streamStart,
  upstream,
} from './support.ts';

/** The ledger's line of one answer. */
async function lineOf(headers: readonly string[], body: string, asked: object = {}): Promise<LedgerRecord> {
  const { url } = await upstream((_request, response) => {
    response.writeHead(200, [...headers]);
    response.end(body);
  });
  const { port, base, records } = await openedGateway({ upstream: url });
  await ask(port, { path: `${base}/v1/messages`, body: message(asked) });
  const [line] = records();
  if (line === undefined) throw new Error('no line');
  return line;
}

describe('who answered', () => {
  it.each([
    ['whole', json, answered({ model: 'frontier' })],
    ['streamed', sse, streamStart.replace('claude-opus-5-5', 'frontier') + streamEnd],
  ])('LiteLLM’s headers beat the body: %s', async (_how, type, body) => {
    const fallen = [
      'x-litellm-model-name',
      'anthropic/claude-haiku-5-5',
      'x-litellm-attempted-fallbacks',
      '1',
    ];
    const line = await lineOf([...type, ...fallen], body, { model: 'frontier' });
    expect(line).toMatchObject({
      requested_model: 'frontier',
      model: 'claude-haiku-5-5',
      provider: 'anthropic',
      fallback_from: 'frontier',
      status: 'success',
    });
    const small = await lineOf(type, body.replace('frontier', 'claude-haiku-5-5'));
    expect(line.cost_usd).toBe(small.cost_usd);
  });

  it('no fallback is none', async () => {
    for (const count of ['0', '', 'many'])
      expect(await lineOf([...json, 'x-litellm-attempted-fallbacks', count], answered())).toMatchObject({
        fallback_from: null,
      });
  });
});

describe('a price', () => {
  const unknown = { model: 'a-model-of-ours' };
  it.each(['0.0', '0', '-1', 'none', 'NaN', ''])('of %j in a header is none', async (cost) => {
    const line = await lineOf([...json, 'x-litellm-response-cost', cost], answered(unknown), unknown);
    expect(line).toMatchObject({ model: 'a-model-of-ours', cost_usd: null, price_source: null });
  });

  it('of LiteLLM counts where we know none', async () => {
    const line = await lineOf([...json, 'x-litellm-response-cost', '0.0125'], answered(unknown), unknown);
    expect(line).toMatchObject({ cost_usd: 0.0125, price_source: 'upstream' });
  });

  it('of ours goes first', async () => {
    const line = await lineOf([...json, 'x-litellm-response-cost', '9'], answered());
    expect(line.cost_usd).toBeLessThan(1);
    expect(line.price_source).not.toBe('upstream');
  });
});

it('an error in the body of a 200 is no success', async () => {
  const error = '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}';
  expect(await lineOf(json, error)).toMatchObject({ status: 'error', failure_type: 'provider-error' });
  expect(await lineOf(json, '{"error":{"message":"busy","code":"500"}}')).toMatchObject({ status: 'error' });
  expect(await lineOf(sse, `${streamStart}event: error\ndata: ${error}\n\n`)).toMatchObject({
    status: 'error',
    http_status: 200,
    input_tokens: 12,
  });
});
