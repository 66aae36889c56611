import { describe, expect, it } from 'vitest';
import { chooseUpstream } from '../../src/gateway/choose-upstream.ts';
import { parseConfig } from '../../src/project/config.ts';
import { answered, ask, configText, headerOf, json, message, openedGateway, upstream } from './support.ts';

const good = () =>
  upstream((_request, response) => {
    response.writeHead(200, json);
    response.end(answered());
  });

describe('what the gateway answers itself', () => {
  it('a client that only looks whether somebody is there: with and without a project, nobody else is asked', async () => {
    const { url, seen } = await good();
    const { port, base, records } = await openedGateway({ upstream: url });
    for (const method of ['HEAD', 'GET'])
      for (const path of ['/', '/api/hello', base, `${base}/`, `${base}/api/hello`]) {
        const answer = await ask(port, { method, path });
        expect([method, path, answer.status, answer.body.length]).toEqual([method, path, 200, 0]);
      }
    expect([seen.length, records().length]).toEqual([0, 0]);
  });

  it('/health: who answers, since when, and what it does', async () => {
    const { url } = await good();
    const { port, base } = await openedGateway({ upstream: url });
    await ask(port, { path: `${base}/v1/messages`, body: message() });
    const answer = await ask(port, { method: 'GET', path: '/health' });
    expect(headerOf(answer.headers, 'content-type')).toBe('application/json');
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      service: 'backlog-gateway',
      version: '0.0.0-test',
      pid: process.pid,
      in_flight: 1,
      ledger: { waiting: 0, last_error: null },
    });
    expect((await ask(port, { method: 'HEAD', path: '/health' })).body).toHaveLength(0);
  });
});

describe('where a request goes', () => {
  it('in the OpenAI form to the upstream of that form, in the Messages form where it went before', async () => {
    const [before, chat] = [await good(), await good()];
    const opened = await openedGateway({
      upstream: before.url,
      llmOps: { gateway: { chatUpstream: `${chat.url}/openai` } },
    });
    for (const path of ['/v1/chat/completions', '/v1/embeddings', '/v1/messages', '/v1/models'])
      await ask(opened.port, { path: `${opened.base}${path}`, body: message() });
    expect(chat.seen.map(({ url }) => url)).toEqual(['/openai/v1/chat/completions', '/openai/v1/embeddings']);
    expect(before.seen.map(({ url }) => url)).toEqual(['/v1/messages', '/v1/models']);
  });

  it('in the OpenAI form to LiteLLM where nothing is configured', async () => {
    const [before, litellm] = [await good(), await good()];
    const opened = await openedGateway({ upstream: before.url, env: { LITELLM_BASE_URL: litellm.url } });
    await ask(opened.port, { path: `${opened.base}/v1/chat/completions`, body: message() });
    expect([before.seen.length, litellm.seen.length]).toEqual([0, 1]);
  });

  it('by its tier, named or by a model of its chain; what Ollama answers is local and costs nothing', async () => {
    const [before, ollama, cheap] = [await good(), await good(), await good()];
    const opened = await openedGateway({
      upstream: before.url,
      env: { OLLAMA_HOST: ollama.url },
      llmOps: {
        tiers: { cheap: ['anthropic/claude-haiku-5-5'] },
        gateway: { tierUpstreams: { free: 'ollama', cheap: cheap.url } },
      },
    });
    for (const model of ['free', 'cheap', 'claude-haiku-5-5', 'claude-opus-5-5'])
      await ask(opened.port, { path: `${opened.base}/v1/messages`, body: message({ model }) });
    expect([ollama.seen.length, cheap.seen.length, before.seen.length]).toEqual([1, 2, 1]);
    expect(opened.records().map(({ tier, provider, billing }) => [tier, provider, billing])).toEqual([
      ['free', 'ollama', 'local'],
      ['cheap', 'other', 'unknown'],
      ['cheap', 'other', 'unknown'],
      [null, 'other', 'unknown'],
    ]);
    expect(opened.records()[0]?.cost_usd).toBe(0);
  });

  it('to Anthropic itself no tags go, whatever is configured', () => {
    const { config } = parseConfig(configText({ gateway: { adapters: ['portkey', 'helicone'] } }));
    const query = { env: {}, config, before: undefined, tier: null, chat: false } as const;
    expect(chooseUpstream(query)).toMatchObject({ kind: 'anthropic', adapters: [] });
    expect(chooseUpstream({ ...query, before: 'https://api.anthropic.com/x' }).adapters).toEqual([]);
    expect(chooseUpstream({ ...query, before: 'https://gateway.example' }).adapters).toHaveLength(2);
  });
});
