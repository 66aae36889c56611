import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitIn } from '../support/temp.ts';
import { initOf, needsClient, resultsOf } from './support/client.ts';
import { implementerStory, placesOfStory } from './support/implementer-story.ts';
import { expectLedgerOf } from './support/ledger.ts';
import { bashWith } from './support/prompts.ts';
import { bash, type Story, skill } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { byHand, documentOf, openShop, ticketFile, workOn } from './support/shop.ts';

const work = workOn('bonus');
const id = 'FEAT-001';

const initStory: Story = {
  main: [
    { sees: 'Load the skill `backlog-toolkit:backlog-init`', does: [skill('backlog-toolkit:backlog-init')] },
    { sees: 'Set up the backlog of a project', does: [bash('backlog init --dry-run --json')] },
    {
      sees: 'corner-shop',
      does: [bash('backlog init --yes --name corner-shop --stack javascript --prefixes FEAT,BUG --commit')],
    },
    { seesNo: 'error:', says: 'Set up. Next: /backlog-toolkit:ticket' },
  ],
};

const ticketStory: Story = {
  main: [
    { sees: 'The request: "a bonus"', does: [skill('backlog-toolkit:backlog-ticket', '"a bonus"')] },
    {
      sees: 'Turn a request into a ticket',
      does: [bash('backlog context set "" generate ticket backlog-ticket')],
    },
    { seesNo: 'error:', does: [bash('backlog ticket list --json')] },
    { sees: /"items": ?\[\]/, does: [bash('backlog ticket new --from help')] },
    {
      sees: 'criteria',
      does: [bashWith('backlog ticket new --from - --json', JSON.stringify(work.ticket))],
    },
    { sees: id, seesNo: 'error:', does: [bash(`backlog ticket validate ${id} --json`)] },
    { sees: /"items": ?\[\]/, does: [bash('backlog context clear')] },
    { seesNo: 'error:', says: `${id} is written` },
  ],
};

describe('from a request to a commit, in the real client', () => {
  let sandbox: Sandbox;
  const played: Record<'init' | 'ticket' | 'implementer', Played | undefined> = {
    init: undefined,
    ticket: undefined,
    implementer: undefined,
  };

  function session(name: keyof typeof played): Played {
    const found = played[name];
    if (found === undefined) throw new Error(`the session ${name} was not played`);
    return found;
  }

  beforeEach(needsClient);
  beforeAll(async () => {
    sandbox = await makeSandbox();
    openShop(sandbox);
  });
  afterAll(() => sandbox?.remove());

  async function play(name: keyof typeof played, prompt: string, story: Story): Promise<Played> {
    const result = await playSession(sandbox, {
      prompt,
      story,
      pluginDir: repositoryRoot,
      // The user lets the implementer write files; everything else is the plugin's to allow.
      args: ['--permission-mode', 'acceptEdits'],
      timeoutMs: 120_000,
    });
    played[name] = result;
    expect(result.problems).toEqual([]);
    expect(initOf(result.run).plugin_errors).toEqual([]);
    expect(resultsOf(result.run).flatMap((each) => each.permission_denials)).toEqual([]);
    return result;
  }

  it('/backlog-toolkit:init writes a config, commits it and leaves nothing behind', async () => {
    await play('init', '/backlog-toolkit:init', initStory);
    expect(existsSync(path.join(sandbox.project, 'backlog.config.json'))).toBe(true);
    expect(gitIn(sandbox.project, 'status', '--porcelain')).toBe('');
  });

  it('/backlog-toolkit:ticket writes a ticket that is valid', async () => {
    await play('ticket', '/backlog-toolkit:ticket "a bonus"', ticketStory);
    expect(ticketFile(sandbox, 'pending', id)).toBeDefined();
    expect(await documentOf(sandbox, ['ticket', 'validate', id])).toMatchObject({ items: [] });
    expect(await documentOf(sandbox, ['ticket', 'list', '--ready'])).toMatchObject({ items: [{ id }] });
  });

  it('/backlog-toolkit:implementer takes it to completed', async () => {
    const story = implementerStory(work, { project: sandbox.project, id });
    await play('implementer', `/backlog-toolkit:implementer ${id}`, story);
    expect(ticketFile(sandbox, 'pending', id)).toBeUndefined();
    expect(readFileSync(ticketFile(sandbox, 'completed', id) ?? '', 'utf8')).toMatch(/^status: completed$/m);
  });

  it('made one commit of the change and one of the bookkeeping, with the evidence in the trailers', () => {
    const subjects = gitIn(sandbox.project, 'log', '--format=%s', '-2').split('\n');
    expect(subjects).toEqual([
      `chore(backlog): complete ${id}`,
      `feat(shop): implement ${id} — say it before they pay`,
    ]);
    const trailers = gitIn(sandbox.project, 'log', '-1', '--skip=1', '--format=%(trailers:only,unfold)');
    expect(trailers).toMatch(new RegExp(`^Ticket: ${id}$`, 'm'));
    expect(trailers).toMatch(/^Backlog-Evidence: [0-9a-f]{64}$/m);
    const changed = gitIn(sandbox.project, 'show', '--name-only', '--format=', 'HEAD~1').split('\n');
    expect(changed).toEqual(expect.arrayContaining([work.codeFile, work.testFile]));
    expect(gitIn(sandbox.project, 'status', '--porcelain')).toBe('');
  });

  it('left compact evidence of every gate, the review by an agent of its own', () => {
    const { agentIds } = session('implementer');
    const [implementer] = agentIds(`[backlog ticket=${id} gate=implement agent=implementer]`);
    const [reviewer] = agentIds(`[backlog ticket=${id} gate=review agent=reviewer]`);
    expect(reviewer).toMatch(/^a[0-9a-f]{16}$/);
    expect(reviewer).not.toBe(implementer);
    const text = gitIn(sandbox.project, 'show', `HEAD:backlog/data/evidence/${id}.json`);
    for (const gate of ['plan', 'implement', 'lint', 'review', 'commit']) expect(text).toContain(`"${gate}"`);
    expect(text).toContain(reviewer);
  });

  it('passes verify, the commands run again', async () => {
    const base = gitIn(sandbox.project, 'rev-parse', 'HEAD~2');
    const { exitCode, stdout, stderr } = await byHand(sandbox, ['verify', '--base', base, '--rerun']);
    expect(exitCode, stdout + stderr).toBe(0);
  });

  it('recorded each request once, with its tokens, and with the ticket, gate and agent of its time', async () => {
    const lines = await expectLedgerOf(sandbox, session('implementer'));
    expect(
      lines.map((line) => [line.ticket_id, line.gate, line.agent_type].map((each) => each || '-').join(' ')),
    ).toEqual(placesOfStory(id));
    expect(new Set(lines.map((line) => line.project))).toEqual(new Set(['corner-shop']));
    for (const line of lines)
      expect(line.attributed_by).toBe(
        line.agent_id ? 'agent' : line.ticket_id ? 'session' : line.attributed_by,
      );
  });

  it("recorded the ticket's writing as generate", async () => {
    const places = (await expectLedgerOf(sandbox, session('ticket'))).map(
      (line) => `${line.gate} ${line.agent_type}`,
    );
    expect(places.slice(2, 7)).toEqual(Array<string>(5).fill('generate ticket'));
  });

  it('priced the requests as the client itself did', async () => {
    const lines = await expectLedgerOf(sandbox, session('implementer'));
    const ours = lines.reduce((sum, line) => sum + (line.cost_usd ?? Number.NaN), 0);
    const theirs = resultsOf(session('implementer').run).at(-1)?.total_cost_usd ?? Number.NaN;
    expect(ours).toBeCloseTo(theirs, 9);
  });

  it('reports the cost of the ticket with every gate', async () => {
    const report = await byHand(sandbox, ['cost', 'report', '--ticket', id]);
    expect(report.exitCode, report.stderr).toBe(0);
    for (const gate of ['plan', 'implement', 'lint', 'review', 'commit'])
      expect(report.stdout).toContain(gate);
  });
});
