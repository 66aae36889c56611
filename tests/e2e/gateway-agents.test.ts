import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { writeFiles } from '../support/temp.ts';
import { inBackground } from './support/background.ts';
import { initOf, needsClient } from './support/client.ts';
import { routeThroughGateway, stopGateway } from './support/gateway.ts';
import { expectLedgerOf, expectOneLineEach, placesOf } from './support/ledger.ts';
import { agent, bash, type Story, skill } from './support/scenario.ts';
import type { ToolUse } from './support/scripted-api.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { type LedgerLine, ledgerOf, shopWithTickets, workOn } from './support/shop.ts';
import { needsTerminal, playOnTerminal } from './support/terminal.ts';

// Every kind of request that the client makes, through the gateway and without it. Through the gateway the hooks read the
// transcripts too: one line for each request all the same.

let sandbox: Sandbox;
let first: string;
let second: string;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
  [first = '', second = ''] = await shopWithTickets(sandbox, [workOn('bonus'), workOn('points')]);
});
afterEach(async () => {
  await stopGateway(sandbox);
  await sandbox.remove();
});

const marker = (ticket: string, gate: string, by: string) =>
  `[backlog ticket=${ticket} gate=${gate} agent=${by}]`;
const leader = (ticket: string) => bash(`backlog context set ${ticket} plan leader backlog-implementer`);
const show = bash('backlog context show --json');
const noted = { sees: '<task-notification>', says: 'noted' };

/** A line's place, the rule that found it, and the kind of request: `FEAT-001 plan leader by session (main)`. */
function told(line: LedgerLine): string {
  const kind = line.source === 'gateway' ? ` (${line.request_class})` : '';
  return `${placesOf([line])} by ${line.attributed_by}${kind}`;
}

describe.each([
  ['through the gateway', true],
  ['without the gateway, from transcripts', false],
])('%s', (_how, gateway) => {
  const kind = (word: string) => (gateway ? ` (${word})` : '');

  function routed(): Pick<Parameters<typeof playSession>[1], 'pluginDir' | 'before'> {
    return {
      pluginDir: repositoryRoot,
      ...(gateway ? { before: routeThroughGateway(sandbox) } : {}),
    };
  }

  async function play(
    story: Story,
    options: Partial<Parameters<typeof playSession>[1]> = {},
  ): Promise<Played> {
    const session = await playSession(sandbox, { prompt: 'go', story, ...routed(), ...options });
    expect(session.problems).toEqual([]);
    return session;
  }

  /** The lines of a session in the order of its answers, and each of them once in the file. */
  async function linesOf(...sessions: readonly Played[]): Promise<LedgerLine[]> {
    const lines = await expectLedgerOf(sandbox, ...sessions);
    expectOneLineEach(ledgerOf(sandbox));
    expect([...new Set(lines.map((line) => line.source))]).toEqual([gateway ? 'gateway' : 'transcript']);
    return lines;
  }

  const of = (lines: readonly LedgerLine[], ids: readonly string[]) =>
    lines.filter((line) => line.agent_id !== null && ids.includes(line.agent_id));

  it('nested agents: each its own ticket, and one without a ticket that of its parent', async () => {
    const session = await play({
      main: [
        { does: [leader(first)] },
        { does: [agent('general-purpose', `${marker(first, 'implement', 'backend')}\nouter`)] },
        { says: 'done' },
      ],
      agents: [
        {
          prompt: 'outer',
          turns: [
            {
              does: [
                agent('general-purpose', 'inner without'),
                agent('general-purpose', `${marker(second, 'review', 'reviewer')}\ninner with`),
              ],
            },
            { says: 'outer done' },
          ],
        },
        { prompt: 'inner without', turns: [{ does: [show] }, { sees: first, says: 'x' }] },
        { prompt: 'inner with', turns: [{ does: [show] }, { sees: second, says: 'y' }] },
      ],
    });
    const lines = await linesOf(session);
    const placed = (prompt: string) => placesOf(of(lines, session.agentIds(prompt)));
    expect(placed('outer')).toEqual([`${first} implement backend`]);
    expect(placed('inner with')).toEqual([`${second} review reviewer`]);
    const without = of(lines, session.agentIds('inner without'));
    expect(without.map(told)).toEqual(
      Array(2).fill(`${first} implement backend by parent${kind('subagent')}`),
    );
    // An agent's entry inherits the skill of its session.
    const agents = lines.filter((line) => line.agent_id !== null);
    expect([...new Set(agents.map((line) => line.skill))]).toEqual(['backlog-implementer']);
    expect(placesOf(lines.filter((line) => line.agent_id === null))).toEqual([
      '- - -',
      `${first} plan leader`,
    ]);
  });

  it('an agent in a worktree of its own that is resumed keeps its ticket', async () => {
    let id = 'none';
    const inWorktree: ToolUse = agent('general-purpose', `${marker(first, 'implement', 'backend')}\nin tree`);
    const session = await play({
      main: [
        { does: [{ ...inWorktree, input: { ...inWorktree.input, isolation: 'worktree' } }] },
        {
          does: ({ incoming }) => {
            id = /agentId: (\w+)/.exec(incoming)?.[1] ?? id;
            return [leader(second)];
          },
        },
        { does: [{ name: 'ToolSearch', input: { query: 'select:SendMessage', max_results: 1 } }] },
        { does: () => [{ name: 'SendMessage', input: { to: id, message: 'go on', summary: 'go on' } }] },
        { says: 'sent' },
      ],
      agents: [
        {
          prompt: 'in tree',
          turns: [
            { does: [bash('pwd')] },
            { sees: '.claude/worktrees/', says: 'the first part is done' },
            { sees: 'go on', does: [show] },
            { sees: first, says: 'the second part is done' },
          ],
        },
      ],
      whenever: [noted],
    });
    const lines = of(await linesOf(session), session.agentIds('in tree'));
    expect(lines).toHaveLength(4);
    expect(placesOf(lines)).toEqual([`${first} implement backend`]);
    for (const line of lines) expect(['agent', 'marker']).toContain(line.attributed_by);
  });

  describe('a skill that runs as an agent of its own', () => {
    beforeEach(() => {
      writeFiles(sandbox.project, {
        '.claude/skills/forky/SKILL.md':
          '---\nname: forky\ndescription: looks around\ncontext: fork\n---\nforky body\n',
      });
    });
    const fork = { prompt: 'forky body', turns: [{ does: [show] }, { says: 'forked' }] };

    it('started by the main thread has the context of its session', async () => {
      const session = await play({
        main: [{ does: [leader(first)] }, { does: [skill('forky')] }, { says: 'done' }],
        agents: [fork],
        whenever: [noted],
      });
      const lines = of(await linesOf(session), session.agentIds('forky body'));
      expect(lines.map(told)).toEqual(Array(2).fill(`${first} plan leader by session${kind('subagent')}`));
    });

    it('started by an agent has the ticket of that agent, not the one of the session', async () => {
      const session = await play({
        main: [
          { does: [leader(first)] },
          { does: [agent('general-purpose', `${marker(second, 'review', 'reviewer')}\nouter`)] },
          { says: 'done' },
        ],
        agents: [
          { prompt: 'outer', turns: [{ does: [skill('forky')] }, { says: 'outer done' }] },
          {
            prompt: 'forky body',
            turns: [{ does: [show] }, { sees: second, seesNo: first, says: 'forked' }],
          },
        ],
        whenever: [noted],
      });
      const lines = of(await linesOf(session), session.agentIds('forky body'));
      expect(lines.map(told)).toEqual(
        Array(2).fill(`${second} review reviewer by parent${kind('subagent')}`),
      );
    });

    it('typed has no id on the wire: the context of its session, and the sign that an agent asked', async () => {
      const before = await play({ main: [{ does: [leader(first)] }, { says: 'done' }] });
      const session = await playSession(sandbox, {
        prompt: '/forky',
        args: ['--resume', initOf(before.run).session_id],
        story: { main: [{ does: [show] }, { sees: first, says: 'forked' }] },
        ...routed(),
      });
      expect(session.problems).toEqual([]);
      expect(session.requests.map((request) => request.agentId)).toEqual([undefined, undefined]);
      // Only the transcript knows the id.
      const lines = gateway
        ? (await linesOf(before, session)).slice(-2)
        : await waitForLines(session.answers.map((answer) => answer.requestId));
      expect(lines.map(told)).toEqual(Array(2).fill(`${first} plan leader by session${kind('subagent')}`));
      expect(lines.every((line) => (line.agent_id === null) === gateway)).toBe(true);
    });
  });

  /** Where the transcript knows more than the wire: the lines of these requests, each once in the file. */
  async function waitForLines(requestIds: readonly string[]): Promise<LedgerLine[]> {
    const read = () => ledgerOf(sandbox).filter((line) => requestIds.includes(line.request_id ?? ''));
    await expect.poll(() => read().length, { timeout: 5_000 }).toBe(requestIds.length);
    expectOneLineEach(ledgerOf(sandbox));
    return read();
  }

  it('a summary of the session is for the ticket of the session, and marked', async () => {
    const before = await play({ main: [{ does: [leader(first)] }, { says: 'done' }] });
    const args = ['--resume', initOf(before.run).session_id];
    const compact = await play(
      { main: [{ sees: 'CRITICAL: Respond with TEXT ONLY', says: '<summary>all</summary>' }] },
      { prompt: '/compact', args },
    );
    const after = await play({ main: [{ says: 'fine' }] }, { prompt: 'go on', args });
    if (gateway) {
      const lines = await linesOf(before, compact, after);
      expect(lines.slice(-2).map(told)).toEqual([
        `${first} plan leader by session (compaction)`,
        `${first} plan leader by session (main)`,
      ]);
    } else {
      // The client writes no usage of its summary.
      const lines = await waitForLines([...before.answers, ...after.answers].map((each) => each.requestId));
      expect(placesOf(lines)).toEqual(['- - -', `${first} plan leader`]);
    }
  });

  it('a session in the background, with its labels', async () => {
    const helpers = [
      { sees: 'label for this job', says: 'a label' },
      { sees: 'Current state:', says: '{"state":"done","detail":"sent","result":"sent"}' },
    ];
    const session = await playSession(sandbox, {
      prompt: 'go',
      story: { main: [{ does: [leader(first)] }, { says: 'sent' }], whenever: helpers },
      run: inBackground(sandbox, 'go', ({ answers }) => answers.length >= 4),
      ...routed(),
    });
    // Its service looks for updates; the API lets nothing through.
    expect(session.problems.filter((each) => !each.startsWith('stray: CONNECT'))).toEqual([]);
    const turns = session.requests.filter((request) => request.body.tools !== undefined);
    const lines = await waitForLines(
      session.answers
        .map((answer) => answer.requestId)
        .filter((id) => gateway || turns.some((turn) => turn.requestId === id)),
    );
    const wasTurn = (line: LedgerLine) => turns.some((turn) => turn.requestId === line.request_id);
    expect(placesOf(lines.filter(wasTurn))).toEqual(['- - -', `${first} plan leader`]);
    for (const line of lines) {
      expect(line.agent_id).toBe(null);
      if (gateway) expect(line.request_class).toBe(wasTurn(line) ? 'main' : 'auxiliary');
    }
    if (gateway) expect(lines.some((line) => line.request_class === 'auxiliary')).toBe(true);
  });

  describe('on a terminal', () => {
    beforeEach(needsTerminal);

    it('a title is for the session, and marked', async () => {
      const session = await playOnTerminal(sandbox, {
        story: {
          main: [{ does: [leader(first)] }, { says: 'sent' }],
          whenever: [{ sees: 'Write the title in', says: '{"title":"the basket"}' }],
        },
        prompts: [{ text: 'look at the basket', until: ({ answers }) => answers.length >= 3 }],
        // Titles are left out where this is set.
        env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '' },
        ...routed(),
      });
      expect(session.problems).toEqual([]);
      const titles = session.requests.filter((request) => request.incoming.includes('Write the title in'));
      expect(titles).toHaveLength(1);
      const lines = await waitForLines(
        session.requests
          .filter((request) => gateway || !titles.includes(request))
          .map((request) => request.requestId),
      );
      expect(placesOf(lines)).toEqual(['- - -', `${first} plan leader`]);
      if (!gateway) return;
      const kinds = lines.map((line) => line.request_class);
      expect(kinds.toSorted()).toEqual(['auxiliary', 'main', 'main']);
    });

    it('a teammate, who has two ids, has one ticket from its first request on', async () => {
      const mate = agent('general-purpose', `${marker(second, 'review', 'reviewer')}\nteam mate`);
      const { run_in_background: _, ...input } = mate.input;
      const session = await playOnTerminal(sandbox, {
        story: {
          main: [
            { does: [leader(first)] },
            { does: [{ ...mate, input: { ...input, name: 'alice' } }] },
            { says: 'sent' },
          ],
          agents: [
            { prompt: 'team mate', turns: [{ does: [show] }, { sees: second, says: 'the mate is done' }] },
          ],
          whenever: [{ sees: '<teammate-message', says: 'noted' }],
        },
        prompts: [
          {
            text: 'go',
            until: ({ answers }) => answers.filter((each) => each.agentId !== undefined).length >= 2,
          },
        ],
        env: { CLAUDE_CODE_EXPERIMENTAL_AGENT_TEAMS: '1' },
        ...routed(),
      });
      expect(session.problems).toEqual([]);
      const [wireId = ''] = session.agentIds('team mate');
      expect(wireId).toMatch(/^alice@session-/);
      const requests = session.answers.filter((answer) => answer.agentId === wireId);
      const lines = await waitForLines(requests.map((answer) => answer.requestId));
      expect(placesOf(lines)).toEqual([`${second} review reviewer`]);
      for (const line of lines) expect(['agent', 'marker']).toContain(line.attributed_by);
      // A first request may come before the hook that names both ids.
      expect(lines.at(-1)?.agent_id).toMatch(/^aalice-[0-9a-f]{16}$/);
    });
  });
});
