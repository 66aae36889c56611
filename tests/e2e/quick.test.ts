import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitIn } from '../support/temp.ts';
import { needsClient, resultsOf } from './support/client.ts';
import { expectLedgerOf } from './support/ledger.ts';
import { bash, type Story, type Turn, write } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { byHand, documentOf, shopWithTickets } from './support/shop.ts';

let sandbox: Sandbox;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
  await shopWithTickets(sandbox, []);
});
afterEach(() => sandbox.remove());

const file = (name: string) => path.join(sandbox.project, name);

/** The command, then the change, and `backlog quick` at its end. */
async function play(change: readonly Turn[], end: readonly Turn[]): Promise<Played> {
  const story: Story = {
    main: [{ sees: 'backlog quick --begin', does: [bash('backlog quick --begin')] }, ...change, ...end],
  };
  const played = await playSession(sandbox, {
    prompt: '/backlog-toolkit:quick "say when the shop is open"',
    story,
    pluginDir: repositoryRoot,
    args: ['--permission-mode', 'acceptEdits'],
  });
  expect(played.problems).toEqual([]);
  expect(resultsOf(played.run).flatMap((each) => each.permission_denials)).toEqual([]);
  return played;
}

describe('/backlog-toolkit:quick', () => {
  it('makes one commit without a ticket, which ledger and verify know by its id', async () => {
    const base = gitIn(sandbox.project, 'rev-parse', 'HEAD');
    const played = await play(
      [
        {
          sees: /QUICK-[0-9a-f]{8}/,
          does: [write(file('src/hours.js'), 'export const hours = "9 to 5";\n')],
        },
      ],
      [
        { does: [bash('backlog quick "say when the shop is open" --type feat')] },
        { sees: 'say when the shop is open (QUICK-', says: 'done' },
      ],
    );
    const trailers = gitIn(sandbox.project, 'log', `${base}..`, '--format=%s%n%(trailers:only,unfold)');
    const id = /^Ticket: (QUICK-[0-9a-f]{8})$/m.exec(trailers)?.[1] ?? 'none';
    expect(trailers.split('\n')[0]).toBe('feat: say when the shop is open');
    expect(gitIn(sandbox.project, 'status', '--porcelain')).toBe('');

    const lines = await expectLedgerOf(sandbox, played);
    expect(lines.map((line) => line.ticket_id || '-')).toEqual(['-', id, id, '-']);
    const verified = await byHand(sandbox, ['verify', '--base', base, '--json']);
    expect(verified.exitCode, verified.stdout + verified.stderr).toBe(0);
    expect(verified.stdout).toContain(id);
  });

  it('is promoted to a ticket when it is more than a trifle, by the command that its fix names', async () => {
    const head = gitIn(sandbox.project, 'rev-parse', 'HEAD');
    const lines = Array.from({ length: 21 }, (_, index) => `export const h${index} = ${index};\n`).join('');
    await play(
      [{ sees: 'QUICK-', does: [write(file('src/hours.js'), lines)] }],
      [
        { does: [bash('backlog quick "say when the shop is open" --type feat')] },
        {
          sees: '21 changed lines of code, more than 20',
          does: ({ incoming }) => [bash(/fix: (backlog ticket new [^\n"]*)/.exec(incoming)?.[1] ?? 'false')],
        },
        { sees: 'FEAT-001', does: [bash('backlog context clear')] },
        { seesNo: 'error:', says: 'It is a ticket now: FEAT-001' },
      ],
    );
    expect(gitIn(sandbox.project, 'rev-parse', 'HEAD')).toBe(head);
    expect(await documentOf(sandbox, ['ticket', 'list'])).toMatchObject({
      items: [{ id: 'FEAT-001', title: 'say when the shop is open' }],
    });
  });
});
