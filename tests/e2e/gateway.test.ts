import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonOf, repositoryRoot } from '../support/cli.ts';
import { needsClient } from './support/client.ts';
import { routeThroughGateway, stopGateway } from './support/gateway.ts';
import { expectLedgerOf, expectOneLineEach, placesOf } from './support/ledger.ts';
import { agent, bash, type Story } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { byHand, ledgerOf, shopWithTickets, workOn } from './support/shop.ts';

let sandbox: Sandbox;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(async () => {
  await stopGateway(sandbox);
  await sandbox.remove();
});

function play(story: Story, options: Partial<Parameters<typeof playSession>[1]> = {}): Promise<Played> {
  return playSession(sandbox, {
    prompt: 'go',
    story,
    pluginDir: repositoryRoot,
    before: routeThroughGateway(sandbox),
    ...options,
  });
}

const marker = (ticket: string, gate: string, by: string) =>
  `[backlog ticket=${ticket} gate=${gate} agent=${by}]`;

describe.each([
  ['through the gateway', true],
  ['without the gateway, from transcripts', false],
])('the real client %s', (_how, gateway) => {
  it('twenty agents side by side on twenty tickets: every request has its own ticket, gate and agent', async () => {
    const gates = ['plan', 'implement', 'lint', 'review'] as const;
    const names = Array.from({ length: 20 }, (_, index) => `part${String.fromCharCode(97 + index)}`);
    const tickets = await shopWithTickets(sandbox, names.map(workOn));
    const roles = tickets.map((ticket, index) => ({
      ticket,
      gate: gates[index % gates.length] ?? 'plan',
      by: index % 2 === 0 ? 'backend' : 'frontend',
    }));
    const session = await play(
      {
        main: [
          {
            does: roles.map(({ ticket, gate, by }) =>
              agent('backlog-toolkit:implementer', `${marker(ticket, gate, by)}\nwork on ${ticket}.`, {
                background: true,
              }),
            ),
          },
          { says: 'sent' },
        ],
        agents: roles.map(({ ticket }, index) => ({
          prompt: `work on ${ticket}.`,
          turns: [
            { does: [bash('backlog context show --json')], delayMs: (index * 37) % 200 },
            { says: `done with ${ticket}` },
          ],
        })),
        whenever: [{ sees: '<task-notification>', says: 'noted' }],
      },
      { timeoutMs: 170_000, ...(gateway ? {} : { before: async () => {} }) },
    );
    expect(session.problems).toEqual([]);
    const lines = await expectLedgerOf(sandbox, session);
    for (const { ticket, gate, by } of roles) {
      const ids = session.agentIds(`work on ${ticket}.`);
      expect(ids).toHaveLength(1);
      const own = lines.filter((line) => line.agent_id === ids[0]);
      expect(own.length).toBeGreaterThanOrEqual(2);
      expect(placesOf(own)).toEqual([`${ticket} ${gate} ${by}`]);
      for (const line of own) expect(['agent', 'marker']).toContain(line.attributed_by);
    }
    // Through the gateway the hooks have read the transcripts too.
    const all = ledgerOf(sandbox);
    expectOneLineEach(all);
    expect([...new Set(all.map((line) => line.source))]).toEqual([gateway ? 'gateway' : 'transcript']);
    expect(placesOf(lines.filter((line) => line.agent_id === null))).toEqual(['- - -']);
  }, 200_000);
});

describe('the real client', () => {
  it('a session answers after disable and uninstall', async () => {
    await shopWithTickets(sandbox, []);
    const story: Story = { main: [{ says: 'hello' }] };
    const routed = await play(story);
    expect(routed.problems).toEqual([]);
    await expectLedgerOf(sandbox, routed);
    expect((await byHand(sandbox, ['gateway', 'status'])).stdout).toContain('running');
    expect((await byHand(sandbox, ['uninstall'])).exitCode).toBe(0);
    const status = await byHand(sandbox, ['gateway', 'status', '--json']);
    expect(jsonOf(status)).toMatchObject({ running: false, project_enabled: false });
    const direct = await playSession(sandbox, { prompt: 'go', story, pluginDir: repositoryRoot });
    expect(direct.problems).toEqual([]);
    expect(direct.answers).toHaveLength(1);
  });
});
