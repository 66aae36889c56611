import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { needsClient, runClaude } from '../e2e/support/client.ts';
import { agent, bash, type Story, scenario } from '../e2e/support/scenario.ts';
import { type Answer, type ScriptedApi, startScriptedApi } from '../e2e/support/scripted-api.ts';
import { makeSandbox, type Sandbox } from '../e2e/support/session.ts';
import { documentOf, shopWithTickets, workOn } from '../e2e/support/shop.ts';
import { repositoryRoot } from '../support/cli.ts';
import { INSTALL_TIMEOUT_MS, litellmEnvironment } from './support/environment.ts';
import { gatewayInFront } from './support/gateway.ts';
import { type LiteLLM, litellmFolder, MASTER_KEY, startLiteLLM } from './support/proxy.ts';

// The real client in front: four agents side by side, each on its own ticket, in LiteLLM's log.

const GATES = ['plan', 'implement', 'lint', 'review'];
const TEST_TIMEOUT_MS = 120_000;

let missing: string | undefined;
let bin: string;
let api: ScriptedApi;
let answer: Answer;
let sandbox: Sandbox;
let tickets: readonly string[];
let litellm: LiteLLM | undefined;

beforeAll(async () => {
  const environment = await litellmEnvironment();
  if ('missing' in environment) missing = environment.missing;
  else bin = environment.bin;
  api = await startScriptedApi((request) => answer(request));
}, INSTALL_TIMEOUT_MS);
afterAll(() => api.close());
beforeEach(needsClient);
beforeEach(async (test) => {
  test.skip(missing !== undefined, missing);
  sandbox = await makeSandbox();
  tickets = await shopWithTickets(sandbox, ['bonus', 'points', 'stamps', 'refund'].map(workOn));
});
afterEach(async () => {
  await litellm?.stop();
  litellm = undefined;
  await sandbox?.remove();
});

/** The file that we ship, with other callbacks. */
async function startShipped(callbacks: readonly string[]): Promise<LiteLLM> {
  const config = parse(readFileSync(path.join(litellmFolder, 'proxy-config.yaml'), 'utf8'), { merge: true });
  litellm = await startLiteLLM({
    bin,
    config: { ...config, litellm_settings: { ...config.litellm_settings, callbacks, cache: false } },
    env: {
      ANTHROPIC_API_KEY: 'sk-ant-none',
      ANTHROPIC_API_BASE: api.url,
      BACKLOG_HOME: path.join(sandbox.home, '.backlog-toolkit'),
    },
  });
  return litellm;
}

/** One session: four agents at once, each asking its ticket and gate of the program, then answering. */
async function fourAgents(baseURL: string) {
  const by = 'backlog-toolkit:implementer';
  const story: Story = {
    main: [
      {
        does: tickets.map((ticket, at) =>
          agent(by, `[backlog ticket=${ticket} gate=${GATES[at]} agent=agent-${at}]\nwork on ${ticket}`),
        ),
      },
      { says: 'all are done' },
    ],
    agents: tickets.map((ticket, at) => ({
      prompt: `work on ${ticket}`,
      turns: [
        // None ends before the last one has begun.
        {
          ...(at === tickets.length - 1 ? { opens: 'all began' } : { after: 'all began' }),
          does: [bash('backlog context show --json')],
        },
        { sees: ticket, says: `${ticket} is done` },
      ],
    })),
  };
  const told = scenario(story);
  // LiteLLM keeps the client's headers to itself, so here an agent is known by the prompt that it was given.
  const workers = new Map<string, number>();
  answer = (request) => {
    const at = tickets.findIndex((ticket) => request.prompt.endsWith(`work on ${ticket}`));
    if (at < 0) return told.answer(request);
    workers.set(request.requestId, at);
    return told.answer({ ...request, agentId: `worker-${at}` });
  };
  const [asked, answered] = [api.requests.length, api.answers.length];
  const run = await runClaude({
    cwd: sandbox.project,
    home: sandbox.home,
    api,
    prompt: 'go',
    args: ['--plugin-dir', repositoryRoot],
    env: { ANTHROPIC_BASE_URL: baseURL, ANTHROPIC_API_KEY: MASTER_KEY },
  });
  expect(run.exitCode, `${run.stderr}\n${run.stdout.slice(-2000)}\n${litellm?.output().slice(-2000)}`).toBe(
    0,
  );
  expect([...told.problems(), ...api.strays]).toEqual([]);
  expect(api.requests.length - asked).toBe(api.answers.length - answered);
  /** By the answer's message id: which worker asked; `undefined` for the main thread. */
  return new Map(
    api.answers.slice(answered).map(({ requestId, messageId }) => [messageId, workers.get(requestId)]),
  );
}

/** Each worker's requests, all of them, are logged with its own ticket and gate; the main thread's with none. */
async function expectOwnTags(truth: ReadonlyMap<string, number | undefined>): Promise<Map<string, number>> {
  const log = (await litellm?.loggedAtLeast(truth.size)) ?? [];
  expect(log.map(({ payload }) => payload.id).sort()).toEqual([...truth.keys()].sort());
  const agents = new Map<string, number>();
  for (const { payload } of log) {
    const worker = truth.get(payload.id);
    const tags = (payload.request_tags ?? []).filter((tag) => /^(?:ticket|gate|project|agent):/.test(tag));
    const agentId = payload.metadata.requester_custom_headers?.['x-claude-code-agent-id'];
    expect(agentId === undefined).toBe(worker === undefined);
    if (worker === undefined || agentId === undefined) {
      expect(tags).toEqual([]);
      continue;
    }
    expect(tags).toEqual([
      `ticket:${tickets[worker]}`,
      `gate:${GATES[worker]}`,
      'project:corner-shop',
      `agent:agent-${worker}`,
    ]);
    expect(agents.get(agentId) ?? worker).toBe(worker);
    agents.set(agentId, worker);
  }
  expect([...agents.values()].sort()).toEqual([0, 1, 2, 3]);
  expect([...truth.values()].filter((worker) => worker !== undefined)).toHaveLength(8);
  return agents;
}

describe('four agents on four tickets', () => {
  it(
    'through LiteLLM with the callback alone',
    async () => {
      const { url } = await startShipped(['ticket_tagger.tagger', 'recorder.recorder']);
      await expectOwnTags(await fourAgents(url));
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'through our gateway and LiteLLM without it, and the ledger says the same',
    async () => {
      const proxy = await startShipped(['recorder.recorder']);
      const gateway = await gatewayInFront(proxy, {
        home: path.join(sandbox.home, '.backlog-toolkit'),
        root: sandbox.project,
      });
      try {
        const agents = await expectOwnTags(await fourAgents(gateway.url));
        const lines = gateway.lines().filter(({ source }) => source === 'gateway');
        expect(lines.map(({ id }) => id).sort()).toEqual(
          proxy
            .logged()
            .map(({ payload }) => payload.litellm_call_id)
            .sort(),
        );
        for (const [id, at] of agents)
          expect(lines.filter(({ agent_id }) => agent_id === id)).toMatchObject([
            { ticket_id: tickets[at], gate: GATES[at], agent_type: `agent-${at}` },
            { ticket_id: tickets[at], gate: GATES[at], agent_type: `agent-${at}` },
          ]);
        // Transcripts name the same answers: in the report each counts once.
        const { total } = await documentOf(sandbox, ['cost', 'report']);
        expect(total).toMatchObject({ requests: lines.length });
      } finally {
        await gateway.close();
      }
    },
    TEST_TIMEOUT_MS,
  );
});
