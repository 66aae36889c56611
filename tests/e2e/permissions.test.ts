import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { needsClient, resultsOf } from './support/client.ts';
import { agent, bash, type Story } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { shopWithTickets, workOn } from './support/shop.ts';

// `-p` in default mode refuses whatever a terminal would ask for: a denial here is a dialog there.
let sandbox: Sandbox;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
  await shopWithTickets(sandbox, [workOn('bonus')]);
});
afterEach(() => sandbox.remove());

async function play(story: Story, args: readonly string[] = []): Promise<Played> {
  const played = await playSession(sandbox, { prompt: 'go', story, pluginDir: repositoryRoot, args });
  expect(played.problems).toEqual([]);
  return played;
}

const dialogs = ({ run }: Played) => resultsOf(run).flatMap((each) => each.permission_denials);

describe('a simple call of ours', () => {
  it.each([
    ['ticket list', 'backlog ticket list', 'FEAT-001'],
    ['with quotes', 'backlog context set "" generate ticket backlog-ticket', 'generate'],
    ['with its input', 'backlog ticket new --from - --json <<\'TICKET\'\n{"type": 1}\nTICKET', '"error"'],
  ])('needs no permission: %s', async (_title, command, sees) => {
    const played = await play({ main: [{ does: [bash(command)] }, { sees, says: 'done' }] });
    expect(dialogs(played)).toEqual([]);
  });

  it('needs none in the background', async () => {
    const played = await play({
      main: [
        { does: [bash('backlog ticket list', { background: true })] },
        { seesNo: 'approval', says: 'started' },
      ],
      whenever: [{ sees: '<task-notification>', says: 'noted' }],
    });
    expect(dialogs(played)).toEqual([]);
  });

  it('needs none in a subagent', async () => {
    const played = await play({
      main: [{ does: [agent('backlog-toolkit:investigator', 'look')] }, { sees: 'looked', says: 'done' }],
      agents: [
        {
          prompt: 'look',
          turns: [{ does: [bash('backlog ticket list')] }, { sees: 'FEAT-001', says: 'looked' }],
        },
      ],
    });
    expect(dialogs(played)).toEqual([]);
  });
});

describe('a call of ours with anything beside it', () => {
  it.each([
    ['a second command', 'backlog ticket list && touch marker'],
    ['a second line', 'backlog ticket list\ntouch marker'],
    ['a pipe', 'backlog ticket list | tee marker'],
    ['a redirection', 'backlog ticket list > marker'],
    ['a substitution', 'backlog ticket show $(touch marker)'],
    ['backticks', 'backlog ticket show `touch marker`'],
    ['a substitution in its input', 'backlog ticket new --from - <<TICKET\n$(touch marker)\nTICKET'],
    ['the background', 'backlog ticket list & touch marker'],
    ['a variable before it', 'NODE_OPTIONS=--require=./marker.cjs backlog ticket list'],
    ['another program of that name', './backlog ticket list'],
  ])('is never allowed by us: %s', async (_title, command) => {
    const played = await play({
      main: [{ does: [bash(command)] }, { says: 'understood' }],
    });
    expect(dialogs(played)).toHaveLength(1);
    expect(existsSync(path.join(sandbox.project, 'marker'))).toBe(false);
  });

  it('does not outrank what the user forbids', async () => {
    const played = await play({ main: [{ does: [bash('backlog ticket list')] }, { says: 'understood' }] }, [
      '--disallowedTools',
      'Bash(backlog:*)',
    ]);
    expect(dialogs(played)).toHaveLength(1);
  });
});
