import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { client } from '../e2e/support/client.ts';
import { agent, bash, type Story } from '../e2e/support/scenario.ts';
import { type ScriptedApi, startScriptedApi } from '../e2e/support/scripted-api.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from '../e2e/support/session.ts';
import { playOnTerminal } from '../e2e/support/terminal.ts';
import { packed, recordings } from '../gateway/recorded.ts';
import { askChat, askMessages } from '../litellm/support/ask.ts';
import { startDyingApi } from '../litellm/support/dying.ts';
import { litellmEnvironment } from '../litellm/support/environment.ts';
import { MASTER_KEY, startLiteLLM } from '../litellm/support/proxy.ts';
import { anonymous } from './anonymous.ts';
import { startTap, type Tap, type Wire } from './tap.ts';

const WORDS = 'Grüße, 日本語 😀 – "quoted" \\ and\ttabbed\n';

function keep(name: keyof typeof recordings, taken: readonly Wire[], folders: readonly string[]): void {
  writeFileSync(recordings[name], packed(anonymous(taken, [...folders, tmpdir()])));
}

describe('the real client', () => {
  let sandbox: Sandbox;
  // A first start on a terminal is another than one after a session.
  let fresh: Sandbox;
  let tap: Tap | undefined;
  beforeEach(async () => {
    sandbox = await makeSandbox();
    fresh = await makeSandbox();
  });
  afterEach(() => Promise.all([sandbox.remove(), fresh.remove()]));

  /** Plays a story with the tap between the client and the API. */
  async function taken(
    play: (before: (api: ScriptedApi) => Promise<void>) => Promise<Played>,
  ): Promise<readonly Wire[]> {
    const played = await play(async (api) => {
      tap = await startTap(api.url);
      Object.assign(api, { url: tap.url });
    });
    expect(played.problems).toEqual([]);
    await tap?.close();
    return tap?.taken ?? [];
  }

  it('a session with a tool, an agent and signs of all kinds; a refusal; auto mode on a terminal', async () => {
    expect(client).toBeDefined();
    const env = { CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1' };
    const told: Story = {
      main: [
        { says: WORDS, does: [bash('printf "grün\\n"')] },
        { does: [agent('general-purpose', '[backlog ticket=FEAT-001 gate=plan]\nlook')] },
        { says: WORDS },
      ],
      agents: [{ prompt: 'look', turns: [{ does: [bash('pwd')] }, { says: 'looked' }] }],
    };
    const refusal = { status: 402, type: 'billing_error', message: 'the budget of the day is spent' };
    const session = await taken((before) =>
      playSession(sandbox, { prompt: WORDS, story: told, args: ['--allowedTools', 'Bash'], env, before }),
    );
    const refused = await taken((before) =>
      playSession(sandbox, { prompt: 'go', story: { main: [{ refused: refusal }] }, before }),
    );
    const terminal = await taken((before) =>
      playOnTerminal(fresh, {
        story: {
          main: [{ does: [bash('printf typed')] }, { says: WORDS }],
          whenever: [{ sees: 'Write the title in', says: '{"title":"a title"}' }],
        },
        prompts: [{ text: 'look at it', until: ({ answers }) => answers.length >= 3 }],
        env: { ...env, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '' },
        before,
      }),
    );
    const all = [...session, ...refused, ...terminal].filter(({ target }) => target.startsWith('/v1/'));
    expect(all.some(({ body }) => body.includes('"safeguards"'))).toBe(true);
    expect(all.some(({ answer }) => answer.parts.join('').includes('safeguard_results'))).toBe(true);
    keep('claude-code', all, [sandbox.root, fresh.root]);
  });
});

it('the real LiteLLM', async () => {
  const environment = await litellmEnvironment();
  if ('missing' in environment) throw new Error(environment.missing);
  const dying = await startDyingApi();
  const api = await startScriptedApi(() => ({ text: WORDS }));
  const deployment = (model_name: string, more: object = {}) => ({
    model_name,
    litellm_params: {
      model: 'anthropic/claude-haiku-5-5',
      api_key: 'sk-ant-none',
      api_base: api.url,
      ...more,
    },
  });
  const litellm = await startLiteLLM({
    bin: environment.bin,
    config: {
      model_list: [
        deployment('cheap'),
        deployment('free', { api_base: 'http://127.0.0.1:9' }),
        deployment('dying', { api_base: dying.url }),
        deployment('spent', { max_budget: 0.000001, budget_duration: '30d' }),
      ],
      router_settings: { num_retries: 0, fallbacks: [{ free: ['cheap'] }] },
      general_settings: { master_key: 'os.environ/LITELLM_MASTER_KEY' },
    },
  });
  const tap = await startTap(litellm.url);
  try {
    const headers = { authorization: `Bearer ${MASTER_KEY}` };
    await (await fetch(`${tap.url}/v1/models`, { headers })).text();
    for (const ask of [askMessages, askChat])
      for (const stream of [false, true]) {
        await ask(tap.url, { model: 'cheap', stream, text: WORDS });
        await ask(tap.url, { model: 'free', stream });
        await ask(tap.url, { model: 'dying', stream }).catch(() => {});
        await ask(tap.url, { model: 'nobody', stream });
      }
    await askMessages(tap.url, { model: 'cheap', headers: { authorization: 'Bearer sk-wrong' } });
    let refused = await askMessages(tap.url, { model: 'spent' });
    // LiteLLM counts after the answer.
    for (let tries = 0; tries < 50 && refused.status === 200; tries += 1)
      refused = await askMessages(tap.url, { model: 'spent' });
    expect(refused.status).toBe(429);
  } finally {
    await Promise.all([tap.close(), litellm.stop(), api.close(), dying.close()]);
  }
  const { taken } = tap;
  // One of the answers before the budget was spent is enough.
  const asked = taken.filter(({ body, answer }) => !body.includes('"spent"') || answer.status === 429);
  keep('litellm', asked, [litellm.home]);
});
