import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { look, of } from '../router/doctor/support.ts';
import { nowhere } from '../router/support.ts';
import { INSTALL_TIMEOUT_MS, LITELLM_VERSION, litellmEnvironment } from './support/environment.ts';
import { type LiteLLM, MASTER_KEY, startLiteLLM } from './support/proxy.ts';

// The stand-in of tests/router/doctor answers as this proxy does.

let missing: string | undefined;
let proxy: LiteLLM;

beforeAll(async () => {
  const environment = await litellmEnvironment();
  if ('missing' in environment) {
    missing = environment.missing;
    return;
  }
  proxy = await startLiteLLM({
    bin: environment.bin,
    config: {
      model_list: [
        {
          model_name: 'free',
          litellm_params: { model: 'ollama_chat/qwen3-coder:30b', api_base: nowhere },
        },
        {
          model_name: 'cheap',
          litellm_params: { model: 'anthropic/claude-haiku-5-5', api_key: 'sk-ant-none', api_base: nowhere },
        },
      ],
    },
  });
}, INSTALL_TIMEOUT_MS);
afterAll(() => proxy?.stop());
beforeEach((test) => test.skip(missing !== undefined, missing));

describe('the doctor and the real proxy', () => {
  it('sees version and models, and that `free` is local; without a database it proves nothing about tags', async () => {
    const findings = await look({ env: { LITELLM_BASE_URL: proxy.url, LITELLM_MASTER_KEY: MASTER_KEY } });
    expect(of('litellm-version', findings)).toMatchObject([
      { severity: 'ok', what: `LiteLLM ${LITELLM_VERSION}` },
    ]);
    expect(of('litellm', findings)).toMatchObject([
      { severity: 'ok', what: expect.stringContaining('free, cheap') },
    ]);
    expect(of('free-local', findings)).toMatchObject([
      { severity: 'ok', what: expect.stringContaining('ollama_chat/qwen3-coder:30b') },
    ]);
    expect(of('litellm-tags', findings)).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('no spend log') },
    ]);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each([
    ['a wrong key', 'sk-wrong'],
    ['no key', ''],
  ])('tells %s from a proxy that is not there', async (_name, key) => {
    const findings = await look({ env: { LITELLM_BASE_URL: proxy.url, LITELLM_MASTER_KEY: key } });
    expect(of('litellm', findings)).toMatchObject([
      { severity: 'error', outside: false, fix: expect.stringContaining('export LITELLM_MASTER_KEY') },
    ]);
  });
});
