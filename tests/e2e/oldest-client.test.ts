import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { writeFiles } from '../support/temp.ts';
import { initOf, needsOldestClient, oldestClient, resultsOf } from './support/client.ts';
import { routeThroughGateway, stopGateway } from './support/gateway.ts';
import { expectLedgerOf, expectOneLineEach, placesOf } from './support/ledger.ts';
import { agent, bash, type Story, skill } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { ledgerOf, shopWithTickets, workOn } from './support/shop.ts';
import { needsTerminal, playOnTerminal } from './support/terminal.ts';

// The oldest client that we support. It has no hint headers, waits for its agents, and names forks in fewer places.

let sandbox: Sandbox;
beforeEach(needsOldestClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(async () => {
  await stopGateway(sandbox);
  await sandbox.remove();
});

const marker = (ticket: string, gate: string, by: string) =>
  `[backlog ticket=${ticket} gate=${gate} agent=${by}]`;

describe.each([
  ['through the gateway', true],
  ['without the gateway, from transcripts', false],
])('the oldest client %s', (_how, gateway) => {
  const source = gateway ? 'gateway' : 'transcript';

  function play(story: Story): Promise<Played> {
    return playSession(sandbox, {
      prompt: 'go',
      story,
      binary: oldestClient,
      pluginDir: repositoryRoot,
      ...(gateway ? { before: routeThroughGateway(sandbox) } : {}),
    });
  }

  it('loads the plugin, and each of four agents side by side has its own ticket', async () => {
    const gates = ['plan', 'implement', 'lint', 'review'];
    const tickets = await shopWithTickets(sandbox, ['one', 'two', 'three', 'four'].map(workOn));
    const roles = tickets.map((ticket, index) => ({ ticket, gate: gates[index] ?? '' }));
    const session = await play({
      main: [
        {
          does: roles.map(({ ticket, gate }) =>
            agent('backlog-toolkit:implementer', `${marker(ticket, gate, 'backend')}\nwork on ${ticket}.`),
          ),
        },
        { says: 'done' },
      ],
      agents: roles.map(({ ticket }, index) => ({
        prompt: `work on ${ticket}.`,
        turns: [
          { does: [bash('backlog context show --json')], delayMs: (index * 53) % 160 },
          { sees: ticket, says: `done with ${ticket}` },
        ],
      })),
    });
    expect(session.problems).toEqual([]);
    expect(session.run.events.find((event) => event.subtype === 'init')).toMatchObject({
      claude_code_version: '2.1.197',
    });
    expect(initOf(session.run).plugin_errors).toEqual([]);
    const lines = await expectLedgerOf(sandbox, session);
    expectOneLineEach(ledgerOf(sandbox));
    for (const { ticket, gate } of roles) {
      const own = lines.filter((line) =>
        session.agentIds(`work on ${ticket}.`).includes(line.agent_id ?? ''),
      );
      expect(own.map((line) => line.source)).toEqual([source, source]);
      expect(placesOf(own)).toEqual([`${ticket} ${gate} backend`]);
    }
    expect(placesOf(lines.filter((line) => line.agent_id === null))).toEqual(['- - -']);
  });

  it('a fork that an agent starts is for the ticket of that agent', async () => {
    const [first = '', second = ''] = await shopWithTickets(sandbox, [workOn('bonus'), workOn('points')]);
    writeFiles(sandbox.project, {
      '.claude/skills/forky/SKILL.md':
        '---\nname: forky\ndescription: looks around\ncontext: fork\n---\nforky body\n',
    });
    const session = await play({
      main: [
        { does: [bash(`backlog context set ${first} plan leader`)] },
        { does: [agent('general-purpose', `${marker(second, 'review', 'reviewer')}\nouter`)] },
        { does: [skill('forky')] },
        { sees: 'forky body', says: 'the fork of the main thread, which has no id on the wire' },
        { says: 'done' },
      ],
      agents: [
        {
          // The fork of an agent asks under the id of that agent.
          prompt: /outer|forky body/,
          turns: [{ does: [skill('forky')] }, { sees: 'forky body', says: 'forked' }, { says: 'outer done' }],
        },
      ],
    });
    expect(session.problems).toEqual([]);
    const requestsOf = (inAgent: boolean) =>
      session.requests
        .filter((request) => (request.agentId !== undefined) === inAgent)
        .map((request) => request.requestId);
    const read = () => ledgerOf(sandbox);
    await expect.poll(() => read().length, { timeout: 5_000 }).toBe(session.answers.length);
    expectOneLineEach(read());
    const linesOf = (ids: readonly string[]) => read().filter((line) => ids.includes(line.request_id ?? ''));
    expect(placesOf(linesOf(requestsOf(true)))).toEqual([`${second} review reviewer`]);
    expect(placesOf(linesOf(requestsOf(false)))).toEqual(['- - -', `${first} plan leader`]);
    const forks = session.requests.filter((request) => request.prompt.includes('forky body'));
    expect(forks.map((request) => request.agentId === undefined)).toEqual([false, true]);
    if (gateway)
      expect(linesOf(forks.map((request) => request.requestId)).map((line) => line.request_class)).toEqual([
        'subagent',
        // Nothing on the wire tells it from the main thread.
        null,
      ]);
  });

  it('a teammate is for its own ticket, whichever of its two ids is seen', async (test) => {
    needsTerminal(test);
    const [first = '', second = ''] = await shopWithTickets(sandbox, [workOn('bonus'), workOn('points')]);
    const { input } = agent('general-purpose', `${marker(second, 'review', 'reviewer')}\nteam mate`);
    const session = await playOnTerminal(sandbox, {
      story: {
        main: [
          { does: [bash(`backlog context set ${first} plan leader`)] },
          { does: [{ name: 'Agent', input: { ...input, name: 'alice' } }] },
          { says: 'sent' },
        ],
        agents: [
          {
            prompt: 'team mate',
            turns: [
              { does: [bash('backlog context show --json')] },
              { sees: second, says: 'the mate is done' },
            ],
          },
        ],
        whenever: [{ sees: /<teammate-message|was stopped|came to rest/, says: 'noted' }],
      },
      prompts: [
        {
          text: 'go',
          until: ({ answers }) => answers.filter((each) => each.agentId !== undefined).length >= 2,
        },
      ],
      env: { CLAUDE_CODE_EXPERIMENTAL_AGENT_TEAMS: '1' },
      binary: oldestClient,
      pluginDir: repositoryRoot,
      ...(gateway ? { before: routeThroughGateway(sandbox) } : {}),
    });
    expect(session.problems).toEqual([]);
    const ids = session.answers.filter((each) => each.agentId !== undefined).map((each) => each.requestId);
    const read = () => ledgerOf(sandbox).filter((line) => ids.includes(line.request_id ?? ''));
    await expect.poll(() => read().length, { timeout: 5_000 }).toBe(2);
    expectOneLineEach(ledgerOf(sandbox));
    expect(placesOf(read())).toEqual([`${second} review reviewer`]);
    for (const line of read()) expect(['agent', 'marker']).toContain(line.attributed_by);
  });

  it('a refusal in the form of our budgets is asked once, and shown', async () => {
    await shopWithTickets(sandbox, []);
    const message = 'the day budget of 1 USD is spent';
    const session = await play({ main: [{ refused: { status: 402, type: 'billing_error', message } }] });
    expect(session.problems).toEqual([]);
    expect(session.requests).toHaveLength(1);
    expect(resultsOf(session.run)).toMatchObject([{ is_error: true, result: `API Error: 402 ${message}` }]);
  });
});
