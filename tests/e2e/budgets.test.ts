import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { needsClient, resultsOf } from './support/client.ts';
import { routeThroughGateway, stopGateway } from './support/gateway.ts';
import { agent, bash, type Story } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { byHand, ledgerOf, shopWithTickets, ticketFile, workOn } from './support/shop.ts';

let sandbox: Sandbox;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(async () => {
  await stopGateway(sandbox);
  await sandbox.remove();
});

/** A shop with tickets and these budgets, all committed. */
async function shopWith(budgets: object, names: readonly string[] = []): Promise<string[]> {
  const tickets = await shopWithTickets(sandbox, names.map(workOn));
  const file = path.join(sandbox.project, 'backlog.config.json');
  const config: { llmOps?: object } = JSON.parse(readFileSync(file, 'utf8'));
  const llmOps = { ...config.llmOps, budgets };
  writeFiles(sandbox.project, {
    'backlog.config.json': JSON.stringify({ ...config, version: '1.1', llmOps }, null, 2),
  });
  // Where the gateway is enabled; Claude Code keeps it out of repositories too.
  appendFileSync(path.join(sandbox.project, '.git/info/exclude'), '.claude/settings.local.json\n');
  gitIn(sandbox.project, 'add', '-A');
  gitIn(sandbox.project, 'commit', '-q', '-m', 'chore: set budgets');
  return tickets;
}

/** As the client is used: it may ask again as often as it likes. */
const asUsual = { CLAUDE_CODE_MAX_RETRIES: '10' };

function play(story: Story, options: Partial<Parameters<typeof playSession>[1]> = {}): Promise<Played> {
  return playSession(sandbox, { prompt: 'go', story, pluginDir: repositoryRoot, env: asUsual, ...options });
}

const look = bash('backlog context show --json');
const much = { input_tokens: 90_000, output_tokens: 10_000 };
const marker = (ticket: string) => `[backlog ticket=${ticket} gate=implement agent=backend]\n`;
const resultText = ({ run }: Played) => resultsOf(run).map((each) => String(each.result ?? ''));

describe('a spent budget, through the gateway', () => {
  it('ends the session with the message, word for word and once, and asks for nothing twice', async () => {
    await shopWith({ session: { tokens: 50_000 } });
    const session = await play(
      { main: [{ does: [look], usage: much }] },
      { before: routeThroughGateway(sandbox) },
    );
    expect(session.problems).toEqual([]);
    expect(session.requests).toHaveLength(1);
    expect(session.run.exitCode).toBe(1);
    const id = session.requests[0]?.sessionId;
    expect(resultText(session)).toEqual([
      `API Error: 402 backlog: the budget of session ${id} is spent: 100,000 tokens of 50,000 tokens (200 %). A person can raise it: \`backlog cost raise session ${id} --tokens 200000\``,
    ]);
    const blocked = ledgerOf(sandbox).filter((line) => line.status === 'blocked');
    expect(blocked).toHaveLength(1);
    expect(blocked[0]).toMatchObject({ source: 'gateway', session_id: id, input_tokens: 0, cost_usd: null });
  });

  it('of one ticket stops its agent, refuses the next one for it, and lets the others work', async () => {
    const [spent = '', other = ''] = await shopWith({ ticket: { tokens: 50_000 } }, ['bonus', 'rebate']);
    const session = await play(
      {
        main: [
          { does: [bash(`backlog ticket start ${spent}`)] },
          { seesNo: 'error:', does: [agent('general-purpose', `${marker(spent)}work on ${spent}.`)] },
          {
            sees: `the budget of ticket ${spent} is spent`,
            does: [agent('general-purpose', `${marker(other)}work on ${other}.`)],
          },
          {
            sees: `done with ${other}`,
            does: [agent('general-purpose', `${marker(spent)}again on ${spent}.`)],
          },
          { sees: `backlog cost raise ticket ${spent} --tokens 200000`, says: 'understood' },
        ],
        agents: [
          { prompt: `work on ${spent}.`, turns: [{ does: [look], usage: much }] },
          { prompt: `work on ${other}.`, turns: [{ does: [look] }, { says: `done with ${other}` }] },
        ],
      },
      { before: routeThroughGateway(sandbox) },
    );
    expect(session.problems).toEqual([]);
    expect(session.run.exitCode).toBe(0);
    const blocked = ledgerOf(sandbox).filter((line) => line.status === 'blocked');
    expect(blocked.map((line) => line.ticket_id)).toEqual([spent]);
    await vi.waitFor(() => expect(statusOf(spent)).toBe('budget-blocked'), { timeout: 5000 });
    const again = await byHand(sandbox, ['ticket', 'start', spent]);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toContain(`backlog cost raise ticket ${spent} --tokens 200000`);
    expect((await byHand(sandbox, ['gateway', 'status'])).stdout).toContain(
      `hard-stop: the budget of ticket ${spent} is spent`,
    );
  });
});

describe('a spent budget, without the gateway', () => {
  it('lets no prompt of the next session through', async () => {
    await shopWith({ day: { tokens: 50_000 } });
    const first = await play({ main: [{ says: 'hello', usage: much }] });
    expect(first.problems).toEqual([]);
    await vi.waitFor(() => expect(ledgerOf(sandbox)).toHaveLength(1), { timeout: 5000 });
    const second = await play({ main: [] });
    expect(second.problems).toEqual([]);
    expect(second.requests).toEqual([]);
    expect(second.run.stdout).toContain(
      'tokens of 50,000 tokens (200 %). A person can raise it: `backlog cost raise day',
    );
  });

  it('denies the agent that would spend more, and tells of what is nearly spent once', async () => {
    const [ticket = ''] = await shopWith({ ticket: { tokens: 1 }, day: { tokens: 400_000, warn: 0.2 } }, [
      'bonus',
    ]);
    const first = await play({
      main: [
        { does: [agent('general-purpose', `${marker(ticket)}work on ${ticket}.`)], usage: much },
        { sees: 'done', does: [bash('sleep 1')] },
        { does: [agent('general-purpose', `${marker(ticket)}again on ${ticket}.`)] },
        { sees: `the budget of ticket ${ticket} is spent`, says: 'understood' },
      ],
      agents: [{ prompt: `work on ${ticket}.`, turns: [{ says: 'done' }] }],
    });
    expect(first.problems).toEqual([]);
    const second = await play({ main: [{ sees: 'go', says: 'hello' }] });
    expect(second.problems).toEqual([]);
    expect(JSON.stringify(second.requests[0]?.body.messages)).toContain('is nearly spent');
  });
});

function statusOf(id: string): string | undefined {
  const file = ticketFile(sandbox, 'pending', id);
  return file === undefined ? undefined : /^status: (.*)$/m.exec(readFileSync(file, 'utf8'))?.[1];
}
