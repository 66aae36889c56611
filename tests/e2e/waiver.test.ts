import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/cli.ts';
import { needsClient, resultsOf } from './support/client.ts';
import { bash, type Story } from './support/scenario.ts';
import { makeSandbox, type Played, playSession, type Sandbox } from './support/session.ts';
import { byHand, documentOf, shopWithTickets, ticketFile, workOn } from './support/shop.ts';

let sandbox: Sandbox;
let id: string;
beforeEach(needsClient);
beforeEach(async () => {
  sandbox = await makeSandbox();
  [id = ''] = await shopWithTickets(sandbox, [workOn('bonus')]);
  await documentOf(sandbox, ['ticket', 'start', id]);
});
afterEach(() => sandbox.remove());

async function play(prompt: string, story: Story, mode: string): Promise<Played> {
  const args = ['--permission-mode', mode];
  const played = await playSession(sandbox, { prompt, story, pluginDir: repositoryRoot, args });
  expect(played.problems).toEqual([]);
  return played;
}

const denials = ({ run }: Played) => resultsOf(run).flatMap((each) => each.permission_denials);
const waive = (gate: string) =>
  bash(`backlog gate waive ${gate} --ticket ${id} --reason "the linter is down"`);

/** The gates of the ticket that a person has let go. */
async function waived(): Promise<unknown[]> {
  const { items } = await documentOf(sandbox, ['gate', 'status', id]);
  return [items].flat().flatMap((item) => (Object(item).verdict === 'waived' ? [Object(item).gate] : []));
}

describe('a waiver', () => {
  it.each(['default', 'auto'])(
    'that a person types as a slash command is run without a dialog in %s mode, and is on the record',
    async (mode) => {
      const played = await play(
        `/backlog-toolkit:waive lint ${id} the linter is down`,
        {
          main: [
            { sees: `backlog gate waive lint --ticket ${id}`, does: [waive('lint')] },
            { sees: 'gate lint waived', says: 'waived' },
          ],
        },
        mode,
      );
      expect(denials(played)).toEqual([]);
      expect(await waived()).toEqual(['lint']);
      const history = readFileSync(ticketFile(sandbox, 'pending', id) ?? '', 'utf8');
      expect(history).toMatch(/\| Gate lint waived: the linter is down \| human:\S+/);
    },
  );

  it('covers just its gate and ticket', async () => {
    const played = await play(
      `/backlog-toolkit:waive lint ${id} the linter is down`,
      {
        main: [
          { sees: 'backlog gate waive', does: [waive('review')] },
          { sees: 'Only a person may let a gate go', does: [waive('lint')] },
          { sees: 'gate lint waived', says: 'waived' },
        ],
      },
      'auto',
    );
    expect(denials(played)).toHaveLength(1);
    expect(await waived()).toEqual(['lint']);
  });

  it('covers one command: the next one is for a person again', async () => {
    const played = await play(
      `/backlog-toolkit:waive lint ${id} the linter is down`,
      {
        main: [
          { sees: 'backlog gate waive', does: [waive('lint')] },
          { sees: 'gate lint waived', does: [waive('lint')] },
          { sees: 'Only a person may let a gate go', says: 'understood' },
        ],
      },
      'auto',
    );
    expect(denials(played)).toHaveLength(1);
    expect(await waived()).toEqual(['lint']);
  });

  it('that the model wants by itself is not run', async () => {
    const played = await play(
      `Please do not run /backlog-toolkit:waive lint ${id} for me`,
      { main: [{ does: [waive('lint')] }, { says: 'understood' }] },
      'default',
    );
    expect(denials(played)).toHaveLength(1);
    expect(await waived()).toEqual([]);
  });

  it('is refused by the command itself when the hooks are off', async () => {
    const result = await byHand(sandbox, [
      'gate',
      'waive',
      'lint',
      '--ticket',
      id,
      '--reason',
      'x',
      '--json',
    ]);
    expect(result.exitCode).toBe(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: 'person-needed' } });
  });
});
