import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { gitIn, writeFiles } from '../support/temp.ts';
import { needsClient, resultsOf } from './support/client.ts';
import { bash, type Story } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { documentOf, shopWithTickets, workOn } from './support/shop.ts';

// In auto mode the client, not a person, may answer what a hook asks: there the hooks deny.
let sandbox: Sandbox;
let id: string;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
  [id = ''] = await shopWithTickets(sandbox, [workOn('bonus')]);
});
afterEach(() => sandbox.remove());

async function play(story: Story): Promise<Played> {
  const args = ['--permission-mode', 'auto'];
  const played = await playSession(sandbox, { prompt: 'go', story, pluginDir: repositoryRoot, args });
  expect(played.problems).toEqual([]);
  return played;
}

const denials = ({ run }: Played) => resultsOf(run).flatMap((each) => each.permission_denials);
const head = () => gitIn(sandbox.project, 'log', '-1', '--format=%s');

describe('a session in auto mode', () => {
  it('runs what nobody has to decide, and a call of ours', async () => {
    const played = await play({
      main: [
        { does: [bash(`backlog ticket start ${id}`)] },
        { seesNo: 'error:', does: [bash('touch marker')] },
        { seesNo: 'denied', says: 'done' },
      ],
    });
    expect(denials(played)).toEqual([]);
    expect(existsSync(path.join(sandbox.project, 'marker'))).toBe(true);
  });

  it.each([
    ['waive a gate', 'backlog gate waive lint --ticket ID --reason "no time"', 'let a gate go'],
    [
      'allow a suppression',
      'backlog gate run lint --ticket ID --allow-suppression "no time"',
      'allow a suppression',
    ],
    [
      'include a file',
      'backlog commit --ticket ID --type feat --summary x --include notes.md --reason y',
      'let a file into a ticket',
    ],
    [
      'hide one of these in a compound command',
      'cd . && backlog gate waive plan --ticket ID --reason "no time"',
      'let a gate go',
    ],
  ])('cannot %s: only a person may', async (_what, command, words) => {
    const played = await play({
      main: [
        { does: [bash(`backlog ticket start ${id}`)] },
        { seesNo: 'error:', does: [bash(command.replace('ID', id))] },
        {
          sees: new RegExp(`Only a person may ${words}.*terminal of your own`),
          seesNo: 'for you to decide',
          says: 'understood',
        },
      ],
    });
    expect(denials(played)).toHaveLength(1);
    const { items } = await documentOf(sandbox, ['gate', 'status', id]);
    expect([items].flat().map((item) => Object(item).verdict)).not.toContain('waived');
  });

  it.each([
    ['a commit past the gates', 'git commit -am "done"'],
    ['one that cannot be read', 'eval "$NOTHING git commit -am done"'],
  ])('cannot make %s', async (_what, command) => {
    const played = await play({
      main: [
        { does: [bash(`backlog ticket start ${id}`)] },
        { seesNo: 'error:', does: [bash('echo "// more" >> src/basket.js')] },
        { does: [bash(command)] },
        { sees: 'backlog commit', says: 'understood' },
      ],
    });
    expect(denials(played)).toHaveLength(1);
    expect(head()).toBe('chore: set up the backlog');
  });

  it('commits its own work while it holds no ticket', async () => {
    writeFiles(sandbox.project, { 'notes.md': '# Notes\n' });
    const played = await play({
      main: [
        { does: [bash('git add notes.md && git commit -qm "docs: add notes" && echo committed')] },
        { sees: 'committed', says: 'done' },
      ],
    });
    expect(denials(played)).toEqual([]);
    expect(head()).toBe('docs: add notes');
  });
});
