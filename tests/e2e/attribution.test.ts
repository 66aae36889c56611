import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { writeFiles } from '../support/temp.ts';
import { needsClient, resultsOf } from './support/client.ts';
import { expectLedgerOf, placesOf } from './support/ledger.ts';
import { agent, bash, type Story } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { ledgerOf, shopWithTickets, workOn } from './support/shop.ts';

let sandbox: Sandbox;
let first: string;
let second: string;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
  [first = '', second = ''] = await shopWithTickets(sandbox, [workOn('bonus'), workOn('points')]);
});
afterEach(() => sandbox.remove());

function play(story: Story, options: Partial<Parameters<typeof playSession>[1]> = {}): Promise<Played> {
  return playSession(sandbox, { prompt: 'go', story, pluginDir: repositoryRoot, ...options });
}

const marker = (ticket: string, gate: string, by: string) =>
  `[backlog ticket=${ticket} gate=${gate} agent=${by}]`;

describe('two agents side by side, each on its own ticket', () => {
  const one = () => marker(first, 'implement', 'backend');
  const two = () => marker(second, 'review', 'reviewer');

  // Each row: what the first agent's and the second agent's answers wait for, so that events come in another order.
  it.each([
    ['as they come', {}, {}, false],
    ['the second ends before the first has begun', { after: 'second ended' }, {}, false],
    ['the first ends before the second has begun', {}, { after: 'first ended' }, false],
    ['in the background, the second first', { after: 'second ended' }, {}, true],
    ['in the background, the first first', {}, { after: 'first ended' }, true],
  ])('are never swapped: %s', async (_title, firstWaits, secondWaits, background) => {
    const turns = (waits: { after?: string }, name: string) => [
      { ...waits, does: [bash('backlog context show --json')] },
      { sees: 'ticket_id', does: [bash('backlog context show --json')] },
      { opens: `${name} ended`, says: `${name} is done` },
    ];
    const session = await play({
      main: [
        {
          does: [
            agent('backlog-toolkit:implementer', `${one()}\nwork on ${first}`, { background }),
            agent('backlog-toolkit:reviewer', `${two()}\nwork on ${second}`, { background }),
          ],
        },
        { says: 'sent' },
      ],
      agents: [
        { prompt: `work on ${first}`, turns: turns(firstWaits, 'first') },
        { prompt: `work on ${second}`, turns: turns(secondWaits, 'second') },
      ],
      ...(background ? { whenever: [{ sees: '<task-notification>', says: 'noted' }] } : {}),
    });
    expect(session.problems).toEqual([]);
    const lines = await expectLedgerOf(sandbox, session);
    const of = (ticket: string) => session.agentIds(`work on ${ticket}`);
    const linesOf = (ids: readonly string[]) => lines.filter((line) => ids.includes(line.agent_id ?? ''));
    expect(linesOf(of(first))).toHaveLength(3);
    expect(placesOf(linesOf(of(first)))).toEqual([`${first} implement backend`]);
    expect(placesOf(linesOf(of(second)))).toEqual([`${second} review reviewer`]);
    for (const line of linesOf([...of(first), ...of(second)])) expect(line.attributed_by).toBe('agent');
    // What the agents were told about themselves while they ran: the first Bash call already.
    for (const [ticket, id] of [
      [first, of(first)[0]],
      [second, of(second)[0]],
    ])
      for (const request of session.requests.filter(
        (each) => each.agentId === id && each.toolResults.length > 0,
      ))
        expect(request.incoming).toMatch(new RegExp(`"ticket_id": ?"${ticket}"`));
  });

  it('keep their ticket when the main thread goes on to another gate', async () => {
    const session = await play({
      main: [
        { does: [bash(`backlog context set ${first} plan implementer`)] },
        { does: [agent('backlog-toolkit:reviewer', `${two()}\nwork on ${second}`, { background: true })] },
        { does: [bash(`backlog context set ${first} lint implementer`)] },
        { opens: 'main went on', does: [bash('backlog context show')] },
        { says: 'done' },
      ],
      agents: [
        {
          prompt: `work on ${second}`,
          turns: [{ after: 'main went on', does: [bash('backlog context show')] }, { says: 'reviewed' }],
        },
      ],
      whenever: [{ sees: '<task-notification>', says: 'noted' }],
    });
    expect(session.problems).toEqual([]);
    const lines = await expectLedgerOf(sandbox, session);
    expect(placesOf(lines.filter((line) => line.agent_id !== null))).toEqual([`${second} review reviewer`]);
    expect(placesOf(lines.filter((line) => line.agent_id === null))).toEqual([
      '- - -',
      `${first} plan implementer`,
      `${first} lint implementer`,
    ]);
  });

  it("a background agent's report starts a turn that no hook of ours stops", async () => {
    const session = await play({
      main: [
        { does: [agent('backlog-toolkit:investigator', `${one()}\nlook`, { background: true })] },
        { says: 'sent' },
        { sees: '<task-notification>', says: 'the report came' },
      ],
      agents: [{ prompt: 'look', turns: [{ says: 'looked' }] }],
    });
    expect(session.problems).toEqual([]);
    expect(resultsOf(session.run).at(-1)?.result).toBe('the report came');
    await expectLedgerOf(sandbox, session);
  });
});

describe('our name', () => {
  it('answers in the main thread and in subagents though another backlog is first on PATH', async () => {
    const theirs = path.join(sandbox.root, 'theirs');
    writeFiles(theirs, { backlog: '#!/bin/sh\necho I am the other one\n' });
    chmodSync(path.join(theirs, 'backlog'), 0o755);
    const session = await play(
      {
        main: [
          { does: [bash('backlog context show --json')] },
          { sees: 'schemaVersion', does: [agent('backlog-toolkit:investigator', 'look')] },
          { sees: 'looked', says: 'done' },
        ],
        agents: [
          {
            prompt: 'look',
            turns: [
              { does: [bash('backlog context show --json')] },
              { sees: 'schemaVersion', says: 'looked' },
            ],
          },
        ],
      },
      { pathFirst: [theirs] },
    );
    expect(session.problems).toEqual([]);
  });

  it('answers where PATH has no node', async () => {
    const bin = path.join(sandbox.root, 'bin-without-node');
    mkdirSync(bin);
    for (const name of readdirSync('/usr/bin'))
      if (!/^(node|nodejs|npm|npx)$/.test(name)) symlinkSync(`/usr/bin/${name}`, path.join(bin, name));
    expect(spawnSync('/bin/sh', ['-c', 'command -v node'], { env: { PATH: bin } }).status).not.toBe(0);
    mkdirSync(path.join(sandbox.home, '.volta/bin'), { recursive: true });
    symlinkSync(process.execPath, path.join(sandbox.home, '.volta/bin/node'));
    const session = await play(
      {
        main: [{ does: [bash('backlog --json')] }, { sees: /"hooks_active": ?true/, says: 'done' }],
      },
      { env: { PATH: bin } },
    );
    expect(session.problems).toEqual([]);
    await expectLedgerOf(sandbox, session);
  });
});

describe('a client that is killed', () => {
  /** The client writes its transcript some 100 ms late: it is killed once so many answers are in it, in the middle of the next. */
  function killWhenOnDisk(answers: number): (event: unknown, pid: number) => void {
    let watch: NodeJS.Timeout | undefined;
    return (_event, pid) => {
      watch ??= setInterval(() => {
        const rows = transcripts(path.join(sandbox.home, '.claude/projects')).flatMap((file) =>
          [...readFileSync(file, 'utf8').matchAll(/"requestId":"([^"]+)"/g)].map(([, id]) => id),
        );
        if (new Set(rows).size < answers) return;
        clearInterval(watch);
        process.kill(-pid, 'SIGKILL');
      }, 20);
    };
  }

  function transcripts(folder: string): string[] {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => path.join(folder, name));
  }

  it('loses nothing that it had written: the next session reads it, and nothing is counted twice', async () => {
    const killed = await play(
      {
        main: [
          { does: [bash(`backlog context set ${first} plan implementer`)] },
          { does: [bash('backlog context show')] },
          { after: 'never', says: 'never' },
        ],
      },
      { onEvent: killWhenOnDisk(2) },
    );
    expect(killed.run.exitCode).toBe(null);
    expect(killed.answers).toHaveLength(2);

    const next = await play({ main: [{ says: 'hello' }] });
    expect(next.problems).toEqual([]);
    const lines = await expectLedgerOf(sandbox, killed, next);
    expect(placesOf(lines)).toContain(`${first} plan implementer`);

    const third = await play({ main: [{ says: 'hello' }] });
    await expectLedgerOf(sandbox, killed, next, third);
    const requests = ledgerOf(sandbox).map((line) => line.request_id);
    expect(new Set(requests).size).toBe(requests.length);
  });
});
