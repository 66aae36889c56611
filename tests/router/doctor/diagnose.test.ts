import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { litellmVersion } from '../../../src/router/doctor/litellm-version.ts';
import { tempDir, writeFiles } from '../../support/temp.ts';
import { json, nowhere, serve } from '../support.ts';
import { litellm, look, of, ollama } from './support.ts';

describe('a machine where nothing is', () => {
  it('is told how to begin, and nothing of it is an error', async () => {
    const findings = await look();
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(of('ollama', findings)).toMatchObject([
      { severity: 'warning', fix: expect.stringContaining('ollama pull qwen3:8b') },
    ]);
    expect(of('free-local', findings)[0]).toMatchObject({ severity: 'warning' });
    for (const { severity, fix } of findings) if (severity !== 'ok') expect(fix).toMatch(/\S/);
  });
});

describe("LiteLLM's version", () => {
  it.each([
    ['1.82.6', 'warning'],
    ['1.82.7', 'error'],
    ['1.82.8', 'error'],
    ['1.82.9', 'warning'],
    ['1.83.9', 'warning'],
    ['1.83.10', 'error'],
    ['1.83.12', 'error'],
    ['1.83.14', 'error'],
    ['1.83.14-stable.patch.1', 'error'],
    ['1.83.15', 'warning'],
    ['1.84.0', 'ok'],
    ['v1.106.2', 'ok'],
    ['2.0.0', 'ok'],
    ['1.9.10', 'warning'],
    ['latest', 'warning'],
    [undefined, 'warning'],
  ])('%s is %s', (version, severity) => {
    expect(litellmVersion(version).severity).toBe(severity);
  });

  it.each(['details', 'readiness', 'header'] as const)('is read where it stands: %s', async (versionAt) => {
    const proxy = await litellm({ version: '1.83.11', versionAt });
    expect(of('litellm-version', await look({ env: proxy.env }))).toMatchObject([
      {
        severity: 'error',
        outside: false,
        what: expect.stringContaining('1.83.11'),
        fix: expect.stringContaining('1.84.0'),
      },
    ]);
  });
});

describe('LiteLLM', () => {
  it('that is named and silent is an error of something outside', async () => {
    const findings = await look({ env: { LITELLM_BASE_URL: nowhere } });
    expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject([
      { check: 'litellm', outside: true },
    ]);
  });

  it('lists its models, and is never asked for /health, which calls them all', async () => {
    const proxy = await litellm();
    const findings = await look({ env: proxy.env });
    expect(of('litellm', findings)).toMatchObject([
      { severity: 'ok', what: expect.stringContaining('free, cheap') },
    ]);
    expect(proxy.seen.map(({ path }) => path)).not.toContain('/health');
    expect(proxy.seen.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it.each([
    ['a wrong key', 'sk-other', /refuses the key in LITELLM_MASTER_KEY/],
    ['no key', '', /wants a key, and LITELLM_MASTER_KEY is not set/],
  ])('says so on %s, and never shows it', async (_name, key, words) => {
    const proxy = await litellm();
    const findings = await look({ env: { ...proxy.env, LITELLM_MASTER_KEY: key } });
    expect(of('litellm', findings)).toMatchObject([
      { severity: 'error', outside: false, what: expect.stringMatching(words) },
    ]);
    expect(JSON.stringify(findings)).not.toContain('sk-');
  });
});

describe('the way of tags', () => {
  it('is proven by a tag that nobody else uses, found again in the spend log', async () => {
    const proxy = await litellm({ database: true, logAfter: 3 });
    const findings = await look({ env: proxy.env, logMs: 10_000 });
    expect(of('litellm-tags', findings)).toMatchObject([{ severity: 'ok' }]);
    const [probe] = proxy.seen.filter(({ method }) => method === 'POST');
    expect(probe?.body).toMatchObject({ model: 'free', max_tokens: 1 });
    const nonce = probe?.headers['x-litellm-call-id'];
    expect(probe?.headers['x-litellm-tags']).toBe(`backlog-doctor:${nonce}`);
  });

  it('that loses the tag is an error', async () => {
    const proxy = await litellm({ database: true, keeps: () => ['User-Agent: node'] });
    expect(of('litellm-tags', await look({ env: proxy.env }))).toMatchObject([
      { severity: 'error', outside: false, fix: expect.stringContaining('1.84.0') },
    ]);
  });

  it.each<[string, Parameters<typeof litellm>[0], RegExp]>([
    ['without a database', {}, /keeps no spend log/],
    ['without a free model', { database: true, models: ['frontier'] }, /has no model "free"/],
    ['when the log comes too late', { database: true, logAfter: 1000 }, /did not turn up/],
  ])('could not be checked %s, and it says so', async (_name, manner, words) => {
    const proxy = await litellm(manner);
    expect(of('litellm-tags', await look({ env: proxy.env, logMs: 600 }))).toMatchObject([
      { severity: 'warning', what: expect.stringMatching(words) },
    ]);
  });

  it('asks no model that may cost, unless it is named', async () => {
    const proxy = await litellm({ database: true, models: ['frontier'] });
    await look({ env: proxy.env });
    expect(proxy.seen.filter(({ method }) => method === 'POST')).toEqual([]);
    expect(of('litellm-tags', await look({ env: proxy.env, probeModel: 'frontier' }))).toMatchObject([
      { severity: 'ok' },
    ]);
  });
});

describe('Ollama', () => {
  const free = { tiers: { free: ['ollama/qwen3:8b'] } };

  it('with a loaded model and room enough is fine', async () => {
    const server = await ollama({ loaded: [{ name: 'qwen3:8b', context_length: 65_536 }] });
    const findings = await look({ env: server.env, settings: free });
    for (const check of ['ollama', 'ollama-model', 'ollama-context', 'free-local'])
      expect(of(check, findings), check).toMatchObject([{ severity: 'ok' }]);
    expect(of('ollama', findings)[0]?.what).toContain('0.12.6');
  });

  it.each<[string, Parameters<typeof ollama>[0], NodeJS.ProcessEnv, string, RegExp]>([
    ['a model that is not installed', { models: ['llama3:8b'] }, {}, 'ollama-model', /ollama pull qwen3:8b/],
    ['no model at all', { models: [] }, {}, 'ollama-model', /ollama pull qwen3:8b/],
    [
      'too little room',
      { loaded: [{ name: 'qwen3:8b', context_length: 4096 }] },
      {},
      'ollama-context',
      /OLLAMA_CONTEXT_LENGTH/,
    ],
    [
      'too little room by its variable',
      {},
      { OLLAMA_CONTEXT_LENGTH: '8192' },
      'ollama-context',
      /OLLAMA_CONTEXT_LENGTH/,
    ],
    ['a room that nobody knows', {}, {}, 'ollama-context', /OLLAMA_CONTEXT_LENGTH/],
  ])('with %s is a warning with its fix, never an error', async (_name, manner, env, check, fix) => {
    const server = await ollama(manner);
    const findings = await look({ env: { ...server.env, ...env }, settings: free });
    expect(of(check, findings)).toMatchObject([{ severity: 'warning', fix: expect.stringMatching(fix) }]);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('of a provider with an address of its own is looked at there', async () => {
    const server = await ollama({ models: ['llama3:8b'] });
    const settings = {
      providers: { house: { type: 'ollama', baseURL: `${server.url}/v1` } },
      tiers: { free: ['house/qwen3:8b'] },
    };
    const findings = await look({ settings });
    expect(of('ollama-model', findings)).toMatchObject([
      { severity: 'warning', fix: expect.stringContaining('ollama pull qwen3:8b') },
    ]);
    expect(of('ollama', findings).map(({ severity }) => severity)).toEqual(['ok']);
  });

  it('says that a model is not loaded', async () => {
    const server = await ollama();
    const findings = await look({ env: { ...server.env, OLLAMA_CONTEXT_LENGTH: '131072' }, settings: free });
    expect(of('ollama-context', findings)).toMatchObject([
      { severity: 'ok', what: expect.stringContaining('not loaded') },
    ]);
  });
});

describe('`free`', () => {
  it.each([
    ['ollama_chat/qwen3-coder:30b', 'ok'],
    ['ollama/qwen3:8b', 'ok'],
    ['anthropic/claude-haiku-5-5', 'warning'],
  ])('behind LiteLLM on %s is %s', async (model, severity) => {
    const proxy = await litellm({ free: model });
    expect(of('free-local', await look({ env: proxy.env }))).toMatchObject([
      { severity, what: expect.stringContaining(model) },
    ]);
  });

  it('that a vendor answers is a warning', async () => {
    const findings = await look({
      env: { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://127.0.0.1:10' },
    });
    expect(of('free-local', findings)).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('anthropic/') },
    ]);
  });

  it('that is a cloud model of Ollama is a warning', async () => {
    const server = await ollama({ models: ['gpt-oss:120b-cloud'] });
    const settings = { tiers: { free: ['ollama/gpt-oss:120b-cloud'] } };
    expect(of('free-local', await look({ env: server.env, settings }))).toMatchObject([
      { severity: 'warning' },
    ]);
  });
});

describe('a provider', () => {
  const tiers = { cheap: ['team/m'] };
  const keyed = (baseURL: string) => ({
    providers: { team: { type: 'openai', baseURL, apiKeyEnv: 'TEAM_KEY' } },
  });

  it('that is used and lacks its key is an error; one that nobody uses, a warning', async () => {
    const { providers } = keyed('https://llm.example.invalid/v1');
    expect(of('provider', await look({ settings: { providers, tiers } }))).toMatchObject([
      { severity: 'error', outside: false, fix: 'set it: export TEAM_KEY=…' },
    ]);
    expect(of('provider', await look({ settings: { providers } }))).toMatchObject([{ severity: 'warning' }]);
  });

  it('that does not answer is an error of something outside', async () => {
    const settings = { ...keyed(nowhere), tiers };
    expect(of('provider-reachable', await look({ settings, env: { TEAM_KEY: 'k' } }))).toMatchObject([
      { severity: 'error', outside: true },
    ]);
  });

  it.each([
    [200, 'ok'],
    [404, 'ok'],
    [401, 'error'],
    [403, 'error'],
    [503, 'warning'],
  ])('that answers %d is %s', async (status, severity) => {
    const server = await serve((_seen, response) => json(response, status, { data: [] }));
    const settings = { ...keyed(`${server.url}/v1`), tiers };
    const findings = await look({ settings, env: { TEAM_KEY: 'sk-team' } });
    expect(of('provider-reachable', findings)).toMatchObject([{ severity, outside: false }]);
    expect(server.seen).toMatchObject([
      { method: 'GET', path: '/v1/models', headers: { authorization: 'Bearer sk-team' } },
    ]);
    expect(JSON.stringify(findings)).not.toContain('sk-team');
  });

  it('that is a program is looked for on PATH', async () => {
    const folder = tempDir();
    writeFiles(folder, { codex: '#!/bin/sh\n' });
    chmodSync(`${folder}/codex`, 0o755);
    const settings = { providers: { c: { type: 'codex-cli' } }, tiers: { cheap: ['c/gpt-5'] } };
    expect(of('provider', await look({ settings }))).toMatchObject([{ severity: 'error' }]);
    expect(of('provider', await look({ settings, env: { PATH: folder } }))).toMatchObject([
      { severity: 'ok', what: expect.stringContaining(`${folder}/codex`) },
    ]);
  });

  it('that a tier names and nobody defines is an error', async () => {
    expect(of('provider', await look({ settings: { tiers: { cheap: ['taem/m'] } } }))).toMatchObject([
      { severity: 'error', what: expect.stringContaining('"taem"') },
    ]);
  });
});

it('an address that is none is said, and nothing else is guessed', async () => {
  expect(await look({ env: { OLLAMA_HOST: 'http://user:secret@host' } })).toMatchObject([
    { check: 'address', severity: 'error', what: expect.stringContaining('OLLAMA_HOST') },
  ]);
});
