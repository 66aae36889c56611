import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitWork } from '../../src/gates/commit.ts';
import { startWork } from '../../src/gates/start.ts';
import { id, linted, reviewed } from '../gates/support/journey.ts';
import { callIn, configText, project, ticketPath } from '../gates/support/project.ts';
import { tempDir, writeFiles } from '../support/temp.ts';
import { bindAgent, hook, session } from './support/hook.ts';

const agent = 'a0123456789abcdef';

/** The work of a ticket, made over to the session. */
async function held(made: Promise<string>) {
  const root = await made;
  const file = path.join(root, `.backlog-ops/claims/${id}.json`);
  const claim = JSON.parse(readFileSync(file, 'utf8'));
  writeFiles(root, { [`.backlog-ops/claims/${id}.json`]: JSON.stringify({ ...claim, session_id: session }) });
  const env = { BACKLOG_HOME: path.join(tempDir(), 'home') };
  const ends = async (event: string, last_assistant_message: string, more: object = {}) =>
    hook(event, { cwd: root, last_assistant_message, ...more }, env);
  return { root, env, ends };
}

const started = async () => {
  const root = project();
  await startWork(callIn(root), { ticketId: id, worktree: false, rebase: false });
  return root;
};

describe('a session that ends its turn', () => {
  it('is sent back once for each open gate and tree, with the next command', async () => {
    const { root, ends } = await held(linted());
    const first = await ends('Stop', 'The discount works.');
    expect(first).toMatchObject({ decision: 'block' });
    expect(first?.reason).toContain(`The gate review of ${id} is open`);
    expect(first?.reason).toContain(`backlog review request ${id}`);
    expect(await ends('Stop', 'The discount works.')).toBeUndefined();
    writeFiles(root, { 'src/basket.js': `${readFileSync(path.join(root, 'src/basket.js'), 'utf8')}// x\n` });
    expect((await ends('Stop', 'Better now.'))?.reason).toContain('The gate implement');
    expect(await ends('Stop', 'Better now.')).toBeUndefined();
  });

  it.each<[string, string, object]>([
    ['was sent back already', 'All done.', { stop_hook_active: true }],
    ['asks the user', 'Shall I go on with the review?', {}],
    ['waits for its agents', 'The reviewer is at work.', { background_tasks: [{ id: 'a1' }] }],
    ['holds nothing', 'All done.', { session_id: 'another' }],
  ])('ends when it %s', async (_why, message, more) => {
    const { ends } = await held(linted());
    expect(await ends('Stop', message, more)).toBeUndefined();
  });

  it('ends before implementation has begun, and when every gate holds', async () => {
    expect(await (await held(started())).ends('Stop', 'Done.')).toBeUndefined();
    const { root, ends } = await held(reviewed());
    expect((await ends('Stop', 'Done.'))?.reason).toContain('The gate commit');
    await commitWork(callIn(root), {
      ticketId: id,
      type: 'feat',
      area: '',
      summary: 'x',
      include: [],
      reason: '',
    });
    expect(await ends('Stop', 'Done.')).toBeUndefined();
  });

  it('ends when the ticket is blocked, and when a person has to decide', async () => {
    const blocked = await held(linted());
    const file = path.join(blocked.root, ticketPath());
    const ticket = readFileSync(file, 'utf8');
    for (const status of ['lint-blocked', 'review-blocked', 'budget-blocked', 'needs-investigation']) {
      writeFiles(blocked.root, { [ticketPath()]: ticket.replace(/^status: .*$/m, `status: ${status}`) });
      expect(await blocked.ends('Stop', 'Done.')).toBeUndefined();
    }
    const changed = await held(linted());
    writeFiles(changed.root, {
      'backlog.config.json': configText({ qualityGates: { testCommand: 'true' } }),
    });
    expect(await changed.ends('Stop', 'Done.')).toBeUndefined();
  });

  it('ends, with a line in the log, when the configuration cannot be read', async () => {
    const { root, env, ends } = await held(linted());
    writeFiles(root, { 'backlog.config.json': '{' });
    expect(await ends('Stop', 'Done.')).toBeUndefined();
    expect(readFileSync(path.join(env.BACKLOG_HOME, 'hooks.log'), 'utf8')).toContain('"event":"Stop"');
  });
});

describe('an agent that ends', () => {
  const as = { agent_id: agent, agent_type: 'implementer' };

  it('is sent back when it says that it is done and its gate is open', async () => {
    const made = await held(started());
    bindAgent(made, agent, id, 'implement');
    expect(
      await made.ends('SubagentStop', 'Nothing is done yet: the tests cannot be run.', as),
    ).toBeUndefined();
    const back = await made.ends('SubagentStop', 'Done: all criteria are met.', as);
    expect(back).toMatchObject({ decision: 'block' });
    expect(back?.reason).toContain(`backlog gate run implement --ticket ${id}`);
    expect(await made.ends('SubagentStop', 'Done: all criteria are met.', as)).toBeUndefined();
  });

  it('ends when its gate holds, also with later ones open', async () => {
    const made = await held(linted());
    bindAgent(made, agent, id, 'implement');
    expect(await made.ends('SubagentStop', 'Done.', as)).toBeUndefined();
  });

  it('is sent back as a reviewer that has submitted no verdict', async () => {
    const made = await held(linted());
    bindAgent(made, agent, id, 'review');
    expect((await made.ends('SubagentStop', 'The review is complete.', as))?.reason).toContain(
      'backlog review submit --request',
    );
  });

  it('ends when nothing is known of its ticket, and when another session holds that', async () => {
    const made = await held(started());
    expect(await made.ends('SubagentStop', 'Done.', as)).toBeUndefined();
    bindAgent(made, agent, 'FEAT-002', 'implement');
    expect(await made.ends('SubagentStop', 'Done.', as)).toBeUndefined();
  });
});
