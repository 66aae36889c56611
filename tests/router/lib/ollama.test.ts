import { describe, expect, it } from 'vitest';
import { json, serve } from '../support.ts';
import { bench, hello } from './support.ts';

/** A chat answer as Ollama's API reference has it. */
const answer = {
  model: 'qwen3:8b',
  created_at: '2026-11-21T12:00:00Z',
  message: { role: 'assistant', content: '{"a": 1}' },
  done: true,
  done_reason: 'stop',
  prompt_eval_count: 26,
  eval_count: 8,
};

function config(url: string, entry: object = {}, role: object = {}) {
  return {
    default_role: 'r',
    providers: {
      o: { type: 'ollama', base_url: url, ...entry },
      m: { type: 'mock', response_text: 'spare' },
    },
    roles: { r: { provider: 'o', model: 'qwen3:8b', fallback_providers: ['m'], ...role } },
  };
}

describe("Ollama's own API", () => {
  it('is asked for context, tokens and JSON in its own words, and costs nothing', async () => {
    const server = await serve((_seen, response) => json(response, 200, answer));
    const { router } = bench(config(server.url, { num_ctx: 16384 }, { json_mode: true, max_tokens: 50 }));
    expect(await router.complete('r', [{ role: 'system', content: 'Be short' }, ...hello])).toMatchObject({
      text: '{"a": 1}',
      value: { a: 1 },
      costUsd: 0,
      usage: { input_tokens: 26, output_tokens: 8 },
    });
    expect(server.seen[0]).toMatchObject({
      path: '/api/chat',
      body: {
        model: 'qwen3:8b',
        stream: false,
        format: 'json',
        options: { num_ctx: 16384, num_predict: 50, temperature: 0.2 },
        messages: [{ role: 'system' }, { role: 'user', content: 'Say hello' }],
      },
    });
  });

  it('an address that ends in /v1 or /api is the same server', async () => {
    const server = await serve((_seen, response) => json(response, 200, answer));
    for (const end of ['/v1', '/api', '/'])
      await bench(config(`${server.url}${end}`)).router.complete('r', hello);
    expect(new Set(server.seen.map((seen) => seen.path))).toEqual(new Set(['/api/chat']));
  });

  it('a missing model says what to pull, and goes on', async () => {
    const server = await serve((_seen, response) =>
      json(response, 404, { error: "model 'qwen3:8b' not found" }),
    );
    expect((await bench(config(server.url)).router.complete('r', hello)).text).toBe('spare');
    const alone = bench(config(server.url, {}, { fallback_providers: [] }));
    await expect(alone.router.complete('r', hello)).rejects.toMatchObject({
      failureType: 'provider-error',
      message: expect.stringContaining("'qwen3:8b' not found"),
      fix: 'run `ollama pull qwen3:8b`',
    });
  });

  it('a prompt that does not fit is not sent: the server would cut it in silence', async () => {
    const server = await serve((_seen, response) => json(response, 200, answer));
    const { router } = bench(config(server.url, { num_ctx: 100 }));
    const long = [{ role: 'user' as const, content: 'word '.repeat(200) }];
    expect((await router.complete('r', long)).text).toBe('spare');
    expect(server.seen).toEqual([]);
  });

  it('a cloud model is no local one', async () => {
    const server = await serve((_seen, response) => json(response, 200, answer));
    const { router } = bench(config(server.url));
    expect(await router.complete('r', hello, { model: 'gpt-oss:120b-cloud' })).toMatchObject({
      costUsd: null,
    });
  });
});
