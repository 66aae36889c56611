import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setContext } from '../../src/attribution/context.ts';
import { bindAgent } from '../../src/attribution/registry.ts';
import { registerSession } from '../../src/attribution/session.ts';
import { type ScriptedApi, startScriptedApi } from '../e2e/support/scripted-api.ts';
import { writeFiles } from '../support/temp.ts';
import { type Asked, askChat, askMessages, type Question } from './support/ask.ts';
import { INSTALL_TIMEOUT_MS, litellmEnvironment } from './support/environment.ts';
import { type LiteLLM, type Logged, startLiteLLM } from './support/proxy.ts';

// LiteLLM alone, without our gateway: the callback finds each request's tags in the folder that hooks write.

const SESSION = '6f3ad1de-62ad-4d13-8fd6-0f3f4b8f2f10';
const AGENT = 'a1b2c3d4e5f60718';

let missing: string | undefined;
let api: ScriptedApi;
let litellm: LiteLLM;
let home: string;
let asked: number;

beforeAll(async () => {
  const environment = await litellmEnvironment();
  if ('missing' in environment) {
    missing = environment.missing;
    return;
  }
  api = await startScriptedApi((request) =>
    request.body.model === 'claude-opus-5-5'
      ? { error: { status: 400, type: 'invalid_request_error', message: 'no' } }
      : { text: 'answered' },
  );
  const deployment = (model: string) => ({
    model_name: model,
    litellm_params: { model: `anthropic/${model}`, api_key: 'sk-ant-none', api_base: api.url },
  });
  litellm = await startLiteLLM({
    bin: environment.bin,
    config: {
      model_list: [
        deployment('claude-sonnet-5-5'),
        deployment('claude-opus-5-5'),
        {
          model_name: 'sick',
          litellm_params: {
            model: 'anthropic/claude-opus-5-5',
            api_key: 'sk-ant-none',
            api_base: 'http://127.0.0.1:9',
          },
        },
      ],
      router_settings: { num_retries: 0, fallbacks: [{ sick: ['claude-sonnet-5-5'] }] },
      litellm_settings: { callbacks: ['ticket_tagger.tagger', 'recorder.recorder'] },
      general_settings: { master_key: 'os.environ/LITELLM_MASTER_KEY' },
    },
  });
  home = path.join(litellm.home, '.backlog-toolkit');
}, INSTALL_TIMEOUT_MS);
afterAll(async () => {
  await litellm?.stop();
  await api?.close();
});
beforeEach((test) => {
  test.skip(missing !== undefined, missing);
  asked = litellm.logged().length;
});
afterEach(() => rmSync(home ?? '', { recursive: true, force: true }));

const place = (ids: { sessionId?: string; agentId?: string } = {}) => ({
  home,
  opsDir: undefined,
  sessionId: ids.sessionId,
  agentId: ids.agentId,
  clock: () => new Date(Date.now() - 1000),
});
const context = (ticket_id: string, gate = 'plan') => ({
  ticket_id,
  gate,
  project: 'shop',
  agent_type: 'backend',
  skill: 'backlog-implementer',
});
const ALL = ['gate:plan', 'project:shop', 'agent:backend', 'skill:backlog-implementer'];

/** Asks, and takes what was logged of it. */
async function tagsOf(
  asking: (url: string, question: Question) => Promise<Asked>,
  question: Partial<Question> = {},
) {
  const answer = await asking(litellm.url, { model: 'claude-sonnet-5-5', ...question });
  const entry = (await litellm.loggedAtLeast(asked + 1)).at(asked);
  if (entry === undefined) throw new Error('nothing was logged');
  asked += 1;
  return { answer, entry, tags: ownTags(entry) };
}

/** Without the tags that LiteLLM makes of the User-Agent. */
function ownTags({ payload }: Logged): string[] {
  return (payload.request_tags ?? []).filter((tag) => !tag.startsWith('User-Agent'));
}

describe.each([
  ['chat', askChat],
  ['messages', askMessages],
])('a %s request', (_route, asking) => {
  it.each([
    ['plain', false],
    ['streamed', true],
  ])('is tagged from the context of the home: %s', async (_how, stream) => {
    setContext(place(), context('FEAT-001'));
    const { answer, tags } = await tagsOf(asking, { stream });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('answered');
    expect(tags).toEqual(['ticket:FEAT-001', ...ALL]);
  });

  it('keeps the tags that it came with', async () => {
    setContext(place(), context('FEAT-001'));
    const { tags } = await tagsOf(asking, { headers: { 'x-litellm-tags': 'team:red,nightly' } });
    expect(tags.sort()).toEqual(['team:red', 'nightly', 'ticket:FEAT-001', ...ALL].sort());
  });

  it('keeps the tags of its body', async () => {
    setContext(place(), context('FEAT-001'));
    const metadata = { tags: ['team:red'] };
    const body = asking === askChat ? { metadata } : { litellm_metadata: metadata };
    const { tags } = await tagsOf(asking, { body });
    expect(tags.sort()).toEqual(['team:red', 'ticket:FEAT-001', ...ALL].sort());
  });

  it('that says its ticket itself is believed', async () => {
    setContext(place(), context('FEAT-001'));
    const { tags } = await tagsOf(asking, { headers: { 'x-litellm-tags': 'ticket:FEAT-009,gate:lint' } });
    expect(tags.sort()).toEqual(['gate:lint', 'ticket:FEAT-009']);
  });

  it('is tagged by its session, its agent, or its marker, in this order from the least', async () => {
    setContext(place({ sessionId: SESSION }), context('FEAT-002'));
    registerSession(home, {
      sessionId: SESSION,
      transcript: '',
      cwd: '/work/shop',
      project: 'shop',
      clock: () => new Date(),
    });
    const headers = { 'x-claude-code-session-id': SESSION };
    expect((await tagsOf(asking, { headers })).tags).toContain('ticket:FEAT-002');
    const text = '[backlog ticket=FEAT-003 gate=review agent=reviewer]\nlook at it';
    const marked = await tagsOf(asking, { headers, text });
    expect(marked.tags).toEqual([
      'ticket:FEAT-003',
      'gate:review',
      'project:shop',
      'agent:reviewer',
      'skill:backlog-implementer',
    ]);
    bindAgent(home, SESSION, AGENT, {
      context: { ...context('FEAT-004', 'implement'), updated_at: '2026-01-01T00:00:00Z' },
      by: 'tool-use',
      at: '2026-01-01T00:00:00Z',
    });
    const byAgent = { ...headers, 'x-claude-code-agent-id': AGENT };
    expect((await tagsOf(asking, { headers: byAgent, text })).tags).toContain('ticket:FEAT-004');
    const child = {
      ...headers,
      'x-claude-code-agent-id': 'ffff',
      'x-claude-code-parent-agent-id': AGENT,
    };
    expect((await tagsOf(asking, { headers: child })).tags).toContain('ticket:FEAT-004');
  });

  it('is tagged when it fails, and when another deployment answers', async () => {
    setContext(place(), context('FEAT-005'));
    const failed = await tagsOf(asking, { model: 'claude-opus-5-5' });
    expect(failed.answer.status).toBe(400);
    expect(failed.entry.outcome).toBe('failure');
    expect(failed.tags).toContain('ticket:FEAT-005');
    const { answer } = await tagsOf(asking, { model: 'sick' });
    expect(answer.status).toBe(200);
    const entries = await litellm.loggedAtLeast(asked + 1);
    for (const entry of entries.slice(asked - 1)) expect(ownTags(entry)).toContain('ticket:FEAT-005');
  });

  it.each([
    ['nothing is there', () => {}],
    ['the context is no JSON', () => writeFiles(home, { 'current-context.json': '{"ticket_id": "FEAT-1' })],
    [
      'the context is binary',
      () => writeFiles(home, { 'current-context.json': Uint8Array.of(0xff, 0xfe, 0x00) }),
    ],
    ['the context is a list', () => writeFiles(home, { 'current-context.json': '[]' })],
    [
      'the context is a folder',
      () => mkdirSync(path.join(home, 'current-context.json'), { recursive: true }),
    ],
    ['the home is a file', () => writeFileSync(home, '')],
    [
      'the session is corrupt',
      () =>
        writeFiles(path.join(home, 'contexts', SESSION), {
          'history.jsonl': '{"at": 7}\n\0\nnull\n',
          [`agents/${AGENT}.json`]: 'null',
          'session.json': '{"project": 1}',
        }),
    ],
  ])('passes untagged when %s', async (_what, spoil) => {
    spoil();
    const headers = { 'x-claude-code-session-id': SESSION, 'x-claude-code-agent-id': AGENT };
    const known = await tagsOf(asking, { headers });
    expect(known.answer.status).toBe(200);
    expect(known.tags).toEqual([]);
    const unknown = await tagsOf(asking);
    expect(unknown.answer.status).toBe(200);
    expect(unknown.tags).toEqual([]);
  });

  it('passes when its ids and its messages are of the strangest', async () => {
    const headers = { 'x-claude-code-session-id': '../../etc', 'x-claude-code-agent-id': '..' };
    expect((await tagsOf(asking, { headers })).answer.status).toBe(200);
  });
});

it('says in one line why a request is untagged', async () => {
  writeFiles(home, { 'current-context.json': '{"ticket_id": ' });
  await tagsOf(askChat);
  await tagsOf(askChat);
  const lines = litellm
    .output()
    .split('\n')
    .filter((line) => line.includes('Expecting value: line 1 column 15'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/ticket_tagger: .*current-context\.json is no JSON and is left out/);
});
