import { describe, expect, it } from 'vitest';
import { setContext } from '../../src/attribution/context.ts';
import {
  answered,
  ask,
  headerOf,
  json,
  message,
  type Opened,
  type Opening,
  openedGateway,
  type Seen,
  upstream,
} from './support.ts';

const SESSION = '0a51a6b0-3f63-4f8f-9df5-66c3c0e36b17';

/** A project whose session works on a ticket, and what its upstream has got. */
async function working(
  opening: (url: string) => Omit<Opening, 'upstream'>,
  context: object = {},
): Promise<{ readonly opened: Opened; send(...headers: string[]): Promise<Seen> }> {
  const { url, seen } = await upstream((_request, response) => {
    response.writeHead(200, json);
    response.end(answered());
  });
  const opened = await openedGateway({ upstream: url, ...opening(url) });
  setContext(
    {
      home: opened.home,
      opsDir: undefined,
      sessionId: SESSION,
      agentId: undefined,
      clock: () => new Date(Date.now() - 1000),
    },
    {
      ticket_id: 'FEAT-007',
      gate: 'plan',
      project: 'shop',
      agent_type: 'backend',
      skill: 'implementer',
      ...context,
    },
  );
  return {
    opened,
    send: async (...headers) => {
      const answer = await ask(opened.port, {
        path: `${opened.base}/v1/messages`,
        body: message(),
        headers: ['x-claude-code-session-id', SESSION, ...headers],
      });
      expect(answer.status).toBe(200);
      const one = seen.at(-1);
      if (one === undefined) throw new Error('nothing came');
      return one;
    },
  };
}

const values = { ticket: 'FEAT-007', gate: 'plan', project: 'shop', agent: 'backend', skill: 'implementer' };
const toLiteLLM = (url: string) => ({ env: { LITELLM_BASE_URL: url } });
const adapters =
  (...names: string[]) =>
  () => ({ llmOps: { gateway: { adapters: names } } });
/** Names of headers that carry something about the work. */
const telling = ({ headers }: Seen) =>
  headers.filter((text, index) => index % 2 === 0 && /litellm|portkey|helicone|cf-|backlog/i.test(text));

describe('to LiteLLM', () => {
  it('go tags, metadata, a customer, and the id of the record as its call id', async () => {
    const { opened, send } = await working(toLiteLLM);
    const { headers } = await send();
    expect(headerOf(headers, 'x-litellm-tags')).toBe(
      'ticket:FEAT-007,gate:plan,project:shop,agent:backend,skill:implementer',
    );
    expect(JSON.parse(headerOf(headers, 'x-litellm-spend-logs-metadata') ?? '')).toEqual(values);
    expect(headerOf(headers, 'x-litellm-customer-id')).toBe('shop');
    expect(headerOf(headers, 'x-litellm-call-id')).toBe(opened.records()[0]?.id);
  });

  it("what the user sends himself stays: tags, metadata, his customer's name", async () => {
    const { opened, send } = await working(toLiteLLM);
    const { headers } = await send(
      ...['X-LiteLLM-Tags', 'team:red, local', 'x-litellm-tags', 'blue'],
      ...['x-litellm-spend-logs-metadata', '{"note":"x","ticket":"FEAT-666"}'],
      ...['x-litellm-end-user-id', 'me', 'x-litellm-call-id', 'theirs', 'x-litellm-num-retries', '0'],
    );
    expect(headerOf(headers, 'x-litellm-tags')).toBe(
      'team:red,local,blue,ticket:FEAT-007,gate:plan,project:shop,agent:backend,skill:implementer',
    );
    expect(JSON.parse(headerOf(headers, 'x-litellm-spend-logs-metadata') ?? '')).toEqual({
      note: 'x',
      ...values,
    });
    expect(headerOf(headers, 'x-litellm-end-user-id')).toBe('me');
    expect(headerOf(headers, 'x-litellm-customer-id')).toBeUndefined();
    expect(headerOf(headers, 'x-litellm-num-retries')).toBe('0');
    for (const name of ['x-litellm-tags', 'x-litellm-spend-logs-metadata', 'x-litellm-call-id'])
      expect(headers.filter((text) => text.toLowerCase() === name)).toHaveLength(1);
    expect(headerOf(headers, 'x-litellm-call-id')).toBe(opened.records()[0]?.id);
  });

  it("goes its own key, never the client's", async () => {
    const { send } = await working((url) => ({
      env: { LITELLM_BASE_URL: url, LITELLM_MASTER_KEY: 'sk-of-the-proxy' },
    }));
    const { headers } = await send('x-api-key', 'sk-ant-mine', 'authorization', 'Bearer mine');
    expect(headers.join('\n')).toContain('sk-of-the-proxy');
    expect(headers.join('\n')).not.toMatch(/mine/);
  });
});

describe('to other gateways, when configured', () => {
  it('Portkey gets one header of JSON, merged with the user’s', async () => {
    const { send } = await working(adapters('portkey'));
    const seen = await send('x-portkey-metadata', '{"_user":"me","gate":"mine"}');
    expect(telling(seen)).toEqual(['x-portkey-metadata']);
    expect(JSON.parse(headerOf(seen.headers, 'x-portkey-metadata') ?? '')).toEqual({
      _user: 'me',
      ...values,
    });
  });

  it('Helicone gets a header a value', async () => {
    const { send } = await working(adapters('helicone'));
    const seen = await send('Helicone-Property-Ticket', 'mine', 'helicone-property-team', 'red');
    expect(
      Object.fromEntries(
        seen.headers.flatMap((name, index) =>
          index % 2 === 0 && /^helicone-/i.test(name) ? [[name, seen.headers[index + 1]]] : [],
        ),
      ),
    ).toEqual({
      'helicone-property-team': 'red',
      'Helicone-Property-Ticket': 'FEAT-007',
      'Helicone-Property-Gate': 'plan',
      'Helicone-Property-Project': 'shop',
      'Helicone-Property-Agent': 'backend',
      'Helicone-Property-Skill': 'implementer',
    });
  });

  it('Cloudflare gets at most the five entries that it takes', async () => {
    const { send } = await working(adapters('cloudflare'), { skill: '' });
    const seen = await send('cf-aig-metadata', '{"team":"red","more":1}');
    const { skill: _, ...four } = values;
    expect(JSON.parse(headerOf(seen.headers, 'cf-aig-metadata') ?? '')).toEqual({ team: 'red', ...four });
  });

  it('all of them at once', async () => {
    const { send } = await working(adapters('portkey', 'helicone', 'cloudflare'));
    expect(telling(await send())).toEqual(
      expect.arrayContaining(['x-portkey-metadata', 'Helicone-Property-Ticket', 'cf-aig-metadata']),
    );
  });

  it('without a ticket nothing is made up', async () => {
    const { url, seen } = await upstream((_request, response) => response.end(answered()));
    const { port, base } = await openedGateway({ upstream: url, ...adapters('portkey', 'helicone')() });
    await ask(port, { path: `${base}/v1/messages`, body: message() });
    expect(seen.flatMap(telling)).toEqual([]);
  });
});

it('to an upstream of no such kind, Anthropic for one, nothing extra goes', async () => {
  const { send } = await working(() => ({}));
  const seen = await send('x-backlog-ticket', 'FEAT-666', 'anthropic-beta', 'a,b');
  expect(telling(seen)).toEqual([]);
  expect(seen.headers.join(' ')).not.toContain('FEAT-');
});
